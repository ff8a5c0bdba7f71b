//! Removing from the cache what nobody has used for long, or everything.

use super::{Cache, DOWNLOADS, LOCK, Lock};
use crate::error::{Doing, Result};
use crate::hash;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::PoisonError;
use std::time::{Duration, SystemTime};

/// How long an entry is kept that no build uses.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// How many files and folders.
    pub entries: u64,
    /// What all files in them took, bytes.
    pub bytes: u64,
}

impl fmt::Display for Pruned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.entries == 1 { "entry" } else { "entries" };
        write!(f, "removed {} {noun} from the cache, {:.1} MB", self.entries, self.bytes as f64 / 1e6)
    }
}

impl Cache {
    /// Removes the entries that no build has used in the last 30 days; never one that this build has used, nor a download
    /// whose SHA-256 stands in `pins`, the text of this checkout's recipe. What cannot be removed stays: a build does not
    /// fail for it.
    pub(crate) fn prune(&self, pins: &str) -> Pruned {
        let mut pruned = Pruned::default();
        for name in self.entries() {
            let is_used = self.used.lock().unwrap_or_else(PoisonError::into_inner).contains(&name);
            // Nobody makes or reads the entry while it is removed. The lock itself stays: who waits for it has it open.
            let Ok(file) = File::options().write(true).open(self.path(&format!("{name}{LOCK}"))) else { continue };
            if name == DOWNLOADS || is_used || file.try_lock().is_err() {
                continue;
            }
            let lock = Lock(file);
            if is_old(lock.0.metadata()) {
                for suffix in ["", ".log", ".work"] {
                    let _ = pruned.remove(&self.path(&format!("{name}{suffix}")));
                }
            }
        }
        for file in hash::sorted_entries(&self.path(DOWNLOADS)).unwrap_or_default() {
            let is_pinned = || hash::of_file(&file.path()).map_or(true, |hash| pins.contains(&hash));
            if is_old(file.metadata()) && !is_pinned() {
                let _ = pruned.remove(&file.path());
            }
        }
        pruned
    }

    /// Removes everything. Not beside a running build.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub fn clear(&self) -> Result<Pruned> {
        let mut pruned = Pruned::default();
        for entry in hash::sorted_entries(self.folder.path())? {
            let removed = pruned.remove(&entry.path());
            let removed = removed.map_err(|error| io::Error::other(format!("{error}; remove it by hand")));
            removed.doing("remove", &entry.path())?;
        }
        Ok(pruned)
    }

    /// The names of the entries: of each there is a lock.
    fn entries(&self) -> Vec<String> {
        let files = hash::sorted_entries(self.folder.path()).unwrap_or_default();
        let names = files.iter().filter_map(|file| file.file_name().into_string().ok());
        names.filter_map(|name| name.strip_suffix(LOCK).map(str::to_string)).collect()
    }
}

/// Whether it has not been touched for long; what cannot be told is not old.
fn is_old(metadata: io::Result<fs::Metadata>) -> bool {
    let modified = metadata.and_then(|metadata| metadata.modified()).ok();
    let age = modified.and_then(|modified| SystemTime::now().duration_since(modified).ok());
    age.is_some_and(|age| age > KEPT)
}

impl Pruned {
    fn remove(&mut self, path: &Path) -> io::Result<()> {
        let metadata = path.symlink_metadata()?;
        let bytes = size(path);
        if metadata.is_dir() {
            fs::remove_dir_all(path)?
        } else {
            fs::remove_file(path)?
        }
        self.entries += 1;
        self.bytes += bytes;
        Ok(())
    }
}

/// What a file, or all files below a folder, take.
fn size(path: &Path) -> u64 {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => {
            hash::sorted_entries(path).unwrap_or_default().iter().map(|entry| size(&entry.path())).sum()
        }
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::entry;
    use crate::hash::Key;
    use crate::progress::Progress;

    fn open(folder: &Path) -> Cache {
        Cache::open(folder, Progress::new()).expect("opened")
    }

    fn key(number: &str) -> Key {
        Key::new().part("number", number)
    }

    fn age(path: &Path, days: u64) {
        let time = SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60);
        File::options().write(true).open(path).expect("there").set_modified(time).expect("set");
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = hash::sorted_entries(folder).expect("listed");
        let names = entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| !name.ends_with(LOCK)).collect()
    }

    #[test]
    fn what_nobody_has_used_for_30_days_goes() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let make = |cache: &Cache, number| cache.blob("x", key(number), || Ok(vec![7; 100])).expect("made");
        let before = open(folder.path());
        for number in ["old", "recent", "used", "locked"] {
            make(&before, number);
        }
        let lock = |number| folder.path().join(format!("{}{LOCK}", entry("x", key(number))));
        fs::create_dir(folder.path().join("runtime-1.work")).expect("made");
        fs::write(folder.path().join("runtime-1.lock"), "").expect("written");
        fs::write(folder.path().join("runtime-1.work/half"), [1; 50]).expect("written");
        let cache = open(folder.path());
        make(&cache, "used");
        let held = hold(&lock("locked"));
        for path in [lock("old"), lock("used"), lock("locked"), folder.path().join("runtime-1.lock")] {
            age(&path, 31);
        }
        age(&lock("recent"), 29);
        assert_eq!(cache.prune(""), Pruned { entries: 2, bytes: 165 + 50 });
        let mut expected = ["recent", "used", "locked"].map(|number| entry("x", key(number)));
        expected.sort();
        assert_eq!(names(folder.path()), expected);
        drop(held);
        assert_eq!(open(folder.path()).prune("").entries, 2, "now the used and the locked one are only old");
    }

    fn hold(path: &Path) -> Lock {
        let file = File::options().write(true).open(path).expect("opened");
        file.lock().expect("locked");
        Lock(file)
    }

    /// Other threads fork all the time, and each child has for a moment what was open here.
    #[test]
    fn a_lock_is_let_go_at_once_whoever_else_has_the_file_open() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("x.lock");
        fs::write(&path, "").expect("written");
        let held = hold(&path);
        let in_a_child = held.0.try_clone().expect("a second descriptor");
        drop(held);
        let other = File::options().write(true).open(&path).expect("opened");
        assert!(other.try_lock().is_ok(), "the lock is still held");
        drop(in_a_child);
    }

    #[test]
    fn old_downloads_go_unless_they_are_pinned() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cache = open(folder.path());
        let downloads = folder.path().join(DOWNLOADS);
        fs::create_dir(&downloads).expect("made");
        drop(cache.lock(DOWNLOADS).expect("locked"));
        for (name, days) in [("old", 31), ("pinned", 31), ("recent", 1)] {
            fs::write(downloads.join(name), name).expect("written");
            age(&downloads.join(name), days);
        }
        age(&folder.path().join("downloads.lock"), 31);
        let pins = format!("tool==1 --hash=sha256:{}", hash::of_bytes(b"pinned"));
        assert_eq!(open(folder.path()).prune(&pins), Pruned { entries: 1, bytes: 3 });
        assert_eq!(names(&downloads), ["pinned", "recent"]);
    }

    #[test]
    fn clearing_leaves_an_empty_folder_and_says_what_it_freed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cache = open(folder.path());
        cache.blob("x", key("1"), || Ok(vec![7; 100])).expect("made");
        fs::create_dir_all(folder.path().join("runtime-1/lib")).expect("made");
        fs::write(folder.path().join("runtime-1/lib/a"), [1; 50]).expect("written");
        let cleared = cache.clear().expect("cleared");
        assert_eq!(cleared, Pruned { entries: 3, bytes: 165 + 50 });
        assert_eq!(cleared.to_string(), "removed 3 entries from the cache, 0.0 MB");
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 0);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_cannot_be_removed_is_named_with_the_reason_and_can_be_removed_by_hand() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cache = open(folder.path());
        let entry = folder.path().join("runtime-1");
        fs::create_dir(&entry).expect("made");
        fs::write(entry.join("a"), "").expect("written");
        let allow = |mode| fs::set_permissions(&entry, fs::Permissions::from_mode(mode)).expect("changed");
        allow(0o555);
        let error = as_nobody_special(|| cache.clear()).expect_err("refused").to_string();
        let expected = format!("cannot remove {}: Permission denied (os error 13); remove it by hand", entry.display());
        assert_eq!(error, expected);
        allow(0o755);
        fs::remove_dir_all(&entry).expect("removed by hand");
        assert_eq!(cache.clear().expect("cleared"), Pruned::default());
    }

    /// Does `work` as root does it that may not do more than others; for anybody else this changes nothing.
    #[cfg(target_os = "linux")]
    fn as_nobody_special<T: Send>(work: impl FnOnce() -> T + Send) -> T {
        use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
        let none = CapabilitySet::empty();
        let sets = CapabilitySets { effective: none, permitted: none, inheritable: none };
        // Each thread has capabilities of its own.
        let thread = || set_capabilities(None, sets).map(|()| work());
        std::thread::scope(|scope| scope.spawn(thread).join()).expect("no panic").expect("given up")
    }
}
