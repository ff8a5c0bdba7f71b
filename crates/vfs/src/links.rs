//! Making names: directories, hard links, symbolic links.

use crate::errno::{Errno, Result};
use crate::node::{Body, Directory, Ino, Kind};
use crate::permissions::WRITE;
use crate::resolve::Resolved;
use crate::tree::{RootKind, Vfs, name_cost};
use crate::walk::{Follow, MAX_PATH};

/// As on ext4.
const MAX_LINKS: u64 = 65_000;

impl Vfs {
    /// Makes a directory.
    ///
    /// # Errors
    /// As [`Vfs::lookup`]; `Exist`, `RoFs`, `NoSpc`.
    pub fn make_directory(&mut self, directory: Ino, path: &str) -> Result<()> {
        let found = self.resolve(directory, path, Follow::Never)?;
        let name = vacant(&found)?;
        self.create(found.parent, name, Body::Directory(Directory::new(found.parent))).map(|_| ())
    }

    /// Makes a symbolic link with that target; the target need not exist.
    ///
    /// # Errors
    /// As [`Vfs::lookup`] for `path`; `Exist`, `NoEnt` (an empty target, a slash behind a new name), `NameTooLong`,
    /// `Inval` (a NUL in the target), `Perm` (an absolute target under a confined root), `NotDir` (a slash behind
    /// the name of a file), `RoFs`, `NoSpc`.
    pub fn symlink(&mut self, target: &str, directory: Ino, path: &str) -> Result<()> {
        if target.is_empty() {
            return Err(Errno::NoEnt);
        }
        if target.contains('\0') {
            return Err(Errno::Inval);
        }
        if target.len() >= MAX_PATH {
            return Err(Errno::NameTooLong);
        }
        let found = self.resolve(directory, path, Follow::Never)?;
        if let (true, Some(existing)) = (found.slash, found.node)
            && self.kind(existing)? == Kind::File
        {
            // POSIX allows this and EEXIST; WASI's conformance suite wants this.
            return Err(Errno::NotDir);
        }
        let name = vacant(&found)?;
        if found.slash {
            return Err(Errno::NoEnt);
        }
        if target.starts_with('/') && self.root_of(found.parent)?.1 == RootKind::Confined {
            return Err(Errno::Perm);
        }
        self.create(found.parent, name, Body::Symlink(target.into())).map(|_| ())
    }

    /// The target of the symbolic link that `path` names.
    ///
    /// # Errors
    /// As [`Vfs::lookup`]; `Inval` if it is no link.
    pub fn read_link(&self, directory: Ino, path: &str) -> Result<String> {
        let ino = self.lookup(directory, path, false)?;
        self.target(ino)
    }

    /// Gives the file that `path` leads to a second name.
    ///
    /// # Errors
    /// As [`Vfs::lookup`] for both; `Exist`, `Perm` (a directory), `XDev` (from the base, a device, a descriptor), `MLink`,
    /// `NoEnt` (a slash behind a new name), `RoFs`, `NoSpc`.
    pub fn link(&mut self, from: Ino, path: &str, follow: bool, to: Ino, new_path: &str) -> Result<()> {
        let ino = self.lookup(from, path, follow)?;
        let found = self.resolve(to, new_path, Follow::Never)?;
        let name = vacant(&found)?;
        if found.slash {
            return Err(Errno::NoEnt);
        }
        // Devices and descriptors are a file system of their own, as they are elsewhere.
        let is_special = matches!(self.kind(ino)?, Kind::Device(_) | Kind::Descriptor(_) | Kind::Mount(_));
        if is_special || ino.base_index().is_some() != found.parent.base_index().is_some() {
            return Err(Errno::XDev);
        }
        if self.kind(ino)? == Kind::Directory {
            return Err(Errno::Perm);
        }
        if self.is_gone(found.parent) {
            return Err(Errno::NoEnt);
        }
        self.directory_mut(found.parent)?;
        self.expect_allowed(found.parent, WRITE)?;
        if self.node_mut(ino)?.links >= MAX_LINKS {
            return Err(Errno::MLink);
        }
        self.charge(name_cost(name))?;
        self.directory_mut(found.parent)?.insert(name, ino);
        self.node_mut(ino)?.links += 1;
        self.touch_metadata(ino);
        self.touch(found.parent);
        Ok(())
    }
}

/// The name under which something new may be put.
fn vacant(found: &Resolved) -> Result<&str> {
    match (found.last.name(), found.node) {
        (Some(name), None) => Ok(name),
        _ => Err(Errno::Exist),
    }
}
