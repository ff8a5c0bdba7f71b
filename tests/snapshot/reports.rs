//! What the build says about imports, and that its advice helps.

use super::build;
use super::common::project::{Project, files, folder, settings, settings_with};

#[test]
fn every_import_that_a_snapshot_cannot_keep_is_reported_at_once() {
    let project = Project::new(
        &settings("app:main"),
        &files(
            r#"
            === python_libs/app.py
            import opens, low, writes
            writes.work()
            import moves
            import fails
            def main(): pass
            === python_libs/opens.py
            file = open(__cached__, 'rb')
            === python_libs/low.py
            import os
            number = os.open('/dev/null', os.O_RDONLY)
            === python_libs/writes.py
            def work():
                open('/tmp/left', 'w').close()
            === python_libs/moves.py
            import os
            os.chdir('/tmp')
            === python_libs/fails.py
            1 / 0
            "#,
        ),
    );
    let error = project.build().err().expect("refused");
    for line in [
        "fails: cannot be imported at build time: ZeroDivisionError: division by zero \
         (/vfs/usr/local/lib/python3.13/site-packages/fails.py:1); correct it: a run would fail, too",
        "opens: keeps /vfs/usr/local/lib/python3.13/site-packages/opens.pyc open, which a resumed run would not have; \
         close it, or set",
        "low: keeps descriptor 6 open, which a resumed run would not have; close it, or set",
        "app: leaves /tmp/left behind, which a resumed run would not find; do it in a function, or set",
        "moves: changes the current directory to /tmp; do it in a function, or set",
    ] {
        assert!(error.contains(line), "expected: {line}\nin: {error}");
    }
    assert!(!project.out.path().join("assets").exists(), "something was left behind");
}

/// As [`every_import_that_a_snapshot_cannot_keep_is_reported_at_once`], and one that detaches a stream, each corrected in
/// the way that its line names first.
#[test]
fn a_weak_proxy_whose_object_is_gone_is_no_finding() {
    let text = "import weakref\nclass A: pass\nproxy = weakref.proxy(A())\n\ndef main():\n    print('run')\n";
    let app = build(&settings("app:main"), &[("python_libs/app.py", text)]);
    assert_eq!(app.run(&[]), (0, "run\n".into()));
    assert_eq!(app.report.warnings, [""; 0]);
}

#[test]
fn what_stops_a_build_does_not_once_it_is_corrected() {
    let app = build(
        &settings("app:main"),
        &files(
            r#"
            === python_libs/app.py
            import opens, low, writes, moves, fails, takes
            def main():
                import os
                writes.work()
                moves.work()
                print(len(opens.DATA), low.DATA, os.path.isfile('/tmp/left'), os.getcwd(), fails.VALUE, '\xe4')
            === python_libs/opens.py
            with open(__cached__, 'rb') as file:
                DATA = file.read(4)
            === python_libs/low.py
            import os
            number = os.open('/dev/null', os.O_RDONLY)
            DATA = os.read(number, 1)
            os.close(number)
            === python_libs/writes.py
            def work():
                open('/tmp/left', 'w').close()
            === python_libs/moves.py
            import os
            def work():
                os.chdir('/tmp')
            === python_libs/takes.py
            import sys
            sys.stdout.reconfigure(encoding='ascii', errors='replace')
            === python_libs/fails.py
            VALUE = 1 / 1
            "#,
        ),
    );
    assert_eq!(app.report.warnings, Vec::<String>::new());
    assert_eq!(app.run(&[]), (0, "4 b'' True /tmp 1.0 ?\n".to_string()));
}

/// Modules that see the build where they want to see the run.
const TAKERS: &str = r#"
    === python_libs/app.py
    import env, clock, zone, dice, shared, argv, tty_, reads, talks, both, more, quiet
    def main():
        print(env.VALUE, argv.VALUE, tty_.VALUE, reads.VALUE, both.VALUE, more.VALUE, clock.VALUE.year > 2000, zone.VALUE)
    === python_libs/shared.py
    import random
    TOKEN = random.getrandbits(64)
    === python_libs/argv.py
    import sys
    VALUE = sys.argv[0]
    === python_libs/tty_.py
    import sys
    VALUE = sys.stdin.isatty()
    === python_libs/reads.py
    import sys
    VALUE = sys.stdin.read()
    === python_libs/env.py
    import os
    VALUE = os.environ.get('KEY')
    === python_libs/clock.py
    import datetime
    VALUE = datetime.datetime.now()
    === python_libs/zone.py
    from time import tzname
    VALUE = tzname[0]
    === python_libs/dice.py
    import random
    GENERATOR = random.Random()
    === python_libs/talks.py
    print('hello')
    === python_libs/both.py
    import os, sys
    VALUE = os.getenv('KEY'), sys.argv[0]
    === python_libs/more.py
    import os
    VALUE = 'KEY' in os.environ
    === python_libs/quiet.py
    # What these do at import is made fresh in each run, or is the same in each.
    import datetime, logging, random, uuid, tempfile, time, os
    FIXED = random.Random(1)
    DAY = datetime.datetime.strptime('2024-02-03', '%Y-%m-%d')
    "#;

#[test]
fn what_imports_take_from_the_build_is_told_in_a_few_lines() {
    let files = files(TAKERS);
    let app = build(&settings("app:main"), &files);
    let told = "[\"env\", \"clock\", \"zone\", \"dice\", \"shared\", \"argv\", \"tty_\", \"reads\", \"both\", \"more\", \"talks\"]";
    let expected = [
        "at import, each of 2 modules reads the environment: env, more",
        "at import, clock reads the time",
        "at import, zone takes the time zone",
        "at import, each of 2 modules draws random numbers: dice, shared",
        "at import, argv looks at sys.argv",
        "at import, tty_ asks for a terminal",
        "at import, reads reads standard input",
        "at import, both looks at sys.argv, reads the environment",
        "at import, talks prints \"hello\"",
    ];
    let warnings = &app.report.warnings;
    assert_eq!(warnings[..warnings.len() - 1], expected);
    let advice = warnings.last().expect("advice");
    assert!(advice.ends_with(&format!("or set [tool.pyapp] snapshot-exclude = {told}")), "{advice}");
    // The advice helps: each run sees what it should see.
    let app = build(&settings_with("app:main", advised(advice)), &files);
    assert_eq!(app.report.warnings, Vec::<String>::new());
    let said = "hello\nmine the-name False  ('mine', 'the-name') True True XYZ\n";
    assert_eq!(app.run_with("the-name", &[], &[("KEY", "mine"), ("TZ", "XYZ-3")]), (0, said.to_string()));
}

#[test]
fn what_imports_take_from_the_build_a_function_takes_from_the_run() {
    let app = build(
        &settings("app:main"),
        &files(
            r#"
            === python_libs/app.py
            import datetime, os, random, sys
            def main():
                print('hello', os.environ.get('KEY'), sys.argv[0], sys.stdin.isatty(), repr(sys.stdin.read()))
                print(datetime.datetime.now().year > 2000, 0 <= random.Random().random() < 1)
            "#,
        ),
    );
    assert_eq!(app.report.warnings, Vec::<String>::new());
    let said = "hello mine the-name False ''\nTrue True\n";
    assert_eq!(app.run_with("the-name", &[], &[("KEY", "mine")]), (0, said.to_string()));
}

/// What a message advises to write into the settings.
fn advised(message: &str) -> &str {
    let start = message.find("snapshot-exclude = [").expect("advice");
    let end = start + message[start..].find(']').expect("the end of a list");
    &message[start..=end]
}

#[test]
fn what_stops_a_build_does_not_once_its_advice_is_taken() {
    let files = files(
        r#"
        === python_libs/app.py
        import opens, low, base, writes, moves, takes, needs
        def main():
            import os
            print(opens.file.closed, low.number > 2, os.path.isfile('/tmp/left'), os.getcwd(), needs.VALUE)
            print(base.DATABASE.execute('select 1').fetchall())
        === python_libs/opens.py
        file = open(__cached__, 'rb')
        === python_libs/low.py
        import os
        number = os.open('/dev/null', os.O_RDONLY)
        === python_libs/base.py
        import sqlite3
        DATABASE = sqlite3.connect('/tmp/data.db')
        DATABASE.execute('create table t (x)')
        === python_libs/writes.py
        open('/tmp/left', 'w').close()
        === python_libs/moves.py
        import os
        os.chdir('/tmp')
        === python_libs/takes.py
        import io, sys
        sys.stdout = io.TextIOWrapper(sys.stdout.detach())
        === python_libs/config.py
        import os
        KEY = os.getenv('KEY')
        === python_libs/needs.py
        from config import KEY
        VALUE = KEY.upper()
        "#,
    );
    let error = Project::new(&settings("app:main"), &files).build().err().expect("refused");
    let lines: Vec<&str> = error.lines().skip(1).collect();
    let expect = |start: &str, list: &str| {
        let line = lines.iter().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start} in {error}"));
        assert_eq!(advised(line), format!("snapshot-exclude = {list}"), "{line}");
    };
    expect("opens: keeps /vfs/", "[\"opens\"]");
    expect("low: keeps descriptor", "[\"low\"]");
    expect("base: leaves /tmp/data.db", "[\"base\"]");
    expect("base: keeps descriptor", "[\"base\"]");
    expect("writes: leaves /tmp/left", "[\"writes\"]");
    expect("moves: changes", "[\"moves\"]");
    expect(
        "takes: detaches a standard stream, which a resumed run could not renew; use reconfigure(), of which all but newline \
         is kept, or set",
        "[\"takes\"]",
    );
    expect("needs: cannot be imported at build time: AttributeError", "[\"config\"]");
    let all: Vec<&str> = lines.iter().map(|line| advised(line)).collect();
    let names: Vec<&str> = all.iter().flat_map(|list| list.split('"').skip(1).step_by(2)).collect();
    let app = build(&settings_with("app:main", &format!("snapshot-exclude = {names:?}")), &files);
    let said = "False True True /tmp MINE\n[(1,)]\n";
    assert_eq!(app.run_with("app", &[], &[("KEY", "mine")]), (0, said.to_string()));
}

/// No advice to exclude what would fail all the same.
#[test]
fn a_module_that_fails_anyway_fails_in_a_run_too() {
    let files = [("python_libs/app.py", "import broken\ndef main(): pass\n"), ("python_libs/broken.py", "1 / 0\n")];
    let error = Project::new(&settings("app:main"), &files).build().err().expect("refused");
    assert!(error.contains("correct it: a run would fail, too") && !error.contains("snapshot-exclude"), "{error}");
    let app = build(&settings_with("app:main", "snapshot-exclude = [\"broken\"]"), &files);
    let (status, said) = app.run(&[]);
    assert!(status == 1 && said.contains("ZeroDivisionError"), "{said}");
}

/// Ends the interpreter, but for a run that has arguments.
fn ends(how: &str) -> [(&'static str, String); 3] {
    let module = format!("import os, json, sys\nif not sys.argv[1:]:\n    {how}\n");
    let app = "import pkg.ends\ndef main(): print('works')\n".to_string();
    [("python_libs/app.py", app), ("python_libs/pkg/__init__.py", String::new()), ("python_libs/pkg/ends.py", module)]
}

#[test]
fn an_import_that_ends_the_interpreter_is_named_and_can_be_excluded() {
    for (how, expected) in [
        ("os._exit(3)", "ended with status 3 while importing pkg.ends; correct it, or, if a run does not"),
        (
            "os.abort()",
            "trapped (wasm trap: wasm `unreachable` instruction executed) while importing pkg.ends; correct it, or, \
             if a run does not come to that, set [tool.pyapp] snapshot-exclude = [\"pkg.ends\"]",
        ),
    ] {
        let files = ends(how);
        let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let error = Project::new(&settings("app:main"), &files).build().err().expect("refused");
        assert!(error.contains(expected), "expected: {expected}\nin: {error}");
        let app = build(&settings_with("app:main", "snapshot-exclude = [\"pkg.ends\"]"), &files);
        assert_eq!(app.run(&["argument"]), (0, "works\n".to_string()));
    }
    let files = ends("pass");
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    assert_eq!(build(&settings("app:main"), &files).run(&[]), (0, "works\n".to_string()), "corrected");
}

#[test]
fn an_import_that_the_entry_needs_must_work() {
    let project = Project::new(&settings("app"), &[("python_libs/app.py", "import not_there\n")]);
    let error = project.build().err().expect("refused");
    let expected = "app: cannot be imported at build time: ModuleNotFoundError: No module named 'not_there'";
    assert!(error.contains(expected), "{error}");
    project.write("python_libs/not_there.py", "");
    project.build().expect("corrected");
}

#[test]
fn an_exclusion_that_nothing_reaches_is_told() {
    let files = [
        ("python_libs/app.py", "import one\ndef main(): import pkg.late\n"),
        ("python_libs/one.py", ""),
        ("python_libs/pkg/late.py", ""),
    ];
    let warnings = |excluded: &str| {
        build(&settings_with("app:main", &format!("snapshot-exclude = {excluded}")), &files).report.warnings
    };
    let told =
        |module: &str| format!("[tool.pyapp] snapshot-exclude: nothing imports {module} at the start; remove it");
    assert_eq!(warnings(r#"["pkg.late"]"#), [told("pkg.late")]);
    assert_eq!(warnings("[]"), Vec::<String>::new(), "removed");
    // Where another exclusion cuts an import short, only a name that is no module's is told.
    assert_eq!(warnings(r#"["one", "pkg.late", "pkg.latee"]"#), [told("pkg.latee")]);
}

#[test]
fn an_inclusion_that_is_no_module_is_refused_by_its_key() {
    let files = [("python_libs/app.py", "def main(): pass\n"), ("python_libs/pkg/sub.py", "")];
    let include = |module: &str| settings_with("app:main", &format!("snapshot-include = [\"{module}\"]"));
    let refused = Project::new(&include("nope.sub"), &files).build().err().expect("refused");
    let expected = "[tool.pyapp] snapshot-include: expected a module, found none named nope.sub; correct it";
    assert!(refused.contains(expected), "{refused}");
    build(&include("pkg.sub"), &files);
}

#[test]
fn a_bundle_leaves_nothing_on_the_disk_when_it_fails() {
    let out = folder();
    let project = Project { out, ..Project::new(&settings("app"), &[("python_libs/app.py", "import gone\n")]) };
    project.build().err().expect("refused");
    assert_eq!(std::fs::read_dir(project.out.path()).expect("listed").count(), 0);
}
