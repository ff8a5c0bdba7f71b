//! The form of the file, version 1. All integers are little-endian.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 8 | magic: [`MAGIC`] |
//! | 8 | 8 | version: [`VERSION`] |
//! | 16 | 8 | the identity of the archive that was made from these sources |
//! | 24 | 8 | length of the sources once expanded, bytes |
//! | 32 | 8 | XXH3-64 of the frame |
//! | 40 | 8 | XXH3-64 of the 40 bytes before |
//! | 48 | | the sources as one zstd frame, to the end of the file |
//!
//! Expanded, each source is: the length of its path and the length of its text, 4 bytes each; the path as tracebacks have it;
//! the text. Paths are strictly rising; both are UTF-8.

use std::fmt;

/// First bytes of every such file.
pub const MAGIC: [u8; 8] = *b"\x89PYSYM\r\n";
/// The version that this crate writes, and the only one that it reads.
pub const VERSION: u64 = 1;
/// Length of what stands before the frame, bytes.
pub const HEADER_LEN: usize = 48;
/// How many of the header's bytes its checksum covers.
pub(crate) const HEADER_CHECKED: usize = 40;
/// The longest that sources may be once expanded, and a file at all, bytes.
pub const LONGEST: u64 = 1 << 30;
/// The ending of the file's name, behind that of the executable.
pub const ENDING: &str = ".pysym";

/// Why a file with source lines cannot be used, in one line.
#[derive(Debug)]
pub enum Error {
    /// It is none, or it is damaged: what was expected, and what was found.
    Form(String),
    /// It is of another build.
    Other,
    /// It cannot be read.
    Io(std::io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Form(what) => f.write_str(what),
            Error::Other => f.write_str(
                "expected the source lines of the build that made this executable, found those of another; name the \
                 file that was written with it",
            ),
            Error::Io(error) => write!(f, "expected a file with source lines, found: {error}; name one"),
        }
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Error::Io(error)
    }
}
