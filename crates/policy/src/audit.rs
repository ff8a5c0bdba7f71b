//! What was asked for and answered, as JSON lines.

use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// A line of an audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Record {
    /// A run begins.
    Run {
        /// The caller's folder.
        current_folder: Option<String>,
        /// The user's home folder.
        home: Option<String>,
    },
    /// A path was asked for.
    Access {
        /// Absolute; what is not UTF-8 in it is replaced.
        path: String,
        /// Whether it was to be changed, made or removed.
        write: bool,
        /// The answer.
        granted: bool,
    },
    /// A variable of the environment that the app does not see.
    Variable {
        /// Its name.
        name: String,
    },
}

/// A file of records, to which runs append.
pub struct Audit {
    file: File,
}

impl Audit {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// The system's.
    pub fn open(path: &Path) -> io::Result<Audit> {
        Ok(Audit { file: OpenOptions::new().append(true).create(true).open(path)? })
    }

    /// Appends a record. One that cannot be written is lost: the run goes on.
    pub fn append(&self, record: &Record) {
        if let Ok(mut line) = serde_json::to_vec(record) {
            line.push(b'\n');
            // In one call, so that lines of two runs do not mix.
            let _ = (&self.file).write_all(&line);
        }
    }
}
