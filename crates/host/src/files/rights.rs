//! Rights of preview1: what an open file description says that it can be asked for.

use crate::wasi::types::{Fdflags, Fdstat, Filetype, Rights};

/// What a directory may be asked for; files opened in it inherit what follows.
const DIRECTORY: Rights = Rights::FD_FDSTAT_SET_FLAGS
    .union(Rights::FD_SYNC)
    .union(Rights::FD_ADVISE)
    .union(Rights::PATH_CREATE_DIRECTORY)
    .union(Rights::PATH_CREATE_FILE)
    .union(Rights::PATH_LINK_SOURCE)
    .union(Rights::PATH_LINK_TARGET)
    .union(Rights::PATH_OPEN)
    .union(Rights::FD_READDIR)
    .union(Rights::PATH_READLINK)
    .union(Rights::PATH_RENAME_SOURCE)
    .union(Rights::PATH_RENAME_TARGET)
    .union(Rights::PATH_SYMLINK)
    .union(Rights::PATH_REMOVE_DIRECTORY)
    .union(Rights::PATH_UNLINK_FILE)
    .union(Rights::PATH_FILESTAT_GET)
    .union(Rights::PATH_FILESTAT_SET_TIMES)
    .union(Rights::FD_FILESTAT_GET)
    .union(Rights::FD_FILESTAT_SET_TIMES);

pub(crate) const FILE: Rights = Rights::FD_DATASYNC
    .union(Rights::FD_READ)
    .union(Rights::FD_SEEK)
    .union(Rights::FD_FDSTAT_SET_FLAGS)
    .union(Rights::FD_SYNC)
    .union(Rights::FD_TELL)
    .union(Rights::FD_WRITE)
    .union(Rights::FD_ADVISE)
    .union(Rights::FD_ALLOCATE)
    .union(Rights::FD_FILESTAT_GET)
    .union(Rights::FD_FILESTAT_SET_SIZE)
    .union(Rights::FD_FILESTAT_SET_TIMES)
    .union(Rights::POLL_FD_READWRITE);

/// The status of a file or directory that was opened in this way.
pub(crate) fn status(kind: Filetype, flags: Fdflags, read: bool, write: bool) -> Fdstat {
    let (mut base, inheriting) = match kind {
        Filetype::Directory => (DIRECTORY, DIRECTORY.union(FILE)),
        _ => (FILE, FILE),
    };
    if !read {
        base &= !(Rights::FD_READ | Rights::FD_READDIR);
    }
    if !write {
        base &= !(Rights::FD_WRITE | Rights::FD_ALLOCATE | Rights::FD_FILESTAT_SET_SIZE);
    }
    Fdstat { fs_filetype: kind, fs_flags: flags, fs_rights_base: base, fs_rights_inheriting: inheriting }
}
