//! Every module of the standard library's index, imported in the guest, against the table `tests/imports/expected.txt`.

mod common;

use std::collections::BTreeMap;

/// Of what a native CPython on Linux can import, so many of a hundred must be there.
const SHARE: usize = 99;

#[test]
fn the_modules_of_the_index_are_imported_as_the_table_says() {
    let table: BTreeMap<&str, (&str, &str)> = include_str!("imports/expected.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut fields = line.split('\t');
            let mut field = || fields.next().unwrap_or_else(|| panic!("three fields in {line:?}"));
            (field(), (field(), field()))
        })
        .collect();
    let names: Vec<&str> = table.keys().copied().collect();
    let run = common::run_with_input(common::python(&["-c", include_str!("imports/import_all.py")]), &names.join("\n"));
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let found: BTreeMap<&str, &str> = run.stdout.lines().filter_map(|line| line.split_once('\t')).collect();
    assert_eq!(found.len(), table.len());
    for (name, (_, expected)) in &table {
        assert_eq!(&found[name], expected, "{name}");
    }

    let native: Vec<_> = table.iter().filter(|(_, (native, _))| *native == "ok").collect();
    let here = native.iter().filter(|(_, (_, here))| *here == "ok").count();
    assert!(native.len() > 250, "{}", native.len());
    assert!(here * 100 >= native.len() * SHARE, "{here} of {}", native.len());
}
