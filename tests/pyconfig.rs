//! What configure answered, against a native CPython (`tests/pyconfig/native.txt`): `wasm/pyconfig.md` has every difference.

mod common;

use std::collections::BTreeSet;

#[test]
fn every_difference_of_pyconfig_h_is_accounted_for() {
    let native = include_str!("pyconfig/native.txt");
    let names: String =
        native.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| format!("{name}\n")).collect();
    let run = common::run_with_input(common::python(&["-c", include_str!("pyconfig/ours.py")]), &names);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(run.stdout.lines().count(), native.lines().count());
    let different = native.lines().zip(run.stdout.lines()).filter(|(native, ours)| native != ours);
    let different: BTreeSet<&str> = different.filter_map(|(native, _)| native.split('=').next()).collect();
    let table = include_str!("../wasm/pyconfig.md").lines().filter(|line| line.starts_with("| "));
    let accounted = table.filter_map(|row| row.trim_end_matches('|').rsplit_once('|'));
    let accounted: BTreeSet<&str> = accounted.flat_map(|(_, names)| names.split('`').skip(1).step_by(2)).collect();
    assert_eq!(different, accounted);
}
