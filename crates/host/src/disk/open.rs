//! Opening files and folders of the host.

use super::file::{HostFile, mode_on_disk};
use super::stat::Owners;
use crate::abi::FILE_MODE;
use crate::files::OpenFlags;
use crate::namespace::{Folder, MAX_FOLDER_PATH, Mounts, Spot};
use crate::wasi::types::{Errno, Fdflags};
use crate::wasi::{OrErrno, Result};
use policy::Intent;
use rustix::fs::{FileType, OFlags, openat};
use std::sync::Arc;
use vfs::Last;

impl Mounts {
    /// Opens what is at a place, making it if asked to. From the usual mode the user's umask takes its part; one that was asked for
    /// is given, but never more than that from the start.
    ///
    /// # Errors
    /// As [`vfs::Vfs::open`], with the system's; ENOENT and EROFS as the policy says.
    pub fn open(&self, spot: &Spot, how: OpenFlags, owners: &Arc<Owners>) -> Result<HostFile> {
        let options = how.options;
        if options.create && options.directory {
            return Err(Errno::Inval.into());
        }
        if options.create && spot.slash && matches!(spot.last, Last::Name(_)) {
            return Err(Errno::Isdir.into());
        }
        let path = spot.path();
        let changes = options.write || options.truncate;
        let kind = match spot.kind() {
            Some(_) if !self.policy().allows(&path, Intent::Read) => return Err(Errno::Noent.into()),
            Some(_) if options.create && options.exclusive => return Err(Errno::Exist.into()),
            Some(FileType::Symlink) if options.directory => return Err(Errno::Notdir.into()),
            Some(FileType::Symlink) => return Err(Errno::Loop.into()),
            Some(FileType::Directory) if changes || options.create => return Err(Errno::Isdir.into()),
            Some(kind) if kind != FileType::Directory && (options.directory || spot.slash) => {
                return Err(Errno::Notdir.into());
            }
            Some(kind) => kind,
            None if options.create => FileType::RegularFile,
            None => {
                self.policy().allows(&path, Intent::Read);
                return Err(Errno::Noent.into());
            }
        };
        if kind == FileType::Directory && path.len() > MAX_FOLDER_PATH {
            return Err(Errno::Nametoolong.into());
        }
        if changes || spot.found.is_none() {
            self.expect(&path, Intent::Write)?;
        }
        let may_change = self.may_change(&path);
        let mut flags = OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
        flags |= match (how.reads(kind == FileType::Directory), options.write) {
            (true, _) if kind == FileType::Directory => OFlags::RDONLY | OFlags::DIRECTORY,
            _ if kind == FileType::Directory => OFlags::PATH | OFlags::DIRECTORY,
            (true, true) => OFlags::RDWR,
            (false, true) => OFlags::WRONLY,
            (false, false) if !changes && spot.found.is_some() => OFlags::PATH,
            (_, false) => OFlags::RDONLY,
        };
        for (wanted, flag) in [
            // Where one may only read, what was there may have gone meanwhile, and is not made.
            (options.create && may_change, OFlags::CREATE),
            (options.create && options.exclusive, OFlags::EXCL),
            (options.truncate, OFlags::TRUNC),
            (how.flags.contains(Fdflags::APPEND), OFlags::APPEND),
            (how.flags.contains(Fdflags::NONBLOCK), OFlags::NONBLOCK),
            (how.flags.contains(Fdflags::DSYNC), OFlags::DSYNC),
            (how.flags.intersects(Fdflags::SYNC | Fdflags::RSYNC), OFlags::SYNC),
        ] {
            if wanted {
                flags |= flag;
            }
        }
        if spot.found.is_none() {
            self.quota.take_name()?;
        }
        let mode = mode_on_disk(options.mode.unwrap_or(FILE_MODE), false);
        let fd = openat(&spot.folder, spot.name.as_slice(), flags, mode).or_errno()?;
        if spot.found.is_none() && options.mode.is_some() {
            // It is made, whether the disk knows modes or not.
            let _ = rustix::fs::fchmod(&fd, mode);
        }
        // What has been put there meanwhile is what it is.
        let kind = FileType::from_raw_mode(rustix::fs::fstat(&fd).or_errno()?.st_mode);
        if kind == FileType::Symlink {
            return Err(Errno::Loop.into());
        }
        let file = Folder::new(fd, path, spot.folder.mount());
        Ok(HostFile::new(file, kind, how, may_change, owners.clone(), self.quota.clone()))
    }
}
