//! What can be wrong with an archive, and with what one asks a writer to put into it.

use std::fmt;

/// Why bytes are not a readable archive. Each message says what was expected, what was found, and what that means.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The bytes do not begin with the magic.
    Magic {
        /// The first bytes found, up to eight.
        got: Vec<u8>,
    },
    /// A format version that this reader does not know.
    Version {
        /// The version found.
        got: u32,
    },
    /// The bytes end too early or go on too long.
    Length {
        /// Bytes that the header calls for (or that a header takes).
        expected: u64,
        /// Bytes found.
        got: u64,
    },
    /// A checksum does not match.
    Checksum {
        /// "header", "index", or the path of a file.
        what: String,
        /// The checksum written down.
        expected: u64,
        /// The checksum of the bytes found.
        got: u64,
    },
    /// The index contradicts itself or the format's rules.
    Index {
        /// Number of the record at fault.
        record: u32,
        /// The rule it breaks.
        rule: &'static str,
    },
    /// A compressed file does not expand to what its record says.
    Expand {
        /// Path of the file.
        path: String,
        /// What the decompressor said, or expected and found lengths.
        reason: String,
    },
    /// The shared dictionary cannot be used.
    Dictionary,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use crate::format::{MAGIC, VERSION};
        match self {
            Error::Magic { got } => {
                write!(
                    f,
                    "not a pyapp archive: expected magic {MAGIC:02x?}, found {got:02x?}; if it was one, copy it again"
                )
            }
            Error::Version { got } => {
                write!(f, "archive format version: expected {VERSION}, found {got}; rebuild with this version of pyapp")
            }
            Error::Length { expected, got } => write!(
                f,
                "archive length: expected {expected} bytes, found {got}; the file was cut short or extended, copy it again"
            ),
            Error::Checksum { what, expected, got } => write!(
                f,
                "archive checksum of {what}: expected {expected:016x}, found {got:016x}; the file is damaged, copy it again"
            ),
            Error::Index { record, rule } => {
                write!(f, "archive index, record {record}: expected {rule}; the file is damaged, copy it again")
            }
            Error::Expand { path, reason } => {
                write!(f, "archive contents of {path}: {reason}; the file is damaged, copy it again")
            }
            Error::Dictionary => {
                write!(f, "archive dictionary: zstd does not take it; the file is damaged, copy it again")
            }
        }
    }
}

impl std::error::Error for Error {}

/// Why something cannot be put into an archive.
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteError {
    /// The path is empty, absolute, has an empty, `.` or `..` component, a NUL, a name over 255 bytes, or more than 256 names.
    Path(String),
    /// Something is already at that path.
    Duplicate(String),
    /// A component of the path is a file.
    NotADirectory(String),
    /// The file is larger than the format allows.
    TooLarge {
        /// Path of the file.
        path: String,
        /// Its size, bytes.
        len: u64,
        /// The largest that the format allows, bytes.
        limit: u64,
    },
    /// More entries than the format allows.
    TooMany,
    /// An entry to be copied was compressed with another dictionary.
    OtherDictionary,
    /// The archive to copy from is damaged.
    Source(Error),
    /// zstd failed.
    Compress(std::io::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Path(path) => write!(
                f,
                "archive path {path:?}: expected up to 256 names of 1 to 255 bytes separated by single slashes, without '.', '..' or NUL"
            ),
            WriteError::Duplicate(path) => write!(f, "archive path {path:?}: expected it once, found it twice"),
            WriteError::NotADirectory(path) => {
                write!(f, "archive path {path:?}: expected a directory above it, found a file")
            }
            WriteError::TooLarge { path, len, limit } => {
                write!(
                    f,
                    "archive path {path:?}: expected at most {limit} bytes, found {len}; leave it out of the bundle"
                )
            }
            WriteError::TooMany => write!(f, "archive: expected at most {} entries", crate::format::MAX_RECORDS),
            WriteError::OtherDictionary => write!(f, "archive: entries to copy must share the writer's dictionary"),
            WriteError::Source(error) => write!(f, "archive to copy from: {error}"),
            WriteError::Compress(error) => write!(f, "archive: zstd could not compress: {error}"),
        }
    }
}

impl std::error::Error for WriteError {}

impl From<Error> for WriteError {
    fn from(error: Error) -> Self {
        WriteError::Source(error)
    }
}
