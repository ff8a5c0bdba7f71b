//! Requests for what preview1 has no call for: a guest makes one by opening `dev/pyapp/REQUEST` in `/`.
//!
//! | request | answer |
//! |---|---|
//! | `dup/FD/LEAST` | another number for what FD stands for, the lowest free one from LEAST on |
//! | `pipe` | the end of a new pipe that reads |
//! | `socketpair` | one socket of a new pair |
//! | `cwd/FD` | the number of the current directory, which now is FD; it cannot be closed |
//! | `peer/FD` | the other end of what `pipe` or `socketpair` has answered, once |
//! | `chmod/FD/MODE` | a descriptor that says no more; the permission bits of FD are now MODE, octal |
//! | `path/FD` | the path of the directory FD, to be read from the descriptor |
//! | `terminal/FD` | to be read: see `terminal.rs` |
//! | `terminal/FD/WHEN/…` | a descriptor that says no more; the settings of the terminal FD are changed |
//! | `statvfs/FD` | to be read: block size, blocks, free blocks, files, free files, 1 if read-only |
//!
//! The names are no files: they are in no listing and nothing else can be done with them. A guest that runs elsewhere finds
//! nothing there and does without. `wasm/src/posix` makes these requests.

use super::convert::OrErrno;
use super::pipes::End;
use super::streams::Stream;
use super::table::Descriptor;
use super::{Context, Result, terminal};
use crate::abi::{DEVICE, request};
use vfs::Ino;
use wasmtime_wasi::p1::types::{self, Errno};

/// In which statvfs counts, bytes.
const BLOCK: u64 = 4096;

/// The request that opening `path` in `directory` would be.
pub(super) fn request<'a>(vfs: &vfs::Vfs, directory: Ino, path: &'a str) -> Option<&'a str> {
    path.strip_prefix(DEVICE).filter(|_| vfs.is_slash(directory))
}

impl Context {
    /// Carries out a request; the descriptor that answers it.
    ///
    /// # Errors
    /// ENOSYS (no such request), EINVAL (not as the table has it), EBADF, EMFILE, and what the request itself may meet;
    /// never ENOENT, which is what a guest finds elsewhere.
    pub(super) fn request(&mut self, request: &str) -> Result<types::Fd> {
        let mut words = request.split('/');
        let name = words.next().unwrap_or_default();
        let words: Vec<&str> = words.collect();
        let answer = match (name, words.as_slice()) {
            (request::DUP, [fd, least]) => return self.table.duplicate(descriptor(fd)?, number(least, 10)?),
            (request::CWD, [fd]) => return self.change_directory(descriptor(fd)?),
            (request::PIPE, []) => self.pipes.pipe(),
            (request::SOCKETPAIR, []) => self.pipes.socket_pair(),
            (request::PEER, [fd]) => match self.table.get_mut(descriptor(fd)?)? {
                Descriptor::Pipe(end) => end.take_peer()?,
                _ => return Err(Errno::Inval.into()),
            },
            (request::CHMOD, [fd, mode]) => {
                let mode = u16::try_from(number(mode, 8)?).map_err(|_| Errno::Inval)?;
                self.change_mode(descriptor(fd)?, mode)?;
                End::text("")
            }
            (request::PATH, [fd]) => End::text(&self.path_of(descriptor(fd)?)?),
            (request::STATVFS, [fd]) => End::text(&self.statvfs(descriptor(fd)?)?),
            (request::TERMINAL, [fd]) => End::text(&terminal::settings(self.stream(fd)?)?),
            (request::TERMINAL, [fd, settings @ ..]) => {
                terminal::set(self.stream(fd)?, settings)?;
                End::text("")
            }
            (
                request::DUP
                | request::CWD
                | request::PIPE
                | request::SOCKETPAIR
                | request::PEER
                | request::CHMOD
                | request::PATH
                | request::STATVFS,
                _,
            ) => return Err(Errno::Inval.into()),
            _ => return Err(Errno::Nosys.into()),
        };
        self.table.insert(Descriptor::Pipe(answer)).map_err(|_| Errno::Mfile.into())
    }

    fn stream(&self, word: &str) -> Result<&Stream> {
        match self.table.get(descriptor(word)?)? {
            Descriptor::Stream(stream) => Ok(stream),
            _ => Err(Errno::Notty.into()),
        }
    }

    fn change_mode(&mut self, fd: types::Fd, mode: u16) -> Result<()> {
        match self.table.get(fd)? {
            Descriptor::Memory(file) => self.vfs.set_mode(file.ino, mode).or_errno(),
            Descriptor::Host { .. } => Err(Errno::Notsup.into()),
            Descriptor::Stream(_) | Descriptor::Pipe(_) => Err(Errno::Inval.into()),
        }
    }

    fn path_of(&self, fd: types::Fd) -> Result<String> {
        match self.table.get(fd)? {
            Descriptor::Memory(file) => match self.vfs.path(file.directory()?) {
                Err(vfs::Errno::NoEnt) => Err(Errno::Stale.into()),
                path => path.or_errno(),
            },
            Descriptor::Host { .. } => Err(Errno::Notsup.into()),
            Descriptor::Stream(_) | Descriptor::Pipe(_) => Err(Errno::Notdir.into()),
        }
    }

    fn statvfs(&self, fd: types::Fd) -> Result<String> {
        let Descriptor::Memory(file) = self.table.get(fd)? else { return Err(Errno::Notsup.into()) };
        let (limits, used) = (self.vfs.limits(), self.vfs.used());
        let blocks = limits.bytes / BLOCK;
        if file.ino.is_read_only() {
            // All of it is in use, and how large it is nobody needs to know.
            return Ok(format!("{BLOCK} {blocks} 0 {} 0 1", limits.files));
        }
        let free = limits.bytes.saturating_sub(used.bytes) / BLOCK;
        let free_files = limits.files.saturating_sub(used.files);
        Ok(format!("{BLOCK} {blocks} {free} {} {free_files} 0", limits.files))
    }

    fn change_directory(&mut self, fd: types::Fd) -> Result<types::Fd> {
        match self.table.get(fd)? {
            Descriptor::Memory(file) => file.directory()?,
            Descriptor::Host { .. } => return Err(Errno::Nosys.into()),
            Descriptor::Stream(_) | Descriptor::Pipe(_) => return Err(Errno::Notdir.into()),
        };
        let (number, former) = self.table.set_current_directory(fd)?;
        if let Some(Descriptor::Memory(file)) = former {
            self.vfs.close(file.ino);
        }
        Ok(number)
    }
}

fn descriptor(word: &str) -> Result<types::Fd> {
    Ok(number(word, 10)?.into())
}

fn number(word: &str, radix: u32) -> Result<u32> {
    u32::from_str_radix(word, radix).map_err(|_| Errno::Inval.into())
}
