//! stdin, stdout and stderr. The guest buffers for itself, so these do not: what it writes is written at once.
//!
//! wasmtime-wasi's own streams write in chunks of 4 KiB and read stdin on a thread of their own; a program that prints
//! pays for that, so pyapp serves the three streams itself.

use super::{Attempt, Interest, OpenFile, OpenFlags, Readiness, Wait, Work, stat, terminal, valid_offset, wait};
use crate::abi::{FILE_MODE, STREAM_DEVICE};
use crate::limits::Meter;
use crate::wasi::types::{self, Errno, Fdflags, Filetype, Rights};
use crate::wasi::{ClosedPipe, Result, SystemError};
use rustix::fs::OFlags;
use std::fs::{File, FileType};
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileExt, FileTypeExt};
use std::sync::{Arc, Mutex, PoisonError};
use vfs::Vfs;

/// What a pipe that is ready takes without waiting, bytes (Linux; POSIX promises no more than 512).
const PIPE_BUF: usize = if cfg!(target_os = "linux") { 4096 } else { 512 };

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

/// The number of a terminal that was opened by its name, behind those of the standard streams.
const TERMINAL: u32 = 3;

/// A standard stream, or the terminal that one of them is.
pub(crate) struct Stream {
    /// 0 to 2, or [`TERMINAL`].
    number: u32,
    target: Target,
    /// How much may be written.
    meter: Meter,
}

enum Target {
    /// Input that is at its end.
    Empty,
    /// A second handle to the process's own stream, so that the standard library's buffers are not in between.
    Host(Host),
    Capture {
        into: Arc<Mutex<Vec<u8>>>,
        limit: usize,
    },
    /// The process was started with this stream closed.
    Closed,
}

struct Host {
    file: Arc<File>,
    /// What the file is; it stays that.
    kind: Option<FileType>,
    read: bool,
    write: bool,
    /// Whether the guest does not want to wait. Its own business: the host's stream is shared with other processes.
    nonblocking: bool,
    /// Whether the system may know how to read and write here without waiting; known once it has been tried.
    knows_nowait: bool,
}

impl Stream {
    /// stdin.
    pub fn input(input: Input) -> Stream {
        let target = match input {
            Input::Empty => Target::Empty,
            Input::Inherit => Target::host(io::stdin().as_fd(), Interest::Read),
        };
        Stream { number: 0, target, meter: Meter::default() }
    }

    /// `number` is 1 for stdout and 2 for stderr.
    pub fn output(output: Output, number: u32) -> Stream {
        let target = match output {
            Output::Capture { into, limit } => Target::Capture { into, limit },
            Output::Inherit if number == 1 => Target::host(io::stdout().as_fd(), Interest::Write),
            Output::Inherit => Target::host(io::stderr().as_fd(), Interest::Write),
        };
        Stream { number, target, meter: Meter::default() }
    }

    /// The same, of which the meter says how much may be written.
    pub fn metered(self, meter: Meter) -> Stream {
        Stream { meter, ..self }
    }

    /// The host's file, if there is one.
    pub fn file(&self) -> Option<&Arc<File>> {
        if let Target::Host(host) = &self.target { Some(&host.file) } else { None }
    }

    /// The terminal that one of these standard streams is, by its name: read and written through that stream. The host's own
    /// `/dev/tty` is not opened, so a guest reaches no terminal that it was not started on.
    ///
    /// # Errors
    /// ENXIO if none of them is one.
    pub fn on_terminal(streams: &[Arc<File>], how: OpenFlags) -> Result<Stream> {
        let both =
            |file: &Arc<File>| rustix::fs::fcntl_getfl(file).is_ok_and(|flags| flags & OFlags::ACCMODE == OFlags::RDWR);
        let mut terminals: Vec<&Arc<File>> = streams.iter().filter(|file| file.is_terminal()).collect();
        // One that goes one way only is better than none.
        terminals.sort_by_key(|file| !both(file));
        let file = terminals.first().ok_or(Errno::Nxio)?;
        let mut host = Host::new(Arc::clone(file), how.reads(false), how.options.write);
        host.nonblocking = how.flags.contains(Fdflags::NONBLOCK);
        Ok(Stream { number: TERMINAL, target: Target::Host(host), meter: Meter::default() })
    }

    /// The host's file, if it may be read or written at an offset in that way; else EBADF, and ESPIPE if there is none.
    fn file_at(&self, interest: Interest) -> Result<&File> {
        match &self.target {
            Target::Host(host) if host.allows(interest) => Ok(&host.file),
            Target::Host(_) => Err(Errno::Badf.into()),
            _ => Err(Errno::Spipe.into()),
        }
    }

    /// `st_mode`, for which preview1 has no place.
    fn mode(&self) -> u16 {
        let Target::Host(host) = &self.target else { return stat::S_IFCHR | 0o666 };
        match host.kind {
            Some(kind) if kind.is_file() => stat::S_IFREG | FILE_MODE,
            Some(kind) if kind.is_char_device() => stat::S_IFCHR | 0o620,
            Some(kind) if kind.is_socket() => stat::S_IFSOCK | 0o777,
            Some(kind) if kind.is_fifo() => stat::S_IFIFO | 0o600,
            _ => 0,
        }
    }

    fn filetype(&self) -> Filetype {
        let Target::Host(host) = &self.target else { return Filetype::Unknown };
        match host.kind {
            Some(kind) if kind.is_file() => Filetype::RegularFile,
            Some(kind) if kind.is_char_device() => Filetype::CharacterDevice,
            Some(kind) if kind.is_socket() => Filetype::SocketStream,
            _ => Filetype::Unknown,
        }
    }
}

impl Stream {
    /// Writes once, without waiting.
    fn attempt(&mut self, data: &[u8]) -> Result<Attempt> {
        match &mut self.target {
            Target::Capture { into, limit } => {
                let mut bytes = into.lock().unwrap_or_else(PoisonError::into_inner);
                let room = limit.saturating_sub(bytes.len());
                bytes.extend_from_slice(&data[..data.len().min(room)]);
                Ok(Attempt::Done(data.len()))
            }
            Target::Host(host) if host.write && data.is_empty() => Ok(Attempt::Done(0)),
            Target::Host(host) if host.write => host.attempt(Transfer::Write(data)),
            _ => Err(Errno::Badf.into()),
        }
    }
}

impl Target {
    fn host(descriptor: BorrowedFd<'_>, way: Interest) -> Target {
        match descriptor.try_clone_to_owned() {
            Ok(owned) => {
                let file = Arc::new(File::from(owned));
                Target::Host(Host::new(file, way == Interest::Read, way == Interest::Write))
            }
            Err(_) => Target::Closed,
        }
    }
}

impl Host {
    fn new(file: Arc<File>, read: bool, write: bool) -> Host {
        let kind = file.metadata().map(|metadata| metadata.file_type()).ok();
        Host { file, kind, read, write, nonblocking: false, knows_nowait: cfg!(target_os = "linux") }
    }

    fn allows(&self, interest: Interest) -> bool {
        if interest == Interest::Read { self.read } else { self.write }
    }

    fn is_file(&self) -> bool {
        self.kind.is_some_and(|kind| kind.is_file())
    }

    /// Reads or writes once, without waiting. On pipes and sockets Linux does that itself; elsewhere the file is asked whether it
    /// is ready, and then gets no more than it takes without waiting. Files never wait.
    fn attempt(&mut self, mut transfer: Transfer<'_>) -> Result<Attempt> {
        use rustix::io::Errno as E;
        let interest = transfer.interest();
        while self.knows_nowait && !self.is_file() {
            match transfer.now(&self.file) {
                Err(E::INTR) => {}
                Err(E::AGAIN) => return self.would_wait(interest),
                Err(E::OPNOTSUPP | E::NOSYS | E::INVAL | E::SPIPE) => self.knows_nowait = false,
                result => return result.map(Attempt::Done).map_err(|error| failed(&error.into(), interest)),
            }
        }
        if !self.is_file() && !wait::ready(&[(self.file.clone(), interest)])?[0].is_ready {
            return self.would_wait(interest);
        }
        let most = if self.is_file() { usize::MAX } else { PIPE_BUF };
        loop {
            match transfer.at_most(most, &self.file) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result.map(Attempt::Done).map_err(|error| failed(&error, interest)),
            }
        }
    }

    fn would_wait(&self, interest: Interest) -> Result<Attempt> {
        let wait = || Attempt::WouldWait(Wait::on(&self.file, interest));
        if self.nonblocking { Err(Errno::Again.into()) } else { Ok(wait()) }
    }
}

/// What is read or written.
enum Transfer<'a> {
    Read(&'a mut [u8]),
    Write(&'a [u8]),
}

impl Transfer<'_> {
    fn interest(&self) -> Interest {
        match self {
            Transfer::Read(_) => Interest::Read,
            Transfer::Write(_) => Interest::Write,
        }
    }

    /// As much as goes without waiting; EAGAIN if nothing does, and another errno where the system cannot do that.
    #[cfg(target_os = "linux")]
    fn now(&mut self, file: &File) -> rustix::io::Result<usize> {
        use rustix::io::{ReadWriteFlags, preadv2, pwritev2};
        // As `read` and `write` do it, which take no offset.
        let offset = u64::MAX;
        match self {
            Transfer::Read(buffer) => preadv2(file, &mut [io::IoSliceMut::new(buffer)], offset, ReadWriteFlags::NOWAIT),
            Transfer::Write(data) => pwritev2(file, &[io::IoSlice::new(data)], offset, ReadWriteFlags::NOWAIT),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn now(&mut self, _: &File) -> rustix::io::Result<usize> {
        Err(rustix::io::Errno::NOSYS)
    }

    /// All of a buffer, but of data only so many bytes.
    fn at_most(&mut self, most: usize, mut file: &File) -> io::Result<usize> {
        match self {
            Transfer::Read(buffer) => file.read(buffer),
            Transfer::Write(data) => file.write(&data[..data.len().min(most)]),
        }
    }
}

/// The errno of a read or a write; a trap that ends the guest if the reader of its output has gone.
fn failed(error: &io::Error, interest: Interest) -> types::Error {
    match (interest, error.kind()) {
        (Interest::Write, io::ErrorKind::BrokenPipe) => types::Error::trap(ClosedPipe.into()),
        _ => errno(error).into(),
    }
}

impl OpenFile for Stream {
    fn identity(&self) -> String {
        format!("stream {}, {:?}", self.number, self.status().fs_flags)
    }

    fn status(&self) -> types::Fdstat {
        let host = if let Target::Host(host) = &self.target { Some(host) } else { None };
        let (read, write) = match &self.target {
            Target::Host(host) => (host.read, host.write),
            Target::Empty => (true, false),
            Target::Capture { .. } | Target::Closed => (false, true),
        };
        let right = |has: bool, right: Rights| if has { right } else { Rights::empty() };
        let mut rights = right(read, Rights::FD_READ) | right(write, Rights::FD_WRITE);
        rights |= Rights::POLL_FD_READWRITE | Rights::FD_FILESTAT_GET;
        let filetype = self.filetype();
        // wasi-libc takes a character device for a terminal unless it may be sought; /dev/null is none.
        let is_terminal = host.is_some_and(|host| host.file.is_terminal());
        if !is_terminal && matches!(filetype, Filetype::RegularFile | Filetype::CharacterDevice) {
            rights |= Rights::FD_SEEK | Rights::FD_TELL;
        }
        let nonblocking = host.is_some_and(|host| host.nonblocking);
        types::Fdstat {
            fs_filetype: filetype,
            fs_flags: if nonblocking { Fdflags::NONBLOCK } else { Fdflags::empty() },
            fs_rights_base: rights,
            fs_rights_inheriting: Rights::empty(),
        }
    }

    /// Nothing of the host's file but its kind and size: where it lies is not the guest's business.
    fn stat(&self, _: &Vfs) -> Result<types::Filestat> {
        let (number, size) = match &self.target {
            Target::Host(host) if host.is_file() => (self.number, host.file.metadata().map_or(0, |file| file.len())),
            Target::Host(_) => (self.number, 0),
            _ => (0, 0),
        };
        Ok(stat::without_file(STREAM_DEVICE, u64::from(number) + 1, self.mode(), self.filetype(), size))
    }

    /// Whether reading and writing wait; other flags have no meaning here.
    fn set_flags(&mut self, flags: Fdflags) -> Result<()> {
        if let Target::Host(host) = &mut self.target {
            host.nonblocking = flags.contains(Fdflags::NONBLOCK);
        }
        Ok(())
    }

    fn read(&mut self, _: &mut Vfs, buffer: &mut [u8]) -> Result<Attempt> {
        match &mut self.target {
            Target::Empty => Ok(Attempt::Done(0)),
            Target::Host(host) if host.read && buffer.is_empty() => Ok(Attempt::Done(0)),
            Target::Host(host) if host.read => host.attempt(Transfer::Read(buffer)),
            _ => Err(Errno::Badf.into()),
        }
    }

    fn write(&mut self, _: &mut Vfs, data: &[u8]) -> Result<Attempt> {
        let data = self.meter.writable(data)?;
        let attempt = self.attempt(data)?;
        if let Attempt::Done(written) = attempt {
            self.meter.wrote(written);
        }
        Ok(attempt)
    }

    fn read_at(&mut self, _: &mut Vfs, buffer: &mut [u8], offset: u64) -> Result<usize> {
        let offset = valid_offset(offset)?;
        self.file_at(Interest::Read)?.read_at(buffer, offset).map_err(|error| errno(&error).into())
    }

    fn write_at(&mut self, _: &mut Vfs, data: &[u8], offset: u64) -> Result<usize> {
        let offset = valid_offset(offset)?;
        let file = self.file_at(Interest::Write)?;
        let written = file.write_at(self.meter.writable(data)?, offset).map_err(|error| errno(&error))?;
        self.meter.wrote(written);
        Ok(written)
    }

    /// Of a stream that is a file.
    fn seek(&mut self, _: &mut Vfs, to: SeekFrom) -> Result<u64> {
        let Target::Host(host) = &self.target else { return Err(Errno::Spipe.into()) };
        (&*host.file).seek(to).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput => Errno::Inval.into(),
            _ => Errno::Spipe.into(),
        })
    }

    /// Brings what was written to a file onto its disk.
    fn sync(&self, _: bool) -> Result<Option<Work>> {
        let Target::Host(host) = &self.target else { return Err(Errno::Inval.into()) };
        let file = host.file.clone();
        Ok(Some(Work::new(move || rustix::fs::fsync(&file))))
    }

    /// Of a stream that is a file.
    fn set_size(&mut self, _: &mut Vfs, size: u64) -> Result<()> {
        match &self.target {
            Target::Host(host) if host.write => host.file.set_len(size).map_err(|error| errno(&error).into()),
            _ => Err(Errno::Inval.into()),
        }
    }

    fn terminal(&self) -> Result<String> {
        match &self.target {
            Target::Host(host) => terminal::settings(&host.file),
            _ => Err(Errno::Notty.into()),
        }
    }

    fn set_terminal(&self, settings: &[&str]) -> Result<()> {
        match &self.target {
            Target::Host(host) => terminal::set(&host.file, settings),
            _ => Err(Errno::Notty.into()),
        }
    }

    /// The host's is asked for when it is known what else is waited for.
    fn readiness(&self, _: &Vfs, interest: Interest) -> Result<Readiness> {
        Ok(match &self.target {
            Target::Host(host) => Readiness::Waiting(Wait::on(&host.file, interest)),
            Target::Closed => return Err(Errno::Badf.into()),
            Target::Empty | Target::Capture { .. } => Readiness::Ready { bytes: 0, hung_up: false },
        })
    }
}

/// What the system said; what it has not said itself is EIO.
fn errno(error: &io::Error) -> Errno {
    rustix::io::Errno::from_io_error(error).map_or(Errno::Io, |error| SystemError::from(error).0)
}
