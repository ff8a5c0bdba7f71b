//! What the calls do on descriptors of the VFS.

use super::buffers::expect_total;
use super::convert::{self, OrErrno};
use super::table::{Descriptor, MemoryFile};
use super::{Context, Result, requests};
use vfs::{Ino, Kind, OpenOptions};
use wasmtime_wasi::p1::types::{self, Errno, Fdflags, Oflags, Rights};
use wiggle::{GuestMemory, GuestPtr, GuestType};

/// The controlling terminal, in `/`. There is none: a terminal is known by its descriptor only.
const TERMINAL: &str = "dev/tty";

/// What a directory may be asked for; files opened in it inherit what follows.
const DIRECTORY_RIGHTS: Rights = Rights::FD_FDSTAT_SET_FLAGS
    .union(Rights::FD_SYNC)
    .union(Rights::FD_ADVISE)
    .union(Rights::PATH_CREATE_DIRECTORY)
    .union(Rights::PATH_CREATE_FILE)
    .union(Rights::PATH_LINK_SOURCE)
    .union(Rights::PATH_LINK_TARGET)
    .union(Rights::PATH_OPEN)
    .union(Rights::FD_READDIR)
    .union(Rights::PATH_READLINK)
    .union(Rights::PATH_RENAME_SOURCE)
    .union(Rights::PATH_RENAME_TARGET)
    .union(Rights::PATH_SYMLINK)
    .union(Rights::PATH_REMOVE_DIRECTORY)
    .union(Rights::PATH_UNLINK_FILE)
    .union(Rights::PATH_FILESTAT_GET)
    .union(Rights::PATH_FILESTAT_SET_TIMES)
    .union(Rights::FD_FILESTAT_GET)
    .union(Rights::FD_FILESTAT_SET_TIMES);

const FILE_RIGHTS: Rights = Rights::FD_DATASYNC
    .union(Rights::FD_READ)
    .union(Rights::FD_SEEK)
    .union(Rights::FD_FDSTAT_SET_FLAGS)
    .union(Rights::FD_SYNC)
    .union(Rights::FD_TELL)
    .union(Rights::FD_WRITE)
    .union(Rights::FD_ADVISE)
    .union(Rights::FD_ALLOCATE)
    .union(Rights::FD_FILESTAT_GET)
    .union(Rights::FD_FILESTAT_SET_SIZE)
    .union(Rights::FD_FILESTAT_SET_TIMES)
    .union(Rights::POLL_FD_READWRITE);

impl MemoryFile {
    pub fn fdstat(&self) -> types::Fdstat {
        let (mut base, inheriting) = match self.kind {
            Kind::Directory => (DIRECTORY_RIGHTS, DIRECTORY_RIGHTS.union(FILE_RIGHTS)),
            _ => (FILE_RIGHTS, FILE_RIGHTS),
        };
        if !self.read {
            base &= !(Rights::FD_READ | Rights::FD_READDIR);
        }
        if !self.write {
            base &= !(Rights::FD_WRITE | Rights::FD_ALLOCATE | Rights::FD_FILESTAT_SET_SIZE);
        }
        types::Fdstat {
            fs_filetype: convert::filetype(self.kind),
            fs_flags: self.flags,
            fs_rights_base: base,
            fs_rights_inheriting: inheriting,
        }
    }

    /// The inode, if it is a file.
    pub fn file(&self) -> Result<Ino> {
        if self.kind == Kind::Directory { Err(Errno::Isdir.into()) } else { Ok(self.ino) }
    }

    /// The inode, if it was opened for writing, which no directory is.
    pub fn writable(&self) -> Result<Ino> {
        if self.write { Ok(self.ino) } else { Err(Errno::Badf.into()) }
    }

    /// The inode, if it is a directory.
    pub fn directory(&self) -> Result<Ino> {
        if self.kind == Kind::Directory { Ok(self.ino) } else { Err(Errno::Notdir.into()) }
    }
}

impl Context {
    pub(super) fn memory_read(
        &mut self,
        memory: &mut GuestMemory<'_>,
        file: &FileAt,
        iovs: types::IovecArray,
    ) -> Result<types::Size> {
        expect_total(iovs.iter().map(|iov| Ok(memory.read(iov?)?.buf_len)))?;
        let mut done = 0u32;
        for iov in iovs.iter() {
            let iov = memory.read(iov?)?;
            let len = iov.buf_len;
            let target = iov.buf.as_array(len);
            let buffer = memory.as_slice_mut(target)?.ok_or(Errno::Notsup)?;
            let read = self.vfs.read(file.ino, file.offset + u64::from(done), buffer).or_errno()?;
            done += read as u32;
            if read < len as usize {
                break;
            }
        }
        Ok(done)
    }

    pub(super) fn memory_write(
        &mut self,
        memory: &GuestMemory<'_>,
        file: &FileAt,
        iovs: types::CiovecArray,
    ) -> Result<types::Size> {
        expect_total(iovs.iter().map(|iov| Ok(memory.read(iov?)?.buf_len)))?;
        let mut done = 0u32;
        for iov in iovs.iter() {
            let iov = memory.read(iov?)?;
            let len = iov.buf_len;
            let data = memory.as_cow(iov.buf.as_array(len))?;
            match self.vfs.write(file.ino, file.offset + u64::from(done), &data).or_errno() {
                Ok(written) => {
                    done += written as u32;
                    if written < len as usize {
                        break;
                    }
                }
                // What was written is told first, as a disk that becomes full does.
                Err(_) if done > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// Writes a directory's entries behind `cookie` into the guest's buffer; the last one is cut where the buffer
    /// ends, which tells the guest that there are more.
    pub(super) fn memory_readdir(
        &self,
        memory: &mut GuestMemory<'_>,
        directory: Ino,
        buffer: GuestPtr<u8>,
        len: types::Size,
        cookie: types::Dircookie,
    ) -> Result<types::Size> {
        let mut used = 0u32;
        for entry in self.vfs.read_dir(directory, cookie).or_errno()? {
            let head = types::Dirent {
                d_next: entry.cookie,
                d_ino: entry.ino.get(),
                d_namlen: entry.name.len() as u32,
                d_type: convert::filetype(entry.kind),
            };
            for part in [&dirent_bytes(&head)[..], entry.name.as_bytes()] {
                let fits = part.len().min((len - used) as usize);
                memory.copy_from_slice(&part[..fits], buffer.add(used)?.as_array(fits as u32))?;
                used += fits as u32;
            }
            if used == len {
                break;
            }
        }
        Ok(used)
    }

    pub(super) fn memory_open(
        &mut self,
        directory: Ino,
        path: &str,
        follow: bool,
        oflags: Oflags,
        rights: Rights,
        flags: Fdflags,
    ) -> Result<types::Fd> {
        if let Some(request) = requests::request(&self.vfs, directory, path) {
            return self.request(request);
        }
        if path == TERMINAL && self.vfs.is_slash(directory) {
            return Err(Errno::Nxio.into());
        }
        let read = rights.intersects(Rights::FD_READ | Rights::FD_READDIR);
        let write = rights.contains(Rights::FD_WRITE);
        let options = OpenOptions {
            follow,
            create: oflags.contains(Oflags::CREAT),
            exclusive: oflags.contains(Oflags::EXCL),
            truncate: oflags.contains(Oflags::TRUNC),
            directory: oflags.contains(Oflags::DIRECTORY),
            read,
            write,
        };
        let ino = self.vfs.open(directory, path, options).or_errno()?;
        let kind = self.vfs.metadata(ino).or_errno()?.kind;
        let file =
            MemoryFile { ino, kind, offset: 0, read, write: write && kind != Kind::Directory, flags, preopen: None };
        self.table.insert(Descriptor::Memory(file)).map_err(|_| {
            self.vfs.close(ino);
            Errno::Mfile.into()
        })
    }
}

/// A file and where in it.
pub(super) struct FileAt {
    pub ino: Ino,
    pub offset: u64,
}

/// A directory entry as it lies in the guest's memory: 24 bytes, little-endian, padded.
fn dirent_bytes(head: &types::Dirent) -> [u8; 24] {
    debug_assert_eq!(types::Dirent::guest_size(), 24);
    let mut bytes = [0; 24];
    bytes[0..8].copy_from_slice(&head.d_next.to_le_bytes());
    bytes[8..16].copy_from_slice(&head.d_ino.to_le_bytes());
    bytes[16..20].copy_from_slice(&head.d_namlen.to_le_bytes());
    bytes[20] = head.d_type as u8;
    bytes
}
