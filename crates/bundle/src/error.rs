//! Why a bundle cannot be used.

use crate::part::Part;
use memory_image::REMEDY;
use std::fmt;

/// The result of reading a bundle.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a bundle cannot be used: one line with what was expected and what was found.
#[derive(Debug)]
pub enum Error {
    /// A file of it is not there.
    Missing {
        /// The file.
        file: String,
        /// What the system said, or that it was built without.
        reason: String,
    },
    /// The index is not what a build writes.
    Index(serde_json::Error),
    /// A part is not as the index says.
    Part {
        /// Which.
        part: Part,
        /// What was expected, and what was found.
        what: String,
    },
    /// The archive is damaged.
    Archive(archive::Error),
    /// A memory image is damaged, or does not belong to the other parts.
    Image(memory_image::ImageError),
    /// The machine code is damaged or of another version of wasmtime.
    Code(String),
    /// The in-memory file system has no room even for itself.
    Files(vfs::Errno),
}

impl Error {
    pub(crate) fn part(part: Part, what: impl Into<String>) -> Error {
        Error::Part { part, what: what.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Missing { file, reason } => write!(f, "{file}: expected it in the bundle, found: {reason}"),
            Error::Index(error) => write!(f, "{}: expected the index of the bundle, found: {error}", crate::INDEX),
            Error::Part { part, what } => write!(f, "{}: {what}; {REMEDY}", part.title()),
            Error::Archive(error) => write!(f, "the archive of the bundle: {error}"),
            Error::Image(error) => error.fmt(f),
            Error::Code(error) => write!(f, "the machine code of the bundle: {error}; {REMEDY}"),
            Error::Files(errno) => write!(f, "the in-memory file system: {errno}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<archive::Error> for Error {
    fn from(error: archive::Error) -> Self {
        Error::Archive(error)
    }
}

impl From<memory_image::ImageError> for Error {
    fn from(error: memory_image::ImageError) -> Self {
        Error::Image(error)
    }
}
