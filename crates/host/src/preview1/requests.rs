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
//! | `terminal/FD` | to be read: see `files/terminal.rs` |
//! | `terminal/FD/WHEN/…` | a descriptor that says no more; the settings of the terminal FD are changed |
//! | `statvfs/FD` | to be read: block size, blocks, free blocks, files, free files, 1 if read-only |
//! | `zone` | to be read: the file of the machine's own time zone; nothing, if there is none or it is not granted |
//! | `zone/NAME` | the same of the zone of this name, such as `Europe/Berlin` |
//!
//! The names are no files: they are in no listing and nothing else can be done with them. A guest that runs elsewhere finds
//! nothing there and does without. `wasm/src/posix` makes these requests.

use super::types::{Errno, Fd};
use super::{Context, Result};
use crate::abi::{DEVICE, request};
use crate::files::{OpenFile, Reply};
use vfs::Ino;

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
    pub(super) fn request(&mut self, request: &str) -> Result<Fd> {
        let mut words = request.split('/');
        let name = words.next().unwrap_or_default();
        let words: Vec<&str> = words.collect();
        let answer: Box<dyn OpenFile> = match (name, words.as_slice()) {
            (request::DUP, [fd, least]) => return self.table.duplicate(descriptor(fd)?, number(least, 10)?),
            (request::CWD, [fd]) => return self.change_directory(descriptor(fd)?),
            (request::PIPE, []) => Box::new(self.pipes.pipe()),
            (request::SOCKETPAIR, []) => Box::new(self.pipes.socket_pair()),
            (request::PEER, [fd]) => self.table.get_mut(descriptor(fd)?)?.take_peer()?,
            (request::CHMOD, [fd, mode]) => {
                let mode = u16::try_from(number(mode, 8)?).map_err(|_| Errno::Inval)?;
                self.table.get_mut(descriptor(fd)?)?.set_mode(&mut self.vfs, mode)?;
                Box::new(Reply::new(""))
            }
            (request::PATH, [fd]) => Box::new(Reply::new(self.table.get(descriptor(fd)?)?.path(&self.vfs)?)),
            (request::STATVFS, [fd]) => {
                let space = self.table.get(descriptor(fd)?)?.space(&self.vfs)?;
                Box::new(Reply::new(format!(
                    "{} {} {} {} {} {}",
                    space.block,
                    space.blocks,
                    space.free_blocks,
                    space.files,
                    space.free_files,
                    u8::from(space.read_only)
                )))
            }
            (request::TERMINAL, [fd]) => Box::new(Reply::new(self.table.get(descriptor(fd)?)?.terminal()?)),
            (request::TERMINAL, [fd, settings @ ..]) => {
                self.table.get(descriptor(fd)?)?.set_terminal(settings)?;
                Box::new(Reply::new(""))
            }
            (request::ZONE, name) => {
                Box::new(Reply::new(self.zones.as_ref().map_or(Vec::new(), |zones| zones.file(name))))
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
        self.insert(answer)
    }

    fn change_directory(&mut self, fd: Fd) -> Result<Fd> {
        let file = self.table.get(fd)?;
        if file.delegate().is_some() {
            return Err(Errno::Nosys.into());
        }
        file.directory()?;
        let (number, former) = self.table.set_current_directory(fd)?;
        if let Some(file) = former {
            file.close(&mut self.vfs);
        }
        Ok(number)
    }

    /// Gives a file a number; if there is none left, closes it.
    ///
    /// # Errors
    /// EMFILE.
    pub(super) fn insert(&mut self, file: Box<dyn OpenFile>) -> Result<Fd> {
        self.table.insert(file).map_err(|file| {
            file.close(&mut self.vfs);
            Errno::Mfile.into()
        })
    }
}

fn descriptor(word: &str) -> Result<Fd> {
    Ok(number(word, 10)?.into())
}

fn number(word: &str, radix: u32) -> Result<u32> {
    u32::from_str_radix(word, radix).map_err(|_| Errno::Inval.into())
}
