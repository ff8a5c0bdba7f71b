//! Paths in the VFS: the tree that [`walk`] goes over, and the way back from an inode to its path.

use crate::errno::{Errno, Result};
use crate::node::{Body, Ino, Kind};
use crate::permissions::SEARCH;
use crate::tree::{RootKind, Vfs};
use crate::walk::{self, Fence, Follow, Last, MAX_PATH, Tree, walk};

/// Where a path in the VFS leads.
pub(crate) type Resolved = walk::Resolved<Ino>;

impl Resolved {
    /// What is there, or `NoEnt`; `NotDir` if a slash asked for a directory and it is none.
    pub(crate) fn existing(&self, vfs: &Vfs) -> Result<Ino> {
        let ino = self.node.ok_or(Errno::NoEnt)?;
        if self.slash && vfs.kind(ino)? != Kind::Directory {
            return Err(Errno::NotDir);
        }
        Ok(ino)
    }
}

impl Last {
    /// The name, if it is one; as text, which all names in the VFS are.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Last::Name(name) => std::str::from_utf8(name).ok(),
            Last::Dot | Last::DotDot => None,
        }
    }
}

impl Vfs {
    /// The inode that `path`, walked from `directory`, leads to. A link in the last place is followed if `follow`,
    /// or if a slash comes after it.
    ///
    /// # Errors
    /// `NoEnt`, `NotDir`, `Acces`, `Loop`, `NameTooLong`, `Inval` (a NUL), `Perm` (out of a confined root), `Io`.
    pub fn lookup(&self, directory: Ino, path: &str, follow: bool) -> Result<Ino> {
        let follow = if follow { Follow::Yes } else { Follow::BeforeSlash };
        self.resolve(directory, path, follow)?.existing(self)
    }

    pub(crate) fn resolve(&self, directory: Ino, path: &str, follow: Follow) -> Result<Resolved> {
        walk(self, directory, path.as_bytes(), follow)
    }

    /// The child of a directory by name.
    pub(crate) fn named(&self, directory: Ino, name: &str) -> Result<Option<Ino>> {
        match directory.base_index() {
            Some(index) => Ok(self.base()?.archive.lookup(index, name).map(Ino::of_base)),
            None => {
                let directory = self.directory(directory)?;
                if directory.is_of_descriptors {
                    Ok(descriptor(name))
                } else {
                    Ok(directory.names.get(name).map(|slot| slot.ino))
                }
            }
        }
    }

    /// Where `..` leads. A root is its own parent.
    pub(crate) fn directory_above(&self, directory: Ino) -> Result<Ino> {
        match directory.base_index() {
            Some(index) => Ok(self.base()?.parent(index)),
            None => Ok(self.directory(directory)?.parent),
        }
    }

    /// The path of a directory from its root, beginning with a slash.
    ///
    /// # Errors
    /// `NoEnt` if it has been removed, `NotDir`, `NameTooLong` if no call would take it.
    pub fn path(&self, directory: Ino) -> Result<String> {
        let mut names = Vec::new();
        let mut len = 0;
        let mut at = directory;
        while !self.roots.contains_key(&at) {
            let parent = self.directory_above(at)?;
            let name = self.name_in(parent, at)?;
            len += 1 + name.len();
            if len >= MAX_PATH {
                return Err(Errno::NameTooLong);
            }
            names.push(name);
            at = parent;
        }
        if names.is_empty() {
            return Ok("/".to_string());
        }
        Ok(names.iter().rev().flat_map(|name| ["/", name]).collect())
    }

    /// The name of an inode in a directory.
    fn name_in(&self, directory: Ino, ino: Ino) -> Result<String> {
        if self.is_gone(ino) {
            return Err(Errno::NoEnt);
        }
        let name =
            self.read_dir(directory, 0)?.find(|entry| entry.ino == ino && entry.name != "." && entry.name != "..");
        name.map(|entry| entry.name.to_string()).ok_or(Errno::NoEnt)
    }

    /// The target of a symbolic link.
    pub(crate) fn target(&self, link: Ino) -> Result<String> {
        if self.kind(link)? != Kind::Symlink {
            return Err(Errno::Inval);
        }
        if let Some(index) = link.base_index() {
            return self.base()?.target(index);
        }
        match &self.node(link)?.body {
            Body::Symlink(target) => Ok(target.to_string()),
            _ => Err(Errno::Inval),
        }
    }

    /// The root that a directory lies under, and its kind.
    pub(crate) fn root_of(&self, directory: Ino) -> Result<(Ino, RootKind)> {
        let mut at = directory;
        loop {
            if let Some(kind) = self.roots.get(&at) {
                return Ok((at, *kind));
            }
            at = self.directory_above(at)?;
        }
    }
}

impl Tree for Vfs {
    type Node = Ino;
    type Error = Errno;

    fn fence(&self, start: &Ino) -> Result<Fence<Ino>> {
        Ok(match self.root_of(*start)? {
            (root, RootKind::Slash) => Fence::Stay(root),
            (_, RootKind::Confined) => Fence::Refuse,
        })
    }

    fn is_root(&self, node: &Ino, root: &Ino) -> bool {
        node == root
    }

    fn expect_searchable(&self, node: &Ino) -> Result<()> {
        if self.kind(*node)? != Kind::Directory {
            return Err(Errno::NotDir);
        }
        self.expect_allowed(*node, SEARCH)
    }

    fn child(&self, directory: &Ino, name: &[u8], _: bool) -> Result<Option<Ino>> {
        // Names in the VFS are text.
        std::str::from_utf8(name).map_or(Ok(None), |name| self.named(*directory, name))
    }

    fn parent(&self, directory: &Ino) -> Result<Ino> {
        self.directory_above(*directory)
    }

    fn link(&self, node: &Ino) -> Result<Option<Vec<u8>>> {
        if self.kind(*node)? == Kind::Symlink { self.target(*node).map(|target| Some(target.into())) } else { Ok(None) }
    }
}

/// What the name of a descriptor leads to: its number as it is written, without leading zeros.
fn descriptor(name: &str) -> Option<Ino> {
    let number: u32 = name.parse().ok()?;
    (number.to_string() == name).then(|| Ino::of_descriptor(number))
}
