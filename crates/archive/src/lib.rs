//! A read-only file tree as one run of bytes: the form in which the standard library and the app's libraries
//! lie inside the executable.
//!
//! [`mod@format`] is the specification. [`Writer`] and [`Archive`] are its two sides: the writer sorts, compresses and
//! checksums; the reader checks everything it is about to rely on and never panics, whatever the bytes are. This
//! crate knows nothing of Python, of WebAssembly or of descriptors; `vfs` serves an archive as a file system.

mod error;
pub mod format;
mod reader;
mod writer;

pub use error::{Error, WriteError};
pub use reader::{Archive, Entry, EntryId, EntryKind};
#[cfg(feature = "train")]
pub use writer::train_dictionary;
pub use writer::{Summary, Writer};

/// What decides how the same entries become bytes: the writer's own text and the version of zstd. Whoever keeps archives
/// makes them again when this changes.
pub const REVISION: &str = concat!(include_str!("writer.rs"), "zstd 0.13");
