//! Advisory locks on files of the host: they are the host's, and other programs see them.
//!
//! A guest is one process, as the host's own process is, so POSIX's locks, which belong to a process, mean what they mean
//! natively. Who waits for one asks again and again, so that a signal or the end of the guest finds it; the system's own wait
//! would also find out (EDEADLK) that two processes wait for each other.

use crate::namespace::Folder;
use crate::wasi::{Result, SystemError};
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use rustix::fs::FlockOperation;

/// What is done with a range of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    Read,
    Write,
    None,
}

impl Folder {
    /// Locks a range (`len` 0: to the end), or gives it free.
    ///
    /// # Errors
    /// EAGAIN (another process has it), and the system's.
    pub fn lock(&self, kind: Lock, start: i64, len: i64) -> Result<()> {
        fcntl(self, FcntlArg::F_SETLK(&range(kind, start, len))).map(drop).map_err(errno)
    }

    /// Whether a range could be locked; else the lock in the way: its kind, start, length and process.
    ///
    /// # Errors
    /// The system's.
    pub fn test_lock(&self, kind: Lock, start: i64, len: i64) -> Result<Option<(Lock, i64, i64, i32)>> {
        let mut range = range(kind, start, len);
        fcntl(self, FcntlArg::F_GETLK(&mut range)).map_err(errno)?;
        let found = match i32::from(range.l_type) {
            libc::F_RDLCK => Lock::Read,
            libc::F_WRLCK => Lock::Write,
            _ => return Ok(None),
        };
        Ok(Some((found, range.l_start, range.l_len, range.l_pid)))
    }

    /// Locks the whole file by its open file description, or gives it free.
    ///
    /// # Errors
    /// EAGAIN, and the system's.
    pub fn lock_whole(&self, kind: Lock) -> Result<()> {
        let how = match kind {
            Lock::Read => FlockOperation::NonBlockingLockShared,
            Lock::Write => FlockOperation::NonBlockingLockExclusive,
            Lock::None => FlockOperation::Unlock,
        };
        crate::wasi::OrErrno::or_errno(rustix::fs::flock(self, how))
    }
}

fn range(kind: Lock, start: i64, len: i64) -> libc::flock {
    let kind = match kind {
        Lock::Read => libc::F_RDLCK,
        Lock::Write => libc::F_WRLCK,
        Lock::None => libc::F_UNLCK,
    };
    // In the whole file: the guest has worked out where the range begins.
    libc::flock { l_type: kind as i16, l_whence: libc::SEEK_SET as i16, l_start: start, l_len: len, l_pid: 0 }
}

fn errno(error: nix::Error) -> crate::wasi::types::Error {
    SystemError::from(rustix::io::Errno::from_raw_os_error(error as i32)).into()
}
