//! Where in its file a part of the running executable lies.

use std::fs::File;

/// The running executable.
pub(super) struct Executable {
    pub file: File,
    /// The text of `/proc/self/maps`.
    maps: String,
}

impl Executable {
    /// Known by `sample`, bytes of it that stand nowhere else; `None` if the system does not tell (no `/proc`, not Linux)
    /// or tells something that is not so.
    pub fn running(sample: &'static [u8]) -> Option<Executable> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
        // The link leads to the file that is running, even if another has taken its name.
        let executable = Executable { file: File::open("/proc/self/exe").ok()?, maps };
        let offset = executable.offset_of(sample)?;
        starts_with(&executable.file, offset, &sample[..sample.len().min(PROBE)]).then_some(executable)
    }

    /// Offset in the file of bytes that are part of the executable; `None` if they are not there.
    pub fn offset_of(&self, bytes: &'static [u8]) -> Option<u64> {
        offset_of(&self.maps, bytes.as_ptr().addr() as u64, bytes.len() as u64)
    }
}

/// How many bytes are compared; more would only cost time, as what is mapped are the pages of the same file.
const PROBE: usize = 64;

#[cfg(unix)]
fn starts_with(file: &File, offset: u64, expected: &[u8]) -> bool {
    use std::os::unix::fs::FileExt;
    let mut found = [0; PROBE];
    let found = &mut found[..expected.len()];
    file.read_exact_at(found, offset).is_ok() && found == expected
}

#[cfg(not(unix))]
fn starts_with(_: &File, _: u64, _: &[u8]) -> bool {
    false
}

/// Offset in its file of `len` bytes at `address`, read from the text of `/proc/self/maps`: lines of
/// `start-end permissions offset device inode path`.
fn offset_of(maps: &str, address: u64, len: u64) -> Option<u64> {
    let hex = |text: &str| u64::from_str_radix(text, 16).ok();
    maps.lines().find_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        let (start, end) = fields.next()?.split_once('-')?;
        let (start, end) = (hex(start)?, hex(end)?);
        let within = address >= start && address.checked_add(len)? <= end;
        let offset = hex(fields.nth(1)?)?;
        within.then(|| offset + (address - start))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
1000-5000 r--p 00000000 fe:00 17 /bin/app
5000-9000 r-xp 00004000 fe:00 17 /bin/app
9000-a000 rw-p 00000000 00:00 0
";

    #[test]
    fn an_address_becomes_an_offset() {
        assert_eq!(offset_of(MAPS, 0x1010, 0x10), Some(0x10));
        assert_eq!(offset_of(MAPS, 0x5010, 0x3ff0), Some(0x4010));
        assert_eq!(offset_of(MAPS, 0x5010, 0x3ff1), None, "reaches beyond the mapping");
        assert_eq!(offset_of(MAPS, 0xb000, 1), None);
        assert_eq!(offset_of("nonsense\n1-2 r", 1, 1), None);
    }

    #[test]
    fn a_static_of_this_executable_is_found_in_its_file() {
        static BYTES: [u8; 100] =
            *b"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";
        if cfg!(target_os = "linux") {
            let executable = Executable::running(&BYTES).expect("/proc is there");
            let offset = executable.offset_of(&BYTES).expect("a part of it");
            assert!(starts_with(&executable.file, offset, &BYTES[..PROBE]));
            assert!(!starts_with(&executable.file, offset + 1, &BYTES[..PROBE]));
            assert_eq!(executable.offset_of(Vec::leak(BYTES.to_vec())), None, "not a part of it");
        }
    }
}
