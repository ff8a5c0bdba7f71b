//! Small preview1 commands, written out as text: how runs end.

use host::{Context, ContextBuilder, Input, Outcome, Output, Program};
use std::sync::{Arc, Mutex};
use vfs::{Limits, RootKind, Vfs};

/// A module with a memory, some imports and this `_start`.
fn command(start: &str) -> String {
    format!(
        r#"(module
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "path_open"
                (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
            (memory (export "memory") 2)
            (data (i32.const 0) "\10\00\00\00\05\00\00\00")
            (data (i32.const 16) "hello")
            (func $f (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1)))
            (func (export "_start") {start}))"#
    )
}

fn builder() -> ContextBuilder {
    ContextBuilder::new(Vfs::new(Limits::default())).stdin(Input::Empty)
}

fn run_as(start: &str, guest: Context) -> (Outcome, Context) {
    let program = Program::compile(&wat::parse_str(command(start)).expect("valid")).expect("compiled");
    host::run(&program, guest).expect("started")
}

fn run(start: &str) -> Outcome {
    run_as(start, builder().build().expect("a guest")).0
}

#[test]
fn returning_is_status_0_and_any_status_is_exact() {
    assert_eq!(run(""), Outcome::Exited(0));
    for status in [0, 1, 125, 126, 127, 128, 255, 256, u32::MAX] {
        let start = format!("(call $exit (i32.const {}))", status as i32);
        assert_eq!(run(&start), Outcome::Exited(status));
    }
}

#[test]
fn a_trap_is_told_in_one_line() {
    for (start, message) in [
        ("unreachable", "wasm trap: wasm `unreachable` instruction executed"),
        ("(drop (call $f (i32.const 0)))", "wasm trap: call stack exhausted"),
        ("(drop (i32.load (i32.const 1000000)))", "wasm trap: out of bounds memory access"),
        ("(drop (i32.div_u (i32.const 1) (i32.const 0)))", "wasm trap: integer divide by zero"),
    ] {
        assert_eq!(run(start), Outcome::Trapped(message.to_string()));
    }
}

#[test]
fn pointers_out_of_bounds_end_the_guest_and_not_the_host() {
    for start in [
        "(drop (call $write (i32.const 1) (i32.const -8) (i32.const 1) (i32.const 8)))",
        "(drop (call $write (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 8)))",
        "(drop (call $random (i32.const 0) (i32.const -1)))",
        "(drop (call $poll (i32.const 0) (i32.const 0) (i32.const 16000) (i32.const 0)))",
        "(drop (call $readdir (i32.const 3) (i32.const 8) (i32.const -1) (i64.const 0) (i32.const 0)))",
    ] {
        let mut vfs = Vfs::new(Limits::default());
        let root = vfs.add_root(RootKind::Confined).expect("a root");
        vfs.make_directory(root, "d").expect("made");
        let (outcome, _) = run_as(start, ContextBuilder::new(vfs).preopen(root, "/").build().expect("a guest"));
        match outcome {
            Outcome::Trapped(message) => assert!(!message.contains('\n'), "{message}"),
            // Some are told by an errno, or fit after all; the host lives on.
            Outcome::Exited(0) => {}
            other => panic!("{start}: {other:?}"),
        }
    }
}

#[test]
fn output_is_captured_up_to_its_limit() {
    let into = Arc::new(Mutex::new(Vec::new()));
    let output = Output::Capture { into: into.clone(), limit: 7 };
    let write = "(drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))";
    let (outcome, _) = run_as(&write.repeat(3), builder().stdout(output).build().expect("a guest"));
    assert_eq!(outcome, Outcome::Exited(0));
    assert_eq!(into.lock().expect("not poisoned").as_slice(), b"hellohe");
}

#[test]
fn descriptors_run_out_with_an_errno() {
    let mut vfs = Vfs::new(Limits::default());
    let root = vfs.add_root(RootKind::Confined).expect("a root");
    // Opens "hello" for ever; exits with the errno that stops it.
    let start = "(local $errno i32)
        (loop $again
            (local.set $errno (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 5) (i32.const 1)
                (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8)))
            (br_if $again (i32.eqz (local.get $errno))))
        (call $exit (local.get $errno))";
    let (outcome, guest) = run_as(start, ContextBuilder::new(vfs).preopen(root, "/").build().expect("a guest"));
    // EMFILE is 33 in preview1.
    assert_eq!(outcome, Outcome::Exited(33));
    assert_eq!(guest.vfs().used().files, 2, "the root and one file");
}

#[test]
fn what_is_no_command_is_refused() {
    for (module, message) in
        [("(module)", "_start"), (r#"(module (import "env" "f" (func)) (func (export "_start")))"#, "env::f")]
    {
        let program = Program::compile(&wat::parse_str(module).expect("valid")).expect("compiled");
        let error = host::run(&program, builder().build().expect("a guest")).err().expect("refused").to_string();
        assert!(error.starts_with("cannot start the guest: ") && error.contains(message), "{error}");
    }
}

#[test]
fn a_start_section_may_end_the_run() {
    let module = r#"(module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func $begin (call $exit (i32.const 9)))
        (func (export "_start") unreachable)
        (start $begin))"#;
    let program = Program::compile(&wat::parse_str(module).expect("valid")).expect("compiled");
    let (outcome, _) = host::run(&program, builder().build().expect("a guest")).expect("started");
    assert_eq!(outcome, Outcome::Exited(9));
}

#[test]
fn a_nul_in_an_argument_is_refused() {
    let error = builder().argument("a\0b").build().err().expect("refused").to_string();
    assert_eq!(error, "argument or variable \"a\\0b\": expected no NUL byte in it");
}
