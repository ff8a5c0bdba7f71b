//! Runs CPython's own test suite inside the guest and compares the results with a committed table: over the in-memory file
//! system with `tests/regrtest/expected.txt`, in a granted folder of the host with `tests/regrtest/expected-disk.txt`.
//!
//!     cargo run -p regrtest -- [OPTIONS] [--subset | NAMES...]
//!
//! A tool for working on pyapp; see `arguments.rs` for its options. Each file of tests runs in a process of its own:
//! this program again, with `--one NAME`. A run that is interrupted goes on where it stopped.
//!
//! | file | does |
//! |---|---|
//! | `arguments.rs` | the command line |
//! | `suite.rs` | what a run needs: interpreter, machine code, library with tests |
//! | `library.rs` | the archive with the standard library and the tests |
//! | `names.rs` | which files of tests there are |
//! | `driver.py`, `driver.rs` | inside the guest: regrtest, with a result class that notes each case; how it is called |
//! | `one.rs` | runs one file in this process |
//! | `disk.rs` | what is different if its files are on a disk |
//! | `report.rs` | how one file ended |
//! | `pool.rs` | runs many files, each in a process of its own, within a time limit |
//! | `results.rs` | the reports of a run, kept in a file as they come |
//! | `table.rs` | the committed table |
//! | `compare.rs` | what is not as the table says, and what it becomes |

#![forbid(unsafe_code)]

mod arguments;
mod compare;
mod disk;
mod driver;
mod library;
mod names;
mod one;
mod pool;
mod report;
mod results;
mod suite;
mod table;

use anyhow::{Context, Result};
use arguments::{Arguments, CANNOT_RUN, Selection};
use report::Report;
use results::Results;
use std::collections::BTreeSet;
use std::process::ExitCode;
use suite::Suite;
use table::Table;

/// The committed tables, and the files that `--subset` runs, relative to pyapp's own folder.
const EXPECTED: &str = "tests/regrtest/expected.txt";
const EXPECTED_ON_DISK: &str = "tests/regrtest/expected-disk.txt";
const SUBSET: &str = "tests/regrtest/subset.txt";

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{}", arguments::USAGE);
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("regrtest: {message}\n\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("regrtest: {error:#}");
            ExitCode::from(CANNOT_RUN)
        }
    }
}

/// Whether everything was as expected.
fn run(arguments: &Arguments) -> Result<bool> {
    let suite = match &arguments.suite {
        Some(folder) => Suite::open(folder),
        None => Suite::provide()?,
    };
    if let Some(name) = &arguments.one {
        return one::run(&suite, name, arguments.disk, arguments.patience).map(|()| true);
    }
    let expected = if arguments.disk { EXPECTED_ON_DISK } else { EXPECTED };
    let selected = select(&suite, arguments)?;
    let place = arguments.results.clone().unwrap_or_else(|| suite.results(arguments.disk));
    // Who names a file wants it to run, whatever is known about it.
    let again = matches!(arguments.selection, Selection::Names(_));
    let mut results = Results::open(&place, &suite.key, arguments.fresh)?;
    let missing: Vec<String> = selected.iter().filter(|name| again || !results.has(name)).cloned().collect();
    eprintln!("{} files to run, {} known; results: {}", missing.len(), selected.len() - missing.len(), place.display());
    pool::run(&suite, arguments, &missing, |report| results.add(report))?;

    let reports: Vec<&Report> = selected.iter().filter_map(|name| results.get(name)).collect();
    conclude(arguments, expected, &reports, &selected)
}

/// Prints the totals and what differs from the table; with `--write` the table is written anew.
fn conclude(arguments: &Arguments, expected: &str, reports: &[&Report], selected: &BTreeSet<String>) -> Result<bool> {
    let path = suite::source().join(expected);
    let mut table = Table::read(&path)?;
    if arguments.write {
        let whole = matches!(arguments.selection, Selection::All);
        compare::update(&mut table, reports, whole);
        aside::write(&path, &[table.to_string().as_bytes()])?;
    }
    let differences = compare::differences(&table, reports, selected);
    for difference in &differences {
        println!("{difference}");
    }
    println!("{}", compare::found(reports).totals());
    if !differences.is_empty() {
        println!(
            "{} differences from {expected}; correct what is wrong, or run with --write and give the reasons there",
            differences.len(),
        );
    }
    Ok(differences.is_empty())
}

/// The names of the files that are to run.
fn select(suite: &Suite, arguments: &Arguments) -> Result<BTreeSet<String>> {
    let all = names::all(&suite.archive()?)?;
    match &arguments.selection {
        Selection::All if arguments.disk => {
            let table = Table::read(&suite::source().join(EXPECTED_ON_DISK))?;
            names::pick(&all, &table.files.into_keys().collect::<Vec<_>>()).context(EXPECTED_ON_DISK)
        }
        Selection::All => Ok(all),
        Selection::Names(names) => names::pick(&all, names),
        Selection::Subset => {
            let path = suite::source().join(SUBSET);
            let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            names::pick(&all, &lines.map(str::to_string).collect::<Vec<_>>()).context(SUBSET)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use table::{Ending, File};

    /// Who changes a line by hand does not forget the sums.
    #[test]
    fn the_tables_are_as_they_would_be_written() {
        for path in [EXPECTED, EXPECTED_ON_DISK] {
            let path = suite::source().join(path);
            let text = std::fs::read_to_string(&path).expect("there");
            let written = Table::parse(&text).expect("valid").to_string();
            // The whole would be much to print.
            let differing = text.lines().zip(written.lines()).find(|(line, other)| line != other);
            assert!(text == written, "{}: {differing:?}", path.display());
        }
    }

    #[test]
    fn in_a_folder_of_the_host_no_fewer_cases_pass_than_in_memory() {
        let read = |path: &str| Table::read(&suite::source().join(path)).expect("valid").files;
        let passed = |file: &File| match file.ending {
            Ending::Ran { passed, .. } => passed,
            Ending::Skipped(_) | Ending::Broken { .. } => 0,
        };
        let (memory, disk) = (read(EXPECTED), read(EXPECTED_ON_DISK));
        assert_eq!(disk.len(), 19);
        for (name, file) in disk {
            assert!(passed(&file) >= passed(&memory[&name]), "{name}");
        }
    }
}
