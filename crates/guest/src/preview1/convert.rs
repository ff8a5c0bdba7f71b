//! Types of the VFS as types of preview1.

use super::Result;
use vfs::{Errno, Kind, Metadata};
use wasmtime_wasi::p1::types;
use wiggle::{GuestMemory, GuestPtr};

/// The device number that `stat` shows for files of the VFS.
const DEVICE: u64 = 1;

pub(super) fn errno(errno: Errno) -> types::Errno {
    match errno {
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

/// For `?` on calls of the VFS.
pub(super) trait OrErrno<T> {
    fn or_errno(self) -> Result<T>;
}

impl<T> OrErrno<T> for vfs::Result<T> {
    fn or_errno(self) -> Result<T> {
        self.map_err(|error| errno(error).into())
    }
}

pub(super) fn filetype(kind: Kind) -> types::Filetype {
    match kind {
        Kind::Directory => types::Filetype::Directory,
        Kind::File => types::Filetype::RegularFile,
        Kind::Symlink => types::Filetype::SymbolicLink,
        Kind::Null => types::Filetype::CharacterDevice,
    }
}

pub(super) fn filestat(metadata: &Metadata) -> types::Filestat {
    types::Filestat {
        dev: DEVICE,
        ino: metadata.ino.get(),
        filetype: filetype(metadata.kind),
        nlink: metadata.links,
        size: metadata.size,
        atim: metadata.times.accessed,
        mtim: metadata.times.modified,
        ctim: metadata.times.changed,
    }
}

/// Access and modification time as `*_set_times` asks for them; `None` leaves a time as it is.
pub(super) fn times(
    now: u64,
    accessed: u64,
    modified: u64,
    flags: types::Fstflags,
) -> Result<(Option<u64>, Option<u64>)> {
    use types::Fstflags as F;
    let one = |given: bool, is_now: bool, time: u64| match (given, is_now) {
        (true, true) => Err(types::Errno::Inval),
        (true, false) => Ok(Some(time)),
        (false, true) => Ok(Some(now)),
        (false, false) => Ok(None),
    };
    Ok((
        one(flags.contains(F::ATIM), flags.contains(F::ATIM_NOW), accessed)?,
        one(flags.contains(F::MTIM), flags.contains(F::MTIM_NOW), modified)?,
    ))
}

pub(super) fn follows(flags: types::Lookupflags) -> bool {
    flags.contains(types::Lookupflags::SYMLINK_FOLLOW)
}

/// A path out of the guest's memory. A hostile length is refused before anything is copied.
pub(super) fn path(memory: &GuestMemory<'_>, pointer: GuestPtr<str>) -> Result<String> {
    if pointer.len() as usize > 4 * vfs::MAX_PATH {
        return Err(types::Errno::Nametoolong.into());
    }
    Ok(memory.as_cow_str(pointer)?.into_owned())
}
