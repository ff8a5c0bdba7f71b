//! What was asked for and answered, as JSON lines.

use crate::places::is_kernels;
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    /// A name was to be looked up, or the name of an address.
    Lookup {
        /// The name, or the address.
        name: String,
        /// The answer.
        granted: bool,
        /// Where it leads, if it leads only where a name alone does not.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        refused: Vec<String>,
    },
    /// Something was to go to an address: a connection, or the first of many datagrams.
    Connect {
        /// The address, with its port.
        address: String,
        /// The names that have led there in this run.
        names: Vec<String>,
        /// The answer.
        granted: bool,
    },
    /// A socket was to be bound.
    Bind {
        /// The address of the machine, with its port; 0 for one that the system chooses.
        address: String,
        /// The answer.
        granted: bool,
    },
    /// A socket was to listen.
    Listen {
        /// The address that it is bound to, with its port.
        address: String,
        /// The answer.
        granted: bool,
    },
    /// A connection has come.
    Accept {
        /// Where it comes from.
        address: String,
    },
    /// Nothing more is written down of this run.
    Full,
}

/// A file of records, to which runs append.
pub struct Audit {
    file: File,
    /// How many bytes may still be written.
    left: AtomicUsize,
}

/// Most bytes of the records of a run, some two million of them: a guest could fill the disk.
const MOST_BYTES: usize = 256 << 20;

impl Audit {
    /// Opens the file, or makes it. A link in its place is not followed: the app may have made it in an earlier run, to have its
    /// records written where it cannot write itself. (In /dev it has not: /dev/stderr is a link. Links above the file are: who
    /// names a file in a folder that the app may write trusts the app.)
    ///
    /// # Errors
    /// The system's.
    pub fn open(path: &Path) -> io::Result<Audit> {
        let mut how = OpenOptions::new();
        how.append(true).create(true);
        if !is_kernels(path) {
            how.custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
        }
        Ok(Audit { file: how.open(path)?, left: AtomicUsize::new(MOST_BYTES) })
    }

    /// Appends a record. One that cannot be written is lost: the run goes on.
    pub fn append(&self, record: &Record) {
        // Whoever runs guest code asks: never two at once.
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return;
        }
        let line = line_of(record);
        let left = left.saturating_sub(line.len());
        self.left.store(left, Ordering::Relaxed);
        // In one call, so that lines of two runs do not mix.
        let _ = (&self.file).write_all(&if left == 0 { line_of(&Record::Full) } else { line });
    }
}

fn line_of(record: &Record) -> Vec<u8> {
    // Of a record nothing can fail to be written down.
    let mut line = serde_json::to_vec(record).unwrap_or_default();
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        std::os::unix::fs::symlink(&target, &link).expect("linked");
        assert!(Audit::open(&link).is_err() && !target.exists());
    }

    #[test]
    fn a_guest_cannot_fill_the_disk_with_records() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("audit");
        let record = Record::Access { path: "/x".into(), write: false, granted: true };
        let audit = Audit { left: AtomicUsize::new(3 * line_of(&record).len()), ..Audit::open(&path).expect("opened") };
        for _ in 0..5 {
            audit.append(&record);
        }
        let text = std::fs::read_to_string(&path).expect("read");
        let records: Vec<Record> = text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
        assert_eq!(records, [record.clone(), record, Record::Full]);
    }

    #[test]
    fn records_of_the_network_are_lines_of_json() {
        for (record, expected) in [
            (
                Record::Lookup { name: "a.b".into(), granted: true, refused: Vec::new() },
                r#"{"kind":"lookup","name":"a.b","granted":true}"#,
            ),
            (
                Record::Lookup { name: "a.b".into(), granted: false, refused: vec!["10.0.0.5".into()] },
                r#"{"kind":"lookup","name":"a.b","granted":false,"refused":["10.0.0.5"]}"#,
            ),
            (
                Record::Connect { address: "1.1.1.1:443".into(), names: vec!["a.b".into()], granted: true },
                r#"{"kind":"connect","address":"1.1.1.1:443","names":["a.b"],"granted":true}"#,
            ),
            (
                Record::Bind { address: "127.0.0.1:80".into(), granted: false },
                r#"{"kind":"bind","address":"127.0.0.1:80","granted":false}"#,
            ),
            (
                Record::Listen { address: "[::1]:80".into(), granted: true },
                r#"{"kind":"listen","address":"[::1]:80","granted":true}"#,
            ),
            (Record::Accept { address: "127.0.0.1:5".into() }, r#"{"kind":"accept","address":"127.0.0.1:5"}"#),
        ] {
            assert_eq!(line_of(&record), format!("{expected}\n").into_bytes());
            assert_eq!(serde_json::from_str::<Record>(expected).expect("a record"), record);
        }
    }
}
