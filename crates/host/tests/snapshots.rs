//! Small modules, written out as text: what a snapshot keeps, and what it is refused for.

use host::snapshot::{NoImage, take};
use host::split::split;
use host::{Context, ContextBuilder, Input, Outcome, Program};
use memory_image::{Image, Start};
use std::sync::Arc;
use vfs::{Limits, RootKind, Vfs};

/// A module that can be resumed: `init` at build time, `app` in each run.
fn module(init: &str, app: &str) -> Vec<u8> {
    let text = format!(
        r#"(module
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (import "wasi_snapshot_preview1" "path_open"
                (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_renumber" (func $renumber (param i32 i32) (result i32)))
            (memory (export "memory") 1)
            (global $stack (mut i32) (i32.const 8192))
            (data (i32.const 16384) "abcd")
            (data (i32.const 12288) ".")
            (func (export "_start") (call $exit (i32.load8_u (i32.const 16384))))
            (func (export "pyapp_init") {init})
            (func (export "pyapp_resume"))
            (func (export "pyapp_run") (result i32) {app})
            (func (export "pyapp_exit") (param i32) (call $exit (local.get 0))))"#
    );
    wat::parse_str(text).expect("valid")
}

fn program(wasm: &[u8]) -> Program {
    let parts = split(wasm).expect("split");
    Program::compile_with(&parts.code, Arc::new(Image::open(parts.image).expect("whole"))).expect("compiled")
}

fn guest() -> Context {
    let mut vfs = Vfs::new(Limits::default());
    let root = vfs.add_root(RootKind::Confined).expect("room");
    ContextBuilder::new(vfs).preopen(root, "/").stdin(Input::Empty).build().expect("a guest")
}

/// The module resumed: initialised, its memory saved, and run from there.
fn resumed(wasm: &[u8]) -> (Outcome, Image) {
    let parts = split(wasm).expect("split");
    let cold = program(wasm);
    let base = Some(Arc::new(Image::open(parts.image).expect("whole")));
    let bytes = take(&cold, guest(), 5).expect("started").expect("an image");
    let image = || Image::open_with_base(bytes.clone(), base.clone()).expect("whole");
    let warm = Program::compile_with(&parts.code, Arc::new(image())).expect("compiled");
    let image = image();
    (host::run(&warm, guest()).expect("started").0, image)
}

#[test]
fn a_cold_run_finds_its_data() {
    assert_eq!(host::run(&program(&module("", "(i32.const 0)")), guest()).expect("started").0, Outcome::Exited(97));
}

#[test]
fn memory_is_kept_and_the_dead_stack_is_not() {
    let init = "(i32.store8 (i32.const 16385) (i32.const 7)) (i32.store8 (i32.const 8191) (i32.const 9))";
    let app = "(i32.add (i32.load8_u (i32.const 16385)) (i32.load8_u (i32.const 8191)))";
    let (outcome, image) = resumed(&module(init, app));
    assert_eq!(outcome, Outcome::Exited(7));
    assert_eq!((image.origin().start, image.origin().archive), (Start::Resumed, 5));
}

#[test]
fn memory_that_has_grown_comes_back_as_large() {
    let init = "(drop (memory.grow (i32.const 3))) (i32.store8 (i32.const 200000) (i32.const 40))";
    let app = "(i32.add (memory.size) (i32.load8_u (i32.const 200000)))";
    assert_eq!(resumed(&module(init, app)).0, Outcome::Exited(44));
}

fn refused(init: &str) -> NoImage {
    take(&program(&module(init, "(i32.const 0)")), guest(), 0).expect("started").expect_err("refused")
}

#[test]
fn state_that_an_image_would_lose_is_refused_by_name() {
    let NoImage::StateLost(stack) = refused("(global.set $stack (i32.const 4096))") else { panic!("it ended") };
    assert_eq!(stack, "expected the stack pointer I32(8192) again, found I32(4096)");
    let open = "(drop (call $open (i32.const 3) (i32.const 0) (i32.const 12288) (i32.const 1) (i32.const 0) (i64.const 0) \
                (i64.const 0) (i32.const 0) (i32.const 1024)))";
    let NoImage::StateLost(opened) = refused(open) else { panic!("it ended") };
    assert_eq!(opened, "expected the descriptors [0, 1, 2, 3] again, found [0, 1, 2, 3, 4]");
    // The number stays, and leads to something else.
    let moved = format!("{open} (drop (call $renumber (i32.load (i32.const 1024)) (i32.const 2)))");
    let NoImage::StateLost(moved) = refused(&moved) else { panic!("it ended") };
    assert!(moved.starts_with("expected descriptor 2 to lead to stream 2, "), "{moved}");
}

#[test]
fn an_initialisation_that_ends_says_how() {
    assert_eq!(refused("(call $exit (i32.const 3))"), NoImage::Ended(Outcome::Exited(3)));
    let trapped = Outcome::Trapped("wasm trap: wasm `unreachable` instruction executed".to_string());
    assert_eq!(refused("unreachable"), NoImage::Ended(trapped));
}

#[test]
fn code_and_image_of_two_modules_are_refused() {
    let (one, two) = (module("", "(i32.const 0)"), module("", "(i32.const 1)"));
    let image = Image::open(split(&two).expect("split").image).expect("whole");
    let program = Program::compile_with(&split(&one).expect("split").code, Arc::new(image)).expect("compiled");
    let error = host::run(&program, guest()).err().expect("refused").to_string();
    assert!(error.starts_with("cannot start the guest: expected machine code "), "{error}");
}
