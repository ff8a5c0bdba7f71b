//! What a run found, what is not as the table says, and what the table becomes.

use crate::report::{Outcome, Report, State};
use crate::table::{Ending, File, NO_REASON, Table, WHOLE_FILE};
use std::collections::{BTreeMap, BTreeSet};

/// What a run found, as a table without reasons.
pub fn found(reports: &[&Report]) -> Table {
    Table { files: reports.iter().map(|report| (report.name.clone(), file(report))).collect() }
}

fn file(report: &Report) -> File {
    let broken = |how| {
        let details = if report.reason.is_empty() { "no message".to_string() } else { report.reason.clone() };
        Ending::Broken { how, details }
    };
    let ending = match report.state {
        State::Passed | State::Failed | State::EnvChanged => Ending::Ran {
            passed: report.count(Outcome::Passed),
            failed: report.count(Outcome::Failed),
            skipped: report.count(Outcome::Skipped),
            env_changed: report.state == State::EnvChanged,
        },
        State::Skipped => Ending::Skipped(report.reason.clone()),
        State::DidNotRun => broken("nothing to run"),
        State::UncaughtExc => broken("uncaught"),
        State::Trapped => broken("trapped"),
        State::Timeout => broken("timeout"),
        State::Exited => broken("exited"),
    };
    let whole = match ending {
        Ending::Broken { .. } => Some(WHOLE_FILE.to_string()),
        // Its runner says that it failed, but no case did.
        Ending::Ran { failed: 0, .. } if report.state == State::Failed => Some(WHOLE_FILE.to_string()),
        _ => None,
    };
    let cases = report.cases.iter().filter(|case| case.1 == Outcome::Failed).map(|case| case.0.clone());
    let failing = cases.chain(whole).map(|id| (id, NO_REASON.to_string())).collect();
    File { ending, failing }
}

/// Each difference on one line, as expected and found; none if all is as the table says and has its reason. `selected`
/// are the names that were to run.
pub fn differences(table: &Table, reports: &[&Report], selected: &BTreeSet<String>) -> Vec<String> {
    let found = found(reports);
    let mut differences = Vec::new();
    for name in selected {
        match (table.files.get(name), found.files.get(name)) {
            (None, None) => {}
            (None, Some(found)) => {
                differences.push(format!("{name}: expected a line in the table, found none; it has {}", found.ending));
            }
            (Some(_), None) => differences.push(format!("{name}: expected a result, found none")),
            (Some(expected), Some(found)) => compare_file(name, expected, found, &mut differences),
        }
    }
    differences
}

fn compare_file(name: &str, expected: &File, found: &File, differences: &mut Vec<String>) {
    if expected.ending != found.ending {
        differences.push(format!("{name}: expected {}, found {}", expected.ending, found.ending));
    }
    for id in found.failing.keys().filter(|id| !expected.failing.contains_key(*id)) {
        differences.push(format!("{name}: expected {id} to pass, found it failing"));
    }
    for (id, reason) in &expected.failing {
        if !found.failing.contains_key(id) {
            differences.push(format!("{name}: expected {id} to fail ({reason}), found it passing or not run"));
        } else if reason == NO_REASON {
            differences.push(format!("{name}: expected a reason why {id} fails, found {NO_REASON:?}"));
        }
    }
}

/// Puts what was found into the table. Reasons of cases that still fail stay; after a run of the `whole` suite, files
/// that are no more are taken out.
pub fn update(table: &mut Table, reports: &[&Report], whole: bool) {
    let mut found = found(reports).files;
    for (name, file) in &mut found {
        let Some(old) = table.files.get(name) else { continue };
        for (id, reason) in &mut file.failing {
            if let Some(known) = old.failing.get(id) {
                reason.clone_from(known);
            }
        }
    }
    let kept = if whole { BTreeMap::new() } else { std::mem::take(&mut table.files) };
    table.files = kept;
    table.files.extend(found);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Case;

    fn report(name: &str, cases: &[(&str, Outcome)]) -> Report {
        let failed = cases.iter().any(|case| case.1 == Outcome::Failed);
        let state = if failed { State::Failed } else { State::Passed };
        let cases = cases.iter().map(|(id, outcome)| Case(id.to_string(), *outcome, String::new())).collect();
        Report { cases, ..Report::without_cases(name, state, String::new(), 1.0) }
    }

    fn compare(table: &str, reports: &[Report]) -> Vec<String> {
        let reports: Vec<&Report> = reports.iter().collect();
        let mut selected: BTreeSet<String> = reports.iter().map(|report| report.name.clone()).collect();
        selected.insert("test_gone".to_string());
        differences(&Table::parse(table).expect("valid"), &reports, &selected)
    }

    const EXPECTED: &str = "test_a passed=1 failed=1 skipped=0\n    a.y: because";

    #[test]
    fn nothing_differs_when_all_is_as_expected() {
        let reports = [report("test_a", &[("a.x", Outcome::Passed), ("a.y", Outcome::Failed)])];
        assert_eq!(compare(EXPECTED, &reports), [""; 0]);
    }

    #[test]
    fn every_kind_of_difference_is_told() {
        use Outcome::{Failed, Passed, Skipped};
        for (table, cases, expected) in [
            (
                EXPECTED,
                vec![("a.x", Passed), ("a.y", Passed)],
                vec![
                    "test_a: expected passed=1 failed=1 skipped=0, found passed=2 failed=0 skipped=0",
                    "test_a: expected a.y to fail (because), found it passing or not run",
                ],
            ),
            (
                EXPECTED,
                vec![("a.x", Failed), ("a.y", Passed)],
                vec![
                    "test_a: expected a.x to pass, found it failing",
                    "test_a: expected a.y to fail (because), found it passing or not run",
                ],
            ),
            (
                EXPECTED,
                vec![("a.x", Skipped), ("a.y", Failed)],
                vec!["test_a: expected passed=1 failed=1 skipped=0, found passed=0 failed=1 skipped=1"],
            ),
            (
                "test_a passed=0 failed=1 skipped=0\n    a.y: no reason given",
                vec![("a.y", Failed)],
                vec!["test_a: expected a reason why a.y fails, found \"no reason given\""],
            ),
            (
                "",
                vec![("a.x", Passed)],
                vec!["test_a: expected a line in the table, found none; it has passed=1 failed=0 skipped=0"],
            ),
            (
                "test_a passed=1 failed=0 skipped=0\ntest_gone skipped: x",
                vec![("a.x", Passed)],
                vec!["test_gone: expected a result, found none"],
            ),
        ] {
            assert_eq!(compare(table, &[report("test_a", &cases)]), expected, "{table}");
        }
    }

    #[test]
    fn a_file_that_does_not_end_needs_a_reason_too() {
        let report = Report::without_cases("test_a", State::Trapped, "unreachable".to_string(), 1.0);
        let mut table = Table::default();
        update(&mut table, &[&report], true);
        let told = compare(&table.to_string(), &[report]);
        assert_eq!(told, ["test_a: expected a reason why the file itself fails, found \"no reason given\""]);
    }

    #[test]
    fn an_update_keeps_reasons_of_what_still_fails() {
        let mut table = Table::parse(&format!("{EXPECTED}\ntest_b skipped: why")).expect("valid");
        let found = report("test_a", &[("a.x", Outcome::Failed), ("a.y", Outcome::Failed)]);
        update(&mut table, &[&found], false);
        let failing = &table.files["test_a"].failing;
        assert_eq!((failing["a.x"].as_str(), failing["a.y"].as_str()), (NO_REASON, "because"));
        assert!(table.files.contains_key("test_b"), "a run of some files leaves the others");
        update(&mut table, &[&report("test_a", &[("a.y", Outcome::Passed)])], true);
        assert!(table.files["test_a"].failing.is_empty());
        assert!(!table.files.contains_key("test_b"), "a run of all takes out what is no more");
    }
}
