//! Taking names away: files and empty directories.

use crate::errno::{Errno, Result};
use crate::node::{Ino, Kind};
use crate::permissions::WRITE;
use crate::tree::{Vfs, name_cost};
use crate::walk::{Follow, Last};

impl Vfs {
    /// Removes the name of anything but a directory. What it led to lives on while it has other names or is held
    /// open.
    ///
    /// # Errors
    /// As [`Vfs::lookup`]; `IsDir`, `RoFs`.
    pub fn unlink(&mut self, directory: Ino, path: &str) -> Result<()> {
        let found = self.resolve(directory, path, Follow::Never)?;
        let ino = found.node.ok_or(Errno::NoEnt)?;
        if self.kind(ino)? == Kind::Directory {
            return Err(Errno::IsDir);
        }
        if found.slash {
            return Err(Errno::NotDir);
        }
        match found.last.name() {
            Some(name) => self.detach(found.parent, name, ino),
            None => Err(Errno::IsDir),
        }
    }

    /// Removes an empty directory.
    ///
    /// # Errors
    /// As [`Vfs::lookup`]; `NotDir`, `NotEmpty` (also for `..`), `Inval` (for `.`), `Busy` (a mount point),
    /// `RoFs`.
    pub fn remove_directory(&mut self, directory: Ino, path: &str) -> Result<()> {
        let found = self.resolve(directory, path, Follow::Never)?;
        let ino = found.node.ok_or(Errno::NoEnt)?;
        if self.kind(ino)? != Kind::Directory {
            return Err(Errno::NotDir);
        }
        let name = match &found.last {
            Last::Name(_) => found.last.name().ok_or(Errno::NoEnt)?,
            // The C library names a preopened mount point `.`, whatever the program wrote.
            Last::Dot if ino == Ino::of_base(archive::Archive::ROOT) => return Err(Errno::Busy),
            Last::Dot => return Err(Errno::Inval),
            Last::DotDot => return Err(Errno::NotEmpty),
        };
        self.expect_allowed(found.parent, WRITE)?;
        self.check_removable(found.parent, ino)?;
        self.detach(found.parent, name, ino)
    }

    /// Whether a directory may be taken from `parent`: not a mount point, of the scratch, empty.
    pub(crate) fn check_removable(&self, parent: Ino, directory: Ino) -> Result<()> {
        if directory.base_index().is_some() {
            return Err(if parent.base_index().is_some() { Errno::RoFs } else { Errno::Busy });
        }
        if self.directory(directory)?.names.is_empty() { Ok(()) } else { Err(Errno::NotEmpty) }
    }

    /// Removes what a name in a directory of the scratch leads to with all that is in it, whoever owns it; archives stay.
    ///
    /// # Errors
    /// `NoEnt`, `NotDir`, `Busy` (a mount point of an archive).
    pub fn remove_tree(&mut self, directory: Ino, name: &str) -> Result<()> {
        let ino = self.named(directory, name)?.ok_or(Errno::NoEnt)?;
        if ino.base_index().is_some() {
            return Err(Errno::Busy);
        }
        if self.kind(ino)? == Kind::Directory {
            let names: Vec<Box<str>> = self.directory(ino)?.names.keys().cloned().collect();
            for name in names {
                self.remove_tree(ino, &name)?;
            }
        }
        self.take(directory, name, ino)
    }

    /// Takes a name away and frees what it led to, if nothing else holds it.
    pub(crate) fn detach(&mut self, parent: Ino, name: &str, ino: Ino) -> Result<()> {
        self.directory_mut(parent)?;
        self.expect_allowed(parent, WRITE)?;
        self.expect_own(ino)?;
        self.take(parent, name, ino)
    }

    /// As [`Vfs::detach`], whatever modes and owners allow.
    fn take(&mut self, parent: Ino, name: &str, ino: Ino) -> Result<()> {
        self.directory_mut(parent)?.remove(name);
        self.release_bytes(name_cost(name));
        let is_directory = self.kind(ino)? == Kind::Directory;
        let node = self.node_mut(ino)?;
        node.links = if is_directory { 0 } else { node.links - 1 };
        if is_directory {
            self.node_mut(parent)?.links -= 1;
        }
        self.touch_metadata(ino);
        self.touch(parent);
        self.reap(ino);
        Ok(())
    }
}
