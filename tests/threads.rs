//! Threads, as programs see them: in the executable, as `python3`. `tests/threads/*.py` are programs whose output was made by a
//! native CPython 3.13 (`NAME.txt` beside each).

mod common;

use common::{dedent, prints, python, run, run_with_input};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// The output and the status of a program, which must say nothing on stderr.
fn quiet(code: &str) -> (String, Option<i32>) {
    let run = run(python(&["-c", code]));
    assert_eq!(run.stderr, "", "{code}\n{run:?}");
    (run.stdout, run.status)
}

#[test]
fn waiting_goes_on_in_parallel() {
    let code = dedent(
        r#"
        import threading, time
        start = time.perf_counter()
        threads = [threading.Thread(target=time.sleep, args=(0.5,)) for _ in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(0.5 <= time.perf_counter() - start < 2)
        "#,
    );
    assert_eq!(quiet(code), ("True\n".to_string(), Some(0)));
}

#[test]
fn a_thread_that_reads_stdin_lets_others_run() {
    let code = dedent(
        r#"
        import sys, threading
        lines = []
        reader = threading.Thread(target=lambda: lines.append(sys.stdin.readline()))
        reader.start()
        print("counting", flush=True)
        count = 0
        while not lines: count += 1
        print(lines, count > 10_000)
        "#,
    );
    let mut child = python(&["-c", code]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let (mut stdin, mut stdout) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
    let mut told = [0; "counting\n".len()];
    stdout.read_exact(&mut told).expect("it counts");
    std::thread::sleep(Duration::from_millis(300));
    stdin.write_all(b"a line\n").expect("written");
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("read");
    assert_eq!(rest, "['a line\\n'] True\n");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn pipes_and_sockets_between_threads_wait_for_each_other() {
    let code = dedent(
        r#"
        import os, select, socket, threading, time
        reader, writer = os.pipe()
        sizes = []
        def read():
            while data := os.read(reader, 30_000): sizes.append(len(data))
        thread = threading.Thread(target=read)
        thread.start()
        # A write waits until there is room for all of it.
        print({os.write(writer, bytes(200_000)) for _ in range(10)})
        os.close(writer)
        thread.join()
        print(sum(sizes))
        here, there = socket.socketpair()
        def later():
            time.sleep(0.05)
            there.send(b"hello")
        for wait in (lambda: select.select([here], [], []), lambda: select.select([here], [], [], 30), lambda: None):
            thread = threading.Thread(target=later)
            thread.start()
            wait()
            print(here.recv(10))
            thread.join()
        "#,
    );
    let hello = "b'hello'\n".repeat(3);
    assert_eq!(quiet(code), (format!("{{200000}}\n2000000\n{hello}"), Some(0)));
}

#[test]
fn nobody_is_left_waiting_beside_busy_threads() {
    let code = dedent(
        r#"
        import threading, time
        stop, counts, ticks = time.monotonic() + 2, [0] * 3, []
        def busy(i):
            while time.monotonic() < stop: counts[i] += 1
        def tick():
            while time.monotonic() < stop:
                time.sleep(0.001)
                ticks.append(1)
        threads = [threading.Thread(target=busy, args=(i,)) for i in range(3)] + [threading.Thread(target=tick) for _ in range(2)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        # A thread that was forgotten would have next to nothing.
        print(min(counts) > max(counts) / 10, len(ticks) >= 20)
        "#,
    );
    assert_eq!(quiet(code), ("True True\n".to_string(), Some(0)));
}

/// Each of these gives the GIL away for a moment, and takes it back before the thread that this wakes has its turn.
#[test]
fn nobody_is_left_waiting_beside_threads_that_give_the_gil_away_for_a_moment() {
    for call in ["signal.raise_signal(signal.SIGUSR1)", "hashlib.sha256(data)", "os.stat('/')", "time.sleep(0)"] {
        let code = dedent(&format!(
            r#"
            import hashlib, os, signal, threading, time
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
            data = bytes(100_000)
            def work():
                while not over: {call}
            over = False
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            start = time.monotonic()
            for _ in range(20): time.sleep(0.001)
            late = time.monotonic() - start
            over = True
            print(late < 10 or late)
            "#
        ));
        let mut command = python(&["-c", code]);
        command.env("PYAPP_LIMITS", "time=60s");
        let run = run(command);
        assert_eq!((run.stdout.as_str(), run.status), ("True\n", Some(0)), "{call}: {run:?}");
    }
}

#[test]
fn the_memory_grows_in_one_thread_for_all() {
    // `bytes(bytearray)` copies with a bulk operation, which looks at the instance's own idea of the size.
    let code = dedent(
        r#"
        import threading
        grown = []
        def grow():
            grown.append(bytearray(64 << 20))
            grown[-1][-1] = 7
        for _ in range(3):
            thread = threading.Thread(target=grow)
            thread.start()
            thread.join()
        print([bytes(data)[-1] for data in grown])
        "#,
    );
    assert_eq!(quiet(code), ("[7, 7, 7]\n".to_string(), Some(0)));
}

/// glibc would give each thread a heap of its own, and keep what was freed in each: 4 MB in each of the 16.
#[test]
#[cfg(target_os = "linux")]
fn threads_that_take_memory_of_the_host_in_turn_take_it_once() {
    let code = dedent(
        r#"
        import os, sys, threading
        begun, turn, over = threading.Barrier(17), threading.Lock(), threading.Event()
        def work(number):
            begun.wait()
            with turn:
                with open(f"/tmp/{number}", "wb") as file: file.write(bytes(4 << 20))
                os.remove(f"/tmp/{number}")
            done.release()
            over.wait()
        done = threading.Semaphore(0)
        for number in range(16): threading.Thread(target=work, args=(number,)).start()
        with turn:
            begun.wait()
            print("begun", flush=True)
            sys.stdin.readline()
        for _ in range(16): done.acquire()
        print("done", flush=True)
        sys.stdin.readline()
        over.set()
        "#,
    );
    let mut child = python(&["-c", code]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut resident = |word: &str| {
        assert_eq!(lines.next().expect("a line").expect("read"), word);
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("there");
        stdin.write_all(b"\n").expect("it reads");
        line.trim().strip_suffix(" kB").expect("a unit").parse::<u64>().expect("a number")
    };
    let (before, after) = (resident("begun"), resident("done"));
    assert!(child.wait().expect("it ends").success());
    assert!(after < before + (16 << 10), "{before} kB before, {after} kB after");
}

#[test]
fn deep_recursion_in_a_thread_is_a_recursion_error() {
    let code = dedent(
        r#"
        import copy, json, pickle, sys, threading
        def nested(depth):
            value = []
            for _ in range(depth): value = [value]
            return value
        class Endless:
            def __getattr__(self, name): return getattr(self, name + "x")
            def __repr__(self): return repr(self)
        def call(depth): return depth and 1 + call(depth - 1)
        def through_c(depth): return list(map(through_c, [depth - 1])) if depth else []
        sys.setrecursionlimit(100_000)
        deep = nested(90_000)
        for action in (
            lambda: json.loads("[" * 100_000), lambda: json.dumps(deep), lambda: repr(deep), lambda: pickle.dumps(deep),
            lambda: copy.deepcopy(deep), lambda: Endless().x, lambda: repr(Endless()), lambda: through_c(50_000),
            lambda: deep == nested(90_000),
        ):
            def run():
                try: print("ended", action())
                except RecursionError: print("RecursionError")
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
        "#,
    );
    assert_eq!(quiet(code), ("RecursionError\n".repeat(9), Some(0)));
}

/// What ends the process, from whichever thread, ends it at once, and what was written is there.
#[test]
fn every_end_is_as_natively() {
    let threads = "import atexit, os, sys, threading, time\natexit.register(print, 'atexit')\n";
    for (code, stdout, status) in [
        // Threads that are no daemons are waited for, before atexit.
        (
            "threading.Thread(target=lambda: (time.sleep(0.2), print('late'))).start(); print('main')",
            "main\nlate\natexit\n",
            0,
        ),
        (
            "threading.Thread(target=lambda: (time.sleep(0.1), print('out', flush=True), os._exit(7))).start(); time.sleep(60)",
            "out\n",
            7,
        ),
        (
            "threading.Thread(target=sys.exit, args=(3,)).start(); time.sleep(0.1); print('goes on')",
            "goes on\natexit\n",
            0,
        ),
        ("threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); print('main')", "main\natexit\n", 0),
        ("threading.Thread(target=sys.stdin.read, daemon=True).start(); print('main')", "main\natexit\n", 0),
        ("threading.Thread(target=threading.Event().wait, daemon=True).start(); sys.exit(5)", "atexit\n", 5),
        (
            "def spin():\n    while True: pass\nthreading.Thread(target=spin, daemon=True).start(); time.sleep(0.05); print('main')",
            "main\natexit\n",
            0,
        ),
        (
            "def spin():\n    while True: sorted(range(100_000))\nfor _ in range(3): threading.Thread(target=spin, daemon=True).start()\nsys.exit(4)",
            "atexit\n",
            4,
        ),
    ] {
        let mut command = python(&["-c", &format!("{threads}{code}")]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let _stdin = child.stdin.take();
        let start = Instant::now();
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(
            (String::from_utf8_lossy(&output.stdout).as_ref(), output.status.code()),
            (stdout, Some(status)),
            "{code}: {output:?}"
        );
        assert!(start.elapsed() < Duration::from_secs(20), "{code}");
    }
}

#[test]
fn an_error_in_a_thread_is_told_and_ends_only_that() {
    let run = run(python(&[
        "-c",
        "import threading\nt = threading.Thread(target=lambda: 1 / 0, name='T')\nt.start(); t.join(); print('on')",
    ]));
    assert_eq!((run.stdout.as_str(), run.status), ("on\n", Some(0)), "{run:?}");
    assert!(run.stderr.starts_with("Exception in thread T:\n") && run.stderr.contains("ZeroDivisionError"), "{run:?}");
}

#[test]
fn too_many_threads_are_an_error_and_no_end() {
    let code = dedent(
        r#"
        import threading
        go, threads = threading.Event(), []
        try:
            while True:
                threads.append(threading.Thread(target=go.wait))
                threads[-1].start()
        except RuntimeError as error:
            print(error, len(threads))
        go.set()
        for thread in threads[:-1]: thread.join()
        threading.Thread(target=print, args=("again",)).start()
        "#,
    );
    // The most that there may be, the main thread among them.
    assert_eq!(quiet(code), ("can't start new thread 512\nagain\n".to_string(), Some(0)));
}

#[test]
fn each_thread_has_its_own_errno_and_number() {
    let code = dedent(
        r#"
        import os, threading
        numbers, wrong = set(), []
        def work(path, error):
            numbers.add((threading.get_ident(), threading.get_native_id()))
            for _ in range(300):
                try: os.stat(path)
                except error: pass
                except OSError as other: wrong.append(other)
            barrier.wait()
        barrier = threading.Barrier(4)
        cases = [("/nowhere", FileNotFoundError), ("/vfs/pyapp.json/x", NotADirectoryError)] * 2
        threads = [threading.Thread(target=work, args=case) for case in cases]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(wrong, len(numbers), threading.get_native_id() == os.getpid())
        "#,
    );
    assert_eq!(quiet(code), ("[] 4 True\n".to_string(), Some(0)));
}

#[test]
fn the_library_s_own_users_of_threads_work() {
    let code = dedent(
        r#"
        import asyncio, concurrent.futures, logging, logging.handlers, multiprocessing.dummy, multiprocessing.pool, queue
        import sched, socket, sqlite3, sys, threading, time
        with concurrent.futures.ThreadPoolExecutor(4) as pool: print(sum(pool.map(lambda n: n * n, range(100))))
        with multiprocessing.pool.ThreadPool(3) as pool: print(pool.map(str, range(5)))
        process = multiprocessing.dummy.Process(target=print, args=("dummy",))
        process.start()
        process.join()
        async def main():
            loop = asyncio.get_running_loop()
            answers = await asyncio.gather(
                asyncio.to_thread(lambda: "to_thread"), loop.run_in_executor(None, lambda: "executor"),
                loop.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM))
            print(answers[:2], answers[2][0][4])
        asyncio.run(main())
        records = queue.Queue()
        listener = logging.handlers.QueueListener(records, logging.StreamHandler(sys.stdout))
        listener.start()
        logger = logging.getLogger("x")
        logger.addHandler(logging.handlers.QueueHandler(records))
        logger.warning("through a queue")
        listener.stop()
        threading.Timer(0.01, print, args=("timer",)).start()
        time.sleep(0.2)
        scheduler = sched.scheduler()
        scheduler.enter(0.01, 1, print, ("sched",))
        scheduler.run()
        print(sqlite3.threadsafety)
        "#,
    );
    let expected = "328350\n['0', '1', '2', '3', '4']\ndummy\n['to_thread', 'executor'] ('127.0.0.1', 80)\n\
                    through a queue\ntimer\nsched\n3\n";
    assert_eq!(quiet(code), (expected.to_string(), Some(0)));
}

#[test]
fn a_database_is_filled_by_many_threads() {
    let code = dedent(
        r#"
        import sqlite3, threading
        errors = []
        def fill(number):
            try:
                base = sqlite3.connect("/tmp/base", timeout=30)
                for k in range(20):
                    with base: base.execute("insert into t values (?)", (number * 100 + k,))
                base.close()
            except Exception as error: errors.append(error)
        sqlite3.connect("/tmp/base").execute("create table t (n)")
        threads = [threading.Thread(target=fill, args=(number,)) for number in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(errors, sqlite3.connect("/tmp/base").execute("select count(*), sum(n) from t").fetchone())
        "#,
    );
    assert_eq!(quiet(code), ("[] (80, 12760)\n".to_string(), Some(0)));
}

/// Waits, starts, ends and work at random, from a seed: what each computes is right, nobody hangs.
#[test]
fn at_random_nothing_is_lost() {
    let code = include_str!("threads/chaos.py");
    let run = run_with_input(python(&["-c", code, "11"]), "");
    assert_eq!((run.stdout.as_str(), run.status), ("[] True\n", Some(0)), "{run:?}");
}

#[test]
fn subprocesses_are_still_refused() {
    assert_eq!(
        prints("import subprocess\ntry: subprocess.run(['true'])\nexcept OSError as error: print(error.strerror)"),
        "the sandbox starts no processes; import the program and call it\n"
    );
}
