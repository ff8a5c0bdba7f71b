//! The in-memory file system that a guest lives in.
//!
//! One [`Vfs`] holds any number of roots. Everything writable is the *scratch*: nodes in memory, capped by [`Limits`].
//! At most one archive is mounted in it, the *base*, which is read-only (`EROFS`). Paths are walked as POSIX says:
//! `.`, `..`, trailing slashes, symbolic links with a limit. Files are named by inode ([`Ino`]); offsets and flags
//! belong to whoever keeps the descriptors, which is the crate `host`. Modes count, for one user who owns the scratch.
//! Errors are the closed set [`Errno`].
//!
//! This crate knows the archive and nothing else: no WebAssembly, no host files.
//!
//! # Example
//!
//! ```
//! use vfs::{Errno, Limits, OpenOptions, RootKind, Vfs};
//!
//! let mut vfs = Vfs::new(Limits::default());
//! let root = vfs.add_root(RootKind::Slash)?;
//! vfs.make_directory(root, "notes")?;
//! let options = OpenOptions { create: true, read: true, write: true, ..OpenOptions::default() };
//! let file = vfs.open(root, "/notes/today", options)?;
//! vfs.write(file, 0, b"rain")?;
//! assert_eq!(vfs.contents(file)?, b"rain");
//! vfs.close(file);
//!
//! assert_eq!(vfs.metadata(vfs.lookup(root, "notes/./today", true)?)?.size, 4);
//! assert_eq!(vfs.lookup(root, "/notes/tomorrow", true), Err(Errno::NoEnt));
//! # Ok::<(), Errno>(())
//! ```

#![forbid(unsafe_code)]

mod base;
mod content;
mod create;
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
mod walk;

pub use errno::{Errno, Result};
pub use node::{Device, DirEntry, Ino, Kind, Metadata, Times};
pub use open::OpenOptions;
pub use tree::{Limits, RootKind, Vfs};
pub use walk::{Fence, Follow, Last, MAX_FOLLOWED, MAX_NAME, MAX_PATH, Resolved, Tree, walk};
