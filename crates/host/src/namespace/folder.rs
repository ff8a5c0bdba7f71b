//! Open folders of the host, and the names in them.

use crate::wasi::SystemError;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags, Stat, openat, openat2, readlinkat, statat};
use rustix::io::Errno;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

/// An open folder of the host.
#[derive(Debug)]
pub(crate) struct Folder {
    fd: Arc<OwnedFd>,
    /// Its real absolute path when it was opened.
    path: Vec<u8>,
    /// The mount that it was reached through.
    mount: usize,
}

/// A name in a folder that led to something when it was looked up.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub folder: Arc<Folder>,
    pub name: Vec<u8>,
    /// What it led to, links not followed.
    pub stat: Stat,
}

/// How a folder is opened that is only walked through. (`O_PATH` needs no permission to list it.)
const TO_WALK: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Most bytes of the path of a folder that is open. A guest can make a tree deeper than any path is long, and hold every
/// folder of it open: each has its whole path.
pub(crate) const MAX_FOLDER_PATH: usize = 32 * 1024;

impl Folder {
    pub fn new(fd: OwnedFd, path: Vec<u8>, mount: usize) -> Folder {
        Folder::shared(Arc::new(fd), path, mount)
    }

    pub fn shared(fd: Arc<OwnedFd>, path: Vec<u8>, mount: usize) -> Folder {
        Folder { fd, path, mount }
    }

    /// Opens the folder at a real path of the host, to walk from it: of a grant only. A link that has come into its way since is not
    /// followed.
    pub fn open(path: &[u8]) -> Result<OwnedFd, Errno> {
        let mut at = rustix::fs::open(c"/", TO_WALK, Mode::empty())?;
        for name in path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
            at = openat(&at, name, TO_WALK, Mode::empty())?;
        }
        Ok(at)
    }

    /// Opens the folder at a path of the host, which is followed wherever it leads, to walk from it and to list it.
    pub fn open_to_list(path: &[u8]) -> Result<OwnedFd, Errno> {
        rustix::fs::open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
    }

    /// Opens a folder in this one, without following a link.
    pub fn enter(self: &Arc<Self>, name: &[u8]) -> Result<Folder, Errno> {
        let path = self.path_of(name);
        if path.len() > MAX_FOLDER_PATH {
            return Err(Errno::NAMETOOLONG);
        }
        Ok(Folder::new(openat(self, name, TO_WALK, Mode::empty())?, path, self.mount))
    }

    /// Opens a folder some levels down at once, if there is no link on the way. An old kernel (before 5.6) cannot.
    pub fn leap(&self, path: &[u8]) -> Option<Folder> {
        const STAY: ResolveFlags = ResolveFlags::BENEATH.union(ResolveFlags::NO_SYMLINKS);
        let fd = openat2(self, path, TO_WALK, Mode::empty(), STAY).ok()?;
        Some(Folder::new(fd, self.path_of(path), self.mount))
    }

    /// Looks a name up; `None` if there is none.
    pub fn look_up(self: &Arc<Self>, name: &[u8]) -> Result<Option<Name>, Errno> {
        match statat(self, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(Name { folder: self.clone(), name: name.to_vec(), stat })),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The real path of a name in it.
    pub fn path_of(&self, name: &[u8]) -> Vec<u8> {
        if name == b"." {
            return self.path.clone();
        }
        let slash: &[u8] = if self.path.ends_with(b"/") { b"" } else { b"/" };
        [&self.path, slash, name].concat()
    }

    /// The path of a name in it, now that it may have been moved; as it was, if the system does not say.
    pub fn path_now(&self, name: &[u8]) -> Vec<u8> {
        let own = format!("/proc/self/fd/{}", self.fd.as_raw_fd());
        match rustix::fs::readlink(own, Vec::new()) {
            Ok(path) => [path.as_bytes().strip_suffix(b"/").unwrap_or(path.as_bytes()), b"/", name].concat(),
            Err(_) => self.path_of(name),
        }
    }

    pub fn path(&self) -> &[u8] {
        &self.path
    }

    pub fn mount(&self) -> usize {
        self.mount
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Name {
    pub fn kind(&self) -> FileType {
        FileType::from_raw_mode(self.stat.st_mode)
    }

    /// The target of the link that it is. One that has become something else meanwhile is none.
    pub fn target(&self) -> Result<Option<Vec<u8>>, SystemError> {
        if self.kind() != FileType::Symlink {
            return Ok(None);
        }
        match readlinkat(&self.folder, self.name.as_slice(), Vec::new()) {
            Ok(target) => Ok(Some(target.into_bytes())),
            Err(Errno::INVAL) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The folder above an open one, whatever it is now.
pub(super) fn above(folder: impl AsFd) -> Result<OwnedFd, Errno> {
    openat(folder, c"..", TO_WALK, Mode::empty())
}

/// Device and number: two names with the same lead to the same file.
pub(super) fn identity(stat: &Stat) -> (u64, u64) {
    (stat.st_dev, stat.st_ino)
}
