//! Types of the VFS as types of preview1.

use super::Result;
use crate::abi;
use vfs::{Errno, Kind, Metadata};
use wasmtime_wasi::p1::types;
use wiggle::{GuestMemory, GuestPtr};

/// Types of files in `st_mode`, as POSIX systems have them.
pub(super) const S_IFIFO: u16 = 0o010_000;
pub(super) const S_IFCHR: u16 = 0o020_000;
const S_IFDIR: u16 = 0o040_000;
pub(super) const S_IFREG: u16 = 0o100_000;
const S_IFLNK: u16 = 0o120_000;
pub(super) const S_IFSOCK: u16 = 0o140_000;

/// A device number that carries `st_mode` along, for which preview1 has no place: see [`abi::DEVICE_MARK`].
/// wasm/src/posix/metadata.c takes it apart.
pub(super) fn device(number: u64, mode: u16) -> u64 {
    u64::from(abi::DEVICE_MARK) << 32 | u64::from(mode) << 16 | number
}

pub(super) fn errno(errno: Errno) -> types::Errno {
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
    let kind = match metadata.kind {
        Kind::Directory => S_IFDIR,
        Kind::File => S_IFREG,
        Kind::Symlink => S_IFLNK,
        Kind::Null => S_IFCHR,
    };
    let number = if metadata.ino.is_read_only() { abi::READ_ONLY_DEVICE } else { abi::SCRATCH_DEVICE };
    types::Filestat {
        dev: device(number, kind | metadata.mode),
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
