//! The POSIX layer as a program sees it.

mod common;

#[test]
fn the_posix_layer_does_what_posix_says() {
    let run = common::run_with_input(common::python(&["-"]), include_str!("posix.py"));
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "done\n", ""));
}
