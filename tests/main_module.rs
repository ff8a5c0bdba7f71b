//! An entry that runs as `__main__` and changes what its imports find or do, before it makes them. Each test runs the app
//! resumed and cold, and both must say what `python3 -m app` says natively.

mod common;

use bundle::Run;
use common::project::{App, Project, files, settings};

/// Builds the entry `app`.
fn build(text: &str) -> App {
    Project::new(&settings("app"), &files(text)).build().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn what_is_added_to_sys_path_counts_for_the_imports_after_it() {
    // The name exists twice: imported before the change it would be the wrong one.
    let app = build(
        r#"
        === python_libs/app.py
        import os
        import sys
        HERE = os.path.dirname(os.path.abspath(__file__))
        sys.path.insert(0, os.path.join(HERE, 'vendor'))
        import util, only
        print(util.NAME, only.NAME)
        === python_libs/util.py
        NAME = 'wrong'
        === python_libs/vendor/util.py
        NAME = 'vendored'
        === python_libs/vendor/only.py
        NAME = 'only'
        "#,
    );
    assert_eq!(app.run(&[]), (0, "vendored only\n".to_string()));
    let [warning] = &app.report.warnings[..] else { panic!("{:?}", app.report.warnings) };
    let expected = "python_libs/app.py:4: `sys.path.insert(0, os.path.join(HERE, 'vendor'))` may change what later imports \
                    find or do, so each run makes the imports after it; to have them in the snapshot, move them before it, \
                    or name a function as the entry (\"app:main\")";
    assert!(warning.ends_with(expected), "{warning}");
}

#[test]
fn every_way_to_change_sys_path_is_followed() {
    for change in [
        "sys.path.append(os.path.join(os.path.dirname(__file__), 'vendor'))",
        "sys.path.extend([os.path.dirname(__file__) + '/vendor'])",
        "sys.path += [f'{os.path.dirname(__file__)}/vendor']",
        "sys.path[0:0] = [str(Path(__file__).parent / 'vendor')]",
        "sys.path = [str(Path(__file__).resolve().parents[0].joinpath('vendor'))] + sys.path",
        "site.addsitedir(str(Path(__file__).absolute().parent / 'vendor'))",
        "sys.path.insert(0, os.environ.get('VENDOR', os.path.dirname(__file__) + '/vendor'))",
    ] {
        let source =
            format!("import os, site, sys\nfrom pathlib import Path\n{change}\nimport only\nprint(only.NAME)\n");
        let files = [("python_libs/app.py", source.as_str()), ("python_libs/vendor/only.py", "NAME = 'only'\n")];
        let app = Project::new(&settings("app"), &files).build().unwrap_or_else(|error| panic!("{change}: {error}"));
        assert_eq!(app.run(&[]), (0, "only\n".to_string()), "{change}");
        assert!(app.report.warnings[0].contains(&format!("app.py:3: `{change}`")), "{:?}", app.report.warnings);
    }
}

#[test]
fn what_else_an_import_may_depend_on_comes_before_it() {
    let app = build(
        r#"
        === python_libs/app.py
        import sys
        import config
        config.setup('production')
        import mode
        sys.modules['made'] = mode
        import made
        print(mode.MODE, made.MODE)
        === python_libs/config.py
        MODE = 'development'
        def setup(mode):
            global MODE
            MODE = mode
        === python_libs/mode.py
        from config import MODE
        "#,
    );
    assert_eq!(app.run(&[]), (0, "production production\n".to_string()));
    assert!(app.report.warnings[0].contains("app.py:3: `config.setup('production')`"), "{:?}", app.report.warnings);
    let app = build(
        r#"
        === python_libs/app.py
        import os
        os.environ['LEVEL'] = 'debug'
        import level
        print(level.LEVEL)
        === python_libs/level.py
        import os
        LEVEL = os.environ.get('LEVEL')
        "#,
    );
    assert_eq!(app.run(&[]), (0, "debug\n".to_string()));
    // One warning, of the statement: `level` reads no environment at build time.
    assert_eq!(app.report.warnings.len(), 1, "{:?}", app.report.warnings);
    let app = build(
        r#"
        === python_libs/app.py
        import importlib.abc, importlib.machinery, os, sys
        class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
            def find_spec(self, name, path, target=None):
                if name == 'generated':
                    return importlib.machinery.ModuleSpec(name, self)
            def exec_module(self, module):
                module.PLACE = os.getcwd()
        os.chdir('/tmp')
        sys.meta_path.insert(0, Finder())
        import generated
        print(generated.PLACE)
        "#,
    );
    assert_eq!(app.run(&[]), (0, "/tmp\n".to_string()));
    // No module of that name is anywhere at build time.
    let expected = "app.py:10: expected a module generated, found none at build time; if the run finds none either, add it \
                    to a folder of libs";
    assert!(app.report.warnings[1].ends_with(expected), "{:?}", app.report.warnings);
}

#[test]
fn a_module_that_the_run_does_not_find_either_is_added_to_the_libraries() {
    let source =
        "import sys\nsys.path.insert(0, input() if sys.argv[1:] else '/tmp')\nimport generated\nprint(generated.X)\n";
    let project = Project::new(&settings("app"), &[("python_libs/app.py", source)]);
    let app = project.build().expect("built");
    let missing = |app: &App| app.report.warnings.iter().filter(|text| text.contains("a module generated")).count();
    assert_eq!(missing(&app), 1, "{:?}", app.report.warnings);
    let (status, said) = app.run(&[]);
    assert!(status == 1 && said.ends_with("No module named 'generated'\n"), "{said}");
    project.write("python_libs/generated.py", "X = 'added'\n");
    let app = project.build().expect("built");
    assert_eq!((missing(&app), app.run(&[])), (0, (0, "added\n".to_string())));
}

#[test]
fn a_module_is_imported_only_where_the_run_takes_that_way() {
    // Imported at build time, `patch` would change `config` in every run.
    let app = build(
        r#"
        === python_libs/app.py
        import os, sys
        import config
        if os.environ.get('PATCH'):
            import patch
        if sys.version_info < (3, 8):
            import patch
        if 'x' in sys.argv:
            import patch
        else:
            import other
        try:
            import json
        except ImportError:
            import patch
        try:
            import not_there
        except ImportError:
            import fallback
        if __name__ == '__main__':
            import last
        print(config.MODE)
        === python_libs/config.py
        MODE = 'usual'
        === python_libs/patch.py
        import config
        config.MODE = 'patched'
        === python_libs/other.py
        import sys; print('other', file=sys.stderr)
        === python_libs/fallback.py
        import sys; print('fallback', file=sys.stderr)
        === python_libs/last.py
        import sys; print('last', file=sys.stderr)
        "#,
    );
    assert_eq!(app.run_as(Run::Cold, &[]), (0, "usual\nother\nfallback\nlast\n".to_string()));
    // What runs in any case is in the snapshot.
    assert_eq!(app.run_as(Run::Resumed, &[]), (0, "usual\nother\n".to_string()));
    for run in [Run::Cold, Run::Resumed] {
        assert_eq!(app.run_as(run, &["x"]).1.lines().next(), Some("patched"));
    }
}

/// What a run imports itself says so on stderr.
const NOISY: &str = "import sys; print('importing', __name__, file=sys.stderr)\n";

#[test]
fn what_changes_nothing_for_imports_costs_nothing() {
    let entry = "import logging, os, sys\n\
                 HERE = os.path.dirname(os.path.abspath(__file__))\n\
                 log = logging.getLogger(__name__)\n\
                 NAMES = {}\n\
                 NAMES['a'] = len(sys.argv)\n\
                 if HERE not in sys.path:\n    sys.path.insert(0, HERE)\n\
                 sys.path.append(os.path.join(HERE, 'no_such_folder'))\n\
                 import noisy\n";
    let files = [("python_libs/app.py", entry), ("python_libs/noisy.py", NOISY)];
    let app = Project::new(&settings("app"), &files).build().expect("built");
    assert_eq!(app.run_as(Run::Resumed, &[]), (0, String::new()));
    let warnings = app.report.warnings.join("\n");
    assert!(warnings.starts_with("at import, noisy prints") && !warnings.contains("may change"), "{warnings}");
}

#[test]
fn both_ways_out_of_a_change_bring_the_imports_into_the_snapshot() {
    let change = "sys.path.insert(0, __file__.rpartition('/')[0] + '/vendor')\n";
    for (entry, source, warnings) in [
        ("app", format!("import sys\n{change}import only\n"), 1),
        ("app", format!("import sys\nimport vendor.only\n{change}"), 0),
        ("app:main", format!("import sys\n{change}import only\ndef main(): pass\n"), 0),
    ] {
        let files = [("python_libs/app.py", source.as_str()), ("python_libs/vendor/only.py", NOISY)];
        let app = Project::new(&settings(entry), &files).build().expect("built");
        let changes = app.report.warnings.iter().filter(|warning| warning.contains("may change"));
        assert_eq!(changes.count(), warnings, "{source}");
        assert_eq!(app.run_as(Run::Resumed, &[]).1.is_empty(), warnings == 0, "{source}");
    }
}

#[test]
fn a_path_that_leads_out_of_the_libraries_is_an_error_with_its_line() {
    let source =
        |path: &str| format!("import sys\nsys.path.insert(0, __file__.rpartition('/')[0] + '{path}')\nimport only\n");
    let project = Project::new(&settings("app"), &[("python_libs/app.py", &source("/../src"))]);
    project.write("src/only.py", "");
    let expected = "1 problem in the libraries; nothing was bundled:\n\
                    python_libs/app.py:3: expected a module only, found none in the libraries, the standard library and what \
                    was added to sys.path; correct the path, or put the module into a folder of libs";
    assert_eq!(project.build().err().expect("refused"), expected);
    // Both ways out.
    project.write("pyproject.toml", "[tool.pyapp]\nentry = \"app\"\nlibs = [\"python_libs\", \"src\"]\n");
    assert_eq!(project.build().expect("built").run(&[]), (0, String::new()));
    project.write("pyproject.toml", &settings("app"));
    project.write("python_libs/lib/only.py", "");
    project.write("python_libs/app.py", &source("/lib"));
    assert_eq!(project.build().expect("built").run(&[]), (0, String::new()));
}
