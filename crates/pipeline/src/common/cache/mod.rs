//! The cache: a folder of slow results, each under a key made of everything that it depends on.
//!
//! An entry is written beside its place and renamed, so that what stands there is whole; a lock keeps two builds from
//! making the same entry at once, and its time says when the entry was last used. Small entries carry their own hash and are
//! made again if they do not match. `prune.rs` removes what nobody has used for long.

mod prune;

pub use prune::Pruned;

use crate::error::{Doing, Result};
use crate::hash::{self, Key};
use crate::own_folder::OwnFolder;
use crate::progress::Progress;
#[cfg(feature = "compiler")]
use host::TrustedCode;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// The cache folder.
pub struct Cache {
    folder: OwnFolder,
    progress: Progress,
    /// The names of the entries that this build has used.
    used: Mutex<BTreeSet<String>>,
}

/// Held while an entry is made; let go when dropped.
pub struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a child that another thread has just forked has it open too, until it is replaced by
        // its program. If this fails, the lock goes when the last of them is closed.
        let _ = self.0.unlock();
    }
}

/// Length of the hash in front of a blob: SHA-256 as hex, and a line end.
const BLOB_HEAD: usize = 65;
/// What the name of an entry's lock ends with.
const LOCK: &str = ".lock";
/// The entry that holds downloads, whatever they are for.
pub(crate) const DOWNLOADS: &str = "downloads";

impl Cache {
    /// Opens the cache, making the folder if need be.
    ///
    /// # Errors
    /// [`Error::Project`](crate::Error::Project) if everybody can write to it; [`Error::Io`](crate::Error::Io).
    pub fn open(folder: &Path, progress: Progress) -> Result<Cache> {
        fs::create_dir_all(folder).doing("create the cache folder", folder)?;
        let folder = OwnFolder::open(folder, "environment variable PYAPP_CACHE")?;
        Ok(Cache { folder, progress, used: Mutex::default() })
    }

    /// Tells the person who waits what is made for the cache.
    pub fn stage(&self, what: &str) {
        self.progress.stage(what);
    }

    /// The path of an entry or of a file beside it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits until no other build holds the lock of the entry `name`, and takes it; the entry counts as used.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub fn lock(&self, name: &str) -> Result<Lock> {
        let path = self.path(&format!("{name}{LOCK}"));
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.doing("open the lock", &path)?;
        if file.try_lock().is_err() {
            self.stage(&format!("waiting for another build to let go of {}", path.display()));
            file.lock().doing("lock", &path)?;
        }
        file.set_modified(SystemTime::now()).doing("mark as used", &path)?;
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_string());
        Ok(Lock(file))
    }

    /// The bytes of the entry `what` under `key`, made by `make` if they are not there or damaged.
    ///
    /// # Errors
    /// Those of `make`, or [`Error::Io`](crate::Error::Io).
    pub fn blob(&self, what: &str, key: Key, make: impl FnOnce() -> Result<Vec<u8>>) -> Result<Vec<u8>> {
        let name = entry(what, key);
        let _lock = self.lock(&name)?;
        let path = self.path(&name);
        if let Some(bytes) = whole_blob(&path) {
            return Ok(bytes);
        }
        let bytes = make()?;
        aside::write(&path, &[blob_head(&bytes).as_bytes(), &bytes]).doing("keep", &path)?;
        Ok(bytes)
    }

    /// The bytes of the entry `what` under `key`, if they are there and not damaged.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub(crate) fn find_blob(&self, what: &str, key: Key) -> Result<Option<Vec<u8>>> {
        let name = entry(what, key);
        let path = self.path(&name);
        if !path.is_file() {
            return Ok(None);
        }
        let _lock = self.lock(&name)?;
        Ok(whole_blob(&path))
    }

    /// The folder `what` under `key`, made by `make` at the path that it is given if it is not there. If it fails, nothing is left.
    ///
    /// # Errors
    /// Those of `make`, or [`Error::Io`](crate::Error::Io).
    pub(crate) fn folder(&self, what: &str, key: Key, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        self.folder_named(&entry(what, key), make)
    }

    /// As [`Cache::folder`], of the entry `name`.
    ///
    /// # Errors
    /// As [`Cache::folder`].
    pub(crate) fn folder_named(&self, name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        self.folder_of(name, |work| {
            make(work).inspect_err(|_| {
                // That error counts, not that its remains are there.
                let _ = fs::remove_dir_all(work);
            })?;
            Ok(work.to_path_buf())
        })
    }

    /// As [`Cache::folder`], of the entry `name`: `make` works at the path that it is given, and tells which folder there is the
    /// result. The rest is removed.
    ///
    /// # Errors
    /// As [`Cache::folder`].
    pub(crate) fn folder_of(&self, name: &str, make: impl FnOnce(&Path) -> Result<PathBuf>) -> Result<PathBuf> {
        let _lock = self.lock(name)?;
        let folder = self.path(name);
        if !folder.is_dir() {
            let work = self.path(&format!("{name}.work"));
            // What an interrupted build left; nobody else can be in it, the lock is held.
            let clear = || if work.exists() { fs::remove_dir_all(&work).doing("remove", &work) } else { Ok(()) };
            clear()?;
            let made = make(&work)?;
            fs::rename(&made, &folder).doing("put what was made at", &folder)?;
            clear()?;
        }
        Ok(folder)
    }

    /// As [`Cache::blob`], for what the compiler makes.
    ///
    /// # Errors
    /// As [`Cache::blob`].
    #[cfg(feature = "compiler")]
    pub(crate) fn code(&self, what: &str, key: Key, make: impl FnOnce() -> Result<Vec<u8>>) -> Result<TrustedCode> {
        Ok(self.folder.vouch(self.blob(what, key, make)?))
    }
}

/// The name of an entry.
pub fn entry(what: &str, key: Key) -> String {
    format!("{what}-{}", key.short())
}

/// The bytes of a blob, if they are those that were kept.
fn whole_blob(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = fs::read(path).ok()?;
    let (head, contents) = bytes.split_at_checked(BLOB_HEAD)?;
    if head != blob_head(contents).as_bytes() {
        return None;
    }
    bytes.drain(..BLOB_HEAD);
    Some(bytes)
}

fn blob_head(bytes: &[u8]) -> String {
    format!("{}\n", hash::of_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cache = Cache::open(&folder.path().join("a/b"), Progress::new()).expect("opened");
        (folder, cache)
    }

    fn key() -> Key {
        Key::new().part("a", "b")
    }

    #[test]
    fn a_blob_is_made_once() {
        let (_folder, cache) = cache();
        assert_eq!(cache.blob("x", key(), || Ok(b"made".to_vec())).expect("made"), b"made");
        let again = cache.blob("x", key(), || panic!("made twice"));
        assert_eq!(again.expect("found"), b"made");
    }

    #[test]
    fn a_damaged_blob_is_made_again() {
        let (_folder, cache) = cache();
        cache.blob("x", key(), || Ok(b"made".to_vec())).expect("made");
        for damage in [&b""[..], b"short", &[0; 100]] {
            fs::write(cache.path(&entry("x", key())), damage).expect("damaged");
            assert_eq!(cache.blob("x", key(), || Ok(b"again".to_vec())).expect("made"), b"again");
        }
    }

    #[test]
    fn a_blob_that_fails_leaves_nothing() {
        let (_folder, cache) = cache();
        let failed = cache.blob("x", key(), || Err(crate::Error::Runtime("no".to_string())));
        assert_eq!(failed.expect_err("failed").to_string(), "no");
        assert!(!cache.path(&entry("x", key())).exists());
    }

    #[test]
    fn a_folder_is_made_once_and_whole() {
        let (_folder, cache) = cache();
        let make = |work: &Path, files: usize| {
            fs::create_dir(work).doing("create", work)?;
            (0..files).try_for_each(|file| fs::write(work.join(file.to_string()), "").doing("write", work))
        };
        let failed = |work: &Path| make(work, 3).and(Err(crate::Error::Runtime("no".to_string())));
        cache.folder("x", key(), failed).expect_err("failed");
        assert_eq!(hash::sorted_entries(&cache.path("")).expect("listed").len(), 1, "more than the lock");
        let made = cache.folder("x", key(), |work| make(work, 1)).expect("made");
        assert_eq!(hash::sorted_entries(&made).expect("listed").len(), 1, "something of the failed one is left");
        assert_eq!(cache.folder("x", key(), |_| panic!("made twice")).expect("found"), made);
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
