//! Native code in the libraries: extension modules and shared libraries for another machine, which a CPython in WebAssembly
//! cannot load. They are told by what is in them; a name says nothing of a file that merely ends in `.so`.
//!
//! Programs (`bin/tool`, the `.exe` that setuptools carries) are data: nothing imports them.

use super::{Library, Piece};
use crate::error::{Doing, Result};
use crate::hash::sorted_entries;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How much of a file is looked at. The headers that count lie in front.
const HEAD: u64 = 4096;

/// The system of extensions that can be linked.
const PYAPP: &str = "pyapp";

/// A file with native code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Native {
    /// Its path in site-packages.
    pub path: String,
    /// Where it is on this machine.
    pub place: PathBuf,
    /// The system that it is for.
    pub system: &'static str,
    /// The distribution that has brought it, as "name version"; without metadata its top-level name.
    pub owner: String,
}

impl Native {
    /// Whether it is an extension that can be linked.
    pub fn is_extension(&self) -> bool {
        self.system == PYAPP
    }

    /// The name by which Python would import it.
    pub fn module(&self) -> String {
        let (folder, file) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        let name = file.split('.').next().unwrap_or(file);
        let dotted = folder.replace('/', ".");
        if dotted.is_empty() { name.to_string() } else { format!("{dotted}.{name}") }
    }
}

/// The native code in `libraries`, in the order of paths.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub(crate) fn find(libraries: &[Library], excluded: &[String]) -> Result<Vec<Native>> {
    let mut found = Vec::new();
    for piece in libraries.iter().flat_map(|library| &library.pieces) {
        search(piece, excluded, &mut found)?;
    }
    if !found.is_empty() {
        let owners = owners(libraries)?;
        for native in &mut found {
            let owner = owners.iter().find(|(_, files)| files.contains(&native.path));
            let top = native.path.split('/').next().unwrap_or_default();
            native.owner = owner.map_or(top, |(name, _)| name).to_string();
        }
    }
    Ok(found)
}

fn search(piece: &Piece, excluded: &[String], found: &mut Vec<Native>) -> Result<()> {
    let Piece { path, place } = piece;
    if excluded.contains(path) || path.ends_with("/__pycache__") {
        return Ok(());
    }
    let Ok(kind) = place.symlink_metadata() else { return Ok(()) };
    if kind.is_dir() {
        for entry in sorted_entries(place)? {
            // What is wrong with other names, and with links, is told where they are read.
            if let Ok(name) = entry.file_name().into_string() {
                search(&Piece { path: format!("{path}/{name}"), place: entry.path() }, excluded, found)?;
            }
        }
    } else if place.is_file() && !path.ends_with(".py") {
        let mut head = Vec::new();
        let file = fs::File::open(place).doing("open", place)?;
        file.take(HEAD).read_to_end(&mut head).doing("read", place)?;
        if let Some(system) = system(&head, path) {
            found.push(Native { path: path.clone(), place: place.clone(), system, owner: String::new() });
        }
    }
    Ok(())
}

/// The system that a shared library is for, by the beginning of the file; None for anything else.
fn system(head: &[u8], path: &str) -> Option<&'static str> {
    let short = |at: usize, is_little: bool| {
        let bytes = *head.get(at..)?.first_chunk::<2>()?;
        Some(if is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let word = |at: usize| Some(u32::from_le_bytes(*head.get(at..)?.first_chunk()?));
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_named_library = [".so", ".pyd", ".dylib"].iter().any(|ending| name.ends_with(ending));
    match head {
        // ELF: a shared object (3) that names no program interpreter.
        [0x7f, b'E', b'L', b'F', class, order, ..] => {
            let is_little = *order != 2;
            (short(16, is_little)? == 3 && !has_interpreter(head, *class == 2, is_little)).then_some("Linux")
        }
        // Mach-O: a library (6) or a bundle (8).
        [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => matches!(word(12)?, 6 | 8).then_some("macOS"),
        // Several of them in one; class files of Java begin in the same way.
        [0xca, 0xfe, 0xba, 0xbe, ..] => is_named_library.then_some("macOS"),
        // PE: a library by its characteristics.
        [b'M', b'Z', ..] => {
            let header = word(0x3c)? as usize;
            let is_library = head.get(header..)?.starts_with(b"PE\0\0") && short(header + 22, true)? & 0x2000 != 0;
            is_library.then_some("Windows")
        }
        // The first section of a library that can be linked is dylink.0.
        [0, b'a', b's', b'm', 1, 0, 0, 0, 0, ..] if is_named_library => {
            Some(if head.windows(9).take(16).any(|bytes| bytes == b"\x08dylink.0") {
                PYAPP
            } else {
                "another WebAssembly"
            })
        }
        [0, b'a', b's', b'm', ..] => is_named_library.then_some("another WebAssembly"),
        _ => None,
    }
}

/// Whether an ELF file is a program that is loaded like a library.
fn has_interpreter(head: &[u8], is_64: bool, is_little: bool) -> bool {
    let number = |at: usize, len: usize| {
        let bytes = head.get(at..at + len)?;
        let fold = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        Some(if is_little { bytes.iter().rev().fold(0, fold) } else { bytes.iter().fold(0, fold) })
    };
    let (start, size, count) = if is_64 {
        (number(32, 8), number(54, 2), number(56, 2))
    } else {
        (number(28, 4), number(42, 2), number(44, 2))
    };
    let (Some(start), Some(size), Some(count)) = (start, size, count) else { return false };
    (0..count).any(|index| {
        start.checked_add(index * size).and_then(|at| (at <= head.len()).then_some(at)).and_then(|at| number(at, 4))
            == Some(3)
    })
}

/// The distributions, as "name version", with the files that each has brought.
fn owners(libraries: &[Library]) -> Result<Vec<(String, Vec<String>)>> {
    let mut owners = Vec::new();
    for library in libraries.iter().filter(|library| library.name.ends_with(".dist-info")) {
        let Some(folder) = library.pieces.first().map(|piece| piece.place.as_path()) else { continue };
        let text = |name: &str| {
            let path = folder.join(name);
            if path.is_file() { fs::read(&path).doing("read", &path) } else { Ok(Vec::new()) }
        };
        let record = text("RECORD")?;
        let files = String::from_utf8_lossy(&record).lines().filter_map(recorded).collect();
        let name = distribution(&String::from_utf8_lossy(&text("METADATA")?), Path::new(&library.name));
        owners.push((name, files));
    }
    Ok(owners)
}

/// The path in a line of RECORD, which is a line of CSV.
fn recorded(line: &str) -> Option<String> {
    match line.strip_prefix('"') {
        Some(quoted) => Some(quoted.split('"').next()?.to_string()),
        None => Some(line.split(',').next()?.to_string()),
    }
}

fn distribution(metadata: &str, folder: &Path) -> String {
    let headers = || metadata.lines().take_while(|line| !line.is_empty());
    let field = |name: &str| headers().find_map(|line| line.strip_prefix(name)).map(str::trim);
    match (field("Name:"), field("Version:")) {
        (Some(name), Some(version)) => format!("{name} {version}"),
        _ => folder.file_stem().unwrap_or_default().to_string_lossy().replacen('-', " ", 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF header of 64 bits with one program header, of the type given.
    fn elf(kind: u8, segment: u8) -> Vec<u8> {
        let mut bytes = vec![0; 64 + 56];
        bytes[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        (bytes[16], bytes[32], bytes[54], bytes[56], bytes[64]) = (kind, 64, 56, 1, segment);
        bytes
    }

    fn pe(characteristics: u8) -> Vec<u8> {
        let mut bytes = vec![0; 0x80 + 24];
        bytes[..2].copy_from_slice(b"MZ");
        (bytes[0x3c], bytes[0x80 + 23]) = (0x80, characteristics);
        bytes[0x80..0x84].copy_from_slice(b"PE\0\0");
        bytes
    }

    fn mach_o(kind: u8) -> Vec<u8> {
        let mut bytes = vec![0; 32];
        bytes[..4].copy_from_slice(b"\xcf\xfa\xed\xfe");
        bytes[12] = kind;
        bytes
    }

    #[test]
    fn libraries_of_every_system_are_told_from_programs_and_data() {
        for (head, name, expected) in [
            (elf(3, 1), "x.cpython-313-x86_64-linux-gnu.so", Some("Linux")),
            (elf(3, 1), "libx.so.5", Some("Linux")),
            (elf(3, 1), "no_ending", Some("Linux")),
            (elf(3, 3), "program", None),
            (elf(2, 1), "program", None),
            (elf(1, 1), "object.o", None),
            (pe(0x20), "x.pyd", Some("Windows")),
            (pe(0x00), "cli.exe", None),
            (mach_o(8), "x.so", Some("macOS")),
            (mach_o(6), "libx.dylib", Some("macOS")),
            (mach_o(2), "program", None),
            (b"\xca\xfe\xba\xbe\0\0\0\x02".to_vec(), "x.so", Some("macOS")),
            (b"\xca\xfe\xba\xbe\0\0\0\x41".to_vec(), "X.class", None),
            (b"\0asm\x01\0\0\0".to_vec(), "x.so", Some("another WebAssembly")),
            (b"\0asm\x01\0\0\0".to_vec(), "module.wasm", None),
            (b"/* GNU ld script */".to_vec(), "libc.so", None),
            (Vec::new(), "empty.so", None),
        ] {
            assert_eq!(system(&head, name), expected, "{name}");
        }
    }

    #[test]
    fn headers_that_lie_do_no_harm() {
        for head in [elf(3, 1), pe(0x20), mach_o(8)] {
            for at in 0..head.len() {
                let mut bytes = head.clone();
                bytes[at] = 0xff;
                system(&bytes, "x.so");
                system(&bytes[..at], "x.so");
            }
        }
        let mut far = elf(3, 1);
        far[32..40].fill(0xff);
        far[54..58].fill(0xff);
        assert_eq!(system(&far, "x.so"), Some("Linux"));
    }

    #[test]
    fn a_file_is_imported_by_its_name_up_to_the_first_dot() {
        let module =
            |path: &str| Native { path: path.into(), place: PathBuf::new(), system: "", owner: String::new() }.module();
        assert_eq!(module("yaml/_yaml.cpython-313-x86_64-linux-gnu.so"), "yaml._yaml");
        assert_eq!(module("top.abi3.so"), "top");
    }

    #[test]
    fn a_distribution_is_named_by_its_metadata() {
        let folder = Path::new("py_yaml-6.0.dist-info");
        assert_eq!(distribution("Name: PyYAML\nVersion: 6.0.2\n\nName: no", folder), "PyYAML 6.0.2");
        assert_eq!(distribution("", folder), "py_yaml 6.0");
        assert_eq!(recorded("a/b.so,sha256=x,1").as_deref(), Some("a/b.so"));
        assert_eq!(recorded("\"a,b.so\",sha256=x,1").as_deref(), Some("a,b.so"));
    }
}
