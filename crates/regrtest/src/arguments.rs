//! The command line.

use std::path::PathBuf;
use std::time::Duration;

/// What `--help` says.
pub const USAGE: &str = "\
usage: regrtest [OPTIONS] [--subset | NAMES...]

Runs files of CPython's own tests inside the guest and compares with tests/regrtest/expected.txt.
Without names all files; a name of a folder that is split (test_asyncio) means all in it.
With --disk their files are in a granted folder of the host; compares with tests/regrtest/expected-disk.txt,
without names the files that it lists.

  --jobs N           how many at once (default: one for each core)
  --timeout SECONDS  what one file may take before it is ended (default: 600)
  --disk             in a granted folder of the host instead of the in-memory file system
  --patience MICROSECONDS  after how long a thread asks for its turn: few make threads change much more often
  --results FILE     where results are kept as they come (default: in the cache)
  --fresh            forget the results of an earlier, interrupted run
  --cases            name the cases that failed or were skipped, and why
  --subset           the files that tests/regrtest/subset.txt names
  --write            write the table anew, keeping the reasons of cases that still fail
  --one NAME         run one file in this process; its report goes to stdout, what it says to stderr
  --suite FOLDER     with --one: what an earlier run has provided; else it is looked up

Exit status: 0 all as expected, 1 differences, 2 wrong usage, 125 cannot run.";

/// The exit status when nothing could be run.
pub const CANNOT_RUN: u8 = 125;

/// Which files are to run.
#[derive(Debug, PartialEq, Eq)]
pub enum Selection {
    /// All that there are.
    All,
    /// Those that `subset.txt` names.
    Subset,
    /// These, whether or not results are there already.
    Names(Vec<String>),
}

/// The parsed command line.
#[derive(Debug)]
pub struct Arguments {
    pub selection: Selection,
    pub jobs: usize,
    pub timeout: Duration,
    pub disk: bool,
    pub patience: Option<u64>,
    pub results: Option<PathBuf>,
    pub fresh: bool,
    pub cases: bool,
    pub write: bool,
    pub one: Option<String>,
    pub suite: Option<PathBuf>,
}

impl Arguments {
    /// Parses; `None` if help was asked for.
    ///
    /// # Errors
    /// One line that says what is wrong.
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
        let mut parsed = Arguments {
            selection: Selection::All,
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            timeout: Duration::from_secs(600),
            disk: false,
            patience: None,
            results: None,
            fresh: false,
            cases: false,
            write: false,
            one: None,
            suite: None,
        };
        let mut names = Vec::new();
        let mut subset = false;
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value =
                || arguments.next().ok_or_else(|| format!("{argument}: expected a value behind it, found none"));
            match argument.as_str() {
                "--help" | "-h" => return Ok(None),
                "--jobs" => parsed.jobs = number(&argument, &value()?)? as usize,
                "--timeout" => parsed.timeout = Duration::from_secs(number(&argument, &value()?)?),
                "--disk" => parsed.disk = true,
                "--patience" => parsed.patience = Some(number(&argument, &value()?)?),
                "--results" => parsed.results = Some(value()?.into()),
                "--fresh" => parsed.fresh = true,
                "--cases" => parsed.cases = true,
                "--subset" => subset = true,
                "--write" => parsed.write = true,
                "--one" => parsed.one = Some(value()?),
                "--suite" => parsed.suite = Some(value()?.into()),
                option if option.starts_with('-') => return Err(format!("expected an option, found {option}")),
                name => names.push(name.to_string()),
            }
        }
        parsed.selection = match (subset, names.is_empty()) {
            (true, false) => return Err("expected --subset or names, found both".to_string()),
            (true, true) => Selection::Subset,
            (false, true) => Selection::All,
            (false, false) => Selection::Names(names),
        };
        Ok(Some(parsed))
    }
}

fn number(option: &str, value: &str) -> Result<u64, String> {
    match value.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("{option}: expected a number above 0, found {value:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Option<Arguments>, String> {
        Arguments::parse(line.split_whitespace().map(str::to_string))
    }

    #[test]
    fn options_and_names_are_told_apart() {
        let parsed = parse("--jobs 3 test_os --disk test_re").expect("valid").expect("no help");
        assert_eq!((parsed.jobs, parsed.disk, parsed.fresh), (3, true, false));
        assert_eq!(parsed.selection, Selection::Names(vec!["test_os".to_string(), "test_re".to_string()]));
        assert_eq!(parse("").expect("valid").expect("no help").selection, Selection::All);
        assert!(parse("--subset -h").expect("valid").is_none());
    }

    #[test]
    fn wrong_usage_is_named() {
        for (line, expected) in [
            ("--jobs", "expected a value"),
            ("--jobs 0", "found \"0\""),
            ("--timeout soon", "found \"soon\""),
            ("--verbose", "found --verbose"),
            ("--subset test_os", "found both"),
        ] {
            let message = parse(line).expect_err(line);
            assert!(message.contains(expected), "{line}: {message}");
        }
    }
}
