//! Limits: programs that mean no good, each of which ends with a status of its own; `PYAPP_LIMITS` narrows, and never widens.

mod common;

use common::project::{Project, settings_with};
use common::{Run, dedent, python, run};
use host::Meter;
use policy::Resource;
use std::time::{Duration, Instant};

/// What a start may take, and all else, on a machine that is busy. So are the limits of time that a program is to reach something
/// in: long enough for its start there.
const ALLOWANCE: Duration = Duration::from_secs(10);

/// What `python3 -c CODE` does under these limits.
fn limited(limits: &str, code: &str) -> Run {
    let mut command = python(&["-c", code]);
    command.env("PYAPP_LIMITS", limits);
    run(command)
}

fn line(limit: &str) -> String {
    format!("pyapp: the run has reached its limit {limit}; PYAPP_LIMITS or [tool.pyapp.limits] sets it\n")
}

/// As [`limited`], of a program that has an error that says so, and then ends with this status.
fn fails(limit: &str, status: i32, error: &str, code: &str) {
    let run = limited(limit, code);
    assert_eq!(run.status, Some(status), "{code}\n{run:?}");
    let said = run.stderr.strip_suffix(&line(limit)).unwrap_or_else(|| panic!("{code}\n{run:?}"));
    assert!(
        said.starts_with("Traceback ") && said.lines().last().is_some_and(|last| last.starts_with(error)),
        "{run:?}"
    );
}

/// As [`limited`], of a program whose time ends within twice its limit, and that says nothing on stderr itself.
fn ends(limit: &str, status: i32, code: &str) -> String {
    let start = Instant::now();
    let run = limited(limit, code);
    let took = start.elapsed();
    let (_, value) = limit.split_once('=').expect("a limit");
    let most = Duration::from_millis(Resource::Time.parse(value).expect("a time"));
    assert_eq!((run.status, run.stderr), (Some(status), line(limit)), "{code}");
    assert!(took < 2 * most + ALLOWANCE, "{code}: {took:?}");
    run.stdout
}

#[test]
fn memory_that_runs_out() {
    for code in [
        "kept = []\nwhile True: kept.append(bytearray(1 << 20))",
        "bytes(1 << 30)",
        "kept = []\nwhile True: kept.append([kept])",
        "text = 'x'\nwhile True: text += text",
    ] {
        fails("memory=64MiB", 80, "MemoryError", code);
    }
    // So deep the interpreter may lose the error.
    let code = "import sys\nsys.setrecursionlimit(10**9)\ndef deeper(n): return deeper(n + 1) + 1\ndeeper(0)";
    let run = limited("memory=48MiB", code);
    assert_eq!(run.status, Some(80), "{run:?}");
    // Who catches it goes on.
    let code = dedent(
        r#"
        try:
            bytes(1 << 30)
        except MemoryError:
            print("caught")
        raise SystemExit(7)
        "#,
    );
    let run = limited("memory=64MiB", code);
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(7), "caught\n", ""));
}

#[test]
fn a_memory_that_is_too_small_to_start_says_how_much_it_takes() {
    let least = |refused: Run| {
        assert_eq!(refused.status, Some(125));
        let least = refused.stderr.split_once("expected at least ").and_then(|(_, rest)| rest.split_once(','));
        least.map(|(least, _)| least.to_string()).unwrap_or_else(|| panic!("{refused:?}"))
    };
    let least_of_python = least(limited("memory=1MiB", "print(1)"));
    let started = limited(&format!("memory={least_of_python}"), "print(1)");
    assert_eq!((started.status, started.stdout.as_str(), started.stderr.as_str()), (Some(0), "1\n", ""));
    // The app, from its snapshot.
    let app = |limit: &str| {
        let mut app = common::app();
        app.env("PYAPP_LIMITS", format!("memory={limit}"));
        run(app)
    };
    let least_of_app = least(app("1MiB"));
    let started = app(&least_of_app);
    assert_eq!((started.status, started.stderr.as_str()), (Some(0), ""), "{least_of_app}");
}

#[test]
fn a_program_that_spins_tidies_up() {
    let code = dedent(
        r#"
        import atexit
        print("in the buffer")
        atexit.register(print, "at the end")
        try:
            while True: pass
        finally:
            print("finally")
        "#,
    );
    for (limit, status) in [("time=3s", 81), ("cpu=2s", 82)] {
        assert_eq!(ends(limit, status, code), "in the buffer\nfinally\nat the end\n");
    }
}

#[test]
fn waits_end() {
    for wait in [
        "time.sleep(60)",
        "threading.Lock().acquire() and lock.acquire()",
        "threading.Event().wait()",
        "select.select([os.pipe()[0]], [], [], 60)",
        "thread.join()",
        "signal.pause()",
        "queue.Queue().get()",
        "[time.sleep(0.001) for _ in range(100_000)]",
    ] {
        let code = format!(
            "import os, queue, select, signal, threading, time\n\
             lock = threading.Lock(); lock.acquire()\n\
             thread = threading.Thread(target=time.sleep, args=(60,), daemon=True); thread.start()\n\
             try: {wait}\nfinally: print('finally')"
        );
        // Long enough to get there on a machine that is busy.
        assert_eq!(ends("time=3s", 81, &code), "finally\n", "{wait}");
    }
}

#[test]
fn what_does_not_look_up_is_ended() {
    for code in [
        // In C.
        "sum(range(10**15))",
        "import re; re.match('(a*)*b', 'a' * 60)",
        // In another thread, which has the interpreter.
        "import threading, time\nthreading.Thread(target=lambda: sum(range(10**15))).start()\ntime.sleep(60)",
        // Waits that POSIX has no interruption for.
        "import signal\nsignal.sigwait([signal.SIGUSR1])",
        // In many threads.
        "import threading\ndef spin():\n  while True: pass\nfor _ in range(8): threading.Thread(target=spin).start()\nspin()",
        // What is raised is caught.
        "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
        "import time\nwhile True:\n  try: time.sleep(1)\n  except BaseException: pass",
        // In finalisers.
        "class Held:\n  def __del__(self):\n    while True: pass\nheld = Held()",
    ] {
        for (limit, status) in [("time=500ms", 81), ("cpu=500ms", 82)] {
            if limit.starts_with("cpu") && (code.contains("sleep(1)") || code.contains("sigwait")) {
                continue;
            }
            let start = Instant::now();
            let run = limited(limit, code);
            assert_eq!(run.status, Some(status), "{code}\n{run:?}");
            assert!(run.stderr.ends_with(&line(limit)), "{code}\n{run:?}");
            assert!(start.elapsed() < Duration::from_secs(1) + ALLOWANCE, "{code}");
        }
    }
}

#[test]
fn a_lock_that_is_held_at_exit_is_no_end() {
    for code in [
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()",
        "import threading\nlock = threading.Lock(); lock.acquire()\nthreading.Thread(target=lock.acquire).start()",
        "import atexit, threading\nlock = threading.Lock(); lock.acquire()\natexit.register(lock.acquire)",
    ] {
        let start = Instant::now();
        let run = limited("time=500ms", code);
        assert_eq!(run.status, Some(81), "{code}\n{run:?}");
        assert!(run.stderr.ends_with(&line("time=500ms")), "{code}\n{run:?}");
        assert!(start.elapsed() < Duration::from_secs(1) + ALLOWANCE, "{code}");
    }
}

#[test]
fn what_is_raised_passes_by_what_catches_other_things() {
    let code = dedent(
        r#"
        import signal
        for number in range(1, 65):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        try:
            while True:
                try:
                    while True: pass
                except (Exception, KeyboardInterrupt, SystemExit, GeneratorExit):
                    print("swallowed")
        except BaseException as error:
            print(repr(error), isinstance(error, BaseException))
            raise
        "#,
    );
    assert_eq!(ends("time=3s", 81, code), "LimitReached('time') True\n");
}

#[test]
fn who_wants_to_can_catch_it_but_the_status_stays() {
    let code = dedent(
        r#"
        from pyapp_limits import LimitReached
        try:
            while True: pass
        except LimitReached as reached:
            print("so far", reached)
        "#,
    );
    assert_eq!(ends("time=3s", 81, code), "so far time\n");
    assert_eq!(ends("cpu=2s", 82, code), "so far cpu\n");
}

#[test]
fn waiting_takes_no_time_of_processors() {
    let run = limited("cpu=3s", "import time; time.sleep(4); print('done')");
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "done\n", ""));
    let run = limited("time=1min,cpu=1min", "print('done')");
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "done\n", ""));
}

#[test]
fn files_in_memory() {
    fails("scratch=1MiB", 83, "OSError: [Errno 28]", "open('/tmp/x', 'wb').write(bytes(2 << 20))");
    let many = "for number in range(10**6): open(f'/tmp/{number}', 'w')";
    fails("scratch-files=100", 84, "OSError: [Errno 28]", many);
    fails("scratch=128KiB", 83, "OSError: [Errno 28]", many);
    let code = "try: open('/tmp/x', 'wb').write(bytes(2 << 20))\nexcept OSError: pass\nraise ValueError";
    let run = limited("scratch=1MiB", code);
    assert_eq!(run.status, Some(1), "an error of another kind: {run:?}");
    assert!(run.stderr.ends_with("ValueError\n"));
}

#[test]
fn descriptors() {
    for code in [
        "kept = [open('/tmp/x', 'w') for _ in range(10**6)]",
        "import os\nwhile True: os.pipe()",
        "import os\nwhile True: os.dup(1)",
    ] {
        fails("descriptors=20", 85, "OSError: [Errno 24]", code);
    }
    let code = "import os; os.dup2(1, 19); print(os.sysconf('SC_OPEN_MAX') > 0)\ntry: os.dup2(1, 20)\nexcept OSError as error: print(error)";
    let run = limited("descriptors=20", code);
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), "True\n[Errno 9] Bad file descriptor\n"), "{run:?}");
}

#[test]
fn threads() {
    let code = dedent(
        r#"
        import threading, time
        for number in range(10**6):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            print(number)
        "#,
    );
    let run = limited("threads=4", code);
    assert_eq!((run.status, run.stdout.as_str()), (Some(86), "0\n1\n2\n"), "{run:?}");
    assert!(run.stderr.ends_with(&format!("RuntimeError: can't start new thread\n{}", line("threads=4"))), "{run:?}");
}

#[test]
fn output() {
    for code in [
        "while True: print('hello')",
        "import sys\nwhile True: print('hello', file=sys.stderr)",
        "while True:\n  try: print('hello', flush=True)\n  except OSError: pass",
        "import os, sys\nwhile True:\n  try: os.write(2, b'hello')\n  except OSError: pass",
        "import os, sys\ndone = os.write(1, b'x' * 1000) + os.write(2, b'y' * 2000)\ntry: os.write(1, b'z')\nexcept OSError as error: assert error.errno == 27 and done == 1024",
    ] {
        let run = limited("output=1KiB", code);
        let said = run.stderr.strip_suffix(&line("output=1KiB")).unwrap_or_else(|| panic!("{code}\n{run:?}"));
        assert_eq!((run.status, said.len() + run.stdout.len()), (Some(87), 1024), "{code}");
    }
    let run = limited("output=6B", "print('hello')");
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "hello\n", ""));
}

#[test]
fn a_run_never_widens() {
    for (limits, expected) in [
        ("scratch=1GiB", "scratch: expected at most 256MiB, which this executable allows, found 1GiB"),
        ("time=5", "time: expected a time such as 500ms, 5s or 2min, found \"5\""),
        ("threads=2,threads=3", "threads: expected at most 2, which this executable allows, found 3"),
    ] {
        let run = limited(limits, "print(1)");
        assert_eq!(run.status, Some(125));
        assert_eq!(run.stderr, format!("pyapp: PYAPP_LIMITS: {expected}; correct it\n"));
    }
    let code = dedent(
        r#"
        import os
        print([name for name in os.environ if "LIMIT" in name])
        os.environ["PYAPP_LIMITS"] = "memory=4GiB"
        try: bytes(1 << 30)
        except MemoryError: print("as before")
        "#,
    );
    let run = limited("memory=64MiB", code);
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), "[]\nas before\n"), "{run:?}");
}

#[test]
fn limits_are_baked_in() {
    let more = "limits = { memory = '64MiB', scratch = '1GiB', threads = 4 }\nsnapshot = false";
    let project = Project::new(&settings_with("app", more), &[("python_libs/app.py", "bytes(1 << 30)")]);
    let app = project.build().expect("built");
    let limits = *app.bundle.limits();
    let found: Vec<_> = limits.iter().collect();
    assert_eq!(found, [(Resource::Memory, 64 << 20), (Resource::Scratch, 1 << 30), (Resource::Threads, 4)]);
    let (status, said) = app.run_given(app.bundle.app(), |context| context.argument("app").meter(Meter::new(limits)));
    assert!(status == 1 && said.ends_with("MemoryError\n"), "{said}");
    let narrowed = limits.narrowed("scratch=512MiB").expect("narrower");
    assert_eq!(narrowed.limit(Resource::Scratch), Some(512 << 20));
    assert!(limits.narrowed("threads=5").is_err());
}
