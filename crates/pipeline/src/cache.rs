//! The cache: a folder of slow results, each under a key made of everything that it depends on.
//!
//! An entry is written beside its place and renamed, so that what stands there is whole; a lock keeps two builds from
//! making the same entry at once. Small entries carry their own hash and are made again if they do not match.

use crate::error::{Doing, Error, Result};
use crate::hash;
use crate::progress::Progress;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The cache folder.
pub struct Cache {
    root: PathBuf,
    progress: Progress,
}

/// Held while an entry is made; let go when dropped.
pub struct Lock(#[expect(dead_code, reason = "the lock lives as long as the open file")] File);

/// Length of the hash in front of a blob: SHA-256 as hex, and a line end.
const BLOB_HEAD: usize = 65;

impl Cache {
    /// Opens the cache, making the folder if need be.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn open(root: &Path, progress: Progress) -> Result<Cache> {
        fs::create_dir_all(root).doing("create the cache folder", root)?;
        if is_open_to_all(root)? {
            return Err(Error::Project {
                place: "environment variable PYAPP_CACHE".to_string(),
                message: format!(
                    "expected a folder that only its owner can write to, as code from it is run, found {} open to all; \
                     chmod o-w it or name another",
                    root.display()
                ),
            });
        }
        Ok(Cache { root: root.to_path_buf(), progress })
    }

    /// Tells the person who waits what is made for the cache.
    pub fn stage(&self, what: &str) {
        self.progress.stage(what);
    }

    /// The path of an entry or of a folder for other use.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Waits until no other build holds the lock of that name, and takes it.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn lock(&self, name: &str) -> Result<Lock> {
        let path = self.path(&format!("{name}.lock"));
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.doing("open the lock", &path)?;
        if file.try_lock().is_err() {
            self.stage(&format!("waiting for another build to let go of {}", path.display()));
            file.lock().doing("lock", &path)?;
        }
        Ok(Lock(file))
    }

    /// The blob `name`, made by `make` if it is not there or damaged.
    ///
    /// # Errors
    /// Those of `make`, or [`Error::Io`].
    pub fn blob(&self, name: &str, make: impl FnOnce() -> Result<Vec<u8>>) -> Result<Vec<u8>> {
        let _lock = self.lock(name)?;
        let path = self.path(name);
        if let Ok(bytes) = fs::read(&path)
            && let Some((head, bytes)) = bytes.split_at_checked(BLOB_HEAD)
            && head == blob_head(bytes).as_bytes()
        {
            return Ok(bytes.to_vec());
        }
        let bytes = make()?;
        write_aside(&path, &[blob_head(&bytes).as_bytes(), &bytes])?;
        Ok(bytes)
    }
}

#[cfg(unix)]
fn is_open_to_all(folder: &Path) -> Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(folder).doing("look at", folder)?.permissions().mode() & 0o002 != 0)
}

#[cfg(not(unix))]
fn is_open_to_all(_: &Path) -> Result<bool> {
    Ok(false)
}

fn blob_head(bytes: &[u8]) -> String {
    format!("{}\n", hash::of_bytes(bytes))
}

/// Writes a file beside its place and renames it, so that it is there whole or not at all.
///
/// # Errors
/// [`Error::Io`].
pub(crate) fn write_aside(path: &Path, parts: &[&[u8]]) -> Result<()> {
    let mut aside = path.as_os_str().to_os_string();
    aside.push(format!(".{}.part", std::process::id()));
    let aside = PathBuf::from(aside);
    let written = File::create(&aside).and_then(|mut file| {
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.sync_all()
    });
    let written = written.and_then(|()| fs::rename(&aside, path));
    if written.is_err() {
        let _ = fs::remove_file(&aside);
    }
    written.map_err(|source| Error::Io { doing: format!("write {}", path.display()), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cache = Cache::open(&folder.path().join("a/b"), Progress::new()).expect("opened");
        (folder, cache)
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_all_can_write_to_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("changed");
        let error = Cache::open(folder.path(), Progress::new()).err().expect("refused").to_string();
        assert!(error.contains("only its owner can write to"), "{error}");
    }

    #[test]
    fn a_blob_is_made_once() {
        let (_folder, cache) = cache();
        assert_eq!(cache.blob("x", || Ok(b"made".to_vec())).expect("made"), b"made");
        let again = cache.blob("x", || panic!("made twice"));
        assert_eq!(again.expect("found"), b"made");
    }

    #[test]
    fn a_damaged_blob_is_made_again() {
        let (_folder, cache) = cache();
        cache.blob("x", || Ok(b"made".to_vec())).expect("made");
        for damage in [&b""[..], b"short", &[0; 100]] {
            fs::write(cache.path("x"), damage).expect("damaged");
            assert_eq!(cache.blob("x", || Ok(b"again".to_vec())).expect("made"), b"again");
        }
    }

    #[test]
    fn a_blob_that_fails_leaves_nothing() {
        let (_folder, cache) = cache();
        let failed = cache.blob("x", || Err(Error::Runtime("no".to_string())));
        assert_eq!(failed.expect_err("failed").to_string(), "no");
        assert!(!cache.path("x").exists());
    }

    #[test]
    fn two_builds_take_turns() {
        let (_folder, cache) = cache();
        let held = cache.lock("x").expect("locked");
        let path = cache.path("x.lock");
        let other = File::options().write(true).open(path).expect("opened");
        assert!(other.try_lock().is_err(), "the lock is held");
        drop(held);
        assert!(other.try_lock().is_ok(), "the lock was let go");
    }
}
