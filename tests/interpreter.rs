//! `PYAPP_INTERPRETER=1`: as `python3` behaves.

mod common;

use common::{dedent, prints, python, run, run_with_input};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::time::Duration;

#[test]
fn a_command_a_module_a_file_and_standard_input() {
    assert_eq!(prints("import sys; print(sys.argv)"), "['-c']\n");
    let module = run(python(&["-m", "json.tool", "--help"]));
    assert!(module.stdout.starts_with("usage: ") && module.status == Some(0), "{module:?}");
    let file = run(python(&["/vfs/usr/local/lib/python3.13/this.pyc"]));
    assert!(file.stdout.starts_with("The Zen of Python"), "{file:?}");
    let dash = run_with_input(python(&["-", "a", "b"]), "import sys; print(sys.argv)\n");
    assert_eq!(dash.stdout, "['-', 'a', 'b']\n");
    let piped = run_with_input(python(&[]), "print('from a pipe')\n");
    assert_eq!(piped.stdout, "from a pipe\n");
    let missing = run(python(&["/nowhere.py"]));
    assert_eq!(missing.status, Some(2));
    assert!(
        missing.stderr.contains("can't open file '/nowhere.py': [Errno 2] No such file or directory"),
        "{missing:?}"
    );
}

#[test]
fn options_and_variables_keep_their_meaning() {
    assert_eq!(run(python(&["-V"])).stdout, "Python 3.13.5\n");
    let mut command = python(&["-c", "import sys; print(sys.flags.optimize, sys.flags.hash_randomization)"]);
    command.env("PYTHONOPTIMIZE", "2").env("PYTHONHASHSEED", "0");
    assert_eq!(run(command).stdout, "2 0\n");
    let isolated = run(python(&["-I", "-X", "dev", "-c", "import sys; print(sys.flags.isolated, sys.flags.dev_mode)"]));
    assert_eq!(isolated.stdout, "1 True\n");
}

#[test]
fn every_exit_status_is_exact() {
    for status in [0, 1, 2, 3, 100, 125, 126, 127, 128, 134, 254, 255] {
        let run = run(python(&["-c", &format!("import sys; sys.exit({status})")]));
        assert_eq!((run.status, run.stderr.as_str()), (Some(status), ""), "{status}");
    }
    let run_out = |code: &str| run(python(&["-c", code])).status;
    assert_eq!(run_out("import os; os._exit(77)"), Some(77));
    assert_eq!(run_out("import sys; sys.exit(256 + 9)"), Some(9), "a process's status has eight bits");
    assert_eq!(run_out("raise SystemExit"), Some(0));
}

#[test]
fn a_message_at_exit_goes_to_stderr() {
    let run = run(python(&["-c", "import sys; sys.exit('something is wrong')"]));
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(1), "", "something is wrong\n"));
}

#[test]
fn an_uncaught_exception_prints_its_traceback() {
    let code = dedent(
        r#"
        def f(): raise ValueError('no')
        f()
        "#,
    );
    let run = run(python(&["-c", code]));
    assert_eq!(run.status, Some(1));
    assert!(run.stderr.starts_with("Traceback (most recent call last):\n"), "{run:?}");
    assert!(run.stderr.ends_with("ValueError: no\n"), "{run:?}");
}

#[test]
fn deep_recursion_is_a_recursion_error() {
    let plain = dedent(
        r#"
        def f(): f()
        f()
        "#,
    );
    let nested = "import json; json.loads('[' * 100_000)";
    for code in [
        plain,
        nested,
        "import re; re.compile('(' * 5000 + ')' * 5000)",
        "compile('(' * 50_000 + ')' * 50_000, '', 'eval')",
        dedent(
            r#"
            class A:
                def __repr__(self): return repr(self)
            repr(A())
            "#,
        ),
        "eval('-' * 200_000 + '1')",
    ] {
        let run = run(python(&["-c", code]));
        assert_eq!(run.status, Some(1), "{code}: {}", run.stderr);
        let last = run.stderr.lines().last().unwrap_or_default();
        let expected = ["RecursionError", "MemoryError", "SyntaxError"].iter().any(|name| last.starts_with(name));
        assert!(expected, "{code}: {last}");
    }
    assert!(run(python(&["-c", plain])).stderr.contains("RecursionError"), "plain recursion");
    assert!(run(python(&["-c", nested])).stderr.contains("RecursionError"), "nested JSON");
}

#[test]
fn memory_that_runs_out_is_a_memory_error() {
    let code = dedent(
        r#"
        kept = []
        try:
            while len(kept) < 60: kept.append(bytearray(100 << 20))
        except MemoryError: print('MemoryError', len(kept) < 40)
        "#,
    );
    assert_eq!(prints(code), "MemoryError True\n");
}

#[test]
fn a_trap_is_told_in_one_line() {
    let run = run(python(&["-c", "import os; os.abort()"]));
    assert_eq!(run.status, Some(134));
    let message = "pyapp: the interpreter trapped: wasm trap: wasm `unreachable` instruction executed\n";
    assert_eq!(run.stderr, message);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut command = python(&["-c", "while True: print('y' * 1000)"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    stdout.read_line(&mut line).expect("a line");
    drop(stdout);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(line.trim_end(), "y".repeat(1000));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(141));
}

#[test]
fn standard_input_from_a_file_and_from_nothing() {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all("one\ntwo\n".as_bytes()).expect("written");
    std::io::Seek::rewind(&mut file).expect("at its start");
    let mut command = python(&["-c", "import sys; print(sys.stdin.seekable(), sys.stdin.read().split())"]);
    command.stdin(file);
    assert_eq!(run(command).stdout, "True ['one', 'two']\n");
    assert_eq!(prints("import sys; print(repr(sys.stdin.read()), sys.stdin.isatty())"), "'' False\n");
}

#[test]
fn output_of_any_size_is_whole_and_in_order() {
    let code = dedent(
        r#"
        import sys
        for i in range(200_000): print(i)
        sys.stdout.write('x' * 3_000_000)
        "#,
    );
    let run = run(python(&["-c", code]));
    let mut lines = run.stdout.split('\n');
    for expected in 0..200_000 {
        assert_eq!(lines.next().and_then(|line| line.parse().ok()), Some(expected));
    }
    assert_eq!(lines.next().map(str::len), Some(3_000_000));
}

#[test]
fn a_write_waits_for_a_slow_reader_unless_it_must_not() {
    // What a pipe holds is less than this. A write that may wait is done whole, whatever the pace of its reader.
    let code = dedent(
        r#"
        import os
        data = bytes(range(250)) * 4000
        written = os.write(1, data), os.writev(1, [data[:7], b'', data[7:]])
        os.set_blocking(1, False)
        some = os.write(1, data)
        try: os.write(1, data)
        except BlockingIOError: full = True
        else: full = False
        os.set_blocking(1, True)
        os.write(2, repr((written, 0 < some < len(data), full)).encode())
        "#,
    );
    let mut child = python(&["-c", code]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut stdout = child.stdout.take().expect("a pipe");
    let data: Vec<u8> = (0..250).cycle().take(1_000_000).collect();
    for _ in 0..2 {
        let mut read = vec![0; 500_000];
        for part in [&data[..500_000], &data[500_000..]] {
            std::thread::sleep(Duration::from_millis(30));
            stdout.read_exact(&mut read).expect("it is still writing");
            assert!(read == part, "the bytes differ");
        }
    }
    // Nobody reads while it must not wait.
    let said = child.wait_with_output().expect("it ends").stderr;
    assert_eq!(String::from_utf8_lossy(&said), "((1000000, 1000000), True, True)");
    drop(stdout);
}

#[test]
fn input_of_any_size_is_whole() {
    let input = "0123456789abcdef".repeat(300_000);
    let code = "import sys, hashlib; d = sys.stdin.buffer.read(); print(len(d), d == b'0123456789abcdef' * 300_000)";
    assert_eq!(run_with_input(python(&["-c", code]), &input).stdout, "4800000 True\n");
}

#[test]
fn lines_can_be_exchanged_in_a_dialogue() {
    let mut command = python(&["-u", "-c", "while True: print('got', input())"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    for word in ["one", "two", "three"] {
        writeln!(stdin, "{word}").expect("written");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        assert_eq!(line, format!("got {word}\n"));
    }
    drop(stdin);
    let mut stderr = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("read");
    assert!(stderr.ends_with("EOFError: EOF when reading a line\n"), "{stderr}");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
}

#[test]
fn the_environment_is_passed_on_without_pyapps_own() {
    let mut command = python(&["-c", "import os; print(sorted(os.environ.items()))"]);
    command.env_clear().env("PYAPP_INTERPRETER", "1").env("PYAPP_X", "1").env("NAME", "wärt=x").env("EMPTY", "");
    assert_eq!(run(command).stdout, "[('EMPTY', ''), ('HOME', '/home/pyapp'), ('NAME', 'wärt=x')]\n");
}

#[test]
fn waiting_works() {
    let code = dedent(
        r#"
        import time, select, sys
        a = time.monotonic(); time.sleep(0.2); b = time.monotonic(); print(0.2 <= b - a < 5)
        a = time.monotonic(); print(select.select([], [], [], 0.1)); print(time.monotonic() - a >= 0.1)
        "#,
    );
    assert_eq!(prints(code), "True\n([], [], [])\nTrue\n");
    // The write end of the pipe is kept open and silent.
    let mut command = python(&["-c", "import select; print(select.select([0], [1], [], 5))"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let stdin = child.stdin.take();
    let output = child.wait_with_output().expect("it ends");
    drop(stdin);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "([], [1], [])\n");
}
