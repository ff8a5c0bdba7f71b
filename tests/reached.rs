//! What the build reads out of an app's code about its imports: which may fail, and which are in functions. Of these the summary
//! of the build tells; following what it says works.

mod common;

use bundle::Run;
use common::dedent;
use common::project::{App, Project, files, settings, settings_with};

/// A project with a package `big` of twelve modules, each of which says that it is imported.
fn build(pyproject: &str, files: &[(&str, &str)]) -> App {
    let project = Project::new(pyproject, files);
    let imports: String = (0..12).map(|number| format!("from . import m{number}\n")).collect();
    project.write("python_libs/big/__init__.py", &imports);
    for number in 0..12 {
        let text = "import sys\nprint('importing', __name__, file=sys.stderr)\n";
        project.write(&format!("python_libs/big/m{number}.py"), text);
    }
    project.build().unwrap_or_else(|error| panic!("{error}"))
}

fn advice(app: &App) -> &str {
    app.report.summary.split_once("; ").map_or("", |(_, advice)| advice)
}

#[test]
fn what_functions_import_is_told_and_the_advice_works() {
    let files = files(
        r#"
        === python_libs/app.py
        def main():
            from helper import run
            return run()
        === python_libs/helper.py
        from inner import work as run
        === python_libs/inner.py
        def work():
            import big
            print('done')
        "#,
    );
    let app = build(&settings("app:main"), &files);
    // `helper` and `inner`, the package and its modules.
    let key = "snapshot-include = [\"helper\", \"big\"]";
    let expected = format!(
        "each run imports 15 modules in functions, a millisecond or two each; [tool.pyapp] {key} would put them into the snapshot"
    );
    assert_eq!(advice(&app), expected);
    let (status, said) = app.run_as(Run::Resumed, &[]);
    assert_eq!((status, said.matches("importing").count()), (0, 12));

    let app = build(&settings_with("app:main", key), &files);
    assert_eq!(app.run_as(Run::Resumed, &[]), (0, "done\n".to_string()));
    assert_eq!(advice(&app), "");
}

#[test]
fn an_app_that_runs_as_main_is_followed_from_its_top_level() {
    let files = files(
        r#"
        === python_libs/app/__init__.py
        === python_libs/app/__main__.py
        import sys
        from . import cli
        if __name__ == '__main__':
            sys.exit(cli.main())
        === python_libs/app/cli.py
        def main():
            import big.m3 as third, json
            from .late import VALUE
        === python_libs/app/late.py
        VALUE = 1
        "#,
    );
    let app = build(&settings("app"), &files);
    let key = "snapshot-include = [\"big.m3\", \"json\", \"app.late\"]";
    assert!(advice(&app).contains(key), "{}", app.report.summary);
    let (status, said) = build(&settings_with("app", key), &files).run_as(Run::Resumed, &[]);
    assert_eq!((status, said.as_str()), (0, ""));
}

#[test]
fn what_is_only_perhaps_imported_or_asked_for_otherwise_is_not_told() {
    for (body, more) in [
        ("if len(sys.argv) > 1: import big", ""),
        ("if TYPE_CHECKING: import big", ""),
        ("for _ in sys.argv: import big", ""),
        ("try: len('')\n    except TypeError: import big", ""),
        ("sys.argv and later()", ""),
        ("return later", ""),
        ("import nowhere", ""),
        ("import big", "snapshot-exclude = [\"big\"]"),
        ("import big", "snapshot-include = [\"big\"]"),
    ] {
        let source =
            format!("import sys\nTYPE_CHECKING = False\ndef main():\n    {body}\ndef later():\n    import big\n");
        let app = build(&settings_with("app:main", more), &[("python_libs/app.py", &source)]);
        assert_eq!(advice(&app), "", "{body}");
    }
    let app = build(&settings("app:main"), &[("python_libs/app.py", "def main():\n    import big\n")]);
    assert!(advice(&app).contains("[\"big\"]"), "{}", app.report.summary);
}

#[test]
fn what_is_imported_where_another_import_has_not_failed_may_fail() {
    let source = dedent(
        r#"
        try:
            import nowhere
        except ImportError:
            nowhere = None
        else:
            import nowhere_else
        print('done')
        "#,
    );
    let project = Project::new(&settings("app"), &[("python_libs/app.py", source)]);
    let app = project.build().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(app.run(&[]), (0, "done\n".to_string()));
    // Only there.
    let project =
        Project::new(&settings("app"), &[("python_libs/app.py", &source.replace("import nowhere\n", "import json\n"))]);
    assert!(project.build().err().expect("refused").contains("No module named 'nowhere_else'"));
}
