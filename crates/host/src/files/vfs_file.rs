//! Files and directories of the VFS.

use super::{Attempt, Interest, OpenFile, Readiness, Space, Work, rights, stat, valid_offset};
use crate::namespace::Node;
use crate::wasi::types::{Errno, Fdflags, Fdstat, Filestat};
use crate::wasi::{OrErrno, Result};
use std::io::SeekFrom;
use vfs::{Ino, Kind, OpenOptions, Vfs};

/// In which a file system is counted, bytes.
const BLOCK: u64 = 4096;

/// How a file is opened, beside what the VFS asks.
#[derive(Clone, Copy)]
pub(crate) struct OpenFlags {
    /// What may be read may be a directory that is listed.
    pub options: OpenOptions,
    pub flags: Fdflags,
    /// What is no directory may be read, too.
    pub reads_files: bool,
}

impl OpenFlags {
    /// Whether what was opened may be read or listed.
    pub fn reads(&self, is_directory: bool) -> bool {
        self.options.read && (is_directory || self.reads_files)
    }
}

/// An open file description of the VFS.
pub(crate) struct VfsFile {
    ino: Ino,
    kind: Kind,
    offset: u64,
    read: bool,
    write: bool,
    flags: Fdflags,
    /// The guest path, if it is a preopen.
    preopen: Option<String>,
}

impl VfsFile {
    /// Of an inode that has been opened in the VFS.
    pub fn new(kind: Kind, ino: Ino, how: OpenFlags) -> VfsFile {
        let is_directory = kind == Kind::Directory;
        let (read, write) = (how.reads(is_directory), how.options.write && !is_directory);
        VfsFile { ino, kind, offset: 0, read, write, flags: how.flags, preopen: None }
    }

    /// A preopened directory.
    ///
    /// # Errors
    /// ENOTDIR, or as [`Vfs::hold`].
    pub fn preopened(vfs: &mut Vfs, ino: Ino, guest_path: String) -> vfs::Result<VfsFile> {
        Ok(VfsFile { read: true, preopen: Some(guest_path), ..VfsFile::entered(vfs, ino)? })
    }

    /// A directory that is walked from and not listed, as the current one.
    ///
    /// # Errors
    /// As [`VfsFile::preopened`].
    pub fn entered(vfs: &mut Vfs, ino: Ino) -> vfs::Result<VfsFile> {
        vfs.hold(ino)?;
        let kind = vfs.kind(ino)?;
        if kind != Kind::Directory {
            return Err(vfs::Errno::NotDir);
        }
        Ok(VfsFile { ino, kind, offset: 0, read: false, write: false, flags: Fdflags::empty(), preopen: None })
    }

    /// The inode, if it is a file.
    fn file(&self) -> Result<Ino> {
        if self.kind == Kind::Directory { Err(Errno::Isdir.into()) } else { Ok(self.ino) }
    }

    /// The inode, if it is a file that was opened for reading.
    fn readable(&self) -> Result<Ino> {
        let ino = self.file()?;
        if self.read { Ok(ino) } else { Err(Errno::Badf.into()) }
    }

    /// The inode, if it was opened for writing, which no directory is.
    fn writable(&self) -> Result<Ino> {
        if self.write { Ok(self.ino) } else { Err(Errno::Badf.into()) }
    }

    /// Where writing goes that is meant for `offset`: as on Linux, appending wins.
    fn write_offset(&self, vfs: &Vfs, offset: u64) -> Result<u64> {
        if self.flags.contains(Fdflags::APPEND) { Ok(vfs.metadata(self.ino).or_errno()?.size) } else { Ok(offset) }
    }

    /// Moves the offset.
    fn advance(&mut self, offset: u64) -> u64 {
        self.offset = offset;
        offset
    }
}

impl OpenFile for VfsFile {
    fn identity(&self) -> String {
        format!("inode {}, {:?}", self.ino.get(), self.flags)
    }

    fn status(&self) -> Fdstat {
        rights::status(stat::filetype(self.kind), self.flags, self.read, self.write)
    }

    fn stat(&self, vfs: &Vfs) -> Result<Filestat> {
        Ok(stat::of_metadata(&vfs.metadata(self.ino).or_errno()?))
    }

    fn set_flags(&mut self, flags: Fdflags) -> Result<()> {
        if flags.intersects(Fdflags::DSYNC | Fdflags::SYNC | Fdflags::RSYNC) {
            return Err(Errno::Inval.into());
        }
        self.flags = flags;
        Ok(())
    }

    fn read(&mut self, vfs: &mut Vfs, buffer: &mut [u8]) -> Result<Attempt> {
        let read = vfs.read(self.readable()?, self.offset, buffer).or_errno()?;
        self.advance(self.offset + read as u64);
        Ok(Attempt::Done(read))
    }

    fn write(&mut self, vfs: &mut Vfs, data: &[u8]) -> Result<Attempt> {
        let ino = self.writable()?;
        let offset = self.write_offset(vfs, self.offset)?;
        let written = vfs.write(ino, offset, data).or_errno()?;
        self.advance(offset + written as u64);
        Ok(Attempt::Done(written))
    }

    fn read_at(&mut self, vfs: &mut Vfs, buffer: &mut [u8], offset: u64) -> Result<usize> {
        self.file()?;
        let offset = valid_offset(offset)?;
        vfs.read(self.readable()?, offset, buffer).or_errno()
    }

    fn write_at(&mut self, vfs: &mut Vfs, data: &[u8], offset: u64) -> Result<usize> {
        let (ino, offset) = (self.writable()?, valid_offset(offset)?);
        vfs.write(ino, self.write_offset(vfs, offset)?, data).or_errno()
    }

    fn seek(&mut self, vfs: &mut Vfs, to: SeekFrom) -> Result<u64> {
        // As wasmtime-wasi has it: a directory has no offset.
        let ino = self.file().map_err(|_| Errno::Badf)?;
        let (start, delta) = match to {
            SeekFrom::Start(offset) => (offset, 0),
            SeekFrom::Current(delta) => (self.offset, delta),
            SeekFrom::End(delta) => (vfs.metadata(ino).or_errno()?.size, delta),
        };
        let offset = start.checked_add_signed(delta).ok_or(Errno::Inval)?;
        Ok(self.advance(valid_offset(offset)?))
    }

    /// Memory needs no advice; wasmtime-wasi takes none for directories.
    fn advise(&mut self, offset: u64, len: u64) -> Result<()> {
        if self.kind == Kind::Directory {
            return Err(Errno::Badf.into());
        }
        valid_offset(offset.checked_add(len).ok_or(Errno::Inval)?).map(drop)
    }

    fn allocate(&mut self, vfs: &mut Vfs, offset: u64, len: u64) -> Result<()> {
        let ino = self.writable()?;
        if len == 0 {
            return Err(Errno::Inval.into());
        }
        vfs.allocate(ino, valid_offset(offset)?, valid_offset(len)?).or_errno()
    }

    fn sync(&self, _: bool) -> Result<Option<Work>> {
        Ok(None)
    }

    fn set_size(&mut self, vfs: &mut Vfs, size: u64) -> Result<()> {
        match self.writable() {
            // A file that is not open for writing is EINVAL here, as ftruncate has it.
            Err(_) if self.kind == Kind::File => Err(Errno::Inval.into()),
            ino => vfs.set_size(ino?, valid_offset(size)?).or_errno(),
        }
    }

    fn set_times(&mut self, vfs: &mut Vfs, accessed: Option<u64>, modified: Option<u64>) -> Result<()> {
        vfs.set_times(self.ino, accessed, modified).or_errno()
    }

    fn set_mode(&mut self, vfs: &mut Vfs, mode: u16) -> Result<()> {
        vfs.set_mode(self.ino, mode).or_errno()
    }

    fn reopen(&self, vfs: &mut Vfs, how: OpenFlags) -> Result<Option<Box<dyn OpenFile>>> {
        vfs.open_again(self.ino, how.options).or_errno()?;
        Ok(Some(Box::new(VfsFile::new(self.kind, self.ino, how))))
    }

    fn node(&self) -> Result<Node> {
        if self.kind == Kind::Directory { Ok(Node::Vfs(self.ino)) } else { Err(Errno::Notdir.into()) }
    }

    fn listing(&self) -> Result<Node> {
        let directory = self.node()?;
        // Else it was opened to walk through it only.
        if self.read { Ok(directory) } else { Err(Errno::Badf.into()) }
    }

    fn space(&self, vfs: &Vfs) -> Result<Space> {
        Ok(space(vfs, self.ino))
    }

    fn preopen(&self) -> Option<&str> {
        self.preopen.as_deref()
    }

    /// Always.
    fn readiness(&self, vfs: &Vfs, interest: Interest) -> Result<Readiness> {
        let size = vfs.metadata(self.ino).or_errno()?.size;
        let bytes = if interest == Interest::Read { size.saturating_sub(self.offset) } else { 0 };
        Ok(Readiness::Ready { bytes, hung_up: false })
    }

    fn close(self: Box<Self>, vfs: &mut Vfs) {
        vfs.close(self.ino);
    }
}

/// How full the file system of an inode is.
pub(super) fn space(vfs: &Vfs, ino: Ino) -> Space {
    let (limits, used, read_only) = (vfs.limits(), vfs.used(), ino.is_read_only());
    // All of what is read-only is in use, and how large it is nobody needs to know.
    let free = |all: u64, used: u64| if read_only { 0 } else { all.saturating_sub(used) };
    Space {
        block: BLOCK,
        blocks: limits.bytes / BLOCK,
        free_blocks: free(limits.bytes, used.bytes) / BLOCK,
        files: limits.files,
        free_files: free(limits.files, used.files),
        read_only,
    }
}
