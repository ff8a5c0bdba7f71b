//! From an audit to the smallest permissions that would have sufficed.

use crate::audit::Record;
use crate::certificates::is_trusted_by;
use crate::network::AskedOfNetwork;
use crate::permissions::{Arguments, Permissions};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The smallest `read`, `write`, `connect` and `listen` under which everything in an audit would have been granted, with `$CWD` and
/// `~` for the folders of its runs. Lines that are no records are an error.
///
/// # Errors
/// Which line is none.
pub fn least(audit: &str) -> Result<Permissions, String> {
    let (mut current_folder, mut home): (Option<PathBuf>, Option<PathBuf>) = (None, None);
    // What was asked for, under the name that it would be granted by; whether it was to be written.
    let mut asked: BTreeMap<PathBuf, bool> = BTreeMap::new();
    let mut network = AskedOfNetwork::default();
    for (number, line) in audit.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let record = serde_json::from_str(line)
            .map_err(|error| format!("line {}: expected a record of an audit, found: {error}", number + 1))?;
        match record {
            Record::Run { current_folder: folder, home: own } => {
                (current_folder, home) = (folder.map(PathBuf::from), own.map(PathBuf::from));
            }
            Record::Access { path, write, .. } => {
                *asked.entry(shortened(Path::new(&path), current_folder.as_deref(), home.as_deref())).or_default() |=
                    write;
            }
            Record::Full => {}
            record => network.note(record),
        }
    }
    let (connect, listen) = (network.connect(), network.listen());
    // Whoever may connect may read these.
    asked.retain(|path, write| *write || connect.is_empty() || !is_trusted_by(path));
    let names = |wanted: bool| {
        let covered =
            |path: &Path| path.ancestors().skip(1).any(|above| asked.get(above).is_some_and(|write| *write || !wanted));
        let names = asked.iter().filter(|(path, write)| **write == wanted && !covered(path));
        names.map(|(path, _)| path.display().to_string()).collect()
    };
    let (read, write) = (names(false), names(true));
    Ok(Permissions { arguments: Arguments::None, read, write, connect, listen, ..Permissions::default() })
}

/// A path as a place of `read` or `write`: below `$CWD` or `~`, if it lies in these folders.
pub fn shortened(path: &Path, current_folder: Option<&Path>, home: Option<&Path>) -> PathBuf {
    for (word, folder) in [("$CWD", current_folder), ("~", home)] {
        let folder = folder.filter(|folder| *folder != Path::new("/"));
        if let Some(rest) = folder.and_then(|folder| path.strip_prefix(folder).ok()) {
            // A path joined with nothing would end in a slash.
            return if rest.as_os_str().is_empty() { word.into() } else { Path::new(word).join(rest) };
        }
    }
    path.to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below_what_is_granted_needs_no_grant() {
        let line = |path: &str, write: bool, granted: bool| {
            serde_json::to_string(&Record::Access { path: path.into(), write, granted }).expect("JSON") + "\n"
        };
        let run = Record::Run { current_folder: Some("/w/p".into()), home: Some("/home/u".into()) };
        let mut audit = serde_json::to_string(&run).expect("JSON") + "\n";
        for (path, write, granted) in [
            ("/w/p/in.csv", false, true),
            ("/w/p/src", false, true),
            ("/w/p/src/a", false, true),
            ("/w/p/src/b", true, false),
            ("/home/u/.config/t/x.toml", false, false),
            ("/etc/hosts", false, false),
            ("/w/p/out", true, false),
            ("/w/p/out/x", true, false),
            ("/w/p/out/y", false, false),
        ] {
            audit += &line(path, write, granted);
        }
        let least = least(&audit).expect("read");
        assert_eq!(least.read, ["/etc/hosts", "$CWD/in.csv", "$CWD/src", "~/.config/t/x.toml"]);
        assert_eq!(least.write, ["$CWD/out", "$CWD/src/b"]);
    }

    #[test]
    fn whoever_may_connect_reads_certificates_without_a_grant() {
        let line = |record: Record| serde_json::to_string(&record).expect("JSON") + "\n";
        let read = |path: &str| line(Record::Access { path: path.into(), write: false, granted: false });
        let files =
            read("/etc/ssl/certs/ca-certificates.crt") + &read("/etc/ssl/certs/002c0b4f.0") + &read("/etc/hosts");
        let found = least(&files).expect("read");
        assert_eq!((found.read.len(), found.connect.len()), (3, 0));
        let connect = Record::Connect { address: "1.1.1.1:443".into(), names: vec!["a.example".into()], granted: true };
        let listen = Record::Listen { address: "127.0.0.1:0".into(), granted: false };
        let found = least(&(files + &line(connect) + &line(listen))).expect("read");
        assert_eq!((found.read, found.connect), (vec!["/etc/hosts".to_string()], vec!["a.example:443".to_string()]));
        assert_eq!(found.listen, ["127.0.0.1:0"]);
    }

    #[test]
    fn a_line_that_is_no_record_is_named() {
        let error = least("\n{\"kind\": \"run\"}\nnot json\n").expect_err("no record");
        assert!(error.starts_with("line 3:"), "{error}");
    }
}
