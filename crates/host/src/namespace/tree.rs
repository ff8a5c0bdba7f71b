//! The tree, to be walked.

use super::folder::{Folder, Name};
use super::mounts::{Found, Mounts, find};
use crate::wasi::SystemError;
use crate::wasi::types::Errno;
use rustix::fs::FileType;
use std::sync::Arc;
use vfs::{Fence, Ino, Kind, Tree, Vfs};

/// Something in the tree.
#[derive(Clone)]
pub(crate) enum Node {
    /// In the VFS.
    Vfs(Ino),
    /// A folder of the host, open.
    Folder(Arc<Folder>),
    /// What a name in a folder of the host led to.
    Name(Arc<Name>),
}

/// The tree of one guest.
pub(super) struct Namespace<'a> {
    pub vfs: &'a Vfs,
    pub mounts: &'a Mounts,
}

impl From<Found> for Node {
    fn from(found: Found) -> Node {
        match found {
            Found::Folder(folder) => Node::Folder(Arc::new(folder)),
            Found::Name(name) => Node::Name(Arc::new(name)),
        }
    }
}

impl Namespace<'_> {
    /// The mount that an inode stands for.
    fn mount(&self, ino: Ino) -> Result<Option<u32>, SystemError> {
        Ok(match self.vfs.kind(ino)? {
            Kind::Mount(number) => Some(number),
            _ => None,
        })
    }

    /// The mount that a name in a directory of the VFS stands for.
    fn mount_named(&self, directory: Ino, name: &[u8]) -> Option<u32> {
        self.mount(self.vfs.child(&directory, name, false).ok()??).ok()?
    }
}

impl Tree for Namespace<'_> {
    type Node = Node;
    type Error = SystemError;

    fn fence(&self, start: &Node) -> Result<Fence<Node>, SystemError> {
        let folder = match start {
            Node::Vfs(ino) => {
                return Ok(match self.vfs.fence(ino)? {
                    Fence::Stay(root) => Fence::Stay(Node::Vfs(root)),
                    Fence::Refuse => Fence::Refuse,
                });
            }
            Node::Folder(folder) => folder,
            Node::Name(name) => &name.folder,
        };
        match self.mounts.holder(folder) {
            Some(holder) => self.fence(&Node::Vfs(holder)),
            None => Ok(Fence::Refuse),
        }
    }

    fn is_root(&self, node: &Node, root: &Node) -> bool {
        matches!((node, root), (Node::Vfs(node), Node::Vfs(root)) if node == root)
    }

    /// In folders of the host the host says whether.
    fn expect_searchable(&self, node: &Node) -> Result<(), SystemError> {
        match node {
            Node::Vfs(ino) => Ok(self.vfs.expect_searchable(ino)?),
            Node::Folder(_) => Ok(()),
            Node::Name(name) if name.kind() == FileType::Directory => Ok(()),
            Node::Name(_) => Err(SystemError(Errno::Notdir)),
        }
    }

    fn child(&self, directory: &Node, name: &[u8], is_last: bool) -> Result<Option<Node>, SystemError> {
        let found = match directory {
            Node::Vfs(ino) => {
                let Some(child) = self.vfs.child(ino, name, is_last)? else { return Ok(None) };
                match self.mount(child)? {
                    None => return Ok(Some(Node::Vfs(child))),
                    Some(mount) => self.mounts.enter(mount, is_last)?,
                }
            }
            Node::Folder(folder) if self.mounts.hides(folder, name) => None,
            Node::Folder(folder) => find(folder, name, is_last)?,
            Node::Name(inner) => {
                return self.child(&Node::Folder(Arc::new(inner.folder.enter(&inner.name)?)), name, is_last);
            }
        };
        Ok(found.map(Node::from))
    }

    /// In what is the host's, where each name on its own costs calls of the system; not where some of the names are hidden.
    fn can_leap(&self, directory: &Node, name: &[u8]) -> bool {
        let mount = match directory {
            Node::Vfs(ino) => self.mount_named(*ino, name).map(|mount| mount as usize),
            Node::Folder(folder) => Some(folder.mount()),
            Node::Name(_) => None,
        };
        mount.is_some_and(|mount| !self.mounts.is_way(mount))
    }

    fn leap(&self, directory: &Node, path: &[u8]) -> Option<Node> {
        let folder = match directory {
            Node::Vfs(ino) => {
                let (name, behind) = path.split_at(path.iter().position(|byte| *byte == b'/')?);
                self.mounts.leap(self.mount_named(*ino, name)?, behind)
            }
            Node::Folder(folder) => folder.leap(path),
            Node::Name(_) => None,
        };
        folder.map(|folder| Node::Folder(Arc::new(folder)))
    }

    fn parent(&self, directory: &Node) -> Result<Node, SystemError> {
        let folder = match directory {
            Node::Vfs(ino) => return Ok(Node::Vfs(self.vfs.parent(ino)?)),
            Node::Folder(folder) => folder.clone(),
            Node::Name(name) => Arc::new(name.folder.enter(&name.name)?),
        };
        if self.mounts.is_at_mount(&folder) {
            return self.mounts.holder(&folder).map(Node::Vfs).ok_or(SystemError(Errno::Perm));
        }
        Ok(Node::Folder(Arc::new(self.mounts.above(&folder)?)))
    }

    fn link(&self, node: &Node) -> Result<Option<Vec<u8>>, SystemError> {
        match node {
            Node::Vfs(ino) => Ok(self.vfs.link(ino)?),
            Node::Folder(_) => Ok(None),
            Node::Name(name) => name.target(),
        }
    }
}
