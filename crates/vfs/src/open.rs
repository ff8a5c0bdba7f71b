//! Opening and closing: who holds an inode, and creation on the way.

use crate::content::Content;
use crate::errno::{Errno, Result};
use crate::node::{Body, Ino, Kind};
use crate::permissions::{READ, WRITE};
use crate::tree::Vfs;
use crate::walk::Follow;

/// How to open a path, in the words of POSIX's `open`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// Follow a link in the last place; without it, finding one is `Loop` (`O_NOFOLLOW`).
    pub follow: bool,
    /// Make a file if nothing is there (`O_CREAT`).
    pub create: bool,
    /// With `create`: fail if something is there (`O_EXCL`).
    pub exclusive: bool,
    /// Permission bits of a file that is made, if not the usual ones.
    pub mode: Option<u16>,
    /// Cut the file to nothing (`O_TRUNC`).
    pub truncate: bool,
    /// Fail unless it is a directory (`O_DIRECTORY`).
    pub directory: bool,
    /// It will be read.
    pub read: bool,
    /// It will be written to.
    pub write: bool,
}

impl OpenOptions {
    /// What becomes of a link in the last place.
    pub fn last_link(&self) -> Follow {
        match (self.create, self.follow) {
            (true, true) if !self.exclusive => Follow::ToCreate,
            (true, _) => Follow::Never,
            (false, true) => Follow::Yes,
            (false, false) => Follow::BeforeSlash,
        }
    }
}

impl Vfs {
    /// Opens what `path` leads to from `directory`, making it if asked to. The inode lives until it is closed as
    /// often as it was opened, even without a name.
    ///
    /// # Errors
    /// As [`Vfs::lookup`]; `Acces`, `Exist`, `IsDir` (a directory to be written, truncated or created), `Loop`, `RoFs`,
    /// `NoSpc`, `Inval` (a directory to be created).
    pub fn open(&mut self, directory: Ino, path: &str, options: OpenOptions) -> Result<Ino> {
        if options.create && options.directory {
            return Err(Errno::Inval);
        }
        let found = self.resolve(directory, path, options.last_link())?;
        // What is created is no directory, whether the slash is the path's or that of a link's target.
        if options.create && found.slash && found.last.name().is_some() {
            return Err(Errno::IsDir);
        }
        let ino = match (found.node, found.last.name()) {
            // Whether a descriptor exists is not known here.
            (Some(ino), _) if options.create && options.exclusive && ino.descriptor().is_none() => {
                return Err(Errno::Exist);
            }
            (Some(_), _) => {
                let ino = found.existing(self)?;
                self.check_open(ino, options)?;
                ino
            }
            (None, Some(name)) if options.create => {
                let ino = self.create(found.parent, name, Body::File(Content::default()))?;
                if let Some(mode) = options.mode {
                    self.set_mode(ino, mode)?;
                }
                ino
            }
            (None, _) => return Err(Errno::NoEnt),
        };
        self.hold(ino)?;
        Ok(ino)
    }

    fn check_open(&mut self, ino: Ino, options: OpenOptions) -> Result<()> {
        let read = if options.read { READ } else { 0 };
        let write = if options.write || options.truncate { WRITE } else { 0 };
        let kind = self.kind(ino)?;
        // Whoever keeps the descriptors knows what they were opened for.
        if !matches!(kind, Kind::Symlink | Kind::Descriptor(_)) {
            self.expect_allowed(ino, read | write)?;
        }
        match kind {
            Kind::Symlink if options.directory => Err(Errno::NotDir),
            Kind::Symlink => Err(Errno::Loop),
            Kind::Directory if options.write || options.truncate || options.create => Err(Errno::IsDir),
            Kind::Directory => Ok(()),
            _ if options.directory => Err(Errno::NotDir),
            _ if ino.is_read_only() && (options.write || options.truncate) => Err(Errno::RoFs),
            Kind::File if options.truncate => self.set_size(ino, 0),
            Kind::Mount(_) => Err(Errno::XDev),
            Kind::File | Kind::Device(_) | Kind::Descriptor(_) => Ok(()),
        }
    }

    /// Opens an inode that is held open once more, name or not.
    ///
    /// # Errors
    /// As [`Vfs::open`].
    pub fn open_again(&mut self, ino: Ino, options: OpenOptions) -> Result<()> {
        self.check_open(ino, options)?;
        self.hold(ino)
    }

    /// Holds an inode once more, as a second descriptor for it does.
    ///
    /// # Errors
    /// `NoEnt`.
    pub fn hold(&mut self, ino: Ino) -> Result<()> {
        match (ino.base_index(), ino.descriptor()) {
            (Some(index), _) => self.base.as_mut().ok_or(Errno::NoEnt)?.hold(index),
            // What it stands for is held by whoever keeps the descriptors.
            (None, Some(_)) => {}
            (None, None) => self.node_mut(ino)?.opens += 1,
        }
        Ok(())
    }

    /// Gives up one hold; an inode without holds and names is freed.
    pub fn close(&mut self, ino: Ino) {
        if let Some(index) = ino.base_index() {
            if let Some(base) = self.base.as_mut() {
                base.let_go(index);
            }
        } else if let Some(node) = self.nodes.get_mut(&ino) {
            node.opens = node.opens.saturating_sub(1);
            self.reap(ino);
        }
    }
}
