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

/// What stands behind what was bundled and its size.
fn advice(app: &App) -> String {
    app.report.summary[2..].join("; ")
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
    assert!(advice(&app).contains(key), "{}", app.summary());
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
    assert!(advice(&app).contains("[\"big\"]"), "{}", app.summary());
}

/// A package `dep` beside another one in `vendor`, both of which import enough to be told of.
fn two_of_a_name(entry: &str) -> Vec<(&'static str, &'static str)> {
    files(&format!(
        "\n{entry}\n=== python_libs/dep.py\nfrom big import *\nW = 'top'\n\
         === python_libs/vendor/dep.py\nfrom big import *\nW = 'vendor'\n"
    ))
}

#[test]
fn what_is_imported_behind_a_change_of_sys_path_is_not_told() {
    for (entry, source) in [
        (
            "app",
            "import sys, os\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'vendor'))\nimport dep, json\n\
             print(dep.W)\n",
        ),
        (
            "app:main",
            "import sys, os\ndef main():\n    sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'vendor'))\n    \
             import dep\n    print(dep.W)\n",
        ),
        // In a function that is called before.
        (
            "app",
            "import sys\ndef go():\n    import dep\n    print(dep.W)\n\
             if __name__ == '__main__':\n    sys.path.insert(0, __file__.rpartition('/')[0] + '/vendor')\n    go()\n",
        ),
    ] {
        let files = two_of_a_name(&format!("=== python_libs/app.py\n{source}"));
        let app = build(&settings(entry), &files);
        assert_eq!(advice(&app), "", "{source}");
        assert!(app.run(&[]).1.contains("vendor"), "{source}");
        // Who includes it all the same is told, and what to do.
        let app = build(&settings_with(entry, "snapshot-include = [\"dep\"]"), &files);
        let warnings = app.report.warnings.join("\n");
        let expected = "imports dep after a change of where modules are found, but [tool.pyapp] snapshot-include has it imported \
                        before that; there is another dep in the folder vendor of the libraries: if that is meant, remove \
                        \"dep\" from snapshot-include";
        assert!(warnings.contains(expected), "{source}: {warnings}");
    }
}

#[test]
fn every_change_of_what_imports_find_is_seen() {
    let vendor = "__file__.rpartition('/')[0] + '/vendor'";
    for (top, body) in [
        ("import sys", "sys.path.append(V)"),
        ("import sys", "sys.path[:0] = [V]"),
        ("import sys", "sys.path += [V]"),
        ("import sys", "sys.path = [V] + sys.path"),
        ("import sys as system", "system.path.insert(0, V)"),
        ("from sys import path", "path.insert(0, V)"),
        ("import sys", "path = sys.path; path.insert(0, V)"),
        ("", "import sys\n    sys.path.insert(0, V)"),
        ("", "from sys import path as where\n    where.insert(0, V)"),
        ("import sys", "if V: sys.path.insert(0, V)"),
        ("import sys", "try: sys.path.remove(V)\n    except ValueError: pass"),
        ("import site", "site.addsitedir(V)"),
        ("from site import addsitedir", "addsitedir(V)"),
        ("import sys", "sys.meta_path.insert(0, V)"),
        ("import sys", "sys.path_hooks.clear()"),
        ("import sys", "sys.modules['dep'] = V"),
        ("import sys", "sys.modules.pop('dep', None)"),
        ("import os", "os.chdir('/tmp')"),
        ("import contextlib", "with contextlib.chdir('/tmp'): pass"),
        // In what is called, and in what that calls.
        ("import helper", "helper.setup(V)"),
        ("from helper import setup", "setup(V)"),
        ("from helper import outer as setup", "V and setup(V)"),
        ("import helper", "V and helper.late(V)"),
        ("from helper import Paths", "Paths().setup(V)"),
        ("import helper", "helper.PATHS.setup(V)"),
        ("", "from helper import Paths\n    Paths().setup(V)"),
        ("def setup(v):\n    import sys\n    sys.path.insert(0, v)", "(V and setup)(V); V and setup(V)"),
        // In what is imported on the way, perhaps.
        ("", "if V: import changing"),
    ] {
        let source = format!(
            "{top}\nV = {vendor}\ndef main():\n    {body}\n    import dep\nif not V: import changing, helper\n"
        );
        let more = "=== python_libs/helper.py\nimport sys\n\
                    def setup(v): sys.path.insert(0, v)\ndef outer(v): list(map(lambda each: setup(each), [v]))\n\
                    def late(v):\n    import changing\n\
                    class Paths:\n    def setup(self, v): sys.path.insert(0, v)\nPATHS = Paths()\n\
                    === python_libs/changing.py\nimport sys\nsys.path.insert(0, '/tmp')\n";
        let files = two_of_a_name(&format!("=== python_libs/app.py\n{source}\n{more}"));
        let app = build(&settings("app:main"), &files);
        assert_eq!(advice(&app), "", "{top}; {body}");
    }
    // What only looks, what has happened before, and what comes after.
    for (top, body) in [
        ("import sys", "len(sys.argv); V in sys.path; sys.modules[__name__]"),
        ("import sys\nsys.path.insert(0, '/tmp')", ""),
        ("import changing, os", "os.getcwd(); os.path.join(V)"),
        ("import sys\nclass Unused:\n    def setup(self): sys.path.insert(0, '/tmp')", "print(V)"),
        ("import sys\ndef unused(): sys.path.insert(0, '/tmp')", "print(V)"),
    ] {
        let source =
            format!("{top}\nV = {vendor}\ndef main():\n    {body}\n    import dep\n    import sys; sys.path.clear()\n");
        let files = two_of_a_name(&format!(
            "=== python_libs/app.py\n{source}\n=== python_libs/changing.py\nimport sys\nsys.path.insert(0, '/tmp')\n"
        ));
        let app = build(&settings("app:main"), &files);
        assert!(advice(&app).contains("snapshot-include = [\"dep\"]"), "{top}; {body}: {}", app.summary());
    }
}

#[test]
fn what_a_main_module_leaves_to_the_run_is_not_told_either() {
    let source = |change: &str| {
        format!(
            "=== python_libs/app.py\nimport os, sys\nHERE = os.path.dirname(os.path.abspath(__file__))\n{change}\n\
             if __name__ == '__main__':\n    import dep\n    print(dep.W)\n"
        )
    };
    let app = build(&settings("app"), &two_of_a_name(&source("os.environ['MODE'] = 'x'")));
    assert_eq!(advice(&app), "");
    // This one is imported for the snapshot anyway. A change that finds nothing else is none.
    let lazy = "if HERE not in sys.path:\n    sys.path.insert(0, HERE)\nsys.path.append(os.path.join(HERE, 'none'))\n\
                def go():\n    import dep\ngo()";
    let app = build(
        &settings("app"),
        &two_of_a_name(&source(lazy).replace("    import dep\n    print(dep.W)\n", "    pass\n")),
    );
    assert!(advice(&app).contains("snapshot-include = [\"dep\"]"), "{}", app.summary());
}

#[test]
fn an_inclusion_that_takes_another_module_of_the_name_is_told_and_the_advice_works() {
    let source = "=== python_libs/app.py\nimport sys\ndef main():\n    \
                  sys.path.insert(0, __file__.rpartition('/')[0] + '/vendor')\n    from user import W\n    print(W)\n\
                  === python_libs/user.py\nfrom dep import W\n";
    let include =
        |names: &str| build(&settings_with("app:main", &format!("snapshot-include = {names}")), &two_of_a_name(source));
    let told = |app: &App| app.report.warnings.iter().filter(|line| line.contains("there is another dep")).count();
    let app = include("[\"json\", \"user\"]");
    assert_eq!((told(&app), app.run_as(Run::Resumed, &[]).1.as_str()), (1, "top\n"), "{:?}", app.report.warnings);
    assert!(app.report.warnings.last().is_some_and(
        |line| line.starts_with("app:4 imports dep") && line.ends_with("remove \"user\" from snapshot-include")
    ));
    let app = include("[\"json\"]");
    assert_eq!((told(&app), app.run(&[]).1.contains("vendor")), (0, true));
    // Where there is no other one, or the import comes first, nothing is lost.
    let settings = settings_with("app:main", "snapshot-include = [\"dep\"]");
    let without = source.replace("=== python_libs/user", "=== python_libs/dep.py\nW = 'only'\n=== python_libs/user");
    assert_eq!(told(&build(&settings, &files(&format!("\n{without}")))), 0);
    let before = source.replace("    sys.path", "    import dep\n    sys.path");
    let app = build(&settings, &two_of_a_name(&before));
    assert_eq!((told(&app), app.run_as(Run::Resumed, &[]).1.as_str()), (0, "top\n"));
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
