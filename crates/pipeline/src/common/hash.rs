//! SHA-256 of bytes, files and trees, as lower-case hex.

use crate::error::{Doing, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Collects named parts into one key.
#[derive(Clone)]
pub struct Key(Sha256);

impl Default for Key {
    fn default() -> Self {
        Key::new()
    }
}

impl Key {
    /// A key of no parts yet.
    pub fn new() -> Key {
        Key(Sha256::new())
    }

    /// Adds a part. Lengths are hashed too, so that no two lists of parts run together to the same bytes.
    pub fn part(mut self, name: &str, bytes: impl AsRef<[u8]>) -> Key {
        for bytes in [name.as_bytes(), bytes.as_ref()] {
            self.0.update((bytes.len() as u64).to_le_bytes());
            self.0.update(bytes);
        }
        self
    }

    /// The whole key.
    pub fn hex(self) -> String {
        to_hex(&self.0.finalize())
    }

    /// The key's first 16 digits, for the name of an entry in the cache. These are 64 bits: even with a million entries
    /// two of them share a name once in 37 million caches. Whoever could choose two that do chooses the code that is run
    /// anyway.
    pub fn short(self) -> String {
        let mut hex = self.hex();
        hex.truncate(16);
        hex
    }
}

/// The hash of bytes.
pub fn of_bytes(bytes: &[u8]) -> String {
    to_hex(&Sha256::digest(bytes))
}

/// The hash of a file's bytes.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub fn of_file(path: &Path) -> Result<String> {
    Ok(of_bytes(&fs::read(path).doing("read", path)?))
}

/// The hash of all files below a folder: names, kinds, contents, in name order; whether a file may be executed; times and the rest
/// of modes do not count.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub fn of_tree(folder: &Path) -> Result<String> {
    let mut key = Key::new();
    for entry in sorted_entries(folder)? {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let kind = entry.file_type().doing("look at", &path)?;
        key = if kind.is_dir() {
            key.part(&name, "folder").part("of", of_tree(&path)?)
        } else if kind.is_symlink() {
            let target = fs::read_link(&path).doing("read", &path)?;
            key.part(&name, "link").part("to", target.to_string_lossy().as_bytes())
        } else {
            let metadata = entry.metadata().doing("look at", &path)?;
            let kind = if metadata.permissions().mode() & 0o100 != 0 { "executable" } else { "file" };
            key.part(&name, kind).part("of", of_file(&path)?)
        };
    }
    Ok(key.hex())
}

/// What lies in a folder, in name order.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub fn sorted_entries(folder: &Path) -> Result<Vec<fs::DirEntry>> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<std::io::Result<Vec<_>>>());
    let mut entries = entries.doing("list", folder)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    Ok(entries)
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_the_published_one() {
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of_bytes(b"abc"), abc);
    }

    #[test]
    fn a_short_key_is_the_beginning_of_the_key() {
        let key = || Key::new().part("a", "b");
        assert_eq!(key().short().len(), 16);
        assert!(key().hex().starts_with(&key().short()));
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(Key::new().part("a", "bc").hex(), Key::new().part("ab", "c").hex());
        assert_ne!(Key::new().part("a", "").part("b", "").hex(), Key::new().part("a", "b").hex());
    }

    #[test]
    fn a_tree_changes_with_names_contents_and_what_may_be_executed_only() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a.py");
        fs::write(&path, "1").expect("written");
        let first = of_tree(folder.path()).expect("hashed");
        fs::write(&path, "2").expect("written");
        let second = of_tree(folder.path()).expect("hashed");
        fs::rename(&path, folder.path().join("b.py")).expect("renamed");
        let third = of_tree(folder.path()).expect("hashed");
        fs::rename(folder.path().join("b.py"), &path).expect("renamed");
        fs::write(&path, "1").expect("written");
        assert_ne!(first, second);
        assert_ne!(second, third);
        assert_eq!(first, of_tree(folder.path()).expect("hashed"));
        for (mode, is_same) in [(0o640, true), (0o750, false)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("changed");
            assert_eq!(first == of_tree(folder.path()).expect("hashed"), is_same, "{mode:o}");
        }
    }
}
