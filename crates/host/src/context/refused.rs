//! What a guest asked for and no grant covers: it is not there. The policy's audit hears of it.

use super::Context;
use crate::abi::{DEVICE, MOUNT};
use policy::Intent;
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

    /// The absolute path of one that is seen from a directory, by the names alone.
    fn absolute(&self, at: Ino, path: &str) -> Option<PathBuf> {
        let mut out = if path.starts_with('/') { PathBuf::new() } else { PathBuf::from(self.vfs.path(at).ok()?) };
        for component in Path::new(path).components() {
            match component {
                Component::ParentDir => {
                    out.pop();
                }
                Component::Normal(name) => out.push(name),
                Component::RootDir => out.push("/"),
                Component::CurDir | Component::Prefix(_) => {}
            }
        }
        Some(out)
    }
}
