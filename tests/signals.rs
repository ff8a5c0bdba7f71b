//! Signals from outside, timers, and what programs do with them. A program says `go` when it is where the signal is to find it, and
//! what it prints then tells what came.

mod common;

use common::{dedent, end_of, python, run};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A program that runs, and has said `go`.
struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    // Open as long as the program runs: who reads it waits.
    _stdin: Option<ChildStdin>,
}

impl Running {
    fn start(code: &str) -> Running {
        Running::command(python(&["-c", code]))
    }

    fn command(mut command: Command) -> Running {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let _stdin = child.stdin.take();
        let mut running = Running { child, stdout, _stdin };
        assert_eq!(running.line(), "go");
        running
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("read");
        line.trim_end().to_string()
    }

    fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("sent");
    }

    /// The rest of the output, what stderr says, the exit status, or the signal that ended it, below zero.
    fn end(mut self) -> (String, String, i32) {
        let (mut out, mut error) = (String::new(), String::new());
        self.stdout.read_to_string(&mut out).expect("read");
        self.child.stderr.take().expect("a pipe").read_to_string(&mut error).expect("read");
        let status = self.child.wait().expect("it ends");
        (out, error, end_of(status))
    }
}

/// Whatever the main thread does, Ctrl-C is a KeyboardInterrupt in it, at once. (The bound is for a machine that is busy; on an idle
/// one it takes a few milliseconds.)
#[test]
fn an_interrupt_finds_the_main_thread_wherever_it_is() {
    for doing in [
        "while True: pass",
        "time.sleep(60)",
        "lock = threading.Lock(); lock.acquire(); lock.acquire()",
        "threading.Event().wait()",
        "threading.Event().wait(60)",
        "thread = threading.Thread(target=time.sleep, args=(60,), daemon=True); thread.start(); thread.join()",
        "queue.Queue().get()",
        "sys.stdin.readline()",
        "os.read(0, 1)",
        "pair = socket.socketpair(); select.select([pair[0]], [], [])",
        "select.select([], [], [], 60)",
        "poll = select.poll(); poll.register(0, select.POLLIN); poll.poll()",
        "pair = socket.socketpair(); threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); pair[0].recv(1)",
        "asyncio.run(asyncio.sleep(60))",
        "threading.Thread(target=spin, daemon=True).start(); time.sleep(60)",
        "threading.Thread(target=spin, daemon=True).start(); spin()",
        "signal.pause()",
        // Long calls in C that look for signals.
        "re.match('(a|aa)*b', 'a' * 60)",
        "3 ** 10_000_000 % 7 and str(3 ** 3_000_000) and None or spin()",
    ] {
        let code = format!(
            "import asyncio, os, queue, re, select, signal, socket, sys, threading, time\nsys.set_int_max_str_digits(0)\n\
             def spin():\n while True: pass\ntry:\n print('go', flush=True)\n {doing}\n\
             except KeyboardInterrupt: print('interrupted', flush=True)\nfinally: print('finally')"
        );
        let running = Running::start(&code);
        // It has to get there; on its way it may be interrupted, too.
        std::thread::sleep(Duration::from_millis(50));
        let start = Instant::now();
        running.send(Signal::INT);
        let (out, error, status) = running.end();
        assert_eq!((out.as_str(), error.as_str(), status), ("interrupted\nfinally\n", "", 0), "{doing}");
        assert!(start.elapsed() < Duration::from_secs(5), "{doing}: {:?}", start.elapsed());
    }
}

#[test]
fn an_interrupt_that_nobody_catches_ends_the_process_by_it_and_each_is_told() {
    let code = dedent(
        r#"
        import time
        try:
            print("go", flush=True)
            time.sleep(60)
        finally:
            try:
                print("finally", flush=True)
                time.sleep(60)
            except KeyboardInterrupt: print("again")
        "#,
    );
    let mut running = Running::start(code);
    running.send(Signal::INT);
    assert_eq!(running.line(), "finally");
    running.send(Signal::INT);
    let (out, error, status) = running.end();
    assert_eq!((out.as_str(), status), ("again\n", -2), "{error}");
    assert!(error.ends_with("KeyboardInterrupt\n"), "{error}");
}

#[test]
fn a_handler_of_the_program_s_own_is_called_for_every_signal_it_asks_for() {
    let code = dedent(
        r#"
        import os, signal, time
        numbers = signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGINT, signal.SIGWINCH, signal.SIGCONT
        got = []
        # Not print(): the next signal may come before it is done.
        def handler(number, frame):
            got.append(number)
            os.write(1, f"{signal.Signals(number).name}\n".encode())
        for number in numbers: signal.signal(number, handler)
        print("go", flush=True)
        while len(got) < len(numbers): time.sleep(0.01)
        "#,
    );
    let mut running = Running::start(code);
    for (signal, name) in [
        (Signal::HUP, "SIGHUP"),
        (Signal::USR1, "SIGUSR1"),
        (Signal::USR2, "SIGUSR2"),
        (Signal::TERM, "SIGTERM"),
        (Signal::INT, "SIGINT"),
        (Signal::WINCH, "SIGWINCH"),
        (Signal::CONT, "SIGCONT"),
    ] {
        running.send(signal);
        assert_eq!(running.line(), name);
    }
    assert_eq!(running.end(), (String::new(), String::new(), 0));
}

/// As natively: what no handler asks for the system does, and the shell shows 128 and the number.
#[test]
fn without_a_handler_the_system_decides() {
    for signal in [Signal::TERM, Signal::HUP, Signal::USR1, Signal::KILL, Signal::ALARM] {
        let running = Running::start("import time; print('go', flush=True); time.sleep(60)");
        running.send(signal);
        assert_eq!(running.end(), (String::new(), String::new(), -signal.as_raw()), "{signal:?}");
    }
    for signal in [Signal::WINCH, Signal::CHILD, Signal::URG, Signal::CONT] {
        let code = "import sys; print('go', flush=True); print(sys.stdin.readline())";
        let mut running = Running::start(code);
        running.send(signal);
        running._stdin = None;
        assert_eq!(running.end(), ("\n".to_string(), String::new(), 0), "{signal:?}");
    }
}

#[test]
fn what_the_process_was_started_ignoring_stays_ignored() {
    let code = "import signal; print('go'); print(*(signal.getsignal(n) is signal.SIG_IGN for n in (1, 2, 15, 10)))";
    let mut shell = common::unmoved("sh");
    shell.env("PYAPP_INTERPRETER", "1").args([
        "-c",
        "trap '' HUP INT; exec \"$0\" -c \"$1\"",
        env!("CARGO_BIN_EXE_pyapp"),
        code,
    ]);
    assert_eq!(Running::command(shell).end(), ("True True False False\n".to_string(), String::new(), 0));
}

#[test]
fn timers_and_waiting_for_signals() {
    let code = dedent(
        r#"
        import signal, threading, time
        got = []
        signal.signal(signal.SIGALRM, lambda *_: got.append("alarm"))
        print(signal.alarm(3), signal.alarm(0))
        start = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        while len(got) < 3: signal.pause()
        print(0.14 < time.monotonic() - start < 5, signal.setitimer(signal.ITIMER_REAL, 0)[1])
        signal.signal(signal.SIGVTALRM, lambda *_: got.append("virtual"))
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.05)
        while "virtual" not in got: pass
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGALRM])
        signal.raise_signal(signal.SIGUSR1)
        print(signal.sigpending(), signal.sigwait([signal.SIGUSR1]).name, signal.sigpending())
        print(signal.sigtimedwait([signal.SIGUSR1], 0.01))
        threading.Timer(0.05, signal.pthread_kill, (threading.main_thread().ident, signal.SIGUSR1)).start()
        print(signal.sigwaitinfo([signal.SIGUSR1]).si_signo == signal.SIGUSR1)
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        time.sleep(0.05)
        print(got.count("alarm"), [each.name for each in signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])])
        print(got.count("alarm"))
        "#,
    );
    let run = run(python(&["-c", code]));
    let expected = "0 3\nTrue 0.05\n{<Signals.SIGUSR1: 10>} SIGUSR1 set()\nNone\nTrue\n3 ['SIGUSR1', 'SIGALRM']\n4\n";
    assert_eq!((run.stdout.as_str(), run.stderr.as_str(), run.status), (expected, "", Some(0)));
}

#[test]
fn a_wakeup_descriptor_gets_the_number() {
    let code = dedent(
        r#"
        import select, signal, socket
        here, there = socket.socketpair()
        there.setblocking(False)
        signal.set_wakeup_fd(there.fileno())
        signal.signal(signal.SIGUSR1, lambda *_: None)
        print("go", flush=True)
        select.select([here], [], [])
        print(here.recv(10))
        "#,
    );
    let running = Running::start(code);
    running.send(Signal::USR1);
    assert_eq!(running.end(), ("b'\\n'\n".to_string(), String::new(), 0));
}

#[test]
fn asyncio_s_handlers_are_called() {
    let code = dedent(
        r#"
        import asyncio, signal
        async def main():
            done = asyncio.Event()
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, done.set)
            print("go", flush=True)
            await done.wait()
            print("done")
        asyncio.run(main())
        "#,
    );
    let running = Running::start(code);
    running.send(Signal::TERM);
    assert_eq!(running.end(), ("done\n".to_string(), String::new(), 0));
}

/// Stopped and let go on, from outside and by itself.
#[test]
fn a_program_that_was_stopped_goes_on() {
    let code = "import os, signal, time\nprint('go', flush=True)\nfor n in range(3):\n time.sleep(0.05); print(n, flush=True)\n\
                os.kill(os.getpid(), signal.SIGSTOP); print('on')";
    let mut running = Running::start(code);
    running.send(Signal::STOP);
    std::thread::sleep(Duration::from_millis(300));
    running.send(Signal::CONT);
    for n in 0..3 {
        assert_eq!(running.line(), n.to_string());
    }
    // It has stopped itself when the system says so.
    let stat = format!("/proc/{}/stat", running.child.id());
    let end = Instant::now() + Duration::from_secs(20);
    while !std::fs::read_to_string(&stat).expect("it is there").contains(") T ") {
        assert!(Instant::now() < end, "it does not stop");
        std::thread::sleep(Duration::from_millis(5));
    }
    running.send(Signal::CONT);
    assert_eq!(running.end(), ("on\n".to_string(), String::new(), 0));
}

/// What comes while a call writes does not lose or double a byte.
#[test]
fn output_is_exact_whatever_comes() {
    let code = dedent(
        r#"
        import signal, sys
        # By default it is ignored: the last may come when the interpreter has taken its handlers away.
        signal.signal(signal.SIGWINCH, lambda *_: None)
        print("go", flush=True)
        for n in range(20_000): sys.stdout.write(f"line {n}\n")
        "#,
    );
    let mut running = Running::start(code);
    let pid = Pid::from_child(&running.child);
    let sender = std::thread::spawn(move || {
        while kill_process(pid, Signal::WINCH).is_ok() {
            std::thread::sleep(Duration::from_micros(300));
        }
    });
    let mut out = String::new();
    running.stdout.read_to_string(&mut out).expect("read");
    assert!(running.child.wait().expect("it ends").success());
    sender.join().expect("it ends");
    let expected: String = (0..20_000).map(|n| format!("line {n}\n")).collect();
    assert!(out == expected, "{} bytes, expected {}", out.len(), expected.len());
}

/// The app's own run, which is resumed from a snapshot, is interrupted like the interpreter's.
#[test]
fn a_resumed_app_is_interrupted() {
    let mut app = common::app();
    app.process_group(0).stdout(Stdio::null()).stderr(Stdio::piped());
    // The demo is short: an interrupt may come before it has begun, while it runs, or when it is over.
    for delay in [0, 1, 2, 4, 8, 16] {
        let mut child = app.spawn().expect("it starts");
        std::thread::sleep(Duration::from_millis(delay));
        let _ = kill_process(Pid::from_child(&child), Signal::INT);
        let status = child.wait().expect("it ends");
        let end = end_of(status);
        assert!(matches!(end, 0 | -2), "{delay} ms: {status:?}");
    }
}

/// How many runs `whatever_comes_whenever` makes; `PYAPP_SIGNAL_RUNS` asks for more.
const RUNS: u64 = 40;

/// Signals of all sorts at moments of all sorts, while threads write in turns: who ends by itself has written every line once, and
/// who does not has ended as the signal says. Nobody hangs.
#[test]
fn whatever_comes_whenever() {
    let code = dedent(
        r#"
        import os, queue, threading
        lines = queue.Queue()
        def work(start):
            for n in range(start, 2000, 4): lines.put(n)
        threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        for n in sorted(lines.get() for _ in range(2000)): print("line", n)
        "#,
    );
    let expected: String = (0..2000).map(|n| format!("line {n}\n")).collect();
    let runs = std::env::var("PYAPP_SIGNAL_RUNS").map_or(RUNS, |runs| runs.parse().expect("a number"));
    let (mut state, mut survived) = (1u64, 0);
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for run in 0..runs {
        let (delay, which) = (Duration::from_micros(random(120_000)), random(4));
        let mut child = python(&["-c", code]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let pid = Pid::from_child(&child);
        let (mut stdout, mut stderr) = (child.stdout.take().expect("a pipe"), child.stderr.take().expect("a pipe"));
        let reader = std::thread::spawn(move || {
            let mut out = String::new();
            stdout.read_to_string(&mut out).map(|_| out)
        });
        std::thread::sleep(delay);
        let signals: &[Signal] = match which {
            0 => &[Signal::INT],
            1 => &[Signal::TERM],
            2 => &[Signal::KILL],
            _ => &[Signal::STOP, Signal::CONT],
        };
        for signal in signals {
            let _ = kill_process(pid, *signal);
            std::thread::sleep(Duration::from_millis(random(3)));
        }
        let mut error = String::new();
        stderr.read_to_string(&mut error).expect("read");
        let status = child.wait().expect("it ends");
        let out = reader.join().expect("it ends").expect("UTF-8");
        let end = end_of(status);
        let allowed: &[i32] = match which {
            // Before Python has begun and when it has ended, an interrupt is the system's; while it takes itself down it may be an
            // error that is only told.
            0 => &[0, -2, 1, 120],
            1 => &[0, -15],
            2 => &[0, -9],
            _ => &[0],
        };
        assert!(allowed.contains(&end), "run {run}: {which} after {delay:?}: {status:?}, {error}");
        if end == 0 && error.is_empty() {
            assert!(out == expected, "run {run}: {which} after {delay:?}: {} bytes", out.len());
            survived += 1;
        } else {
            assert!(expected.starts_with(&out), "run {run}: {which} after {delay:?}: {out:?}");
        }
    }
    assert!(survived > runs / 10, "{survived} of {runs}");
}
