//! The reports of a run, in a file of JSON lines that grows as they come: a run that is interrupted goes on from there.
//! The first line says what the results depend on; those of anything else are not taken.

use crate::report::Report;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The reports so far, by name.
pub struct Results {
    reports: BTreeMap<String, Report>,
    file: File,
    path: PathBuf,
}

impl Results {
    /// Opens the file, and takes over what is in it if it belongs to `key` and `fresh` does not say otherwise.
    ///
    /// # Errors
    /// If it cannot be read or written.
    pub fn open(path: &Path, key: &str, fresh: bool) -> Result<Results> {
        let fail = || format!("cannot open the results {}", path.display());
        let mut reports = BTreeMap::new();
        let text = if fresh || !path.exists() { String::new() } else { fs::read_to_string(path).with_context(fail)? };
        let mut lines = text.lines();
        let goes_on = lines.next() == Some(head(key).as_str());
        if goes_on {
            // An interruption may have cut the last line short.
            for report in lines.filter_map(|line| serde_json::from_str::<Report>(line).ok()) {
                reports.insert(report.name.clone(), report);
            }
        }
        // Written anew, so that no half line is left to write behind.
        let mut file = OpenOptions::new().create(true).write(true).truncate(true).open(path).with_context(fail)?;
        let mut text = format!("{}\n", head(key));
        for report in reports.values() {
            text.push_str(&format!("{}\n", serde_json::to_string(report)?));
        }
        file.write_all(text.as_bytes()).with_context(fail)?;
        Ok(Results { reports, file, path: path.to_path_buf() })
    }

    /// Whether there is a report of that file.
    pub fn has(&self, name: &str) -> bool {
        self.reports.contains_key(name)
    }

    /// The report of that file.
    pub fn get(&self, name: &str) -> Option<&Report> {
        self.reports.get(name)
    }

    /// Takes a report, in place of an earlier one of that file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&mut self, report: Report) -> Result<()> {
        let line = format!("{}\n", serde_json::to_string(&report)?);
        let written = self.file.write_all(line.as_bytes());
        written.with_context(|| format!("cannot write to the results {}", self.path.display()))?;
        self.reports.insert(report.name.clone(), report);
        Ok(())
    }
}

fn head(key: &str) -> String {
    format!("{{\"suite\": \"{key}\"}}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::State;

    fn report(name: &str, seconds: f64) -> Report {
        Report::without_cases(name, State::Skipped, "why".to_string(), seconds)
    }

    #[test]
    fn a_run_goes_on_where_it_was_cut_off() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("results");
        let mut results = Results::open(&path, "k", false).expect("opened");
        for report in [report("test_a", 1.0), report("test_b", 2.0), report("test_a", 3.0)] {
            results.add(report).expect("written");
        }
        let mut text = fs::read_to_string(&path).expect("read");
        text.push_str("{\"name\": \"test_c\", \"sta");
        fs::write(&path, text).expect("written");

        let mut results = Results::open(&path, "k", false).expect("opened");
        results.add(report("test_d", 4.0)).expect("written");
        let results = Results::open(&path, "k", false).expect("opened");
        assert_eq!(results.get("test_a").expect("kept").seconds, 3.0);
        assert!(results.has("test_b") && !results.has("test_c") && results.has("test_d"));
    }

    #[test]
    fn results_of_another_suite_do_not_count() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("results");
        for (key, fresh, kept) in [("k", false, true), ("l", false, false), ("k", true, false)] {
            let mut results = Results::open(&path, "k", true).expect("opened");
            results.add(report("test_a", 1.0)).expect("written");
            assert_eq!(Results::open(&path, key, fresh).expect("opened").has("test_a"), kept, "{key} {fresh}");
        }
    }
}
