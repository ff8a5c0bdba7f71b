//! What goes into a snapshot, what the build says about it, and what a resumed run makes of it.

mod common;

use bundle::Run;
use common::dedent;
use common::project::{App, Project, files, folder, settings, settings_with};
use std::collections::HashSet;

/// Says when it is imported, and is imported again in each run if the snapshot does not hold it.
const NOISY: &str = r#"import sys
print('importing', __name__, file=sys.stderr)
"#;

fn build(pyproject: &str, files: &[(&str, &str)]) -> App {
    Project::new(pyproject, files).build().unwrap_or_else(|error| panic!("{error}"))
}

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
            file = open(__file__, 'rb')
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
         (/vfs/usr/local/lib/python3.13/site-packages/fails.py:1); correct it, or set [tool.pyapp] \
         snapshot-exclude = [\"fails\"]",
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

#[test]
fn what_an_import_takes_from_the_build_is_told_by_module() {
    let bundle = build(
        &settings("app:main"),
        &files(
            r#"
            === python_libs/app.py
            import env, clock, dice, shared, argv, tty_, talks, quiet
            def main(): pass
            === python_libs/shared.py
            import random
            TOKEN = random.getrandbits(64)
            === python_libs/argv.py
            import sys
            DEBUG = '--debug' in sys.argv
            === python_libs/tty_.py
            import sys
            COLOR = sys.stdout.isatty()
            === python_libs/env.py
            import os
            HOME = os.environ.get('HOME')
            === python_libs/clock.py
            import datetime
            NOW = datetime.datetime.now()
            === python_libs/dice.py
            import random
            GENERATOR = random.Random()
            === python_libs/talks.py
            print('hello')
            === python_libs/quiet.py
            # What these do at import is made fresh in each run, or is the same in each.
            import logging, random, uuid, tempfile, time, os
            FIXED = random.Random(1)
            "#,
        ),
    );
    let warnings = bundle.report.warnings.join("\n");
    for start in [
        "env: reads the environment at import",
        "clock: reads the time at import",
        "dice: draws or seeds random numbers at import",
        "shared: draws or seeds random numbers at import",
        "argv: looks at sys.argv at import",
        "tty_: asks whether a stream is a terminal at import",
        "talks: prints at import (\"hello\")",
    ] {
        assert!(warnings.contains(start), "expected: {start}\nin: {warnings}");
    }
    assert_eq!(bundle.report.warnings.len(), 7, "{warnings}");
    assert!(warnings.contains("or set [tool.pyapp] snapshot-exclude = [\"dice\"]"), "{warnings}");
}

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
    assert_eq!(bundle.report.warnings.len(), 2, "{:?}", bundle.report.warnings);
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
fn settings_of_a_stream_made_at_import_hold() {
    let source = dedent(
        r#"
        import sys
        sys.stdout.reconfigure(line_buffering=True, errors='replace')
        sys.stderr.reconfigure(write_through=True)
        def main(): print(sys.stdout.line_buffering, sys.stdout.errors, sys.stderr.write_through)
        "#,
    );
    let bundle = build(&settings("app:main"), &[("python_libs/app.py", source)]);
    assert_eq!(bundle.run(&[]), (0, "True replace True\n".to_string()));
    let source = dedent(
        r#"
        import io, sys
        sys.stdout = io.TextIOWrapper(sys.stdout.detach())
        def main(): pass
        "#,
    );
    let project = Project::new(&settings("app:main"), &[("python_libs/app.py", source)]);
    let error = project.build().err().expect("refused");
    assert!(error.contains("app: detaches a standard stream"), "{error}");
}

#[test]
fn a_reproducible_build_may_sleep_and_import_in_any_order() {
    let files = files(
        r#"
        === python_libs/app.py
        import time
        time.sleep(0.5)
        for name in {'one', 'two', 'three', 'four'}:
            __import__(name)
        def main(): print('slept')
        === python_libs/one.py
        === python_libs/two.py
        === python_libs/three.py
        === python_libs/four.py
        "#,
    );
    let pyproject = settings_with("app:main", "reproducible = true");
    let (one, two) = (build(&pyproject, &files), build(&pyproject, &files));
    assert!(one.snapshot == two.snapshot, "the images differ");
    assert_eq!(one.run(&[]), (0, "slept\n".to_string()));
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
fn an_end_looks_like_any_other() {
    // Finalisers of a module that runs as __main__ still have its names; an exception kept at import keeps nothing else;
    // a class may refuse to be asked for what it does not have; streams may be taken apart.
    let entry = dedent(
        r#"
        import io, sys, weakref
        from kept import store
        class R:
            def __del__(self): sys.stderr.write('gone\n')
        r = R()
        called = weakref.ref(r, lambda _: sys.stderr.write('called\n'))
        print('first')
        sys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding='utf-8')
        print('second')
        "#,
    );
    let kept = dedent(
        r#"
        try:
            import nowhere
        except ImportError as error:
            ERROR = error
        class O: pass
        store = {'o': O()}
        import weakref
        weakref.finalize(store['o'], print, 'finalised')
        store.pop('o')
        class Meta(type):
            def __getattr__(cls, name): raise KeyError(name)
        class Strange(metaclass=Meta): pass
        STRANGE = Strange()
        "#,
    );
    let bundle = build(&settings("app"), &[("python_libs/app.py", entry), ("python_libs/kept.py", kept)]);
    assert_eq!(bundle.run_as(Run::Resumed, &[]), (0, "first\nsecond\ngone\n".to_string()));
    assert_eq!(bundle.run_as(Run::Cold, &[]), (0, "finalised\nfirst\nsecond\ngone\n".to_string()));
}

#[test]
fn what_was_made_at_import_goes_when_the_run_lets_go_of_it() {
    let source = dedent(
        r#"
        import weakref
        try:
            import nowhere
        except ImportError as error:
            ERROR = error
        class O: pass
        held = O()
        weakref.finalize(held, print, 'gone')
        def main():
            global held
            held = None
            print('after')
        "#,
    );
    let bundle = build(&settings("app:main"), &[("python_libs/app.py", source)]);
    assert_eq!(bundle.run(&[]), (0, "gone\nafter\n".to_string()));
}

#[test]
fn an_import_that_the_entry_needs_must_work() {
    let project = Project::new(&settings("app"), &[("python_libs/app.py", "import not_there\n")]);
    let error = project.build().err().expect("refused");
    let expected = "app: cannot be imported at build time: ModuleNotFoundError: No module named 'not_there'";
    assert!(error.contains(expected), "{error}");
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

#[test]
fn an_exclusion_that_nothing_reaches_is_told() {
    let pyproject = settings_with("app:main", r#"snapshot-exclude = ["pkg.latee"]"#);
    let bundle = build(&pyproject, &[("python_libs/app.py", "def main(): pass\n")]);
    let expected = "[tool.pyapp] snapshot-exclude: nothing imports pkg.latee at the start; remove it";
    assert_eq!(bundle.report.warnings, [expected]);
}

#[test]
fn an_inclusion_that_is_no_module_is_refused_by_its_key() {
    let pyproject = settings_with("app:main", r#"snapshot-include = ["nope.sub"]"#);
    let refused =
        Project::new(&pyproject, &[("python_libs/app.py", "def main(): pass\n")]).build().err().expect("refused");
    let expected = "[tool.pyapp] snapshot-include: expected a module, found none named nope.sub; correct it";
    assert!(refused.contains(expected), "{refused}");
}

#[test]
fn without_a_snapshot_every_run_starts_cold() {
    let pyproject = settings_with("app:main", "snapshot = false");
    let bundle = build(&pyproject, &[("python_libs/app.py", &format!("{NOISY}def main(): pass\n"))]);
    assert!(bundle.snapshot.is_empty());
    assert_eq!(bundle.report.warnings, Vec::<String>::new());
    assert_eq!(bundle.run(&[]), (0, "importing app\n".to_string()));
}

#[test]
fn a_thousand_resumed_runs_draw_a_thousand_different_numbers() {
    let source = dedent(
        r#"
        import os, random, secrets, tempfile, uuid
        def main():
            print(random.random(), random.getrandbits(64), uuid.uuid4(), secrets.token_hex(8),
                  next(tempfile._get_candidate_names()), os.urandom(8).hex(), uuid.uuid1().node)
        "#,
    );
    let bundle = build(&settings("app:main"), &[("python_libs/app.py", source)]);
    assert_eq!(bundle.report.warnings, Vec::<String>::new());
    let runs = bundle.run_many(Run::Resumed, 1000);
    for field in 0..7 {
        let distinct: HashSet<&str> = runs.iter().filter_map(|run| run.split_whitespace().nth(field)).collect();
        assert_eq!(distinct.len(), 1000, "field {field}: {:?}", runs[0]);
    }
}

#[test]
fn the_hash_seed_is_that_of_the_build_and_reproducible_if_asked() {
    let files = files(
        r#"
        === python_libs/app.py
        KEPT = {'a', 'b', 'c', 'd', 'e'}
        def main(): print(hash('text'), list(KEPT))
        "#,
    );
    let build = |pyproject: &str| build(pyproject, &files);
    let usual = settings("app:main");
    let (one, two) = (build(&usual), build(&usual));
    assert!(one.archive == two.archive, "the archives differ");
    let said = |bundle: &App| bundle.run_as(Run::Resumed, &[]);
    assert_eq!(said(&one), said(&one), "one build, one seed");
    assert_ne!(said(&one), said(&two), "each build has its own");
    assert_ne!(one.run_as(Run::Cold, &[]), one.run_as(Run::Cold, &[]), "each cold start has its own");
    let asked = settings_with("app:main", "reproducible = true");
    let (one, two) = (build(&asked), build(&asked));
    assert!(one.snapshot == two.snapshot, "the images differ");
}

#[test]
fn an_image_may_be_larger_than_the_memory_that_a_module_starts_with() {
    let source = dedent(
        r#"
        BIG = bytes(range(256)) * 300_000
        def main(): print(len(BIG), BIG[-3:], BIG.count(b'\x07'))
        "#,
    );
    let bundle = build(&settings("app:main"), &[("python_libs/app.py", source)]);
    assert!(bundle.snapshot.len() > 76_800_000);
    assert_eq!(bundle.run(&[]), (0, "76800000 b'\\xfd\\xfe\\xff' 300000\n".to_string()));
}

#[test]
fn what_an_import_has_made_with_a_finaliser_is_finalised_in_each_run() {
    let source = dedent(
        r#"
        class Loud:
            def __del__(self): print('gone')
        kept = Loud()
        def gen():
            try:
                yield
            finally:
                print('closed')
        held = gen()
        next(held)
        def main(): print('main')
        "#,
    );
    let bundle = build(&settings("app:main"), &[("python_libs/app.py", source)]);
    let (status, said) = bundle.run(&[]);
    let lines: HashSet<&str> = said.lines().collect();
    assert_eq!((status, lines), (0, HashSet::from(["main", "gone", "closed"])));
}

#[test]
fn small_parts_expand_to_the_same_bytes() {
    let project = |size: &str| {
        let pyproject = settings_with("app:main", &format!("reproducible = true\nsize = \"{size}\""));
        build(&pyproject, &[("python_libs/app.py", "import json\ndef main(): pass\n")])
    };
    let (fast, small) = (project("fast"), project("small"));
    assert!(small.snapshot.len() * 4 < fast.snapshot.len() && small.code.len() * 3 < fast.code.len());
    let expand = |stored: &[u8], base: &[u8], len: usize| {
        let mut decompressor = zstd::bulk::Decompressor::with_dictionary(base).expect("made");
        decompressor.decompress(stored, len).expect("expanded")
    };
    assert!(expand(&small.code, &[], fast.code.len()) == fast.code, "the machine code differs");
    assert!(expand(&small.base_image, &[], fast.base_image.len()) == fast.base_image, "the base images differ");
    assert!(expand(&small.snapshot, &fast.base_image, fast.snapshot.len()) == fast.snapshot, "the images differ");
}

#[test]
fn a_bundle_leaves_nothing_on_the_disk_when_it_fails() {
    let out = folder();
    let project = Project { out, ..Project::new(&settings("app"), &[("python_libs/app.py", "import gone\n")]) };
    project.build().err().expect("refused");
    assert_eq!(std::fs::read_dir(project.out.path()).expect("listed").count(), 0);
}
