//! The types of preview1, in which open file descriptions speak and which the calls pass on. wasmtime-wasi generates them from
//! the interface and marks them as internal, so they come in through here alone, beside the calls themselves (`preview1/`).

use rustix::io::Errno as System;
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

/// For `?` on calls of the VFS and of the system.
pub(crate) trait OrErrno<T> {
    fn or_errno(self) -> Result<T>;
}

impl<T> OrErrno<T> for vfs::Result<T> {
    fn or_errno(self) -> Result<T> {
        self.map_err(|error| errno(error).into())
    }
}

impl<T> OrErrno<T> for rustix::io::Result<T> {
    fn or_errno(self) -> Result<T> {
        self.map_err(|error| errno_of_system(error).into())
    }
}

/// Why looking at the tree failed, in its VFS part or on the host.
#[derive(Debug)]
pub(crate) struct SystemError(pub types::Errno);

impl From<Errno> for SystemError {
    fn from(error: Errno) -> Self {
        SystemError(errno(error))
    }
}

impl From<System> for SystemError {
    fn from(error: System) -> Self {
        SystemError(errno_of_system(error))
    }
}

impl From<SystemError> for types::Error {
    fn from(error: SystemError) -> Self {
        error.0.into()
    }
}

/// What preview1 calls an errno of the host's. Those that a file system or a network can answer are told apart; what is left is EIO.
fn errno_of_system(errno: System) -> types::Errno {
    match errno {
        System::ACCESS => types::Errno::Acces,
        System::ADDRINUSE => types::Errno::Addrinuse,
        System::ADDRNOTAVAIL => types::Errno::Addrnotavail,
        System::AFNOSUPPORT => types::Errno::Afnosupport,
        System::AGAIN => types::Errno::Again,
        System::ALREADY => types::Errno::Already,
        System::BADF => types::Errno::Badf,
        System::BUSY => types::Errno::Busy,
        System::CONNABORTED => types::Errno::Connaborted,
        System::CONNREFUSED => types::Errno::Connrefused,
        System::CONNRESET => types::Errno::Connreset,
        System::DEADLK => types::Errno::Deadlk,
        System::DESTADDRREQ => types::Errno::Destaddrreq,
        System::DOM => types::Errno::Dom,
        System::DQUOT => types::Errno::Dquot,
        System::EXIST => types::Errno::Exist,
        System::FBIG => types::Errno::Fbig,
        // preview1 has no number of its own for a machine that is down.
        System::HOSTDOWN | System::HOSTUNREACH => types::Errno::Hostunreach,
        System::ILSEQ => types::Errno::Ilseq,
        System::INPROGRESS => types::Errno::Inprogress,
        System::INTR => types::Errno::Intr,
        System::INVAL => types::Errno::Inval,
        System::ISCONN => types::Errno::Isconn,
        System::ISDIR => types::Errno::Isdir,
        System::LOOP => types::Errno::Loop,
        System::MFILE => types::Errno::Mfile,
        System::MLINK => types::Errno::Mlink,
        System::MSGSIZE => types::Errno::Msgsize,
        System::NAMETOOLONG => types::Errno::Nametoolong,
        System::NETDOWN => types::Errno::Netdown,
        System::NETRESET => types::Errno::Netreset,
        System::NETUNREACH => types::Errno::Netunreach,
        System::NFILE => types::Errno::Nfile,
        System::NOBUFS => types::Errno::Nobufs,
        System::NODEV => types::Errno::Nodev,
        System::NOENT => types::Errno::Noent,
        System::NOLCK => types::Errno::Nolck,
        System::NOMEM => types::Errno::Nomem,
        System::NOPROTOOPT => types::Errno::Noprotoopt,
        System::NOSPC => types::Errno::Nospc,
        System::NOSYS => types::Errno::Nosys,
        System::NOTCONN => types::Errno::Notconn,
        System::NOTDIR => types::Errno::Notdir,
        System::NOTEMPTY => types::Errno::Notempty,
        System::NOTSOCK => types::Errno::Notsock,
        System::NOTSUP => types::Errno::Notsup,
        System::NXIO => types::Errno::Nxio,
        System::OVERFLOW => types::Errno::Overflow,
        System::PERM => types::Errno::Perm,
        System::PIPE => types::Errno::Pipe,
        System::PROTO => types::Errno::Proto,
        System::PROTONOSUPPORT => types::Errno::Protonosupport,
        System::PROTOTYPE => types::Errno::Prototype,
        System::ROFS => types::Errno::Rofs,
        System::SPIPE => types::Errno::Spipe,
        System::STALE => types::Errno::Stale,
        System::TIMEDOUT => types::Errno::Timedout,
        System::TXTBSY => types::Errno::Txtbsy,
        System::XDEV => types::Errno::Xdev,
        _ => types::Errno::Io,
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
