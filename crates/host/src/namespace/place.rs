//! Where a path of a call leads.

use super::folder::{Folder, Name};
use super::mounts::Mounts;
use super::tree::{Namespace, Node};
use crate::wasi::types::{self, Errno};
use rustix::fs::FileType;
use std::sync::Arc;
use vfs::{Follow, Ino, Kind, Last, Resolved, Tree, Vfs, walk};

/// Where a path leads.
pub(crate) enum Place {
    /// To a path in the VFS, seen from one of its directories.
    Vfs(Ino, String),
    /// To a name in a folder of the host.
    Host(Spot),
}

/// A name in a folder of the host.
pub(crate) struct Spot {
    pub folder: Arc<Folder>,
    /// `.` for the folder itself.
    pub name: Vec<u8>,
    /// What was there when it was looked up, links not followed.
    pub found: Option<Arc<Name>>,
    /// The path ended in a slash: only a directory will do.
    pub slash: bool,
    /// The last component of the path.
    pub last: Last,
    /// Whether it is a mount, whose name is not in any folder of the guest's.
    pub is_mount: bool,
}

impl Spot {
    /// Its real path.
    pub fn path(&self) -> Vec<u8> {
        self.folder.path_of(&self.name)
    }

    pub fn kind(&self) -> Option<FileType> {
        self.found.as_ref().map(|found| found.kind())
    }

    /// What is there: ENOENT, or ENOTDIR if a slash asked for a directory and it is none.
    pub fn existing(&self) -> Result<&Name, types::Error> {
        let found = self.found.as_deref().ok_or(Errno::Noent)?;
        if self.slash && found.kind() != FileType::Directory {
            return Err(Errno::Notdir.into());
        }
        Ok(found)
    }
}

impl Mounts {
    /// Where a path leads, seen from a directory of the tree.
    ///
    /// # Errors
    /// Those of [`walk`], EILSEQ (a name in the VFS that is not UTF-8), and the system's.
    pub fn place(&self, vfs: &Vfs, start: Node, path: &[u8], follow: Follow) -> Result<Place, types::Error> {
        // No mount can be met: by an app that nothing was granted, and by one that imports its modules.
        if let Node::Vfs(ino) = start
            && (self.is_empty() || (ino.is_read_only() && stays_below(path)))
        {
            return Ok(Place::Vfs(ino, text(path)?));
        }
        let namespace = Namespace { vfs, mounts: self };
        let resolved = walk(&namespace, start, path, follow)?;
        self.place_of(vfs, resolved)
    }

    fn place_of(&self, vfs: &Vfs, resolved: Resolved<Node>) -> Result<Place, types::Error> {
        let Resolved { parent, last, node, slash } = resolved;
        let (directory, name) = match (parent, &last) {
            (Node::Vfs(directory), Last::Name(name)) => (directory, name),
            (Node::Vfs(directory), last) => {
                let name = if *last == Last::Dot { "." } else { ".." };
                // It has been walked already.
                let name = if slash && *last == Last::Dot {
                    "./"
                } else if name == ".." {
                    "."
                } else {
                    name
                };
                return Ok(Place::Vfs(directory, name.to_string()));
            }
            (Node::Folder(folder), Last::Name(name)) => {
                let name = name.clone();
                return Ok(Place::Host(Spot { folder, name, found: name_of(node)?, slash, last, is_mount: false }));
            }
            (Node::Folder(folder), _) => return self.spot_of_folder(folder, slash, last),
            (Node::Name(inner), Last::Name(name)) => {
                let folder = Arc::new(inner.folder.enter(&inner.name).map_err(crate::wasi::SystemError::from)?);
                let name = name.clone();
                return Ok(Place::Host(Spot { folder, name, found: name_of(node)?, slash, last, is_mount: false }));
            }
            (Node::Name(inner), _) => {
                let folder = Arc::new(inner.folder.enter(&inner.name).map_err(crate::wasi::SystemError::from)?);
                return self.spot_of_folder(folder, slash, last);
            }
        };
        let mount = match vfs.child(&directory, name, true).ok().flatten().map(|child| vfs.kind(child)) {
            Some(Ok(Kind::Mount(number))) => self.list.get(number as usize),
            _ => None,
        };
        match mount {
            Some(mount) => {
                let (folder, name) = (mount.folder.clone(), mount.name.clone());
                Ok(Place::Host(Spot { folder, name, found: name_of(node)?, slash, last, is_mount: true }))
            }
            None => {
                let name = text(name)?;
                Ok(Place::Vfs(directory, if slash { name + "/" } else { name }))
            }
        }
    }

    /// The place of a folder that is open.
    fn spot_of_folder(&self, folder: Arc<Folder>, slash: bool, last: Last) -> Result<Place, types::Error> {
        let found = folder.look_up(b".").map_err(crate::wasi::SystemError::from)?.map(Arc::new);
        let is_mount = self.is_at_mount(&folder);
        Ok(Place::Host(Spot { folder, name: b".".to_vec(), found, slash, last, is_mount }))
    }
}

/// What the last name of a walk led to. A folder that is the last has not been opened.
fn name_of(node: Option<Node>) -> Result<Option<Arc<Name>>, types::Error> {
    match node {
        None => Ok(None),
        Some(Node::Name(name)) => Ok(Some(name)),
        Some(Node::Folder(folder)) => Ok(folder.look_up(b".").map_err(crate::wasi::SystemError::from)?.map(Arc::new)),
        Some(Node::Vfs(_)) => Err(Errno::Noent.into()),
    }
}

/// Whether a path that is walked from the archive stays there: nothing leads up, and links in the archive are relative.
fn stays_below(path: &[u8]) -> bool {
    !path.starts_with(b"/") && !path.split(|byte| *byte == b'/').any(|name| name == b"..")
}

/// A path in the VFS, where names are text.
fn text(path: &[u8]) -> Result<String, types::Error> {
    Ok(std::str::from_utf8(path).map_err(|_| Errno::Ilseq)?.to_string())
}
