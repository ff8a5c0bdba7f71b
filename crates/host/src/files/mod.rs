//! Open file descriptions: what a guest's descriptors lead to. Those of the host's own files are in `disk/`.
//!
//! Each kind implements one trait, [`OpenFile`], whose defaults are right for what a kind cannot do. Nothing here sees the
//! guest's memory: an operation gets a buffer, and one that cannot go on at once answers [`Attempt::WouldWait`] and leaves the
//! waiting to `wait.rs`, when nothing of the guest's memory is borrowed any more.
//!
//! | file | holds |
//! |---|---|
//! | `table.rs` | the descriptor table: numbers to open file descriptions |
//! | `wait.rs` | waiting, in one place |
//! | `vfs_file.rs` | files and directories of the VFS |
//! | `device.rs` | character devices of the VFS |
//! | `pipe.rs`, `channel.rs` | pipes and pairs of sockets, and the bytes in them |
//! | `stream.rs` | stdin, stdout and stderr |
//! | `terminal.rs` | terminals behind the standard streams |
//! | `reply.rs` | the text that answers a request |
//! | `socket.rs` | what sockets of a network do beyond other files; they themselves are in `network/` |
//! | `rights.rs` | rights of preview1 |
//! | `stat.rs` | what `stat` shows |

mod channel;
mod device;
mod pipe;
mod reply;
pub(crate) mod rights;
mod socket;
mod stat;
mod stream;
mod table;
#[cfg(test)]
mod table_test;
mod terminal;
mod vfs_file;
mod wait;

pub(crate) use device::DeviceFile;
pub(crate) use pipe::Pipes;
pub(crate) use reply::Reply;
pub(crate) use socket::{NetworkSocket, Received, Receiving, Sending};
pub(crate) use stat::{filetype, of_metadata, of_socket};
pub(crate) use stream::Stream;
pub use stream::{Input, Output};
pub(crate) use table::{Pin, Table};
pub(crate) use vfs_file::{OpenFlags, VfsFile};
pub(crate) use wait::{Wait, Work, poll_fd, ready};

use crate::namespace::{Folder, Node};
use crate::wasi::Result;
use crate::wasi::types::{Errno, Fdflags, Fdstat, Filestat, Sdflags};
use std::io::SeekFrom;
use std::sync::Arc;
use std::time::Duration;
use vfs::Vfs;

/// What came of an operation that may have to wait.
#[derive(Debug)]
pub(crate) enum Attempt<T = usize> {
    /// It is done; of reading and writing: for so many bytes.
    Done(T),
    /// Nothing was done. It may go on when this has been waited for.
    WouldWait(Wait),
}

/// What is waited for on a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    Read,
    Write,
}

/// Whether an operation would go on at once.
#[derive(Debug)]
pub(crate) enum Readiness {
    Ready {
        /// Bytes to read, or room to write.
        bytes: u64,
        /// The other end has gone.
        hung_up: bool,
    },
    Waiting(Wait),
}

/// The operations on an open file description. The errnos that a method may answer are a closed set: those that its doc lists,
/// EIO, what the VFS lists for its own method, of a file of the host EROFS and what the system says, and of a socket of a network
/// what the system says. EBADF also stands for a descriptor that was not opened for that.
pub(crate) trait OpenFile: Send {
    /// What it is and how it was left: equal as long as it leads to the same. A snapshot must find it again.
    fn identity(&self) -> String;

    /// Kind, flags and rights.
    fn status(&self) -> Fdstat;

    /// What `stat` shows.
    ///
    /// # Errors
    /// Those of the VFS.
    fn stat(&self, vfs: &Vfs) -> Result<Filestat>;

    /// Changes flags, as F_SETFL does.
    ///
    /// # Errors
    /// EINVAL.
    fn set_flags(&mut self, flags: Fdflags) -> Result<()>;

    /// Reads; 0 bytes are the end, unless the buffer is empty.
    ///
    /// # Errors
    /// EBADF, EISDIR, EAGAIN.
    fn read(&mut self, _: &mut Vfs, _buffer: &mut [u8]) -> Result<Attempt> {
        Err(Errno::Badf.into())
    }

    /// Writes all of the data, or as much as goes at once.
    ///
    /// # Errors
    /// EBADF, EAGAIN, EPIPE, ENOBUFS, and what the host's file answers.
    fn write(&mut self, _: &mut Vfs, _data: &[u8]) -> Result<Attempt> {
        Err(Errno::Badf.into())
    }

    /// Reads at an offset, which stays where it is. Never waits.
    ///
    /// # Errors
    /// ESPIPE, EBADF, EISDIR, EINVAL.
    fn read_at(&mut self, _: &mut Vfs, _buffer: &mut [u8], _offset: u64) -> Result<usize> {
        Err(Errno::Spipe.into())
    }

    /// Writes at an offset, which stays where it is. Never waits.
    ///
    /// # Errors
    /// ESPIPE, EBADF, EINVAL, and what the host's file answers.
    fn write_at(&mut self, _: &mut Vfs, _data: &[u8], _offset: u64) -> Result<usize> {
        Err(Errno::Spipe.into())
    }

    /// Moves the offset; where it is then.
    ///
    /// # Errors
    /// ESPIPE, EBADF (a directory), EINVAL.
    fn seek(&mut self, _: &mut Vfs, _to: SeekFrom) -> Result<u64> {
        Err(Errno::Spipe.into())
    }

    /// Takes advice on how a range will be used.
    ///
    /// # Errors
    /// ESPIPE, EBADF (a directory), EINVAL.
    fn advise(&mut self, _offset: u64, _len: u64) -> Result<()> {
        Err(Errno::Spipe.into())
    }

    /// Has room for a range.
    ///
    /// # Errors
    /// ESPIPE, EBADF, EINVAL, ENODEV.
    fn allocate(&mut self, _: &mut Vfs, _offset: u64, _len: u64) -> Result<()> {
        Err(Errno::Spipe.into())
    }

    /// The work that brings what was written to where it stays, with `data_only` without what is not needed to read it again;
    /// `None` if there is none.
    ///
    /// # Errors
    /// EINVAL. The work itself: what the host's file answers.
    fn sync(&self, _data_only: bool) -> Result<Option<Work>> {
        Err(Errno::Inval.into())
    }

    /// Cuts or extends.
    ///
    /// # Errors
    /// EINVAL, EBADF, and what the host's file answers.
    fn set_size(&mut self, _: &mut Vfs, _size: u64) -> Result<()> {
        Err(Errno::Inval.into())
    }

    /// Sets the times that are given, nanoseconds since 1970.
    ///
    /// # Errors
    /// EBADF.
    fn set_times(&mut self, _: &mut Vfs, _accessed: Option<u64>, _modified: Option<u64>) -> Result<()> {
        Err(Errno::Badf.into())
    }

    /// Sets the permission bits.
    ///
    /// # Errors
    /// EINVAL, EPERM.
    fn set_mode(&mut self, _: &mut Vfs, _mode: u16) -> Result<()> {
        Err(Errno::Inval.into())
    }

    /// Fails unless the host lets its file be used: `wanted` has 4 to read it, 2 to write it, 1 to execute it.
    ///
    /// # Errors
    /// EACCES, EROFS; ENOSYS (the guest knows by itself).
    fn expect_access(&self, _wanted: u32) -> Result<()> {
        Err(Errno::Nosys.into())
    }

    /// What opening it once more by the name of its descriptor gives: an open file description with an offset of its own.
    /// What is no file has nothing of its own to give; there a name stands for the open file description itself.
    ///
    /// # Errors
    /// Those of [`Vfs::open`].
    fn reopen(&self, _: &mut Vfs, _: OpenFlags) -> Result<Option<Box<dyn OpenFile>>> {
        Ok(None)
    }

    /// Whether what is read are random numbers, which whoever holds their source puts into the guest's memory.
    fn is_random(&self) -> bool {
        false
    }

    /// The directory that it is, to walk from.
    ///
    /// # Errors
    /// ENOTDIR.
    fn node(&self) -> Result<Node> {
        Err(Errno::Notdir.into())
    }

    /// The directory that it is, to be listed.
    ///
    /// # Errors
    /// ENOTDIR, EBADF.
    fn listing(&self) -> Result<Node> {
        Err(Errno::Notdir.into())
    }

    /// The file of the host that it is, to be locked, or used while the guest goes on.
    fn host_file(&self) -> Option<&Arc<Folder>> {
        None
    }

    /// How full its file system is.
    ///
    /// # Errors
    /// ENOTSUP.
    fn space(&self, _: &Vfs) -> Result<Space> {
        Err(Errno::Notsup.into())
    }

    /// The guest path, if it is a preopen.
    fn preopen(&self) -> Option<&str> {
        None
    }

    /// The settings of the terminal that it is, as text.
    ///
    /// # Errors
    /// ENOTTY.
    fn terminal(&self) -> Result<String> {
        Err(Errno::Notty.into())
    }

    /// Changes the settings of the terminal that it is.
    ///
    /// # Errors
    /// ENOTTY, EINVAL.
    fn set_terminal(&self, _settings: &[&str]) -> Result<()> {
        Err(Errno::Notty.into())
    }

    /// The other end, the first time that it is asked for.
    ///
    /// # Errors
    /// EINVAL.
    fn take_peer(&mut self) -> Result<Box<dyn OpenFile>> {
        Err(Errno::Inval.into())
    }

    /// Whether it is a socket.
    ///
    /// # Errors
    /// ENOTSOCK.
    fn expect_socket(&self) -> Result<()> {
        Err(Errno::Notsock.into())
    }

    /// The socket of a network that it is.
    ///
    /// # Errors
    /// ENOTSOCK; ENOTSUP (it is one of a pair).
    fn network_socket(&mut self) -> Result<&mut dyn NetworkSocket> {
        self.expect_socket()?;
        Err(Errno::Notsup.into())
    }

    /// Whether each write sends a message of its own, and each read takes one.
    fn keeps_messages(&self) -> bool {
        false
    }

    /// How long reading or writing waits at most.
    fn patience(&self, _: Interest) -> Option<Duration> {
        None
    }

    /// What a socket has received; it stays there.
    ///
    /// # Errors
    /// ENOTSOCK, EAGAIN.
    fn peek(&mut self, _buffer: &mut [u8]) -> Result<Attempt> {
        Err(Errno::Notsock.into())
    }

    /// Ends one way of a socket or both, as `shutdown` does.
    ///
    /// # Errors
    /// ENOTSOCK.
    fn shut_down(&mut self, _how: Sdflags) -> Result<()> {
        Err(Errno::Notsock.into())
    }

    /// Whether reading or writing would go on at once.
    ///
    /// # Errors
    /// EBADF.
    fn readiness(&self, vfs: &Vfs, interest: Interest) -> Result<Readiness>;

    /// Gives back what it holds, once the last number that led here is gone.
    fn close(self: Box<Self>, _: &mut Vfs) {}
}

/// How full a file system is.
pub(crate) struct Space {
    /// The unit of the next two, bytes.
    pub block: u64,
    pub blocks: u64,
    pub free_blocks: u64,
    pub files: u64,
    pub free_files: u64,
    pub read_only: bool,
}

/// Offsets are signed in POSIX: one that is not would be negative there.
pub(crate) fn valid_offset(offset: u64) -> Result<u64> {
    if offset <= i64::MAX as u64 { Ok(offset) } else { Err(Errno::Inval.into()) }
}
