//! stdin, stdout and stderr. The guest buffers for itself, so these do not: what it writes is written at once.
//!
//! wasmtime-wasi's own streams write in chunks of 4 KiB and read stdin on a thread of their own; a program that prints
//! pays for that, so pyapp serves the three streams itself.

use super::{ClosedPipe, Result, convert};
use rustix::event::{PollFd, PollFlags, Timespec};
use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};
use wasmtime_wasi::p1::types::{self, Errno};

/// What a pipe that is ready takes without waiting, bytes (POSIX: at least 512; Linux and macOS promise more).
const PIPE_BUF: usize = 512;

/// Where a guest's stdin comes from.
#[derive(Clone, Debug)]
pub enum Input {
    /// Nowhere: it is at its end at once.
    Empty,
    /// The host process's stdin.
    Inherit,
}

/// Where a guest's stdout or stderr goes.
#[derive(Clone, Debug)]
pub enum Output {
    /// The host process's stream of the same name.
    Inherit,
    /// Into memory, up to `limit` bytes; what comes after is dropped, as if the reader had seen enough.
    Capture {
        /// Where the bytes are collected.
        into: Arc<Mutex<Vec<u8>>>,
        /// Most bytes kept.
        limit: usize,
    },
}

/// A standard stream as the descriptor table holds it.
pub(super) enum Stream {
    Empty,
    /// A second handle to the process's own stream, so that the standard library's buffers are not in between.
    Host {
        file: File,
        readable: bool,
        number: u32,
        /// Whether the guest does not want to wait. Its own business: the host's stream is shared with other processes.
        nonblocking: bool,
    },
    Capture {
        into: Arc<Mutex<Vec<u8>>>,
        limit: usize,
    },
    /// The process was started with this stream closed.
    Closed,
}

impl Stream {
    pub fn input(input: Input) -> Stream {
        match input {
            Input::Empty => Stream::Empty,
            Input::Inherit => Stream::host(io::stdin().as_fd(), true, 0),
        }
    }

    /// `number` is 1 for stdout and 2 for stderr.
    pub fn output(output: Output, number: u32) -> Stream {
        match output {
            Output::Capture { into, limit } => Stream::Capture { into, limit },
            Output::Inherit if number == 1 => Stream::host(io::stdout().as_fd(), false, number),
            Output::Inherit => Stream::host(io::stderr().as_fd(), false, number),
        }
    }

    fn host(descriptor: BorrowedFd<'_>, readable: bool, number: u32) -> Stream {
        match descriptor.try_clone_to_owned() {
            Ok(owned) => Stream::Host { file: owned.into(), readable, number, nonblocking: false },
            Err(_) => Stream::Closed,
        }
    }

    /// The host's descriptor, to wait for.
    pub fn pollable(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Stream::Host { file, .. } => Some(file.as_fd()),
            _ => None,
        }
    }

    /// Reads into the first buffer that has room, as one `read` does; 0 at the end.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match self {
            Stream::Empty => Ok(0),
            Stream::Host { file, readable: true, nonblocking, .. } => loop {
                if *nonblocking {
                    expect_ready(file, PollFlags::IN)?;
                }
                match file.read(buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    result => return result.map_err(|error| errno(&error).into()),
                }
            },
            _ => Err(Errno::Badf.into()),
        }
    }

    /// Writes what the host takes in one go, at least one byte.
    ///
    /// # Errors
    /// A trap that ends the guest if the reader of a pipe has gone.
    pub fn write(&mut self, data: &[u8]) -> Result<usize> {
        match self {
            Stream::Host { file, readable: false, nonblocking, .. } => loop {
                let mut data = data;
                if *nonblocking {
                    expect_ready(file, PollFlags::OUT)?;
                    // For so much there is room.
                    data = &data[..data.len().min(PIPE_BUF)];
                }
                match file.write(data) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                        return Err(types::Error::trap(ClosedPipe.into()));
                    }
                    result => return result.map_err(|error| errno(&error).into()),
                }
            },
            Stream::Capture { into, limit } => {
                let mut bytes = into.lock().unwrap_or_else(PoisonError::into_inner);
                let room = limit.saturating_sub(bytes.len());
                bytes.extend_from_slice(&data[..data.len().min(room)]);
                Ok(data.len())
            }
            _ => Err(Errno::Badf.into()),
        }
    }

    /// Moves the offset of a stream that is a file; anything else is ESPIPE.
    pub fn seek(&mut self, position: SeekFrom) -> Result<u64> {
        match self {
            Stream::Host { file, .. } => file.seek(position).map_err(|error| match error.kind() {
                io::ErrorKind::InvalidInput => Errno::Inval.into(),
                _ => Errno::Spipe.into(),
            }),
            _ => Err(Errno::Spipe.into()),
        }
    }

    /// Reads at an offset, from a stream that is a file; anything else is ESPIPE.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        match self {
            Stream::Host { file, readable: true, .. } => {
                file.read_at(buffer, offset).map_err(|error| errno(&error).into())
            }
            Stream::Host { .. } => Err(Errno::Badf.into()),
            _ => Err(Errno::Spipe.into()),
        }
    }

    /// Writes at an offset, to a stream that is a file; anything else is ESPIPE.
    pub fn write_at(&self, data: &[u8], offset: u64) -> Result<usize> {
        match self {
            Stream::Host { file, readable: false, .. } => {
                file.write_at(data, offset).map_err(|error| errno(&error).into())
            }
            Stream::Host { .. } => Err(Errno::Badf.into()),
            _ => Err(Errno::Spipe.into()),
        }
    }

    /// Brings what was written to a file onto its disk; anything else is EINVAL.
    pub fn sync(&self) -> Result<()> {
        match self {
            Stream::Host { file, .. } => file.sync_all().map_err(|error| errno(&error).into()),
            _ => Err(Errno::Inval.into()),
        }
    }

    /// Cuts or extends a stream that is a file; anything else is EINVAL.
    pub fn set_size(&self, size: u64) -> Result<()> {
        match self {
            Stream::Host { file, readable: false, .. } => file.set_len(size).map_err(|error| errno(&error).into()),
            _ => Err(Errno::Inval.into()),
        }
    }

    /// Whether reading and writing wait; other flags have no meaning here.
    pub fn set_flags(&mut self, flags: types::Fdflags) {
        if let Stream::Host { nonblocking, .. } = self {
            *nonblocking = flags.contains(types::Fdflags::NONBLOCK);
        }
    }

    pub fn fdstat(&self) -> types::Fdstat {
        let nonblocking = matches!(self, Stream::Host { nonblocking: true, .. });
        let mut rights = match self {
            Stream::Empty | Stream::Host { readable: true, .. } => types::Rights::FD_READ,
            _ => types::Rights::FD_WRITE,
        };
        rights |= types::Rights::POLL_FD_READWRITE | types::Rights::FD_FILESTAT_GET;
        let filetype = self.filetype();
        // wasi-libc takes a character device for a terminal unless it may be sought; /dev/null is none.
        let is_terminal = matches!(self, Stream::Host { file, .. } if file.is_terminal());
        if !is_terminal && matches!(filetype, types::Filetype::RegularFile | types::Filetype::CharacterDevice) {
            rights |= types::Rights::FD_SEEK | types::Rights::FD_TELL;
        }
        types::Fdstat {
            fs_filetype: filetype,
            fs_flags: if nonblocking { types::Fdflags::NONBLOCK } else { types::Fdflags::empty() },
            fs_rights_base: rights,
            fs_rights_inheriting: types::Rights::empty(),
        }
    }

    /// Nothing of the host's file but its kind and size: where it lies is not the guest's business.
    pub fn filestat(&self) -> types::Filestat {
        let (number, size) = match self {
            Stream::Host { file, number, .. } => {
                let is_file = self.filetype() == types::Filetype::RegularFile;
                (*number, if is_file { file.metadata().map_or(0, |metadata| metadata.len()) } else { 0 })
            }
            _ => (0, 0),
        };
        types::Filestat {
            dev: convert::device(crate::abi::STREAM_DEVICE, self.mode()),
            ino: u64::from(number) + 1,
            filetype: self.filetype(),
            nlink: 1,
            size,
            atim: 0,
            mtim: 0,
            ctim: 0,
        }
    }

    /// `st_mode`, for which preview1 has no place.
    fn mode(&self) -> u16 {
        use std::os::unix::fs::FileTypeExt;
        let Stream::Host { file, .. } = self else { return convert::S_IFCHR | 0o666 };
        match file.metadata().map(|metadata| metadata.file_type()) {
            Ok(kind) if kind.is_file() => convert::S_IFREG | 0o644,
            Ok(kind) if kind.is_char_device() => convert::S_IFCHR | 0o620,
            Ok(kind) if kind.is_socket() => convert::S_IFSOCK | 0o777,
            Ok(kind) if kind.is_fifo() => convert::S_IFIFO | 0o600,
            _ => 0,
        }
    }

    fn filetype(&self) -> types::Filetype {
        use std::os::unix::fs::FileTypeExt;
        let Stream::Host { file, .. } = self else { return types::Filetype::Unknown };
        match file.metadata().map(|metadata| metadata.file_type()) {
            Ok(kind) if kind.is_file() => types::Filetype::RegularFile,
            Ok(kind) if kind.is_char_device() => types::Filetype::CharacterDevice,
            Ok(kind) if kind.is_socket() => types::Filetype::SocketStream,
            _ => types::Filetype::Unknown,
        }
    }
}

/// EAGAIN unless reading or writing would go on at once.
fn expect_ready(file: &File, flags: PollFlags) -> Result<()> {
    let mut polled = [PollFd::from_borrowed_fd(file.as_fd(), flags)];
    let ready =
        rustix::event::poll(&mut polled, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).map_err(|_| Errno::Again)?;
    if ready > 0 { Ok(()) } else { Err(Errno::Again.into()) }
}

fn errno(error: &io::Error) -> Errno {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::WouldBlock => Errno::Again,
        Kind::BrokenPipe => Errno::Pipe,
        Kind::StorageFull => Errno::Nospc,
        Kind::QuotaExceeded => Errno::Dquot,
        Kind::FileTooLarge => Errno::Fbig,
        Kind::InvalidInput => Errno::Inval,
        Kind::IsADirectory => Errno::Isdir,
        Kind::ConnectionReset => Errno::Connreset,
        _ if error.raw_os_error() == Some(rustix::io::Errno::BADF.raw_os_error()) => Errno::Badf,
        _ => Errno::Io,
    }
}
