//! Character devices: `/dev/null`, `/dev/zero`, `/dev/full`, `/dev/random` and `/dev/urandom`. They hold nothing, so they have no
//! offset, and none of them ever waits. Only a buffer of the guest's is filled: nothing is set aside for a read, however large.

use super::vfs_file::{OpenFlags, space};
use super::{Attempt, Interest, OpenFile, Readiness, Space, rights, stat, valid_offset};
use crate::wasi::types::{Errno, Fdflags, Fdstat, Filestat, Filetype, Rights};
use crate::wasi::{OrErrno, Result};
use std::io::SeekFrom;
use vfs::{Device, Ino, Vfs};

/// An open device.
pub(crate) struct DeviceFile {
    device: Device,
    /// The node in the VFS, which is held open.
    ino: Ino,
    read: bool,
    write: bool,
    flags: Fdflags,
}

impl DeviceFile {
    /// Of a node that has been opened in the VFS.
    pub fn new(device: Device, ino: Ino, how: OpenFlags) -> DeviceFile {
        DeviceFile { device, ino, read: how.reads(false), write: how.options.write, flags: how.flags }
    }

    fn expect_readable(&self) -> Result<()> {
        if self.read { Ok(()) } else { Err(Errno::Badf.into()) }
    }

    /// Fills a buffer. Random numbers do not come from here: see [`OpenFile::is_random`].
    fn fill(&self, buffer: &mut [u8]) -> Result<usize> {
        self.expect_readable()?;
        match self.device {
            Device::Null => Ok(0),
            Device::Zero | Device::Full => {
                buffer.fill(0);
                Ok(buffer.len())
            }
            Device::Random | Device::Terminal => Err(Errno::Io.into()),
        }
    }

    /// Swallows data, or is full.
    fn swallow(&self, data: &[u8]) -> Result<usize> {
        match (self.write, self.device) {
            (false, _) => Err(Errno::Badf.into()),
            (true, Device::Full) => Err(Errno::Nospc.into()),
            (true, _) => Ok(data.len()),
        }
    }
}

impl OpenFile for DeviceFile {
    fn identity(&self) -> String {
        format!("device {:?}, {:?}", self.device, self.flags)
    }

    fn status(&self) -> Fdstat {
        let mut rights = rights::FILE;
        if !self.read {
            rights &= !Rights::FD_READ;
        }
        if !self.write {
            rights &= !(Rights::FD_WRITE | Rights::FD_ALLOCATE | Rights::FD_FILESTAT_SET_SIZE);
        }
        Fdstat {
            fs_filetype: Filetype::CharacterDevice,
            fs_flags: self.flags,
            fs_rights_base: rights,
            fs_rights_inheriting: Rights::empty(),
        }
    }

    fn stat(&self, vfs: &Vfs) -> Result<Filestat> {
        Ok(stat::of_metadata(&vfs.metadata(self.ino).or_errno()?))
    }

    fn set_flags(&mut self, flags: Fdflags) -> Result<()> {
        self.flags = flags;
        Ok(())
    }

    fn read(&mut self, _: &mut Vfs, buffer: &mut [u8]) -> Result<Attempt> {
        self.fill(buffer).map(Attempt::Done)
    }

    fn write(&mut self, _: &mut Vfs, data: &[u8]) -> Result<Attempt> {
        self.swallow(data).map(Attempt::Done)
    }

    fn read_at(&mut self, _: &mut Vfs, buffer: &mut [u8], offset: u64) -> Result<usize> {
        valid_offset(offset)?;
        self.fill(buffer)
    }

    fn write_at(&mut self, _: &mut Vfs, data: &[u8], offset: u64) -> Result<usize> {
        valid_offset(offset)?;
        self.swallow(data)
    }

    /// It stays where it is.
    fn seek(&mut self, _: &mut Vfs, _: SeekFrom) -> Result<u64> {
        Ok(0)
    }

    fn advise(&mut self, offset: u64, len: u64) -> Result<()> {
        valid_offset(offset.checked_add(len).ok_or(Errno::Inval)?).map(drop)
    }

    fn allocate(&mut self, _: &mut Vfs, _: u64, _: u64) -> Result<()> {
        Err(if self.write { Errno::Nodev } else { Errno::Badf }.into())
    }

    fn set_times(&mut self, vfs: &mut Vfs, accessed: Option<u64>, modified: Option<u64>) -> Result<()> {
        vfs.set_times(self.ino, accessed, modified).or_errno()
    }

    fn set_mode(&mut self, vfs: &mut Vfs, mode: u16) -> Result<()> {
        vfs.set_mode(self.ino, mode).or_errno()
    }

    fn space(&self, vfs: &Vfs) -> Result<Space> {
        Ok(space(vfs, self.ino))
    }

    fn is_random(&self) -> bool {
        self.read && self.device == Device::Random
    }

    /// Always.
    fn readiness(&self, _: &Vfs, _: Interest) -> Result<Readiness> {
        Ok(Readiness::Ready { bytes: 0, hung_up: false })
    }

    fn close(self: Box<Self>, vfs: &mut Vfs) {
        vfs.close(self.ino);
    }
}
