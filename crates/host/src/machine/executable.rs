//! Where in its file a part of the running executable lies.

use std::fs::File;
use std::io::Read;
use std::ops::Range;

/// The running executable.
pub(super) struct Executable {
    pub file: File,
    /// What of it is mapped.
    mappings: Vec<Mapping>,
}

/// A range of memory that is mapped from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mapping {
    memory: Range<u64>,
    /// Where in the file it begins.
    offset: u64,
    /// Device and inode of the file.
    file: (String, u64),
}

impl Executable {
    /// Known by `sample`, bytes of it that stand nowhere else; `None` if the system does not tell (no `/proc`, not Linux)
    /// or tells something that is not so.
    pub fn running(sample: &'static [u8]) -> Option<Executable> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        // With room from the start: the system writes the text anew for each call, and into a small buffer takes many.
        let mut maps = String::with_capacity(2 * 4096);
        File::open("/proc/self/maps").ok()?.read_to_string(&mut maps).ok()?;
        let mappings = mappings(&maps, sample.as_ptr().addr() as u64);
        // The link leads to the file that is running, even if another has taken its name.
        let executable = Executable { file: File::open("/proc/self/exe").ok()?, mappings };
        let offset = executable.offset_of(sample)?;
        starts_with(&executable.file, offset, &sample[..sample.len().min(PROBE)]).then_some(executable)
    }

    /// Offset in the file of bytes that are part of the executable; `None` if they are not there.
    pub fn offset_of(&self, bytes: &'static [u8]) -> Option<u64> {
        let start = bytes.as_ptr().addr() as u64;
        let end = start.checked_add(bytes.len() as u64)?;
        let within = |mapping: &&Mapping| mapping.memory.start <= start && end <= mapping.memory.end;
        let mapping = self.mappings.iter().find(within)?;
        mapping.offset.checked_add(start - mapping.memory.start)
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

/// The mappings of the file that is mapped at `address`, from the text of `/proc/self/maps`: lines of
/// `start-end permissions offset device inode path`, where memory of no file has the inode 0.
fn mappings(maps: &str, address: u64) -> Vec<Mapping> {
    let hex = |text: &str| u64::from_str_radix(text, 16).ok();
    let mapping = |line: &str| {
        let mut fields = line.split_ascii_whitespace();
        let (start, end) = fields.next()?.split_once('-')?;
        let offset = hex(fields.nth(1)?)?;
        let file = (fields.next()?.to_string(), fields.next()?.parse().ok().filter(|inode| *inode != 0)?);
        Some(Mapping { memory: hex(start)?..hex(end)?, offset, file })
    };
    let all: Vec<Mapping> = maps.lines().filter_map(mapping).collect();
    let Some(found) = all.iter().find(|mapping| mapping.memory.contains(&address)) else { return Vec::new() };
    all.iter().filter(|mapping| mapping.file == found.file).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
1000-5000 r--p 00000000 fe:00 17 /bin/app
5000-9000 r-xp 00004000 fe:00 17 /bin/app
9000-a000 rw-p 00000000 00:00 0
b000-c000 r--p 00000000 fe:00 18 /lib/other
";

    #[test]
    fn memory_of_one_file_is_read_from_the_system_s_text() {
        let mapping = |memory, offset, inode| Mapping { memory, offset, file: ("fe:00".to_string(), inode) };
        let app = [mapping(0x1000..0x5000, 0, 17), mapping(0x5000..0x9000, 0x4000, 17)];
        assert_eq!(mappings(MAPS, 0x1000), app);
        assert_eq!(mappings(MAPS, 0x8fff), app);
        assert_eq!(mappings(MAPS, 0xb000), [mapping(0xb000..0xc000, 0, 18)]);
        for nowhere in [0x9000, 0xa000, 0xc000] {
            assert_eq!(mappings(MAPS, nowhere), [], "{nowhere:x}");
        }
        assert_eq!(mappings("nonsense\n1-2 r", 1), []);
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
