//! `optimize` sets the level of the interpreter, as `-O` does, wherever code runs.

use super::common::dedent;
use super::common::project::{Project, settings_with};

#[test]
fn the_level_of_optimisation_is_that_of_the_interpreter() {
    let source = dedent(
        r#"
        """Docstring."""
        import sys
        at_import = sys.flags.optimize, __debug__, eval('__debug__')
        def main():
            print(sys.flags.optimize, *at_import, __debug__, eval('__debug__'), __doc__)
            try:
                exec('assert False')
                print('skipped')
            except AssertionError:
                print('raised')
            space = {}
            exec('def f():\n    "documented"', space)
            exec(compile('def g():\n    "documented"', 'x', 'exec', optimize=0), space)
            print(space['f'].__doc__, space['g'].__doc__)
        "#,
    );
    // What native CPython 3.13 says with no option, with -O, and with -OO.
    let native = [
        "0 0 True True True True Docstring.\nraised\ndocumented documented\n",
        "1 1 False False False False Docstring.\nskipped\ndocumented documented\n",
        "2 2 False False False False None\nskipped\nNone documented\n",
    ];
    for (level, expected) in native.iter().enumerate() {
        let settings = settings_with("app:main", &format!("optimize = {level}"));
        let app = Project::new(&settings, &[("python_libs/app.py", source)]).build().expect("built");
        assert_eq!(app.run(&[]), (0, (*expected).to_string()), "level {level}");
    }
}

/// The audit imports what the snapshot will import.
#[test]
fn the_audit_has_the_level_too() {
    let source = "exec('assert False')\ndef main(): print('fine')\n";
    let settings = settings_with("app:main", "optimize = 1");
    let app = Project::new(&settings, &[("python_libs/app.py", source)]).build().expect("built");
    assert_eq!(app.run(&[]), (0, "fine\n".to_string()));
}
