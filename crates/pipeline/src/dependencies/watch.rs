//! A watch on uv, which unpacks whatever it is given: it is stopped when that becomes too much, and what it has unpacked by then is
//! removed. Of what a process writes the system keeps count, and tells which files it has open.

use crate::error::{Doing, Result};
use crate::hash::sorted_entries;
use crate::settings::Bounds;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

/// How often it looks.
const EVERY: Duration = Duration::from_millis(200);
/// What is unpacked is then copied to where it is installed.
const TIMES: u64 = 2;
/// How the folders in uv's cache begin in which it unpacks.
pub(super) const TEMPORARY: &str = ".tmp";

/// The watch.
pub(super) struct Watch<'a> {
    /// uv's cache, as a real path.
    cache: &'a Path,
    bounds: &'a Bounds,
    /// The folders in which it was seen to unpack, each with the most files that were in it.
    folders: BTreeMap<PathBuf, u64>,
    last: Instant,
    /// What was too much, in one line.
    pub found: Option<String>,
}

impl<'a> Watch<'a> {
    pub fn new(cache: &'a Path, bounds: &'a Bounds) -> Watch<'a> {
        Watch { cache, bounds, folders: BTreeMap::new(), last: Instant::now(), found: None }
    }

    /// Looks at a process; whether it may go on. What cannot be seen is let go.
    pub fn look(&mut self, process: u32) -> bool {
        if self.last.elapsed() < EVERY {
            return true;
        }
        let files = open_files(process);
        let now = self.see(&files);
        for (folder, most) in &mut self.folders {
            *most = (*most).max(count(folder, self.bounds.files + 1));
        }
        let is_too_much = self.folders.values().sum::<u64>() > self.bounds.files
            || written(process).is_some_and(|bytes| bytes > TIMES * self.bounds.bytes);
        if is_too_much {
            // It writes somewhere: what has not been seen could not be removed.
            let began = Instant::now();
            while self.folders.is_empty() && began.elapsed() < EVERY {
                self.see(&open_files(process));
            }
            let fullest = self.folders.iter().max_by_key(|(_, files)| **files).map(|(folder, _)| folder);
            let copied = files.iter().find_map(|file| archive(file, self.cache));
            let name = now.first().or(copied.as_ref()).or(fullest).and_then(|folder| name(folder));
            self.found = Some(too_much(name.unwrap_or_else(|| "a distribution".to_string()), self.bounds));
        }
        self.last = Instant::now();
        !is_too_much
    }

    /// Notes the folders in which it unpacks now, by the files that it has open.
    fn see(&mut self, files: &[PathBuf]) -> Vec<PathBuf> {
        let now: Vec<PathBuf> = files.iter().filter_map(|file| temporary(file, self.cache)).collect();
        for folder in &now {
            self.folders.entry(folder.clone()).or_default();
        }
        now
    }

    /// Removes what uv, which has been ended, would have removed.
    pub fn clear(&self) {
        for folder in self.folders.keys() {
            // It may have got its place.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn too_much(name: String, bounds: &Bounds) -> String {
    format!(
        "{name}: expected at most {} MiB and {} files when it is unpacked, with all that is installed, found more; do without this \
         distribution",
        bounds.bytes >> 20,
        bounds.files
    )
}

/// What is too much about what is installed in a folder, in one line: of what was quick, the watch has seen nothing.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub(super) fn check(folder: &Path, bounds: &Bounds) -> Result<Option<String>> {
    let (mut bytes, mut files) = (0, 0);
    // The parts of the bounds that it takes, so that the worst stands out, and its name.
    let mut largest = (0, String::new());
    for entry in sorted_entries(folder)? {
        let (own_bytes, own_files) = size(&entry.path())?;
        bytes += own_bytes;
        files += own_files;
        let part = |own: u64, bound: u64| own.saturating_mul(1000) / bound.max(1);
        let parts = part(own_bytes, bounds.bytes).max(part(own_files, bounds.files));
        largest = largest.max((parts, entry.file_name().to_string_lossy().into_owned()));
    }
    if bytes <= bounds.bytes && files <= bounds.files {
        return Ok(None);
    }
    Ok(Some(too_much(owner(folder, &largest.1)?, bounds)))
}

/// Which distribution in a folder has brought a file or a folder of this name.
fn owner(folder: &Path, name: &str) -> Result<String> {
    for entry in sorted_entries(folder)? {
        let metadata = entry.file_name().to_string_lossy().into_owned();
        let Some(own) = metadata.strip_suffix(super::tidy::METADATA) else { continue };
        let record = fs::read_to_string(entry.path().join("RECORD")).unwrap_or_default();
        if metadata == name || record.lines().any(|line| line.starts_with(name)) {
            return Ok(own.replacen('-', " ", 1));
        }
    }
    Ok(format!("what brings {name:?}"))
}

/// How many bytes and how many files there are, below a folder or in one file.
fn size(path: &Path) -> Result<(u64, u64)> {
    let metadata = path.symlink_metadata().doing("look at", path)?;
    let (mut bytes, mut files) = (metadata.len(), 1);
    if metadata.is_dir() {
        bytes = 0;
        for entry in fs::read_dir(path).doing("list", path)? {
            let (more, others) = size(&entry.doing("list", path)?.path())?;
            bytes += more;
            files += others;
        }
    }
    Ok((bytes, files))
}

/// The files that a process has open.
fn open_files(process: u32) -> Vec<PathBuf> {
    let entries = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    entries.filter_map(|entry| fs::read_link(entry.path()).ok()).collect()
}

/// How many bytes a process and its ended children have written.
fn written(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/io")).ok()?;
    text.lines().find_map(|line| line.strip_prefix("wchar: ")?.parse().ok())
}

/// The folder in uv's cache in which a file is unpacked, if it is one: in the cache itself, or in one of its parts.
fn temporary(file: &Path, cache: &Path) -> Option<PathBuf> {
    let parts: Vec<&str> = file.strip_prefix(cache).ok()?.components().filter_map(text).collect();
    let at = parts.iter().take(2).position(|part| part.starts_with(TEMPORARY))?;
    // A folder, as something lies below it.
    (parts.len() > at + 1).then(|| parts[..=at].iter().fold(cache.to_path_buf(), |path, part| path.join(part)))
}

/// The folder in uv's cache where what a file belongs to has been unpacked, if it has.
fn archive(file: &Path, cache: &Path) -> Option<PathBuf> {
    let mut parts = file.strip_prefix(cache).ok()?.components();
    let (part, own) = (text(parts.next()?)?, text(parts.next()?)?);
    part.starts_with("archive-v").then(|| cache.join(part).join(own))
}

fn text(part: Component<'_>) -> Option<&str> {
    part.as_os_str().to_str()
}

/// How many files and folders are below a folder; it stops counting at `most`.
fn count(folder: &Path, most: u64) -> u64 {
    let (mut folders, mut found) = (vec![folder.to_path_buf()], 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            found += 1;
            if found >= most {
                return found;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            }
        }
    }
    found
}

/// What is unpacked in a folder: by its metadata, or else by the first name in it.
fn name(folder: &Path) -> Option<String> {
    let entries = sorted_entries(folder).ok()?;
    let names: Vec<_> = entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let metadata = names.iter().find_map(|name| name.strip_suffix(super::tidy::METADATA));
    metadata.map(|name| name.replacen('-', " ", 1)).or_else(|| Some(format!("what brings {:?}", names.first()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process;

    #[test]
    fn only_folders_in_which_uv_unpacks_are_taken_for_such() {
        let found = |file: &str| temporary(Path::new(file), Path::new("/c"));
        assert_eq!(found("/c/.tmpA/x/y"), Some("/c/.tmpA".into()));
        assert_eq!(found("/c/sdists-v9/.tmpA/x"), Some("/c/sdists-v9/.tmpA".into()));
        for file in ["/c/.tmpA", "/c/archive-v0/A/.tmpB/x", "/d/.tmpA/x", "/c/x/y"] {
            assert_eq!(found(file), None, "{file}");
        }
        let found = |file: &str| archive(Path::new(file), Path::new("/c"));
        assert_eq!(found("/c/archive-v0/A/x/y"), Some("/c/archive-v0/A".into()));
        assert_eq!((found("/c/sdists-v9/A/x"), found("/c/archive-v0"), found("/d/archive-v0/A/x")), (None, None, None));
    }

    #[test]
    fn too_many_files_are_seen_and_removed() {
        let cache = tempfile::tempdir().expect("a folder");
        let folder = cache.path().join(".tmpA");
        fs::create_dir_all(folder.join("odd-1.0.dist-info")).expect("created");
        let _open = fs::File::create(folder.join("x")).expect("created");
        let look = |files: u64| {
            let bounds = Bounds { files, bytes: 1 << 60, ..Bounds::default() };
            let mut watch = Watch::new(cache.path(), &bounds);
            assert!(watch.look(process::id()), "too early to look");
            watch.last -= EVERY;
            if !watch.look(process::id()) {
                watch.clear();
            }
            watch.found
        };
        assert_eq!(look(2), None);
        let written = Bounds { bytes: 0, ..Bounds::default() };
        let mut watch = Watch::new(cache.path(), &written);
        watch.last -= EVERY;
        assert!(!watch.look(process::id()), "a test has written something");
        assert!(folder.exists());
        assert!(look(1).expect("too many").starts_with("odd 1.0: expected at most 1099511627776 MiB and 1 files"));
        assert!(!folder.exists());
    }
}
