//! The time zones of the machine: what the C library of a native program reads to know the local time.
//!
//! A guest names a zone, and gets the bytes of its file, TZif. It may name anything, so it gets nothing but such files from
//! the folders where they are, and nothing of what is wrong with one.

use crate::abi::ZONE_SIZE;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The file of the machine's own zone, below the root.
const OWN: &str = "etc/localtime";
/// Where zones are, below the root; the first that has one counts. `zoneinfo` looks there, too.
const FOLDERS: [&str; 4] = ["usr/share/zoneinfo", "usr/lib/zoneinfo", "usr/share/lib/zoneinfo", "etc/zoneinfo"];
/// How such a file begins.
const MAGIC: &[u8] = b"TZif";

/// The time zones of a machine.
#[derive(Clone, Debug)]
pub struct Zones {
    root: PathBuf,
}

impl Zones {
    /// Those of this machine.
    pub fn of_machine() -> Zones {
        Zones::below("/")
    }

    /// Those of a machine whose root is this folder.
    pub fn below(root: impl Into<PathBuf>) -> Zones {
        Zones { root: root.into() }
    }

    /// The file of the zone with this name, whose parts are given; of the machine's own zone, if there are none. Empty if there
    /// is no such zone.
    pub(crate) fn file(&self, name: &[&str]) -> Vec<u8> {
        if name.is_empty() {
            return read(&self.root.join(OWN)).unwrap_or_default();
        }
        if !name.iter().all(|part| is_part(part)) {
            return Vec::new();
        }
        let name: PathBuf = name.iter().collect();
        FOLDERS.iter().find_map(|folder| read(&self.root.join(folder).join(&name))).unwrap_or_default()
    }
}

/// Whether names of zones may have this part: no dot, so that none leads out of the folder.
fn is_part(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
}

/// The bytes of a zone's file; `None` if it is none that can be read.
fn read(path: &Path) -> Option<Vec<u8>> {
    let file = File::open(path).ok()?;
    let mut bytes = Vec::with_capacity(4096);
    file.take(ZONE_SIZE as u64 + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() <= ZONE_SIZE && bytes.starts_with(MAGIC)).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A machine with these files.
    fn machine(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Zones) {
        let root = tempfile::tempdir().expect("a folder");
        for (name, bytes) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            fs::write(path, bytes).expect("written");
        }
        let zones = Zones::below(root.path());
        (root, zones)
    }

    #[test]
    fn the_first_folder_that_has_a_zone_counts() {
        let (_root, zones) = machine(&[
            ("etc/localtime", b"TZif own"),
            ("usr/share/zoneinfo/Area/City", b"TZif first"),
            ("usr/share/zoneinfo/Area/Bad", b"none"),
            ("etc/zoneinfo/Area/City", b"TZif second"),
            ("etc/zoneinfo/Area/Bad", b"TZif third"),
            ("etc/zoneinfo/Etc/GMT+5", b"TZif fourth"),
        ]);
        assert_eq!(zones.file(&[]), b"TZif own");
        assert_eq!(zones.file(&["Area", "City"]), b"TZif first");
        assert_eq!(zones.file(&["Area", "Bad"]), b"TZif third");
        assert_eq!(zones.file(&["Etc", "GMT+5"]), b"TZif fourth");
        assert!(zones.file(&["Area"]).is_empty(), "a folder");
        assert!(zones.file(&["Area", "Nowhere"]).is_empty());
    }

    #[test]
    fn a_guest_gets_no_other_file() {
        let (_root, zones) = machine(&[
            ("usr/share/zoneinfo/Area/City", b"TZif"),
            ("usr/share/zoneinfo/tzdata.zi", b"TZif"),
            ("usr/share/zoneinfo/secret", b"not TZif"),
            ("usr/share/secret", b"TZif"),
            ("secret", b"TZif"),
        ]);
        for name in [
            "secret",
            "../secret",
            "Area/../../secret",
            "Area/./City",
            "Area//City",
            "Area/City/",
            "/secret",
            "",
            ".",
            "..",
            "tzdata.zi",
            "Area/City\0",
            "Area\\City",
        ] {
            let parts: Vec<&str> = name.split('/').collect();
            assert!(zones.file(&parts).is_empty(), "{name}");
        }
        assert!(machine(&[]).1.file(&[]).is_empty());
    }

    #[test]
    fn a_file_that_is_too_large_is_none() {
        let mut bytes = vec![0; ZONE_SIZE];
        bytes[..4].copy_from_slice(MAGIC);
        let (_root, zones) = machine(&[("etc/localtime", &bytes)]);
        assert_eq!(zones.file(&[]).len(), ZONE_SIZE);
        bytes.push(0);
        let (_root, zones) = machine(&[("etc/localtime", &bytes)]);
        assert!(zones.file(&[]).is_empty());
    }
}
