//! A read-only file tree as one run of bytes: the form in which the standard library and the app's libraries
//! lie inside the executable.
//!
//! [`mod@format`] is the specification. [`Writer`] and [`Archive`] are its two sides: the writer sorts, compresses and
//! checksums; the reader checks everything it is about to rely on and never panics, whatever the bytes are. This
//! crate knows nothing of Python, of WebAssembly or of descriptors; `vfs` serves an archive as a file system.
//!
//! # Example
//!
//! ```
//! use archive::{Archive, EntryKind, Writer};
//!
//! let mut writer = Writer::new(&[])?;
//! writer.file("lib/a.txt", b"text")?;
//! writer.directory("lib/empty")?;
//! let (bytes, summary) = writer.finish();
//! assert_eq!((summary.files, summary.directories), (1, 3));
//!
//! let archive = Archive::open(bytes)?;
//! let file = archive.find("lib/a.txt").expect("it was just put there");
//! assert_eq!(archive.entry(file).map(|entry| (entry.name, entry.kind)), Some(("a.txt", EntryKind::File)));
//! assert_eq!(archive.read(file)?.as_ref(), b"text");
//! assert_eq!(archive.find("lib/b.txt"), None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

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
pub fn revision() -> String {
    format!("{}zstd {}", include_str!("writer.rs"), zstd::zstd_safe::version_number())
}
