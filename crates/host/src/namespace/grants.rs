//! From the grants of a run to its mounts, and the directories above them.
//!
//! What is granted appears at its own real path. The directories of the VFS above it belong to the system and hold nothing but
//! the way to it. Where it was named by another path, a symbolic link stands there.

use super::folder::Folder;
use super::mounts::{Mount, Mounts};
use super::tree::{Namespace, Node};
use crate::abi::MOUNT;
use policy::{Access, Grant, Policy, is_kernels};
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use vfs::{Follow, Ino, Kind, Tree, Vfs, walk};

/// Folders of the guest's own, in whose place nothing of the host's is put.
pub(crate) const OWN: [&str; 2] = ["dev", MOUNT];

/// Mounts are names in the VFS, which are text.
const NOT_UTF8: &str = "expected names that are UTF-8, found one that is not; rename it or do not grant it";

/// Why something that was granted could not be mounted.
#[derive(Debug)]
pub struct MountError {
    path: PathBuf,
    /// What was expected and found, and what to do.
    reason: String,
}

impl fmt::Display for MountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for MountError {}

/// Mounts what is granted in the tree below `root`.
///
/// # Errors
/// [`MountError`]: a folder cannot be opened, or the VFS is full.
pub(crate) fn mount_grants(vfs: &mut Vfs, root: Ino, grants: &[Grant], policy: Policy) -> Result<Mounts, MountError> {
    let mounts = Mounts { policy, ..Mounts::default() };
    let mut mounting = Mounting { vfs, root, mounts, folders: HashMap::new(), links: HashMap::new() };
    let mut paths: Vec<PathBuf> = grants.iter().flat_map(|grant| expanded(&grant.path)).collect();
    // What lies below another one comes behind it.
    paths.sort();
    for path in &paths {
        let path = &topmost_missing(path);
        mounting.mount(path).map_err(|reason| MountError { path: path.clone(), reason })?;
    }
    let names = grants.iter().flat_map(|grant| {
        let passed = grant.passed.iter().map(|passed| (&passed.named, &passed.path));
        passed.chain([(&grant.named, &grant.path)])
    });
    let mut names: Vec<_> = names.filter(|(named, path)| named != path).collect();
    // A name that another one begins with comes first: as a link, not as a folder that holds nothing but the way.
    names.sort();
    for (named, path) in names {
        mounting.link(named, path).map_err(|reason| MountError { path: named.clone(), reason })?;
    }
    for folder in grants.iter().flat_map(|grant| &grant.passed) {
        let made = mounting.directory(&folder.path);
        made.map_err(|reason| MountError { path: folder.path.clone(), reason })?;
    }
    Ok(mounting.mounts)
}

/// Where a run begins: the caller's folder, by its name at least.
///
/// # Errors
/// [`MountError`].
pub(crate) fn enter_folder(vfs: &mut Vfs, root: Ino, mounts: &Mounts, path: &Path) -> Result<Node, MountError> {
    let fail = |reason: String| MountError { path: path.to_path_buf(), reason };
    let bytes = [path.as_os_str().as_bytes(), b"/."].concat();
    let namespace = Namespace { vfs, mounts };
    if let Ok(found) = walk(&namespace, Node::Vfs(root), &bytes, Follow::Yes)
        && let Some(node) = found.node
    {
        return Ok(node);
    }
    let mut at = root;
    // Below a name that is not UTF-8 nothing is granted: else it would have been mounted.
    for name in names(path).take_while(|name| name.to_str().is_some()) {
        at = directory(vfs, at, name).map_err(fail)?;
    }
    Ok(Node::Vfs(at))
}

struct Mounting<'a> {
    vfs: &'a mut Vfs,
    root: Ino,
    mounts: Mounts,
    /// Folders of the host that are open: many files may lie in one.
    folders: HashMap<PathBuf, Arc<OwnedFd>>,
    /// Names that lead to real paths, on which there is no other such name.
    links: HashMap<(Ino, OsString), PathBuf>,
}

impl Mounting<'_> {
    /// Mounts what a path of the host leads to at the same path, unless something above it is mounted.
    fn mount(&mut self, path: &Path) -> Result<(), String> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
        if names(path).next().is_some_and(|first| OWN.iter().any(|own| first == *own)) {
            return Ok(());
        }
        let Some(at) = self.directory(folder)? else { return Ok(()) };
        let text = name.to_str().ok_or(NOT_UTF8)?;
        match self.vfs.child(&at, name.as_bytes(), true).map_err(describe)? {
            Some(there) if matches!(self.vfs.kind(there).map_err(describe)?, Kind::Mount(_)) => return Ok(()),
            // Memory makes room, as /tmp does; or a folder on the way to something else that is granted does.
            Some(_) => self.vfs.remove_tree(at, text).map_err(describe)?,
            None => {}
        }
        let fd = match self.folders.get(folder) {
            Some(fd) => fd.clone(),
            None => {
                let fail = |error| {
                    format!("expected to open the folder above it, found: {error}; correct that or do not grant it")
                };
                let fd = Arc::new(Folder::open(folder.as_os_str().as_bytes()).map_err(fail)?);
                self.folders.insert(folder.to_path_buf(), fd.clone());
                fd
            }
        };
        let number = self.mounts.list.len();
        let folder = Arc::new(Folder::shared(fd, folder.as_os_str().as_bytes().to_vec(), number));
        let is_way = self.mounts.policy.access(path) == Access::Make;
        self.mounts.list.push(Mount { holder: Some(at), folder, name: name.as_bytes().to_vec(), is_way });
        self.vfs.add_mount(at, text, number as u32).map_err(describe)?;
        Ok(())
    }

    /// The directory of the VFS at the path of a folder, which is made for the system if there is none; `None` inside of what is
    /// mounted. The path may go through a name that was made by [`Mounting::link`].
    fn directory(&mut self, folder: &Path) -> Result<Option<Ino>, String> {
        let mut at = self.root;
        for name in names(folder) {
            if self.is_mount(at, name) {
                return Ok(None);
            }
            at = match self.links.get(&(at, name.to_os_string())).cloned() {
                None => directory(self.vfs, at, name)?,
                Some(real) => match self.directory(&real)? {
                    None => return Ok(None),
                    Some(directory) => directory,
                },
            };
        }
        Ok(Some(at))
    }

    fn is_mount(&self, directory: Ino, name: &OsStr) -> bool {
        let child = self.vfs.child(&directory, name.as_bytes(), true).ok().flatten();
        child.and_then(|child| self.vfs.kind(child).ok()).is_some_and(|kind| matches!(kind, Kind::Mount(_)))
    }

    /// Makes the name by which something was granted lead to its real path.
    fn link(&mut self, named: &Path, path: &Path) -> Result<(), String> {
        let (Some(folder), Some(name), Some(target)) = (named.parent(), named.file_name(), path.to_str()) else {
            return Ok(());
        };
        // Inside of what is granted the host's own links lead there.
        let Some(at) = self.directory(folder)? else { return Ok(()) };
        match (name.to_str(), self.vfs.child(&at, name.as_bytes(), true).map_err(describe)?) {
            (Some(text), None) => {
                self.vfs.add_link(at, text, target).map_err(describe)?;
                self.links.insert((at, name.to_os_string()), path.to_path_buf());
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// The paths that a grant is mounted at: of everything, what is in the host's root. The kernel's folders can be granted by their
/// paths; they are not part of everything.
fn expanded(path: &Path) -> Vec<PathBuf> {
    if path != Path::new("/") {
        return vec![path.to_path_buf()];
    }
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    let names = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
    let names = names.filter(|name| name.to_str().is_some() && !OWN.iter().any(|own| name == own));
    names.map(|name| path.join(name)).filter(|path| !is_kernels(path)).collect()
}

/// The outermost part of a path that is missing; the path itself if its folder is there.
fn topmost_missing(path: &Path) -> PathBuf {
    let missing = path.ancestors().skip(1).take_while(|folder| folder.symlink_metadata().is_err()).last();
    missing.unwrap_or(path).to_path_buf()
}

/// The names of an absolute path.
fn names(path: &Path) -> impl Iterator<Item = &OsStr> {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name),
        _ => None,
    })
}

/// The directory of that name, which is made for the system if there is none.
fn directory(vfs: &mut Vfs, above: Ino, name: &OsStr) -> Result<Ino, String> {
    match vfs.child(&above, name.as_bytes(), false).map_err(describe)? {
        Some(there) if vfs.kind(there).map_err(describe)? == Kind::Directory => Ok(there),
        Some(_) => Err("expected folders on its way, found a file of the app's own; grant something else".to_string()),
        None => {
            let name = name.to_str().ok_or(NOT_UTF8)?;
            vfs.add_system_directory(above, name).map_err(describe)
        }
    }
}

fn describe(error: vfs::Errno) -> String {
    format!("expected room in memory for the way to it, found: {error}; grant less")
}
