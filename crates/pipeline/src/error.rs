//! The one error of the build side. Each value is a message for the person who builds: what was expected, what was
//! found, what to do, with the file or key.

use std::fmt;
use std::path::Path;

/// A build that cannot go on.
#[derive(Debug)]
pub enum Error {
    /// Something in the project or its settings is not as it must be.
    Project {
        /// The file, and the key where there is one.
        place: String,
        /// What was expected, what was found, what to do.
        message: String,
    },
    /// Library sources that do not compile or may not be bundled; one line each.
    Libraries(Vec<String>),
    /// What was compiled cannot be archived, or an archive of this build is damaged.
    Archive(archive::WriteError),
    /// A tool, a download or a ready-made runtime that is missing or not what it must be.
    Runtime(String),
    /// A step of the recipe failed; with the last lines of its log.
    Step {
        /// What the step was doing.
        step: String,
        /// How it ended.
        how: String,
        /// The end of its output.
        tail: String,
        /// Where all of it is.
        log: String,
    },
    /// The file system refused something.
    Io {
        /// What was being done, to which path.
        doing: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The guest that compiles or checks did not do its work.
    Guest(String),
}

/// The result of a stage.
pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Project { place, message } => write!(f, "{place}: {message}"),
            Error::Libraries(problems) => {
                writeln!(f, "{} in the libraries; nothing was bundled:", count(problems.len(), "problem"))?;
                f.write_str(&problems.join("\n"))
            }
            Error::Archive(error) => write!(f, "{error}; nothing was bundled"),
            Error::Runtime(message) | Error::Guest(message) => f.write_str(message),
            Error::Step { step, how, tail, log } => {
                write!(f, "{step}: {how}; the whole log is {log}, its last lines are:\n{tail}")
            }
            Error::Io { doing, source } => write!(f, "cannot {doing}: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            Error::Archive(error) => Some(error),
            _ => None,
        }
    }
}

impl From<archive::WriteError> for Error {
    fn from(error: archive::WriteError) -> Self {
        Error::Archive(error)
    }
}

impl From<archive::Error> for Error {
    fn from(error: archive::Error) -> Self {
        Error::Archive(error.into())
    }
}

/// For `?` on file operations: says what was being done.
pub(crate) trait Doing<T> {
    fn doing(self, what: &str, path: &Path) -> Result<T>;
}

impl<T> Doing<T> for std::io::Result<T> {
    fn doing(self, what: &str, path: &Path) -> Result<T> {
        self.map_err(|source| Error::Io { doing: format!("{what} {}", path.display()), source })
    }
}

/// "1 module", "2 modules".
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
