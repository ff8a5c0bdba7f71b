//! The types of preview1, in which open file descriptions speak and which the calls pass on. wasmtime-wasi generates them from
//! the interface and marks them as internal, so they come in through here alone, beside the calls themselves (`preview1/`).

use std::fmt;
use vfs::Errno;
pub(crate) use wasmtime_wasi::p1::types;

/// The result of an operation for a guest: an errno that it is told, or a trap that ends it.
pub(crate) type Result<T> = std::result::Result<T, types::Error>;

/// Ends a guest that called `proc_exit`.
#[derive(Debug)]
pub(crate) struct Exit(pub u32);

/// Ends a guest that writes to a standard stream whose reader has gone. Like other programs it ends quietly at once
/// (they by SIGPIPE) instead of being told by an errno that most programs turn into noise.
#[derive(Debug)]
pub(crate) struct ClosedPipe;

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit status {}", self.0)
    }
}

impl fmt::Display for ClosedPipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the reader of a standard stream has gone")
    }
}

impl std::error::Error for Exit {}
impl std::error::Error for ClosedPipe {}

/// For `?` on calls of the VFS.
pub(crate) trait OrErrno<T> {
    fn or_errno(self) -> Result<T>;
}

impl<T> OrErrno<T> for vfs::Result<T> {
    fn or_errno(self) -> Result<T> {
        self.map_err(|error| errno(error).into())
    }
}

fn errno(errno: Errno) -> types::Errno {
    match errno {
        Errno::Acces => types::Errno::Acces,
        Errno::Busy => types::Errno::Busy,
        Errno::Exist => types::Errno::Exist,
        Errno::FBig => types::Errno::Fbig,
        Errno::Inval => types::Errno::Inval,
        Errno::Io => types::Errno::Io,
        Errno::IsDir => types::Errno::Isdir,
        Errno::Loop => types::Errno::Loop,
        Errno::MLink => types::Errno::Mlink,
        Errno::NameTooLong => types::Errno::Nametoolong,
        Errno::NoEnt => types::Errno::Noent,
        Errno::NoSpc => types::Errno::Nospc,
        Errno::NotDir => types::Errno::Notdir,
        Errno::NotEmpty => types::Errno::Notempty,
        Errno::Perm => types::Errno::Perm,
        Errno::RoFs => types::Errno::Rofs,
        Errno::XDev => types::Errno::Xdev,
    }
}
