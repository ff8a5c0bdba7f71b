//! What opening a path in the VFS gives: a file, a device, or what one of the guest's descriptors leads to.

use super::types::{Errno, Fd};
use super::{Context, Result};
use crate::abi::MAX_DESCRIPTORS;
use crate::files::{DeviceFile, OpenFile, OpenFlags, Stream, VfsFile};
use crate::wasi::OrErrno;
use crate::wasi::types::Rights;
use vfs::{Device, Ino, Kind};

impl Context {
    /// The open file description of an inode that has been opened in the VFS.
    ///
    /// # Errors
    /// EMFILE; ENXIO (there is no terminal); ENOENT, EEXIST and EACCES (no such descriptor, one to be made, or not opened for
    /// that).
    pub(super) fn open_inode(&mut self, ino: Ino, how: OpenFlags) -> Result<Fd> {
        let file: Box<dyn OpenFile> = match self.vfs.kind(ino).or_errno()? {
            Kind::Descriptor(number) => return self.open_descriptor(number, how),
            Kind::Device(Device::Terminal) => {
                self.vfs.close(ino);
                Box::new(Stream::on_terminal(&self.streams, how)?.metered(self.meter.clone()))
            }
            Kind::Device(device) => Box::new(DeviceFile::new(device, ino, how)),
            kind => Box::new(VfsFile::new(kind, ino, how)),
        };
        self.insert(file)
    }

    /// Opens a descriptor by its name. A file is opened once more. All else is duplicated, as BSD has it: Linux would open a
    /// file of the host behind a standard stream once more, too, and cut what the stream has written.
    fn open_descriptor(&mut self, number: u32, how: OpenFlags) -> Result<Fd> {
        let fd = self.named_descriptor(number)?;
        if how.options.create && how.options.exclusive {
            return Err(Errno::Exist.into());
        }
        let file = self.table.get(fd)?;
        if let Some(reopened) = file.reopen(&mut self.vfs, how)? {
            return self.insert(reopened);
        }
        let rights = file.status().fs_rights_base;
        let lacks = |wanted: bool, right: Rights| wanted && !rights.contains(right);
        let is_refused = lacks(how.reads(false), Rights::FD_READ) || lacks(how.options.write, Rights::FD_WRITE);
        if is_refused {
            return Err(Errno::Acces.into());
        }
        self.table.duplicate(fd, 0)
    }

    /// The descriptor that a name in a directory of descriptors stands for. Preopens have no names: they are the C library's.
    ///
    /// # Errors
    /// ENOENT.
    pub(super) fn named_descriptor(&self, number: u32) -> Result<Fd> {
        let fd = Fd::from(number);
        match self.table.get(fd) {
            Ok(file) if file.preopen().is_none() && (number as usize) < MAX_DESCRIPTORS => Ok(fd),
            _ => Err(Errno::Noent.into()),
        }
    }
}
