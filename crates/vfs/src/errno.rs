//! The closed set of ways in which a call on the VFS can fail.

use std::fmt;

/// A POSIX error number, by name. These and no others leave this crate; each method lists the ones it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Errno {
    /// EACCES: the file's mode, or that of a directory on the way, does not allow it.
    Acces,
    /// EBUSY: the directory is a root or a mount point.
    Busy,
    /// EEXIST: something is already there.
    Exist,
    /// EFBIG: the file would exceed the largest offset.
    FBig,
    /// EINVAL: the argument makes no sense (a NUL in a path, a directory moved into itself).
    Inval,
    /// EIO: the archive behind the file is damaged.
    Io,
    /// EISDIR: a file was expected, a directory found.
    IsDir,
    /// ELOOP: too many symbolic links, or one where none may be followed.
    Loop,
    /// EMLINK: too many hard links.
    MLink,
    /// ENAMETOOLONG: a name over 255 bytes or a path over 4096.
    NameTooLong,
    /// ENOENT: nothing is there.
    NoEnt,
    /// ENOSPC: the scratch's limit on bytes or on files is reached.
    NoSpc,
    /// ENOTDIR: a directory was expected, something else found.
    NotDir,
    /// ENOTEMPTY: the directory still holds something.
    NotEmpty,
    /// EPERM: not allowed (a hard link to a directory, a path that leaves a confined root).
    Perm,
    /// EROFS: the base is read-only.
    RoFs,
    /// EXDEV: from one file system to another.
    XDev,
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = format!("E{self:?}");
        f.write_str(&name.to_uppercase())
    }
}

impl std::error::Error for Errno {}

/// The result of a call on the VFS.
pub type Result<T> = std::result::Result<T, Errno>;
