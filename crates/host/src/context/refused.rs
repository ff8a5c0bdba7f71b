//! Paths that a guest asked for, as they are to be told to people. What no grant covers is not there, and the policy's audit
//! hears of it.

use super::Context;
use crate::abi::{DEVICE, MOUNT};
use crate::namespace::Node;
use policy::Intent;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};
use vfs::{Errno, Ino};

impl Context {
    /// Notes that a path in the VFS led nowhere, or to a directory of the system's where something was to be made.
    pub(crate) fn note_refused(&self, at: Ino, path: &str, intent: Intent, error: Errno) {
        let policy = self.mounts.policy();
        let is_missing = error == Errno::NoEnt;
        if !policy.is_audited() || at.is_read_only() || (intent == Intent::Read && !is_missing) {
            return;
        }
        let Some(path) = self.absolute(at, path) else { return };
        let own = [MOUNT, DEVICE.trim_end_matches('/'), "dev", "tmp"];
        if !own.iter().any(|own| path.strip_prefix("/").is_ok_and(|path| path.starts_with(own))) {
            policy.note(&path, intent, false);
        }
    }

    /// The absolute path of one that is seen from a directory of the VFS, by the names alone.
    fn absolute(&self, at: Ino, path: &str) -> Option<PathBuf> {
        let start = if path.starts_with('/') { PathBuf::new() } else { PathBuf::from(self.vfs.path(at).ok()?) };
        Some(joined(start, Path::new(path)))
    }

    /// The absolute path of one that is seen from the current directory, by the names alone.
    pub(crate) fn absolute_path(&self, path: &str) -> Option<PathBuf> {
        let current = || -> Option<PathBuf> {
            let fd = self.table.current_directory().ok()?;
            match self.table.get(fd).ok()?.node().ok()? {
                Node::Vfs(ino) => Some(self.vfs.path(ino).ok()?.into()),
                Node::Folder(folder) => Some(OsString::from_vec(self.mounts.path_now(&folder).ok()?).into()),
                Node::Name(_) => None,
            }
        };
        let start = if path.starts_with('/') { PathBuf::new() } else { current().unwrap_or_else(|| "/".into()) };
        Some(joined(start, Path::new(path)))
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
