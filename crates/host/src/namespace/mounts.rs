//! Where something of the host begins, and what the policy says of it.

use super::folder::{Folder, Name, above, identity};
use crate::quota::Quota;
use crate::wasi::types::Errno;
use crate::wasi::{SystemError, types};
use policy::{Access, Intent, Policy};
use rustix::fs::{AtFlags, Dir, Mode, OFlags, fstat, openat, statat};
use rustix::io::Errno as System;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;
use vfs::Ino;

/// How far up a folder is looked for that another process has moved.
const MAX_CLIMB: usize = 1024;

/// One mount: a name in a folder of the host, of which nothing else can be reached.
pub(super) struct Mount {
    /// The directory of the VFS that it is in. Without one there is no tree around it: a walk that begins in it must stay in the
    /// folder where it begins, as WASI has it for a preopen.
    pub holder: Option<Ino>,
    pub folder: Arc<Folder>,
    pub name: Vec<u8>,
    /// Not all of it is granted: it is the way to something that is still to be made.
    pub is_way: bool,
}

impl Mount {
    /// The real path of what is mounted.
    pub fn path(&self) -> Vec<u8> {
        self.folder.path_of(&self.name)
    }
}

/// The mounts of a run.
#[derive(Default)]
pub(crate) struct Mounts {
    pub(super) list: Vec<Mount>,
    pub(super) policy: Policy,
    /// What may be added to them.
    pub quota: Quota,
}

impl Mounts {
    /// Whether a walk can never meet one.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Opens a host folder as a preopen from which nothing else can be reached, with all that WASI allows in it.
    ///
    /// # Errors
    /// The system's.
    pub fn add_confined(&mut self, folder: &Path) -> std::io::Result<Arc<Folder>> {
        let path = folder.canonicalize()?;
        self.policy.grant(&path, Access::Write);
        let bytes = path.as_os_str().as_bytes().to_vec();
        let opened = Arc::new(Folder::new(Folder::open_to_list(&bytes)?, bytes, self.list.len()));
        self.list.push(Mount { holder: None, folder: opened.clone(), name: b".".to_vec(), is_way: false });
        Ok(opened)
    }

    /// Whether there is no tree around what a folder belongs to.
    pub fn is_confined(&self, folder: &Folder) -> bool {
        self.holder(folder).is_none()
    }

    /// The directory of the VFS that a folder's mount is in.
    pub(super) fn holder(&self, folder: &Folder) -> Option<Ino> {
        self.list.get(folder.mount())?.holder
    }

    /// Whether the policy lets what is at a real path be changed. Nobody has asked for it yet: the audit does not hear of it.
    pub fn may_change(&self, path: &[u8]) -> bool {
        self.policy.access(Path::new(OsStr::from_bytes(path))) == Access::Write
    }

    /// Asks the policy.
    ///
    /// # Errors
    /// ENOENT (it is not there for the guest), EROFS (it may be read only), EACCES (nothing can be made beside what is granted).
    pub fn expect(&self, path: &[u8], intent: Intent) -> Result<(), types::Error> {
        if self.policy.allows(path, intent) {
            return Ok(());
        }
        Err(match (intent, self.policy.access(Path::new(OsStr::from_bytes(path)))) {
            (Intent::Read, _) => Errno::Noent,
            (_, Access::None | Access::Make) => Errno::Acces,
            (_, Access::Read | Access::Write) => Errno::Rofs,
        }
        .into())
    }

    /// Whether not all of a mount is granted.
    pub(super) fn is_way(&self, mount: usize) -> bool {
        self.list.get(mount).is_some_and(|mount| mount.is_way)
    }

    /// Whether a name in a folder is not granted, and what another process has put there meanwhile is not there.
    pub(super) fn hides(&self, folder: &Folder, name: &[u8]) -> bool {
        self.is_way(folder.mount())
            && self.policy.access(Path::new(OsStr::from_bytes(&folder.path_of(name)))) == Access::None
    }

    /// What a mount leads to; `None` if nothing is there.
    pub(super) fn enter(&self, number: u32, is_last: bool) -> Result<Option<Found>, SystemError> {
        let mount = self.list.get(number as usize).ok_or(SystemError(Errno::Noent))?;
        find(&mount.folder, &mount.name, is_last)
    }

    /// What a mount leads to, links not followed; `None` if nothing is there.
    ///
    /// # Errors
    /// ENOENT (no such mount), and the system's.
    pub fn look_up(&self, number: u32) -> Result<Option<Name>, SystemError> {
        let mount = self.list.get(number as usize).ok_or(SystemError(Errno::Noent))?;
        Ok(mount.folder.look_up(&mount.name)?)
    }

    /// As [`Folder::leap`], from a mount: the path begins with a slash.
    pub(super) fn leap(&self, number: u32, path: &[u8]) -> Option<Folder> {
        let mount = self.list.get(number as usize)?;
        mount.folder.leap(&[&mount.name, path].concat())
    }

    /// Whether a folder is what its mount leads to.
    pub(super) fn is_at_mount(&self, folder: &Folder) -> bool {
        self.list.get(folder.mount()).is_some_and(|mount| mount.path() == folder.path())
    }

    /// Where `..` leads from a folder below its mount. It may have been moved since it was opened, to another mount, too; what lies
    /// outside of what is mounted is not there.
    pub(super) fn above(&self, folder: &Folder) -> Result<Folder, SystemError> {
        let up = above(folder)?;
        let path = parent_path(folder.path());
        if self.leads_to(folder.mount(), path, &up)? {
            return Ok(Folder::new(up, path.to_vec(), folder.mount()));
        }
        let (mount, path) = self.climb(folder.mount(), &up)?;
        Ok(Folder::new(up, path, mount))
    }

    /// The path of a folder now.
    ///
    /// # Errors
    /// ESTALE (removed, or moved out of what is mounted).
    pub fn path_now(&self, folder: &Folder) -> Result<Vec<u8>, SystemError> {
        let is_removed = fstat(folder)?.st_nlink == 0;
        if is_removed {
            return Err(SystemError(Errno::Stale));
        }
        if self.leads_to(folder.mount(), folder.path(), folder)? {
            return Ok(folder.path().to_vec());
        }
        self.climb(folder.mount(), folder).map(|(_, path)| path).map_err(|_| SystemError(Errno::Stale))
    }

    /// Whether a path below a mount, walked without following links, leads to an open folder.
    fn leads_to(&self, mount: usize, path: &[u8], fd: impl AsFd) -> Result<bool, SystemError> {
        let Some(mount) = self.list.get(mount) else { return Ok(false) };
        let root = mount.path();
        let Some(rest) = path.strip_prefix(root.as_slice()) else { return Ok(false) };
        if let Some(there) = mount.folder.leap(&[&mount.name, rest].concat()) {
            return Ok(identity(&fstat(&there)?) == identity(&fstat(&fd)?));
        }
        let mut at = match mount.folder.enter(&mount.name) {
            Ok(folder) => Arc::new(folder),
            Err(_) => return Ok(false),
        };
        for name in rest.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
            match at.enter(name) {
                Ok(folder) => at = Arc::new(folder),
                Err(_) => return Ok(false),
            }
        }
        Ok(identity(&fstat(&at)?) == identity(&fstat(&fd)?))
    }

    /// The mount and the path of an open folder that has been moved, found by going up to the mount that it is in now: the one that
    /// it was in, or another one in the same tree.
    fn climb(&self, mount: usize, folder: impl AsFd) -> Result<(usize, Vec<u8>), SystemError> {
        let gone = || SystemError(Errno::Noent);
        let is_in_tree = self.list.get(mount).ok_or_else(gone)?.holder.is_some();
        let reached = self
            .list
            .iter()
            .enumerate()
            .filter(|(number, one)| *number == mount || (is_in_tree && one.holder.is_some()));
        let root = |one: &Mount| statat(&one.folder, one.name.as_slice(), AtFlags::SYMLINK_NOFOLLOW).ok();
        let roots: HashMap<(u64, u64), usize> =
            reached.filter_map(|(number, one)| Some((identity(&root(one)?), number))).collect();
        let mut names: Vec<Vec<u8>> = Vec::new();
        let mut at = rustix::io::fcntl_dupfd_cloexec(folder, 0)?;
        let mut here = identity(&fstat(&at)?);
        for _ in 0..MAX_CLIMB {
            if let Some(number) = roots.get(&here) {
                let path = names.iter().rev().flat_map(|name| [b"/", name.as_slice()].concat());
                return Ok((*number, self.list[*number].path().into_iter().chain(path).collect()));
            }
            let above = above(&at)?;
            let there = identity(&fstat(&above)?);
            if there == here {
                return Err(gone());
            }
            names.push(name_in(&above, here)?.ok_or_else(gone)?);
            (at, here) = (above, there);
        }
        Err(gone())
    }
}

/// What a name in a folder led to.
pub(super) enum Found {
    Folder(Folder),
    Name(Name),
}

/// Looks a name up: as an open folder if it is one and names will be looked up in it.
pub(super) fn find(folder: &Arc<Folder>, name: &[u8], is_last: bool) -> Result<Option<Found>, SystemError> {
    if !is_last {
        match folder.enter(name) {
            Ok(inner) => return Ok(Some(Found::Folder(inner))),
            // A file or a link.
            Err(System::NOTDIR | System::LOOP) => {}
            Err(System::NOENT) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(folder.look_up(name)?.map(Found::Name))
}

fn parent_path(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(0) | None => b"/",
        Some(at) => &path[..at],
    }
}

/// The name of a folder in the one above it.
fn name_in(above: &OwnedFd, folder: (u64, u64)) -> Result<Option<Vec<u8>>, SystemError> {
    let to_list = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    for entry in Dir::new(openat(above, c".", to_list, Mode::empty())?)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == c"." || name == c".." {
            continue;
        }
        let Ok(stat) = statat(above, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
        if identity(&stat) == folder {
            return Ok(Some(name.to_bytes().to_vec()));
        }
    }
    Ok(None)
}
