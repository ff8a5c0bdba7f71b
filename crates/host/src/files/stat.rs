//! What `stat` shows. preview1 has no place for `st_mode`, so it rides in the device number.

use crate::abi::{DEVICE_MARK, READ_ONLY_DEVICE, SCRATCH_DEVICE, SOCKET_DEVICE};
use crate::wasi::types;
use vfs::{Kind, Metadata};

/// Types of files in `st_mode`, as POSIX systems have them.
pub(super) const S_IFIFO: u16 = 0o010_000;
pub(super) const S_IFCHR: u16 = 0o020_000;
const S_IFDIR: u16 = 0o040_000;
pub(super) const S_IFREG: u16 = 0o100_000;
const S_IFLNK: u16 = 0o120_000;
pub(super) const S_IFSOCK: u16 = 0o140_000;

/// A device number that carries `st_mode` along: see [`DEVICE_MARK`]. wasm/src/posix/metadata.c takes it apart.
fn device(number: u64, mode: u16) -> u64 {
    u64::from(DEVICE_MARK) << 32 | u64::from(mode) << 16 | number
}

pub(crate) fn filetype(kind: Kind) -> types::Filetype {
    match kind {
        Kind::Directory => types::Filetype::Directory,
        Kind::File => types::Filetype::RegularFile,
        Kind::Symlink => types::Filetype::SymbolicLink,
        Kind::Device(_) => types::Filetype::CharacterDevice,
        // Whoever wants to know asks the descriptor.
        Kind::Descriptor(_) | Kind::Mount(_) => types::Filetype::Unknown,
    }
}

/// Of an inode of the VFS.
pub(crate) fn of_metadata(metadata: &Metadata) -> types::Filestat {
    let kind = match metadata.kind {
        Kind::Directory => S_IFDIR,
        Kind::File => S_IFREG,
        Kind::Symlink => S_IFLNK,
        Kind::Device(_) => S_IFCHR,
        Kind::Descriptor(_) | Kind::Mount(_) => 0,
    };
    let number = if metadata.ino.is_read_only() { READ_ONLY_DEVICE } else { SCRATCH_DEVICE };
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

/// Of what has no inode of the VFS.
pub(super) fn without_file(number: u64, ino: u64, mode: u16, filetype: types::Filetype, size: u64) -> types::Filestat {
    types::Filestat { dev: device(number, mode), ino, filetype, nlink: 1, size, atim: 0, mtim: 0, ctim: 0 }
}

/// Of a socket of a network.
pub(crate) fn of_socket(number: u64, filetype: types::Filetype) -> types::Filestat {
    without_file(SOCKET_DEVICE, number, S_IFSOCK | 0o777, filetype, 0)
}
