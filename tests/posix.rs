//! The POSIX layer as a program sees it.

mod common;

use std::os::unix::process::ExitStatusExt;

#[test]
fn the_posix_layer_does_what_posix_says() {
    let mut python = common::python(&["-"]);
    // The way to a caller's folder is in listings, and this checkout may lie in /tmp.
    python.current_dir("/");
    let run = common::run_with_input(python, include_str!("posix/posix.py"));
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "done\n", ""));
}

/// C has no constants of Rust's but those of the host.
#[test]
fn c_has_room_for_as_many_addresses_as_a_lookup_finds() {
    let line = format!("#define MOST_ADDRESSES {}\n", names::MOST_ADDRESSES);
    assert!(include_str!("../wasm/src/posix/names.h").contains(&line), "{line}");
}

#[test]
fn a_signal_that_nobody_handles_ends_the_process_as_natively() {
    let by_default = |name: &str| format!("signal.signal({name}, signal.SIG_DFL); signal.raise_signal({name})");
    for (code, number) in [
        ("os.kill(os.getpid(), signal.SIGTERM)".to_string(), 15),
        ("os.kill(os.getpid(), signal.SIGKILL)".to_string(), 9),
        (by_default("signal.SIGALRM"), 14),
        (by_default("signal.SIGPIPE"), 13),
        (by_default("signal.SIGSEGV"), 11),
        (by_default("40"), 40),
    ] {
        let code = format!("import os, signal; {code}; print(1)");
        // A core may have any size, and would lie there.
        let folder = tempfile::tempdir().expect("a temporary folder");
        let python = common::python(&["-c", &code]);
        let mut shell = common::unmoved("sh");
        shell.args(["-c", "ulimit -c \"$(ulimit -H -c)\"; exec \"$@\"", "sh"]).arg(python.get_program());
        shell.args(python.get_args()).env("PYAPP_INTERPRETER", "1").current_dir(folder.path());
        let output = shell.output().expect("it starts");
        assert_eq!((output.status.signal(), output.status.core_dumped()), (Some(number), false), "{code}");
        assert_eq!((output.stdout, output.stderr), (Vec::new(), Vec::new()), "{code}");
    }
}

/// A status is one, though shells show signals so.
#[test]
fn a_status_of_the_program_s_own_is_no_signal() {
    let interrupted = "import atexit, os; atexit.register(os._exit, 3); raise KeyboardInterrupt";
    for (code, status) in [("raise SystemExit(143)", 143), ("import os; os._exit(130)", 130), (interrupted, 3)] {
        let run = common::run(common::python(&["-c", code]));
        assert_eq!(run.status, Some(status), "{code}");
    }
}
