//! The POSIX layer as a program sees it.

mod common;

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
    for (signal, status) in [("SIGTERM", 143), ("SIGALRM", 142), ("SIGPIPE", 141), ("40", 168)] {
        let name = if signal.starts_with("SIG") { format!("signal.{signal}") } else { signal.to_string() };
        let code =
            format!("import signal; signal.signal({name}, signal.SIG_DFL); signal.raise_signal({name}); print(1)");
        let run = common::run(common::python(&["-c", &code]));
        assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(status), "", ""), "{signal}");
    }
}
