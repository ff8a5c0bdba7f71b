//! Trees on the disk: changed without going through links, and looked at whole.

use super::input::Input;
use super::path::Paths;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

/// A change of one name. What is in the way of it stays, and what is missing of its path is made.
#[derive(Clone, Debug)]
pub enum Change {
    MakeFolder,
    MakeFile,
    MakeLink(String),
    /// A second name of a file, which has this one.
    MakeHardLink(String),
    /// Of a file or a link.
    Remove,
    /// Puts a link in the place of a file or a link.
    Swap(String),
}

impl Change {
    /// A change of a path, relative to the folder of the case.
    pub fn any(input: &mut Input<'_>, paths: &mut Paths) -> (String, Change) {
        let kind = input.below(14);
        let path = paths.place(input);
        let depth = path.split('/').count() - 1;
        let change = match kind {
            0..=3 => Change::MakeFolder,
            4..=7 => Change::MakeFile,
            8..=10 => Change::MakeLink(paths.target(input, depth)),
            11 => Change::MakeHardLink(paths.place(input)),
            12 => Change::Remove,
            _ => Change::Swap(paths.target(input, depth)),
        };
        (path, change)
    }

    /// Carries it out in a tree. A new file holds `contents`.
    pub fn apply(&self, tree: &Path, path: &str, contents: &str) {
        let Some(path) = plain(tree, path) else { return };
        let kind = path.symlink_metadata().map(|found| found.file_type()).ok();
        let is_leaf = kind.is_some_and(|kind| !kind.is_dir());
        match self {
            Change::MakeFolder if kind.is_none() => fs::create_dir(path).expect("made"),
            Change::MakeFile if kind.is_none() => fs::write(path, contents).expect("written"),
            Change::MakeLink(target) if kind.is_none() => symlink(target, path).expect("linked"),
            Change::MakeHardLink(old) if kind.is_none() => {
                if let Some(old) = plain(tree, old).filter(|old| old.symlink_metadata().is_ok_and(|old| old.is_file()))
                {
                    fs::hard_link(old, path).expect("linked");
                }
            }
            Change::Remove if is_leaf => fs::remove_file(path).expect("removed"),
            Change::Swap(target) if is_leaf => {
                fs::remove_file(&path).expect("removed");
                symlink(target, path).expect("linked");
            }
            _ => {}
        }
    }
}

/// The path of a name in a tree, whose folders are made; `None` if something else is among them.
fn plain(tree: &Path, path: &str) -> Option<PathBuf> {
    let mut at = tree.to_path_buf();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    for folder in folders.split('/').filter(|name| !name.is_empty()) {
        at.push(folder);
        match at.symlink_metadata() {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return None,
            Err(_) => fs::create_dir(&at).expect("made"),
        }
    }
    Some(at.join(name))
}

/// What a name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub what: What,
    pub mode: u32,
    pub inode: u64,
    pub modified: (i64, i64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Folder,
    File(String),
    Link(PathBuf),
}

/// All that lies below a folder, by relative paths; and the folder itself, with none.
pub fn look_at_all(folder: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut all = BTreeMap::new();
    let mut pending = vec![PathBuf::new()];
    while let Some(path) = pending.pop() {
        let here = folder.join(&path);
        let found = here.symlink_metadata().expect("there");
        let what = if found.is_symlink() {
            What::Link(fs::read_link(&here).expect("read"))
        } else if found.is_dir() {
            let names = fs::read_dir(&here).expect("listed").map(|entry| entry.expect("listed").file_name());
            pending.extend(names.map(|name| path.join(name)));
            What::Folder
        } else {
            What::File(String::from_utf8(fs::read(&here).expect("read")).expect("UTF-8"))
        };
        let modified = (found.mtime(), found.mtime_nsec());
        let mode = found.permissions().mode();
        all.insert(path, Entry { what, mode, inode: found.ino(), modified });
    }
    all
}
