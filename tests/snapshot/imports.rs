//! Which modules a snapshot holds, and which ones each run imports.

use super::common::dedent;
use super::common::project::{files, settings, settings_with};
use super::{NOISY, build};
use bundle::Run;

#[test]
fn a_module_entry_runs_fresh_and_its_imports_are_in_the_snapshot() {
    let entry = dedent(
        r#"
        import first
        from pkg import second as other
        try:
            import not_there
        except ImportError:
            pass
        print('running', __name__)
        def later():
            import third
        later()
        "#,
    );
    let bundle = build(
        &settings("app"),
        &[
            ("python_libs/app.py", entry),
            ("python_libs/first.py", NOISY),
            ("python_libs/pkg/__init__.py", ""),
            ("python_libs/pkg/second.py", NOISY),
            ("python_libs/third.py", NOISY),
        ],
    );
    let cold = "running __main__\nimporting first\nimporting pkg.second\nimporting third\n";
    assert_eq!(bundle.run_as(Run::Cold, &[]), (0, cold.to_string()));
    assert_eq!(bundle.run_as(Run::Resumed, &[]), (0, "running __main__\nimporting third\n".to_string()));
    assert_eq!(bundle.report.warnings.len(), 3, "{:?}", bundle.report.warnings);
}

#[test]
fn imports_under_a_condition_may_fail() {
    let entry = dedent(
        r#"
        import sys
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from _typeshed import Unused
        if sys.platform == 'win32':
            import msvcrt
        else:
            import json
        if sys.version_info < (3, 11):
            import tomli
        print('json' in sys.modules)
        "#,
    );
    let bundle = build(&settings("app"), &[("python_libs/app.py", entry)]);
    assert_eq!((bundle.run(&[]), bundle.report.warnings.len()), ((0, "True\n".to_string()), 0));
}

#[test]
fn a_package_is_not_imported_for_its_main_module_if_it_is_excluded() {
    let files = files(
        r#"
        === python_libs/pkg/__init__.py
        import sys
        from . import config
        print('importing pkg', file=sys.stderr)
        === python_libs/pkg/config.py
        import sys
        print('importing config', file=sys.stderr)
        === python_libs/pkg/cli.py
        print('cli', __name__, __package__)
        === python_libs/pkg/__main__.py
        print('main', __name__, __package__)
        "#,
    );
    for (entry, said) in [("pkg.cli", "cli __main__ pkg\n"), ("pkg", "main __main__ pkg\n")] {
        let bundle = build(&settings_with(entry, r#"snapshot-exclude = ["pkg.config"]"#), &files);
        let all = format!("{said}importing config\nimporting pkg\n");
        assert_eq!(bundle.run(&[]), (0, all), "{entry}");
        let bundle = build(&settings(entry), &files);
        assert_eq!(bundle.run_as(Run::Resumed, &[]), (0, said.to_string()), "{entry}");
    }
}

#[test]
fn a_package_that_imports_its_main_module_is_warned_of_in_each_run() {
    let files = [
        ("python_libs/pkg/__init__.py", "from . import cli\n"),
        ("python_libs/pkg/cli.py", "if __name__ == '__main__': print('cli')\n"),
    ];
    let (status, said) = build(&settings("pkg.cli"), &files).run(&[]);
    assert_eq!(status, 0);
    assert!(said.starts_with("cli\n") && said.contains("RuntimeWarning: 'pkg.cli' found in sys.modules"), "{said}");
}

#[test]
fn modules_are_imported_in_the_order_of_a_start() {
    // What one module does before it imports the next counts, and so do modules that nobody finds but that are there.
    let bundle = build(
        &settings("app:main"),
        &files(
            r#"
            === python_libs/app.py
            import sys, types
            import config
            config.MODE = 'production'
            sys.modules['made'] = types.ModuleType('made')
            sys.modules['numpy'] = None
            sys.path.insert(0, __file__.rpartition('/')[0] + '/vendor')
            import lib, made, vendored, a
            def main(): print(lib.MODE, vendored.VALUE, a.A.__name__)
            === python_libs/config.py
            MODE = 'development'
            === python_libs/lib.py
            from config import MODE
            === python_libs/vendor/vendored.py
            VALUE = 1
            === python_libs/a.py
            class A: pass
            from b import B
            === python_libs/b.py
            from a import A
            class B(A): pass
            "#,
        ),
    );
    assert_eq!(bundle.run(&[]), (0, "production 1 A\n".to_string()));
}

#[test]
fn excluded_modules_and_who_imports_them_are_imported_in_each_run() {
    let pyproject = settings_with(
        "app:main",
        dedent(
            r#"
            snapshot-exclude = ["pkg.late"]
            snapshot-include = ["extra"]
            "#,
        ),
    );
    let app = dedent(
        r#"
        import kept, user
        def main():
            import extra
            print(user.VALUE)
        "#,
    );
    // A library that could do without must not take that way for good.
    let user = dedent(
        r#"
        try:
            from pkg.late import VALUE
        except Exception:
            VALUE = 0
        "#,
    );
    let bundle = build(
        &pyproject,
        &[
            ("python_libs/app.py", app),
            ("python_libs/kept.py", NOISY),
            ("python_libs/extra.py", NOISY),
            ("python_libs/user.py", &[NOISY, user].concat()),
            ("python_libs/pkg/__init__.py", NOISY),
            ("python_libs/pkg/late.py", &format!("{NOISY}VALUE = 7\n")),
        ],
    );
    let (status, said) = bundle.run_as(Run::Resumed, &[]);
    assert_eq!((status, said.as_str()), (0, "7\nimporting user\nimporting pkg.late\n"));
    let (status, said) = bundle.run_as(Run::Cold, &[]);
    let all = "7\nimporting kept\nimporting user\nimporting pkg\nimporting pkg.late\nimporting extra\n";
    assert_eq!((status, said.as_str()), (0, all));
}
