//! What was asked for and answered, as JSON lines.

use serde::{Deserialize, Serialize};
use std::cell::Cell;
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
    /// Nothing more is written down of this run.
    Full,
}

/// A file of records, to which runs append.
pub struct Audit {
    file: File,
    /// How many records may still be written.
    left: Cell<u32>,
}

/// Most records of a run: a guest could fill the disk with them.
const MOST_RECORDS: u32 = 1_000_000;

impl Audit {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// The system's.
    pub fn open(path: &Path) -> io::Result<Audit> {
        Ok(Audit { file: OpenOptions::new().append(true).create(true).open(path)?, left: Cell::new(MOST_RECORDS) })
    }

    /// Appends a record. One that cannot be written is lost: the run goes on.
    pub fn append(&self, record: &Record) {
        let record = match self.left.get() {
            0 => return,
            1 => &Record::Full,
            _ => record,
        };
        self.left.set(self.left.get() - 1);
        if let Ok(mut line) = serde_json::to_vec(record) {
            line.push(b'\n');
            // In one call, so that lines of two runs do not mix.
            let _ = (&self.file).write_all(&line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_cannot_fill_the_disk_with_records() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("audit");
        let audit = Audit { left: Cell::new(3), ..Audit::open(&path).expect("opened") };
        let record = Record::Access { path: "/x".into(), write: false, granted: true };
        for _ in 0..5 {
            audit.append(&record);
        }
        let text = std::fs::read_to_string(&path).expect("read");
        let records: Vec<Record> = text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
        assert_eq!(records, [record.clone(), record, Record::Full]);
    }
}
