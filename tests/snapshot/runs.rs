//! What a resumed run makes of the objects of the snapshot.

use super::common::dedent;
use super::common::project::{Project, settings, settings_with};
use super::{NOISY, build};
use bundle::Run;
use std::collections::HashSet;

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
fn what_a_daemon_thread_is_in_the_middle_of_nobody_ends() {
    let source = dedent(
        r#"
        import contextlib, threading
        @contextlib.contextmanager
        def held():
            try: yield
            finally: print('closed')
        def hold(ready):
            with held():
                ready.set()
                threading.Event().wait()
        def main():
            ready = threading.Event()
            threading.Thread(target=hold, args=(ready,), daemon=True).start()
            ready.wait()
            print('main')
        "#,
    );
    let bundle = build(&settings("app:main"), &[("python_libs/app.py", source)]);
    assert_eq!(bundle.run(&[]), (0, "main\n".to_string()));
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

/// `certifi` holds such a one: an import that asks for a file of its package opens a context and closes it at exit.
#[test]
fn functions_that_an_import_has_suspended_end_in_each_run_and_once() {
    let source = dedent(
        r#"
        import atexit, contextlib
        @contextlib.contextmanager
        def held(name):
            try: yield
            finally: print(name, 'closed')
        def opened(name):
            context = held(name)
            context.__enter__()
            return context
        async def numbers():
            try: yield 1
            finally: print('numbers closed')
        async def waits():
            try: await Never()
            finally: print('waits closed')
        class Never:
            def __await__(self): yield
        at_exit, dropped, kept = map(opened, ('at exit', 'dropped', 'kept'))
        atexit.register(at_exit.__exit__, None, None, None)
        number = numbers()
        try: number.__anext__().send(None)
        except StopIteration: pass
        waiting = waits()
        waiting.send(None)
        def main():
            global dropped
            del dropped
            print('main')
        "#,
    );
    let bundle = build(&settings("app:main"), &[("python_libs/app.py", source)]);
    for run in [Run::Resumed, Run::Cold] {
        let (status, said) = bundle.run_as(run, &[]);
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!((status, lines.len()), (0, 6), "{said}");
        assert_eq!(lines[..3], ["dropped closed", "main", "at exit closed"]);
        assert_eq!(
            HashSet::from_iter(lines[3..].iter().copied()),
            HashSet::from(["kept closed", "numbers closed", "waits closed"])
        );
    }
}

/// What such a function holds is whole when it ends, though a run has made it; and a daemon that is left has no part in it.
#[test]
fn a_suspended_function_of_an_import_ends_before_what_it_holds() {
    let source = dedent(
        r#"
        import socket, sqlite3, threading, time
        class Loud:
            def __del__(self): print('gone')
        def pool():
            held = []
            try:
                while True: held.append((yield))
            finally:
                ours, theirs, database, _ = held
                ours.sendall(b'QUIT')
                print(theirs.recv(9), database.execute('select 1').fetchall())
        kept = pool()
        next(kept)
        def main():
            for each in (*socket.socketpair(), sqlite3.connect(':memory:'), Loud()): kept.send(each)
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            print('main')
        "#,
    );
    let bundle = build(&settings("app:main"), &[("python_libs/app.py", source)]);
    assert_eq!(bundle.run_as(Run::Resumed, &[]), (0, "main\nb'QUIT' [(1,)]\ngone\n".to_string()));
}

/// The statuses of `python3`, where it is not the process that ends by the signal.
#[test]
fn an_interrupt_that_nobody_catches_ends_the_entry_whatever_else_fails() {
    for (code, expected) in [
        ("raise KeyboardInterrupt", 130),
        ("raise type('Own', (KeyboardInterrupt,), {})", 1),
        ("print('lost'); os.close(1); raise KeyboardInterrupt", 130),
        ("print('lost'); os.close(1)", 120),
        ("sys.excepthook = lambda *_: sys.exit(3); raise KeyboardInterrupt", 3),
    ] {
        let source = format!("import os, sys\ndef main():\n    {code}\n");
        let bundle = build(&settings("app:main"), &[("python_libs/app.py", &source)]);
        for run in [Run::Resumed, Run::Cold] {
            assert_eq!(bundle.run_as(run, &[]).0, expected, "{code}");
        }
    }
}

/// Where that need not be, a run ends as fast as it began. `_pyapp` is in nobody's reach but by what it has put into `time`.
#[test]
fn only_a_finaliser_that_somebody_could_see_has_a_run_take_everything_apart() {
    for (kept, expected) in [
        ("io.BytesIO(b'x'), io.StringIO('x')", "True\n"),
        ("type('Own', (io.BytesIO,), {})()", "False\n"),
        ("io.TextIOWrapper(io.BytesIO())", "False\n"),
        ("(0 for _ in ())", "True\n"),
    ] {
        let source = format!(
            "import io\nimport time\nkept = {kept}\ndef main():\n    print(vars(time)['__getattr__'].__globals__['finalizes_lightly'])\n"
        );
        let bundle = build(&settings("app:main"), &[("python_libs/app.py", &source)]);
        assert_eq!(bundle.run_as(Run::Resumed, &[]), (0, expected.to_string()), "{kept}");
    }
}
