//! WASI's own rules for preopens, the same here as in stock wasmtime-wasi; and what a context does that keeps them.

use host::{ContextBuilder, Input, Outcome, Program};
use vfs::{Limits, RootKind, Vfs};
use wasmtime_wasi::{FsPerms, WasiCtxBuilder, p1};

/// What each program does, in WebAssembly text. `$fd` is a directory that it has opened, `$errno` what a call has said. It ends
/// with the errno that tells.
const PROGRAMS: [(&str, &str); 6] = [
    ("a preopen can be closed", "(call $exit (call $close (i32.const 3)))"),
    (
        "a closed preopen is gone",
        "(drop (call $close (i32.const 3))) (call $exit (call $prestat (i32.const 3) (i32.const 0)))",
    ),
    ("a descriptor can be renumbered over a preopen", "(call $exit (call $renumber (local.get $fd) (i32.const 3)))"),
    (
        "what was renumbered over a preopen is none",
        "(drop (call $renumber (local.get $fd) (i32.const 3))) (call $exit (call $prestat (i32.const 3) (i32.const 0)))",
    ),
    (
        "a preopen can be renumbered away, and is still one",
        "(if (call $renumber (i32.const 3) (local.get $fd)) (then (call $exit (i32.const 99))))
         (call $exit (call $prestat (local.get $fd) (i32.const 0)))",
    ),
    (
        "the number of a preopen that was renumbered away can be used again, and closed",
        "(drop (call $renumber (i32.const 3) (local.get $fd)))
         (drop (call $open (local.get $fd) (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 2) (i64.const 0)
            (i64.const 0) (i32.const 0) (i32.const 8)))
         (if (i32.ne (i32.load (i32.const 8)) (i32.const 3)) (then (call $exit (i32.const 99))))
         (call $exit (call $close (i32.const 3)))",
    ),
];

/// EBADF of preview1.
const BADF: u32 = 8;

fn program(start: &str) -> Program {
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
                ;; Opens the preopen itself once more, as a directory.
                (drop (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 2) (i64.const 0)
                    (i64.const 0) (i32.const 0) (i32.const 8)))
                (local.set $fd (i32.load (i32.const 8)))
                {start}))"#
    );
    Program::compile(&wat::parse_str(text).expect("valid")).expect("compiled")
}

fn ended(outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Exited(errno) => errno,
        other => panic!("{other:?}"),
    }
}

fn in_memory(program: &Program, keep: bool) -> u32 {
    let mut vfs = Vfs::new(Limits::default());
    let root = vfs.add_root(RootKind::Confined).expect("a root");
    let mut builder = ContextBuilder::new(vfs).preopen(root, "/").stdin(Input::Empty);
    if keep {
        builder = builder.keep_preopens();
    }
    ended(host::run(program, builder.build().expect("a context")).expect("started").0)
}

fn in_a_host_folder(program: &Program) -> u32 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let builder = ContextBuilder::new(Vfs::new(Limits::default())).stdin(Input::Empty);
    let builder = builder.preopen_host(folder.path().to_str().expect("UTF-8"), "/");
    ended(host::run(program, builder.build().expect("a context")).expect("started").0)
}

fn in_stock_wasi(program: &Program) -> u32 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut context = WasiCtxBuilder::new();
    context.allow_blocking_current_thread(true).preopened_dir(folder.path(), "/", FsPerms::ReadWrite).expect("opened");
    let link = |linker: &mut wasmtime::Linker<p1::WasiP1Ctx>| p1::add_to_linker_sync(linker, |context| context);
    ended(host::run::run_over(program, context.build_p1(), link).expect("started"))
}

#[test]
fn preopens_are_as_in_stock_wasi() {
    for (rule, start) in PROGRAMS {
        let program = program(start);
        let stock = in_stock_wasi(&program);
        assert_eq!(in_memory(&program, false), stock, "{rule}");
        assert_eq!(in_a_host_folder(&program), stock, "{rule}, in a host folder");
        let expected = if rule.ends_with("is gone") || rule.ends_with("is none") { BADF } else { 0 };
        assert_eq!(stock, expected, "{rule}: that is not what stock WASI does");
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
        assert_eq!(in_memory(&program(start), true), BADF, "{start}");
    }
    let still_there = "(drop (call $close (i32.const 3))) (call $exit (call $prestat (i32.const 3) (i32.const 0)))";
    assert_eq!(in_memory(&program(still_there), true), 0);
}
