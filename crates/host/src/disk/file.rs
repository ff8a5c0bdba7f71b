//! Open files and folders of the host.

use super::stat::{Owners, filetype};
use crate::files::{Attempt, Interest, OpenFile, OpenFlags, Readiness, Space, Work, rights, valid_offset};
use crate::namespace::{Folder, Node};
use crate::quota::Quota;
use crate::wasi::types::{Errno, Fdflags, Fdstat, Filestat};
use crate::wasi::{OrErrno, Result};
use rustix::fs::{
    Access, AtFlags, CWD, FallocateFlags, FileType, Mode, OFlags, SeekFrom as SystemSeekFrom, StatVfsMountFlags,
    Timespec, Timestamps, UTIME_OMIT, accessat, utimensat,
};
use std::io::SeekFrom;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use vfs::Vfs;

/// An open file description of the host's.
pub(crate) struct HostFile {
    file: Arc<Folder>,
    kind: FileType,
    read: bool,
    write: bool,
    flags: Fdflags,
    /// Whether the policy lets its mode and times be changed.
    may_change: bool,
    owners: Arc<Owners>,
    quota: Quota,
    /// The guest path, if it is a preopen.
    preopen: Option<String>,
}

impl HostFile {
    /// Of a file that has been opened; `file` is it, whether it is a folder or not.
    pub fn new(
        file: Folder,
        kind: FileType,
        how: OpenFlags,
        may_change: bool,
        owners: Arc<Owners>,
        quota: Quota,
    ) -> HostFile {
        let (read, write) = (how.reads(kind == FileType::Directory), how.options.write);
        HostFile { file: Arc::new(file), kind, read, write, flags: how.flags, may_change, owners, quota, preopen: None }
    }

    /// Of a folder, as a preopen or as the current directory.
    pub fn of_folder(file: Arc<Folder>, preopen: Option<String>, may_change: bool, owners: Arc<Owners>) -> HostFile {
        HostFile {
            file,
            kind: FileType::Directory,
            read: preopen.is_some(),
            write: false,
            flags: Fdflags::empty(),
            may_change,
            owners,
            // Nothing is written to a folder itself.
            quota: Quota::default(),
            preopen,
        }
    }

    fn is_folder(&self) -> bool {
        self.kind == FileType::Directory
    }

    fn expect_readable(&self) -> Result<()> {
        match (self.is_folder(), self.read) {
            (true, _) => Err(Errno::Isdir.into()),
            (_, true) => Ok(()),
            (_, false) => Err(Errno::Badf.into()),
        }
    }

    fn expect_writable(&self) -> Result<()> {
        if self.write { Ok(()) } else { Err(Errno::Badf.into()) }
    }

    fn expect_changeable(&self) -> Result<()> {
        if self.may_change { Ok(()) } else { Err(Errno::Rofs.into()) }
    }
}

impl OpenFile for HostFile {
    fn identity(&self) -> String {
        format!("host file {}, {:?}", String::from_utf8_lossy(self.file.path()), self.flags)
    }

    fn status(&self) -> Fdstat {
        rights::status(filetype(self.kind), self.flags, self.read, self.write)
    }

    fn stat(&self, _: &Vfs) -> Result<Filestat> {
        Ok(self.owners.show(&rustix::fs::fstat(&self.file).or_errno()?, !self.may_change))
    }

    fn set_flags(&mut self, flags: Fdflags) -> Result<()> {
        if flags.intersects(Fdflags::DSYNC | Fdflags::SYNC | Fdflags::RSYNC) {
            return Err(Errno::Inval.into());
        }
        if self.read || self.write {
            let mut system = OFlags::empty();
            system.set(OFlags::APPEND, flags.contains(Fdflags::APPEND));
            system.set(OFlags::NONBLOCK, flags.contains(Fdflags::NONBLOCK));
            rustix::fs::fcntl_setfl(&self.file, system).or_errno()?;
        }
        self.flags = flags;
        Ok(())
    }

    fn read(&mut self, _: &mut Vfs, buffer: &mut [u8]) -> Result<Attempt> {
        self.expect_readable()?;
        Ok(Attempt::Done(rustix::io::retry_on_intr(|| rustix::io::read(&self.file, &mut *buffer)).or_errno()?))
    }

    fn write(&mut self, _: &mut Vfs, data: &[u8]) -> Result<Attempt> {
        self.expect_writable()?;
        self.quota.take(data.len() as u64)?;
        Ok(Attempt::Done(rustix::io::retry_on_intr(|| rustix::io::write(&self.file, data)).or_errno()?))
    }

    fn read_at(&mut self, _: &mut Vfs, buffer: &mut [u8], offset: u64) -> Result<usize> {
        let offset = valid_offset(offset)?;
        self.expect_readable()?;
        rustix::io::retry_on_intr(|| rustix::io::pread(&self.file, &mut *buffer, offset)).or_errno()
    }

    fn write_at(&mut self, _: &mut Vfs, data: &[u8], offset: u64) -> Result<usize> {
        let offset = valid_offset(offset)?;
        self.expect_writable()?;
        self.quota.take(data.len() as u64)?;
        rustix::io::retry_on_intr(|| rustix::io::pwrite(&self.file, data, offset)).or_errno()
    }

    fn seek(&mut self, _: &mut Vfs, to: SeekFrom) -> Result<u64> {
        if self.is_folder() {
            return Err(Errno::Badf.into());
        }
        let to = match to {
            SeekFrom::Start(offset) => SystemSeekFrom::Start(valid_offset(offset)?),
            SeekFrom::Current(delta) => SystemSeekFrom::Current(delta),
            SeekFrom::End(delta) => SystemSeekFrom::End(delta),
        };
        rustix::fs::seek(&self.file, to).or_errno()
    }

    /// The host knows best.
    fn advise(&mut self, offset: u64, len: u64) -> Result<()> {
        if self.is_folder() {
            return Err(Errno::Badf.into());
        }
        valid_offset(offset.checked_add(len).ok_or(Errno::Inval)?).map(drop)
    }

    fn allocate(&mut self, _: &mut Vfs, offset: u64, len: u64) -> Result<()> {
        self.expect_writable()?;
        if len == 0 {
            return Err(Errno::Inval.into());
        }
        self.quota.take(len)?;
        rustix::fs::fallocate(&self.file, FallocateFlags::empty(), offset, len).or_errno()
    }

    fn sync(&self, data_only: bool) -> Result<Option<Work>> {
        if !self.read && !self.write {
            // Nothing was written through it.
            return Ok(None);
        }
        let file = self.file.clone();
        Ok(Some(Work::new(move || if data_only { rustix::fs::fdatasync(&file) } else { rustix::fs::fsync(&file) })))
    }

    fn set_size(&mut self, _: &mut Vfs, size: u64) -> Result<()> {
        match self.write {
            true => {
                self.quota.take(size)?;
                rustix::fs::ftruncate(&self.file, valid_offset(size)?).or_errno()
            }
            false if self.is_folder() => Err(Errno::Badf.into()),
            false => Err(Errno::Inval.into()),
        }
    }

    fn set_times(&mut self, _: &mut Vfs, accessed: Option<u64>, modified: Option<u64>) -> Result<()> {
        self.expect_changeable()?;
        let times = timestamps(accessed, modified);
        match self.read || self.write {
            true => rustix::fs::futimens(&self.file, &times).or_errno(),
            false => by_own_path(&self.file, |path| utimensat(CWD, path, &times, AtFlags::empty())).or_errno(),
        }
    }

    fn set_mode(&mut self, _: &mut Vfs, mode: u16) -> Result<()> {
        self.expect_changeable()?;
        let mode = mode_on_disk(mode, self.is_folder());
        match self.read || self.write {
            true => rustix::fs::fchmod(&self.file, mode).or_errno(),
            false => by_own_path(&self.file, |path| rustix::fs::chmod(path, mode)).or_errno(),
        }
    }

    fn expect_access(&self, wanted: u32) -> Result<()> {
        let mut access = Access::EXISTS;
        for (bit, kind) in [(4, Access::READ_OK), (2, Access::WRITE_OK), (1, Access::EXEC_OK)] {
            access.set(kind, wanted & bit != 0);
        }
        if access.contains(Access::WRITE_OK) {
            self.expect_changeable()?;
        }
        by_own_path(&self.file, |path| accessat(CWD, path, access, AtFlags::EACCESS)).or_errno()
    }

    fn node(&self) -> Result<Node> {
        if self.is_folder() { Ok(Node::Folder(self.file.clone())) } else { Err(Errno::Notdir.into()) }
    }

    fn listing(&self) -> Result<Node> {
        let folder = self.node()?;
        // Else it was opened to walk through it only.
        if self.read { Ok(folder) } else { Err(Errno::Badf.into()) }
    }

    fn space(&self, _: &Vfs) -> Result<Space> {
        let space = rustix::fs::fstatvfs(&self.file).or_errno()?;
        Ok(Space {
            block: space.f_frsize,
            blocks: space.f_blocks,
            free_blocks: space.f_bavail,
            files: space.f_files,
            free_files: space.f_favail,
            read_only: space.f_flag.contains(StatVfsMountFlags::RDONLY) || !self.may_change,
        })
    }

    fn preopen(&self) -> Option<&str> {
        self.preopen.as_deref()
    }

    fn host_file(&self) -> Option<&Arc<Folder>> {
        Some(&self.file)
    }

    /// Files are always ready.
    fn readiness(&self, _: &Vfs, interest: Interest) -> Result<Readiness> {
        let rest = || -> rustix::io::Result<u64> {
            let size = rustix::fs::fstat(&self.file)?.st_size.cast_unsigned();
            Ok(size.saturating_sub(rustix::fs::tell(&self.file)?))
        };
        let bytes = if interest == Interest::Read && self.read { rest().unwrap_or(0) } else { 0 };
        Ok(Readiness::Ready { bytes, hung_up: false })
    }
}

/// Makes a call on a path that names an open file itself: it may not be open for anything, and its name may lead elsewhere by now.
///
/// # Errors
/// The call's; ENOTSUP without /proc.
pub(super) fn by_own_path<T>(
    file: &Folder,
    call: impl FnOnce(String) -> rustix::io::Result<T>,
) -> rustix::io::Result<T> {
    let path = format!("/proc/self/fd/{}", file.as_fd().as_raw_fd());
    call(path).map_err(|error| if error == rustix::io::Errno::NOENT { rustix::io::Errno::NOTSUP } else { error })
}

/// The mode that a file gets on the disk. A program that runs as its owner, whoever starts it, would carry what a guest has written
/// out of the sandbox: those bits are left out, as on a disk that does not know them.
pub(super) fn mode_on_disk(mode: u16, is_folder: bool) -> Mode {
    const SET_ID: u16 = 0o6000;
    Mode::from_raw_mode(u32::from(if is_folder { mode } else { mode & !SET_ID }))
}

/// Times as the system takes them.
pub(super) fn timestamps(accessed: Option<u64>, modified: Option<u64>) -> Timestamps {
    let one = |time: Option<u64>| match time.map(u64::cast_signed) {
        Some(time) => Timespec { tv_sec: time.div_euclid(1_000_000_000), tv_nsec: time.rem_euclid(1_000_000_000) as _ },
        None => Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
    };
    Timestamps { last_access: one(accessed), last_modification: one(modified) }
}
