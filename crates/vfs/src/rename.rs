//! Renaming, onto something or not, in one step.

use crate::errno::{Errno, Result};
use crate::node::{Ino, Kind};
use crate::permissions::WRITE;
use crate::tree::{Vfs, name_cost};
use crate::walk::Follow;

impl Vfs {
    /// Moves what `path` names to `new_path`, replacing what is there. Links in the last place are not followed.
    /// Two names of one file stay as they are.
    ///
    /// # Errors
    /// As [`Vfs::lookup`] for both; `NotDir` and `IsDir` (a directory and something else), `NotEmpty`, `Inval` (a
    /// directory into itself), `Busy` (`.`, `..`, roots, mount points), `XDev` (between base and scratch), `RoFs`,
    /// `NoSpc` (a longer name).
    pub fn rename(&mut self, from: Ino, path: &str, to: Ino, new_path: &str) -> Result<()> {
        let source = self.resolve(from, path, Follow::Never)?;
        let target = self.resolve(to, new_path, Follow::Never)?;
        let (Some(name), Some(new_name)) = (source.last.name(), target.last.name()) else {
            return Err(Errno::Busy);
        };
        if source.parent.base_index().is_some() != target.parent.base_index().is_some() {
            return Err(Errno::XDev);
        }
        if source.parent.base_index().is_some() {
            return Err(Errno::RoFs);
        }
        let ino = source.node.ok_or(Errno::NoEnt)?;
        if ino.base_index().is_some() {
            return Err(Errno::Busy);
        }
        let is_directory = self.kind(ino)? == Kind::Directory;
        if !is_directory && (source.slash || target.slash) {
            return Err(Errno::NotDir);
        }
        if is_directory && self.is_above(ino, target.parent)? {
            return Err(Errno::Inval);
        }
        if self.is_gone(target.parent) {
            return Err(Errno::NoEnt);
        }
        if let Some(replaced) = target.node {
            if replaced == ino {
                return Ok(());
            }
            // A directory that holds the source is not empty, and Linux says so before it looks at kinds.
            if self.kind(replaced)? == Kind::Directory && self.is_above(replaced, source.parent)? {
                return Err(Errno::NotEmpty);
            }
        }
        self.expect_allowed(source.parent, WRITE)?;
        self.expect_allowed(target.parent, WRITE)?;
        self.expect_own(ino)?;
        if let Some(replaced) = target.node {
            match (is_directory, self.kind(replaced)? == Kind::Directory) {
                (true, false) => return Err(Errno::NotDir),
                (false, true) => return Err(Errno::IsDir),
                (true, true) => self.check_removable(target.parent, replaced)?,
                (false, false) => {}
            }
        }
        if is_directory && source.parent != target.parent {
            // Its `..` changes.
            self.expect_allowed(ino, WRITE)?;
        }
        // A replaced name pays for the new one, which is the same; otherwise a longer one must fit before anything
        // changes.
        match target.node {
            Some(replaced) => {
                self.detach(target.parent, new_name, replaced)?;
                self.charge(name_cost(new_name))?;
                self.release_bytes(name_cost(name));
            }
            None => {
                self.release_bytes(name_cost(name));
                if let Err(error) = self.charge(name_cost(new_name)) {
                    self.charge(name_cost(name))?;
                    return Err(error);
                }
            }
        }
        self.directory_mut(source.parent)?.remove(name);
        self.directory_mut(target.parent)?.insert(new_name, ino);
        if is_directory {
            self.directory_mut(ino)?.parent = target.parent;
            self.node_mut(source.parent)?.links -= 1;
            self.node_mut(target.parent)?.links += 1;
        }
        self.touch(source.parent);
        self.touch(target.parent);
        self.touch_metadata(ino);
        Ok(())
    }

    /// Whether `directory` is `other` or one of the directories above it.
    fn is_above(&self, directory: Ino, other: Ino) -> Result<bool> {
        let mut at = other;
        loop {
            if at == directory {
                return Ok(true);
            }
            if self.roots.contains_key(&at) {
                return Ok(false);
            }
            at = self.directory_above(at)?;
        }
    }
}
