//! Deep recursion ends as it does natively: `tests/deep/expected.txt` is what CPython 3.13 on Linux prints.

mod common;

#[test]
fn deep_recursion_ends_as_it_does_natively() {
    let run = common::run_with_input(common::python(&["-"]), include_str!("deep/deep.py"));
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(run.stdout, include_str!("deep/expected.txt"));
}
