//! The demo, as a user sees it.

mod common;

use common::{app, dedent, run, run_with_input};

const EXPECTED: &str = include_str!("demo/expected.txt");

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

#[test]
fn timing_says_where_the_time_goes() {
    let mut command = app();
    command.env("PYAPP_TIMING", "1");
    let run = run(command);
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), EXPECTED));
    let stages: Vec<&str> =
        run.stderr.trim_end().split(", ").map(|stage| stage.rsplit_once(' ').expect("a number").0).collect();
    let expected = ["pyapp: index", "engine", "code", "files", "linker", "instantiate", "resume", "app", "exit"];
    assert_eq!(stages[..9], expected, "{}", run.stderr);
    assert!(stages[9].starts_with("total "), "{}", run.stderr);
}

#[test]
fn what_a_run_loads_by_itself_is_told_with_the_timing() {
    let mut command = app();
    command.env("PYAPP_TIMING", "1").env("PYAPP_INTERPRETER", "1").args(["-c", "import mylib.math_utils, json"]);
    let said = run(command).stderr;
    let loaded = said.lines().nth(1).expect("two lines");
    assert!(loaded.starts_with("pyapp: modules loaded in this run: "), "{said}");
    for module in ["mylib", "mylib.math_utils", "json", "json.decoder"] {
        assert!(loaded.replace(',', "").split(' ').any(|word| word == module), "{module}: {said}");
    }
}

#[test]
fn two_runs_at_once_share_nothing() {
    // Both map the same image; each writes to many of its pages, then they look again, in turns.
    let code = dedent(
        r#"
        import sys
        who = sys.stdin.readline().strip()
        for module in list(sys.modules.values()): module.mark = who
        print('marked', flush=True)
        sys.stdin.readline()
        print({module.mark for module in list(sys.modules.values())} == {who}, flush=True)
        "#,
    );
    common::two_at_once(|| common::python(&["-c", code]));
    let code = dedent(
        r#"
        import sys
        print(any(hasattr(module, 'mark') for module in list(sys.modules.values())))
        "#,
    );
    assert_eq!(common::prints(code), "False\n", "a later run sees what an earlier one wrote");
}

/// The library is a distribution, though nobody has installed it.
#[test]
fn the_library_has_a_version_and_says_what_it_is() {
    let code = dedent(
        r#"
        import importlib.metadata as m
        print(m.version("mylib"), m.metadata("mylib")["Summary"], m.packages_distributions()["mylib"])
        print(sorted(str(f) for f in m.files("mylib")), all(f.locate().is_file() for f in m.files("mylib")))
        "#,
    );
    let expected = "0.1.0 The library of pyapp's demo ['mylib']\n\
                    ['mylib-0.1.0.dist-info/METADATA', 'mylib-0.1.0.dist-info/RECORD', 'mylib/__init__.pyc', \
                    'mylib/data_processor.pyc', 'mylib/math_utils.pyc', 'mylib/string_utils.pyc'] True\n";
    assert_eq!(common::prints(code), expected);
}
