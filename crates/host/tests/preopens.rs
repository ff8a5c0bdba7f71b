//! A context that keeps its preopens, which WASI lets a guest close. (What WASI has it like is in `crates/preview1`'s conformance.)

use host::{ContextBuilder, Input, Outcome, Program};
use vfs::{Limits, RootKind, Vfs};

/// EBADF of preview1.
const BADF: u32 = 8;

/// How a program ends whose preopen is kept. `$fd` is that directory, opened once more.
fn ended(start: &str) -> u32 {
    let text = format!(
        r#"(module
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_renumber" (func $renumber (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "path_open"
                (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 16) ".")
            (func (export "_start") (local $fd i32)
                (drop (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 2) (i64.const 0)
                    (i64.const 0) (i32.const 0) (i32.const 8)))
                (local.set $fd (i32.load (i32.const 8)))
                {start}))"#
    );
    let program = Program::compile(&wat::parse_str(text).expect("valid")).expect("compiled");
    let mut vfs = Vfs::new(Limits::default());
    let root = vfs.add_root(RootKind::Confined).expect("a root");
    let builder = ContextBuilder::new(vfs).preopen(root, "/").stdin(Input::Empty).keep_preopens();
    match host::run(&program, builder.build().expect("a context")).expect("started").0 {
        Outcome::Exited(errno) => errno,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_context_that_keeps_its_preopens_refuses_all_that_would_change_them() {
    for start in [
        "(call $exit (call $close (i32.const 3)))",
        "(call $exit (call $renumber (local.get $fd) (i32.const 3)))",
        "(call $exit (call $renumber (i32.const 3) (local.get $fd)))",
        "(call $exit (call $renumber (i32.const 3) (i32.const 77)))",
    ] {
        assert_eq!(ended(start), BADF, "{start}");
    }
    let still_there = "(drop (call $close (i32.const 3))) (call $exit (call $prestat (i32.const 3) (i32.const 0)))";
    assert_eq!(ended(still_there), 0);
}
