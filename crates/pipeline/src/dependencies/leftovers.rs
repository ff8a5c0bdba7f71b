//! What a uv that was stopped has left in its cache: folders in which it unpacks, and environments for backends. Several builds use one
//! cache at once, and a folder does not tell whose it is. So each holds a lock while its uv runs, and only one that is alone removes.

use super::watch::TEMPORARY;
use crate::error::{Doing, Result};
use crate::hash::sorted_entries;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The lock, in uv's cache.
const LOCK: &str = ".pyapp-lock";

/// Held while uv runs; let go when dropped.
pub(super) struct Running {
    cache: PathBuf,
    lock: File,
}

impl Running {
    /// Begins, with what others have left removed, if nobody else is there.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub fn begin(cache: &Path) -> Result<Running> {
        let path = cache.join(LOCK);
        let lock = File::options().create(true).truncate(false).write(true).open(&path);
        let running = Running { cache: cache.to_path_buf(), lock: lock.doing("open the lock", &path)? };
        running.remove_leftovers()?;
        Ok(running)
    }

    /// Removes what a uv that has been stopped leaves, if nobody else is there.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub fn remove_leftovers(&self) -> Result<()> {
        let path = self.cache.join(LOCK);
        self.lock.unlock().doing("unlock", &path)?;
        if self.lock.try_lock().is_ok() {
            // What cannot be removed does no harm.
            for folder in temporary(&self.cache)? {
                let _ = fs::remove_dir_all(folder);
            }
            self.lock.unlock().doing("unlock", &path)?;
        }
        self.lock.lock_shared().doing("lock", &path)
    }
}

/// The temporary folders in uv's cache and in its parts.
fn temporary(cache: &Path) -> Result<Vec<PathBuf>> {
    let folders = |folder: &Path| -> Result<Vec<PathBuf>> {
        let entries = sorted_entries(folder)?.into_iter();
        Ok(entries
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .map(|entry| entry.path())
            .collect())
    };
    let (mut found, parts): (Vec<_>, Vec<_>) = folders(cache)?.into_iter().partition(|folder| is_temporary(folder));
    for part in parts {
        found.extend(folders(&part)?.into_iter().filter(|folder| is_temporary(folder)));
    }
    Ok(found)
}

fn is_temporary(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(TEMPORARY.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_is_alone_removes_what_others_left() {
        let cache = tempfile::tempdir().expect("a folder");
        let path = |name| cache.path().join(name);
        let all = [".tmpA", "builds-v0/.tmpB", "archive-v0/C/.tmpD"].map(path);
        let leave = || all.iter().for_each(|folder| fs::create_dir_all(folder.join("x")).expect("created"));
        let left = || all.each_ref().map(|folder| folder.exists());
        leave();
        let first = Running::begin(cache.path()).expect("begun");
        assert_eq!(left(), [false, false, true], "what is unpacked is kept");
        leave();
        let second = Running::begin(cache.path()).expect("begun");
        first.remove_leftovers().expect("looked");
        assert_eq!(left(), [true; 3], "another is there");
        drop(first);
        second.remove_leftovers().expect("removed");
        assert_eq!(left(), [false, false, true]);
        let other = File::open(path(LOCK)).expect("there");
        assert!(other.try_lock().is_err(), "it is held again");
        drop(second);
        other.try_lock().expect("let go");
    }
}
