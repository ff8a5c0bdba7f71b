//! The committed table: one line for each file, sorted, and below it one for each case that fails, with the reason that
//! somebody has found and written there.
//!
//! ```text
//! test_abc passed=40 failed=1 skipped=2
//!     test.test_abc.TestX.test_y: reason
//! test_curses skipped: No module named '_curses'
//! test_deep trapped: call stack exhausted in test.test_deep.TestX.test_z
//!     the file itself: reason
//! # totals, computed
//! ```

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// Stands where a reason has to be written.
pub const NO_REASON: &str = "no reason given";
/// The case that stands for a file which did not come to its end.
pub const WHOLE_FILE: &str = "the file itself";
const INDENT: &str = "    ";

/// How a file ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It ran; so many cases ended so.
    Ran { passed: usize, failed: usize, skipped: usize, env_changed: bool },
    /// It was skipped as a whole, for this reason.
    Skipped(String),
    /// It did not come to its end: in one of [`BROKEN`] ways, with details.
    Broken { how: &'static str, details: String },
}

/// The ways in which a file does not come to its end.
pub const BROKEN: [&str; 5] = ["exited", "nothing to run", "timeout", "trapped", "uncaught"];

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub ending: Ending,
    /// The cases that fail, and why.
    pub failing: BTreeMap<String, String>,
}

/// All files, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub files: BTreeMap<String, File>,
}

impl Table {
    /// Reads the table; an empty one if there is none yet.
    ///
    /// # Errors
    /// If a line is not as it must be.
    pub fn read(path: &Path) -> Result<Table> {
        if !path.exists() {
            return Ok(Table::default());
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Table::parse(&text).with_context(|| path.display().to_string())
    }

    /// Parses the text of a table.
    ///
    /// # Errors
    /// The first line that is not as it must be.
    pub fn parse(text: &str) -> Result<Table> {
        let mut table = Table::default();
        let mut last = None;
        for (number, line) in text.lines().enumerate() {
            let at = || format!("line {}", number + 1);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(case) = line.strip_prefix(INDENT) {
                let Some((id, reason)) = case.split_once(": ") else {
                    bail!("{}: expected a case, \": \" and a reason, found {line:?}", at());
                };
                let Some(file) = last.as_ref().and_then(|name| table.files.get_mut(name)) else {
                    bail!("{}: expected a file before its failing case, found {line:?}", at());
                };
                if file.failing.insert(id.to_string(), reason.to_string()).is_some() {
                    bail!("{}: expected each case once, found {id} again", at());
                }
                continue;
            }
            let (name, ending) = line.split_once(' ').with_context(|| format!("{}: a file's line", at()))?;
            let ending = parse_ending(ending).with_context(at)?;
            if table.files.insert(name.to_string(), File { ending, failing: BTreeMap::new() }).is_some() {
                bail!("{}: expected each file once, found {name} again", at());
            }
            last = Some(name.to_string());
        }
        Ok(table)
    }

    /// The totals.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for file in self.files.values() {
            match file.ending {
                Ending::Ran { passed, failed, skipped, .. } => {
                    totals.cases_passed += passed;
                    totals.cases_failed += failed;
                    totals.cases_skipped += skipped;
                    match (passed, failed) {
                        (0, 0) => totals.files_skipped += 1,
                        (_, 0) => totals.files_passed += 1,
                        _ => totals.files_failed += 1,
                    }
                }
                Ending::Skipped(_) => totals.files_skipped += 1,
                Ending::Broken { .. } => totals.files_broken += 1,
            }
        }
        totals
    }
}

fn parse_ending(text: &str) -> Result<Ending> {
    if let Some(reason) = text.strip_prefix("skipped: ") {
        return Ok(Ending::Skipped(reason.to_string()));
    }
    for how in BROKEN {
        if let Some(details) = text.strip_prefix(how).and_then(|rest| rest.strip_prefix(": ")) {
            return Ok(Ending::Broken { how, details: details.to_string() });
        }
    }
    let words: Vec<&str> = text.split(' ').collect();
    let count = |index: usize, key: &str| {
        let value = words.get(index).and_then(|word| word.strip_prefix(key)).and_then(|word| word.strip_prefix('='));
        let count: Option<usize> = value.and_then(|value| value.parse().ok());
        count.with_context(|| format!("expected `{key}=` and a number, found {text:?}"))
    };
    let env_changed = match words.get(3..) {
        Some([]) | None => false,
        Some(["env_changed"]) => true,
        Some(_) => bail!("expected the end of the line or env_changed, found {text:?}"),
    };
    Ok(Ending::Ran {
        passed: count(0, "passed")?,
        failed: count(1, "failed")?,
        skipped: count(2, "skipped")?,
        env_changed,
    })
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Ran { passed, failed, skipped, env_changed } => {
                write!(f, "passed={passed} failed={failed} skipped={skipped}")?;
                f.write_str(if *env_changed { " env_changed" } else { "" })
            }
            Ending::Skipped(reason) => write!(f, "skipped: {reason}"),
            Ending::Broken { how, details } => write!(f, "{how}: {details}"),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "# CPython's own tests inside the guest. Written by `cargo run -p regrtest -- --write`; the reasons"
        )?;
        writeln!(f, "# behind cases that fail are written by hand and kept.")?;
        for (name, file) in &self.files {
            writeln!(f, "{name} {}", file.ending)?;
            for (id, reason) in &file.failing {
                writeln!(f, "{INDENT}{id}: {reason}")?;
            }
        }
        for line in self.totals().to_string().lines() {
            writeln!(f, "# {line}")?;
        }
        Ok(())
    }
}

/// The sums over a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub files_passed: usize,
    /// As a whole, or each of their cases.
    pub files_skipped: usize,
    pub files_failed: usize,
    pub files_broken: usize,
    pub cases_passed: usize,
    pub cases_failed: usize,
    pub cases_skipped: usize,
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.files_passed + self.files_skipped + self.files_failed + self.files_broken;
        writeln!(
            f,
            "files: {files}, of these {} pass, {} are skipped whole, {} have failing cases, {} do not reach their end",
            self.files_passed, self.files_skipped, self.files_failed, self.files_broken
        )?;
        write!(f, "cases: {} passed, {} failed, {} skipped", self.cases_passed, self.cases_failed, self.cases_skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
test_abc passed=40 failed=1 skipped=2
    test.test_abc.TestX.test_y: reason: with a colon
test_curses skipped: No module named '_curses'
test_deep trapped: call stack exhausted
    the file itself: it recurses
test_env passed=3 failed=0 skipped=0 env_changed
test_none passed=0 failed=0 skipped=4
";

    #[test]
    fn what_is_written_is_what_was_read() {
        let table = Table::parse(TEXT).expect("valid");
        assert_eq!(table.files.len(), 5);
        assert_eq!(table.files["test_abc"].failing["test.test_abc.TestX.test_y"], "reason: with a colon");
        let text = table.to_string();
        let lines: String =
            text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
        assert_eq!(lines, TEXT);
        assert_eq!(Table::parse(&text).expect("valid"), table);
    }

    #[test]
    fn totals_are_sums() {
        let totals = Table::parse(TEXT).expect("valid").totals();
        let expected = Totals {
            files_passed: 1,
            files_skipped: 2,
            files_failed: 1,
            files_broken: 1,
            cases_passed: 43,
            cases_failed: 1,
            cases_skipped: 6,
        };
        assert_eq!(totals, expected);
    }

    #[test]
    fn a_wrong_line_is_named() {
        for (text, expected) in [
            ("    test.a: why", "line 1: expected a file before"),
            ("test_a passed=1 failed=0 skipped=0\n    test.a", "line 2: expected a case"),
            ("test_a passed=1 failed=0", "line 1: expected `skipped=`"),
            ("test_a passed=x failed=0 skipped=0", "line 1: expected `passed=`"),
            ("test_a passed=1 failed=0 skipped=0 odd", "line 1: expected the end"),
            ("# x\ntest_a exploded: why", "line 2: expected `passed=`"),
            ("test_a skipped: x\ntest_a skipped: x", "line 2: expected each file once"),
            ("test_a skipped: x\n    c: x\n    c: x", "line 3: expected each case once"),
        ] {
            let message = format!("{:#}", Table::parse(text).expect_err(text));
            assert!(message.starts_with(expected), "{text:?}: {message}");
        }
    }
}
