//! The demo, as a user sees it.

mod common;

use common::{app, run, run_with_input};

const EXPECTED: &str = include_str!("demo.expected.txt");

#[test]
fn the_demo_prints_what_it_must() {
    let run = run(app());
    assert_eq!(run.stdout, EXPECTED);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
}

#[test]
fn arguments_belong_to_the_app() {
    for arguments in [vec!["-c", "print(1)"], vec!["--help"], vec!["-V"], vec!["info"]] {
        let mut command = app();
        command.args(&arguments);
        assert_eq!(run(command).stdout, EXPECTED, "{arguments:?}");
    }
}

#[test]
fn pythons_variables_do_not_reach_an_app() {
    let mut command = app();
    command.env("PYTHONHOME", "/nowhere").env("PYTHONPATH", "/nowhere").env("PYTHONVERBOSE", "1");
    command.env("PYTHONSTARTUP", "/nowhere").env("PYTHONINSPECT", "1");
    let run = run_with_input(command, "print('inspected')\n");
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (EXPECTED, ""));
}
