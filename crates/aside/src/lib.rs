//! Files and folders that are there whole or not at all: each is made beside its place, under a name of its own, and
//! renamed. What fails leaves nothing behind, and what was there before as it was.
//!
//! Everything of pyapp that writes to a disk goes through here: the cache and the assets of a build, the tool
//! `extract`, the runner of CPython's tests. This crate depends on nothing.
//!
//! # Example
//!
//! ```
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! aside::write(&folder.join("table"), &[b"head\n", b"body\n"])?;
//! aside::make(&folder.join("tree"), |work| {
//!     std::fs::create_dir(work)?;
//!     std::fs::write(work.join("leaf"), "text")
//! })?;
//! assert_eq!(std::fs::read(folder.join("table"))?, b"head\nbody\n");
//! assert_eq!(std::fs::read(folder.join("tree/leaf"))?, b"text");
//! # Ok::<(), std::io::Error>(())
//! ```

#![forbid(unsafe_code)]

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Lets `make` make a file or a folder at the path that it is given, and renames it to `path`. A file that is there is
/// replaced; a folder that is there and not empty is an error.
///
/// A file is on the disk before it has its name. The files of a folder are not waited for, as there may be thousands:
/// after a power cut one of them can be empty. Two threads of one process must not make the same `path` at once.
///
/// # Errors
/// Those of `make`; an [`io::Error`] that names the path if what was made cannot be synced or renamed.
pub fn make<T, E: From<io::Error>>(path: &Path, make: impl FnOnce(&Path) -> Result<T, E>) -> Result<T, E> {
    let work = name_beside(path);
    let made = make(&work).and_then(|made| {
        sync(&work).map_err(|error| told(error, format!("cannot sync {}", work.display())))?;
        let renamed = fs::rename(&work, path);
        renamed.map_err(|error| told(error, format!("cannot rename {} to {}", work.display(), path.display())))?;
        Ok(made)
    });
    if made.is_err() {
        // It is one or the other, or not there; the first failure is the one to tell.
        let _ = fs::remove_file(&work).or_else(|_| fs::remove_dir_all(&work));
    }
    made
}

/// Makes the file `path` of `parts`, one behind the other.
///
/// # Errors
/// An [`io::Error`] that names the path.
pub fn write(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    make(path, |work| {
        let written = File::create(work).and_then(|mut file| parts.iter().try_for_each(|part| file.write_all(part)));
        written.map_err(|error| told(error, format!("cannot write {}", work.display())))
    })
}

/// `path` with the number of this process and `.part` behind it. A slash at its end is left out: behind one, the name
/// would be one inside the folder.
fn name_beside(path: &Path) -> PathBuf {
    let mut name = path.components().as_path().as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    PathBuf::from(name)
}

fn sync(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_file() { File::open(path)?.sync_all() } else { Ok(()) }
}

/// The error with what was being done in front; its kind stays.
fn told(error: io::Error, doing: String) -> io::Error {
    io::Error::new(error.kind(), format!("{doing}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("listed");
        entries.map(|entry| entry.expect("listed").file_name().into_string().expect("UTF-8")).collect()
    }

    #[test]
    fn what_fails_leaves_nothing_behind_and_what_was_there_as_it_was() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("table");
        fs::write(&path, "old").expect("written");
        let half_file = |work: &Path| {
            fs::write(work, "half")?;
            Err::<(), _>(io::Error::other("no room"))
        };
        let half_folder = |work: &Path| {
            fs::create_dir(work)?;
            fs::write(work.join("a"), "half")?;
            Err::<(), _>(io::Error::other("no room"))
        };
        assert!(make(&path, half_file).is_err() && make(&path, half_folder).is_err());
        assert_eq!(names(folder.path()), ["table"]);
        assert_eq!(fs::read_to_string(&path).expect("read"), "old");
        make(&path, |work| fs::write(work, "new")).expect("written");
        assert_eq!(fs::read_to_string(&path).expect("read"), "new");
        write(&path, &[b"new", b"er"]).expect("written");
        assert_eq!((fs::read_to_string(&path).expect("read").as_str(), names(folder.path()).len()), ("newer", 1));
    }

    #[test]
    fn what_cannot_be_renamed_is_told_by_name_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("taken");
        fs::create_dir_all(path.join("inside")).expect("made");
        for made in [write(&path, &[b"a file"]), make(&path, |work| fs::create_dir(work))] {
            let message = made.expect_err("a folder that is not empty").to_string();
            assert!(message.starts_with("cannot rename ") && message.contains("taken"), "{message}");
        }
        assert_eq!(names(folder.path()), ["taken"]);
        let message = write(&folder.path().join("none/x"), &[]).expect_err("no such folder").to_string();
        assert!(message.starts_with("cannot write ") && message.contains("none/x"), "{message}");
    }

    #[test]
    fn a_slash_behind_the_name_does_not_count() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        make(&folder.path().join("tree/"), |work| fs::create_dir(work)).expect("made");
        assert_eq!(names(folder.path()), ["tree"]);
    }
}
