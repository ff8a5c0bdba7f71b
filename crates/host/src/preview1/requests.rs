//! Requests for what preview1 has no call for: a guest makes one by opening `dev/pyapp/REQUEST` in `/`.
//!
//! | request | answer |
//! |---|---|
//! | `dup/FD/LEAST` | another number for what FD stands for, the lowest free one from LEAST on |
//! | `pipe` | the end of a new pipe that reads |
//! | `socketpair` | one socket of a new pair |
//! | `cwd/FD` | the number of the current directory, which now is FD; it cannot be closed |
//! | `cwd` | the number of the directory that the run begins in, if that is not the root |
//! | `peer/FD` | the other end of what `pipe` or `socketpair` has answered, once |
//! | `chmod/FD/MODE` | a descriptor that says no more; the permission bits of FD are now MODE, octal |
//! | `mode/MODE` | a descriptor that says no more; what the next call that opens or makes a directory makes has this mode, octal |
//! | `access/FD/MODE` | a descriptor that says no more: the host lets its file be used so; MODE as `access` has it, octal |
//! | `path/FD` | the path of the directory FD, to be read from the descriptor |
//! | `terminal/FD` | to be read: see `files/terminal.rs` |
//! | `terminal/FD/WHEN/…` | a descriptor that says no more; the settings of the terminal FD are changed |
//! | `owner/DEVICE` | to be read: what DEVICE, a number that `stat` has shown, stands for: device, user, group, 1 if read-only |
//! | `lock/FD/KIND/START/LENGTH/WAIT` | a range of a file is locked: KIND r, w or u (no longer), WAIT 1 or 0 |
//! | `lock/FD/KIND/START/LENGTH` | to be read: the lock that is in the way, KIND, START, LENGTH, process; or nothing |
//! | `flock/FD/KIND/WAIT` | a whole file is locked |
//! | `uncaught/ERRNO/PATH` | a descriptor that says no more; an error about PATH ends the guest |
//! | `statvfs/FD` | to be read: block size, blocks, free blocks, files, free files, 1 if read-only |
//! | `zone` | to be read: the file of the machine's own time zone; nothing, if there is none or it is not granted |
//! | `zone/NAME` | the same of the zone of this name, such as `Europe/Berlin` |
//! | `socket/FAMILY/TYPE` | a new socket: FAMILY `inet` or `inet6`, TYPE `stream` or `datagram` |
//! | `connect/FD/ADDRESS/PORT` | a descriptor that says no more; FD is connected |
//! | `connect/FD` | a descriptor that says no more; FD, of datagrams, has forgotten its peer |
//! | `bind/FD/ADDRESS/PORT` | a descriptor that says no more; FD has this address |
//! | `listen/FD/BACKLOG` | a descriptor that says no more; others can connect to FD |
//! | `name/FD` | to be read: the address of FD: `ADDRESS PORT`, of IPv6 `ADDRESS PORT FLOWINFO SCOPE` |
//! | `peername/FD` | to be read: that of its peer |
//! | `accepted/FD` | to be read: that of its peer as it was when FD was accepted |
//! | `option/FD/LEVEL/NAME` | to be read: an option of FD, a number or two; LEVEL and NAME are Linux's |
//! | `option/FD/LEVEL/NAME/…` | a descriptor that says no more; the option is set |
//! | `receive/FD/SIZE/FLAGS` | to be read: a line `SENDER FLAGS LENGTH`, and at most SIZE bytes: see `network.rs` |
//! | `send/FD/FLAGS/ADDRESS/PORT` | what is written to it at once is sent there; FLAGS are Linux's |
//! | `send/FD/FLAGS` | the same, sent to the peer |
//! | `lookup/FAMILY/NAME` | to be read: `ok CANONICAL` and a line for each address, or why not; FAMILY `any`, `inet` or `inet6` |
//! | `reverse/ADDRESS` | to be read: `ok NAME`, or why not |
//!
//! The names are no files: they are in no listing and nothing else can be done with them. A guest that runs elsewhere finds
//! nothing there and does without. `wasm/src/posix` makes these requests.

use super::types::{Errno, Fd};
use super::{Context, Result};
use crate::Uncaught;
use crate::abi::{DEVICE, request};
use crate::disk::Lock;
use crate::files::{OpenFile, Reply, Wait};
use crate::namespace::Node;
use crate::wasi::OrErrno;
use std::time::{Duration, Instant};

/// How long is waited before a lock is asked for again, at least and at most.
const SHORTEST: Duration = Duration::from_micros(100);
const LONGEST: Duration = Duration::from_millis(5);

impl Context {
    /// The request that opening `path` in a directory would be.
    pub(super) fn request_of<'a>(&self, directory: &Node, path: &'a [u8]) -> Option<&'a str> {
        let Node::Vfs(directory) = directory else { return None };
        let request = std::str::from_utf8(path).ok()?.strip_prefix(DEVICE)?;
        self.vfs.is_slash(*directory).then_some(request)
    }

    /// Carries out a request; the descriptor that answers it.
    ///
    /// # Errors
    /// ENOSYS (no such request), EINVAL (not as the table has it), EBADF, EMFILE, and what the request itself may meet;
    /// never ENOENT, which is what a guest finds elsewhere.
    pub(super) fn request(&mut self, request: &str) -> Result<Fd> {
        if let Some(path) = request.strip_prefix(request::UNCAUGHT).and_then(|rest| rest.strip_prefix('/')) {
            let (errno, path) = path.split_once('/').ok_or(Errno::Inval)?;
            self.uncaught =
                Some(Uncaught { errno: number(errno, 10)?, path: self.absolute_path(path).ok_or(Errno::Inval)? });
            return self.insert(Box::new(Reply::new("")));
        }
        let mut words = request.split('/');
        let name = words.next().unwrap_or_default();
        let words: Vec<&str> = words.collect();
        let answer: Box<dyn OpenFile> = match (name, words.as_slice()) {
            (request::DUP, [fd, least]) => return self.table.duplicate(descriptor(fd)?, number(least, 10)?),
            (request::CWD, [fd]) => return self.change_directory(descriptor(fd)?),
            (request::CWD, []) => return self.table.current_directory(),
            (request::PIPE, []) => Box::new(self.pipes.pipe()),
            (request::SOCKETPAIR, []) => Box::new(self.pipes.socket_pair()),
            (request::PEER, [fd]) => self.table.get_mut(descriptor(fd)?)?.take_peer()?,
            (request::CHMOD, [fd, mode]) => {
                self.table.get_mut(descriptor(fd)?)?.set_mode(&mut self.vfs, permission_bits(mode)?)?;
                Box::new(Reply::new(""))
            }
            (request::MODE, [mode]) => {
                self.new_mode = Some(permission_bits(mode)?);
                Box::new(Reply::new(""))
            }
            (request::ACCESS, [fd, mode]) => {
                self.table.get(descriptor(fd)?)?.expect_access(number(mode, 8)?)?;
                Box::new(Reply::new(""))
            }
            (request::PATH, [fd]) => Box::new(Reply::new(self.path_of(&self.table.get(descriptor(fd)?)?.node()?)?)),
            (request::OWNER, [device]) => {
                let owner = self.owners.get(number(device, 10)?.into()).ok_or(Errno::Inval)?;
                Box::new(Reply::new(format!(
                    "{} {} {} {}",
                    owner.device,
                    owner.user,
                    owner.group,
                    u8::from(owner.read_only)
                )))
            }
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
            (request::LOCK, [fd, kind, start, len, wait]) => {
                let (kind, start, len) = (lock(kind)?, offset(start)?, offset(len)?);
                let file = self.table.get(descriptor(fd)?)?.host_file();
                let locked = file.map_or(Ok(()), |file| file.lock(kind, start, len));
                self.retry_lock(descriptor(fd)?, locked, *wait == "1")?;
                Box::new(Reply::new(""))
            }
            (request::LOCK, [fd, kind, start, len]) => {
                let held = match self.table.get(descriptor(fd)?)?.host_file() {
                    Some(file) => file.test_lock(lock(kind)?, offset(start)?, offset(len)?)?,
                    // Nobody else has the guest's own files.
                    None => None,
                };
                Box::new(Reply::new(held.map_or_else(String::new, |(kind, start, len, process)| {
                    format!("{} {start} {len} {process}", if kind == Lock::Read { "r" } else { "w" })
                })))
            }
            (request::FLOCK, [fd, kind, wait]) => {
                let (kind, file) = (lock(kind)?, self.table.get(descriptor(fd)?)?.host_file());
                let locked = file.map_or(Ok(()), |file| file.lock_whole(kind));
                self.retry_lock(descriptor(fd)?, locked, *wait == "1")?;
                Box::new(Reply::new(""))
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
                | request::MODE
                | request::ACCESS
                | request::PATH
                | request::OWNER
                | request::LOCK
                | request::FLOCK
                | request::STATVFS,
                _,
            ) => return Err(Errno::Inval.into()),
            _ => self.network_request(name, &words)?,
        };
        self.insert(answer)
    }

    /// Waits before a lock is asked for once more, if it could not be had and is to be waited for: the longer it has taken, the longer,
    /// up to some milliseconds.
    fn retry_lock(&mut self, fd: Fd, locked: Result<()>, wait: bool) -> Result<()> {
        let Err(error) = locked else { return Ok(()) };
        match error.downcast_ref() {
            Some(Errno::Again | Errno::Acces) if wait => {
                let waited = self.resumption.map_or(Duration::ZERO, |resumption| resumption.start.elapsed());
                let until = Instant::now() + (waited / 4).clamp(SHORTEST, LONGEST);
                self.wait_with(fd, Wait::Host { files: Vec::new(), until: Some(until), pipes: false }, 0)
            }
            _ => Err(error),
        }
    }

    fn change_directory(&mut self, fd: Fd) -> Result<Fd> {
        self.table.get(fd)?.node()?;
        let (number, former) = self.table.set_current_directory(fd)?;
        if let Some(file) = former {
            file.close(&mut self.vfs);
        }
        Ok(number)
    }

    /// The path of a directory.
    ///
    /// # Errors
    /// ESTALE (it was removed).
    fn path_of(&self, directory: &Node) -> Result<Vec<u8>> {
        match directory {
            Node::Vfs(ino) => match self.vfs.path(*ino) {
                Err(vfs::Errno::NoEnt) => Err(Errno::Stale.into()),
                path => path.or_errno().map(String::into_bytes),
            },
            Node::Folder(folder) => Ok(self.mounts.path_now(folder)?),
            Node::Name(_) => Err(Errno::Notdir.into()),
        }
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

pub(super) fn descriptor(word: &str) -> Result<Fd> {
    // What a program has closed it counts as -1.
    if word.starts_with('-') {
        return Err(Errno::Badf.into());
    }
    Ok(number(word, 10)?.into())
}

fn permission_bits(word: &str) -> Result<u16> {
    u16::try_from(number(word, 8)?).ok().filter(|mode| *mode <= 0o7777).ok_or(Errno::Inval.into())
}

fn offset(word: &str) -> Result<i64> {
    word.parse().map_err(|_| Errno::Inval.into())
}

fn lock(word: &str) -> Result<Lock> {
    match word {
        "r" => Ok(Lock::Read),
        "w" => Ok(Lock::Write),
        "u" => Ok(Lock::None),
        _ => Err(Errno::Inval.into()),
    }
}

pub(super) fn number(word: &str, radix: u32) -> Result<u32> {
    u32::from_str_radix(word, radix).map_err(|_| Errno::Inval.into())
}
