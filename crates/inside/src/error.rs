//! Why what is inside cannot be told.

use std::fmt;

/// The result of looking inside.
pub type Result<T> = std::result::Result<T, Error>;

/// Why what is inside cannot be told, in one line.
#[derive(Debug)]
pub enum Error {
    /// A file of the archive is damaged.
    Archive(archive::Error),
    /// A file is not what it should be.
    File {
        /// Its path.
        path: String,
        /// What was expected, and what was found.
        what: String,
    },
    /// What was told could not be written, or what was to be read could not be.
    Io(std::io::Error),
}

impl Error {
    pub(crate) fn file(path: impl Into<String>, what: impl Into<String>) -> Error {
        Error::File { path: path.into(), what: what.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Archive(error) => error.fmt(f),
            Error::File { path, what } => write!(f, "{path}: {what}"),
            Error::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Archive(error) => Some(error),
            Error::File { .. } => None,
            Error::Io(error) => Some(error),
        }
    }
}

impl From<archive::Error> for Error {
    fn from(error: archive::Error) -> Self {
        Error::Archive(error)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Error::Io(error)
    }
}
