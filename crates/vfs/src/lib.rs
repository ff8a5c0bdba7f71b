//! The in-memory file system that a guest lives in.
//!
//! One [`Vfs`] holds any number of roots. Everything writable is the *scratch*: nodes in memory, capped by [`Limits`].
//! At most one archive is mounted in it, the *base*, which is read-only (`EROFS`). Paths are walked as POSIX says:
//! `.`, `..`, trailing slashes, symbolic links with a limit. Files are named by inode ([`Ino`]); offsets and flags
//! belong to whoever keeps the descriptors, which is `guest`. Modes count, for one user who owns the scratch. Errors are the closed set [`Errno`].
//!
//! This crate knows the archive and nothing else: no WebAssembly, no host files.

mod base;
mod content;
mod errno;
mod io;
mod links;
mod listing;
mod node;
mod open;
mod permissions;
mod remove;
mod rename;
mod resolve;
mod tree;

pub use errno::{Errno, Result};
pub use node::{DirEntry, Ino, Kind, Metadata, Times};
pub use open::OpenOptions;
pub use tree::{Limits, RootKind, Vfs};

/// Most bytes of one name.
pub const MAX_NAME: usize = archive::format::MAX_NAME;
/// Most bytes of a path, and of a symbolic link's target.
pub const MAX_PATH: usize = 4096;
/// Most symbolic links followed in one walk (Linux: 40).
pub const MAX_FOLLOWED: u32 = 40;
