//! Paths that a guest asked for, as they are to be told to people. What no grant covers is not there, and the policy's audit
//! hears of it.

use super::Context;
use crate::namespace::{Node, OWN};
use policy::Intent;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};
use vfs::{Errno, Ino, Kind};

/// An error about a path that ends a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncaught {
    /// Its number, one of Linux's.
    pub errno: u32,
    /// The absolute path, by its names alone.
    pub path: PathBuf,
}

impl Context {
    /// Notes that a path in the VFS led nowhere, or to a directory of the system's where something was to be made.
    pub(crate) fn note_refused(&self, at: Ino, path: &str, intent: Intent, error: Errno) {
        let policy = self.mounts.policy();
        let is_missing = error == Errno::NoEnt;
        if !policy.is_audited() || at.is_read_only() || (intent == Intent::Read && !is_missing) {
            return;
        }
        let start = Node::Vfs(at);
        let Some(path) = self.absolute(&start, Path::new(path)) else { return };
        if !self.is_own(&path) {
            policy.note(&path, intent, false);
        }
    }

    /// Whether an absolute path lies in a part of the tree that is the guest's own, where nothing can be granted: the archive, its
    /// devices, and memory that it may write.
    pub fn is_own(&self, path: &Path) -> bool {
        let Some(mut at) = self.root else { return true };
        for (depth, name) in path.components().filter(|part| matches!(part, Component::Normal(_))).enumerate() {
            let name = name.as_os_str().to_str().unwrap_or_default();
            if depth == 0 && OWN.contains(&name) {
                return true;
            }
            let Ok(inner) = self.vfs.lookup(at, name, false) else { break };
            match self.vfs.kind(inner) {
                Ok(Kind::Directory) => at = inner,
                Ok(Kind::Mount(_)) => return false,
                _ => break,
            }
        }
        // What the system has made on the way to a grant cannot be written.
        self.vfs.metadata(at).is_ok_and(|directory| directory.mode & 0o222 != 0)
    }

    /// Notes that the way to a path ended before its last name.
    pub(crate) fn note_missing_way(&self, start: &Node, path: &[u8], intent: Intent) {
        if !self.mounts.policy().is_audited() || matches!(start, Node::Vfs(ino) if ino.is_read_only()) {
            return;
        }
        let path = self.absolute(start, Path::new(OsStr::from_bytes(path))).filter(|path| !self.is_own(path));
        if let Some(path) = path {
            // Inside of what is granted it is only missing.
            self.mounts.policy().allows(path.as_os_str().as_bytes(), intent);
        }
    }

    /// The absolute path of one that is seen from a directory, by the names alone.
    fn absolute(&self, start: &Node, path: &Path) -> Option<PathBuf> {
        let start = match start {
            _ if path.is_absolute() => PathBuf::new(),
            Node::Vfs(ino) => self.vfs.path(*ino).ok()?.into(),
            Node::Folder(folder) => OsString::from_vec(self.mounts.path_now(folder).ok()?).into(),
            Node::Name(_) => return None,
        };
        Some(joined(start, path))
    }

    /// The absolute path of one that is seen from the current directory, by the names alone.
    pub(crate) fn absolute_path(&self, path: &str) -> Option<PathBuf> {
        let current = self.table.current_directory().and_then(|fd| self.table.get(fd)?.node());
        self.absolute(&current.ok().or(self.root.map(Node::Vfs))?, Path::new(path))
    }
}

fn joined(mut start: PathBuf, path: &Path) -> PathBuf {
    for component in path.components() {
        match component {
            Component::ParentDir => {
                start.pop();
            }
            Component::Normal(name) => start.push(name),
            Component::RootDir => start.push("/"),
            Component::CurDir | Component::Prefix(_) => {}
        }
    }
    start
}
