//! The C library and the POSIX layer under CPython: asked by programs in C that the recipe compiles and links as python.wasm is
//! (`wasm/checks`), since Python cannot ask for it all; and how much memory a program in Python may ask for.

mod common;

use common::project::{folder, settings_for};
use host::{ContextBuilder, Outcome, Output, Program, layout};
use pipeline::Build;
use std::fs;
use std::sync::{Arc, Mutex};
use vfs::Limits;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{FsPerms, WasiCtxBuilder, p1};

/// What a program says at most.
const SAID: usize = 1 << 16;

/// A program of the runtime's folder `checks`.
fn program(name: &str) -> Program {
    let out = folder();
    let runtime = Build::open(&settings_for(out.path())).and_then(|build| build.runtime()).expect("a runtime");
    let path = runtime.check(name);
    let wasm = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Program::compile(&wasm).expect("compiled")
}

/// Runs such a program; how it ended, and what it said.
fn check(name: &str) -> (Outcome, String) {
    let program = program(name);
    let (vfs, root) = layout::scratch(Limits::default()).expect("room");
    let said = Arc::new(Mutex::new(Vec::new()));
    let output = Output::Capture { into: said.clone(), limit: SAID };
    let context = ContextBuilder::new(vfs).preopen(root, "/").argument(name).stdout(output).build().expect("a context");
    let (outcome, _) = host::run(&program, context).expect("started");
    let said = String::from_utf8(said.lock().expect("not poisoned").clone()).expect("UTF-8");
    (outcome, said)
}

/// The same over stock wasmtime-wasi and an empty folder of the host.
fn check_in_stock_wasi(name: &str) -> (Outcome, String) {
    let (root, stdout) = (tempfile::tempdir().expect("a temporary folder"), MemoryOutputPipe::new(SAID));
    let mut context = WasiCtxBuilder::new();
    context.allow_blocking_current_thread(true).arg(name).stdout(stdout.clone());
    context.preopened_dir(root.path(), "/", FsPerms::ReadWrite).expect("opened");
    let link = |linker: &mut wasmtime::Linker<p1::WasiP1Ctx>| p1::add_to_linker_sync(linker, |context| context);
    let outcome = host::run::run_over(&program(name), context.build_p1(), link).expect("started");
    (outcome, String::from_utf8(stdout.contents().to_vec()).expect("UTF-8"))
}

#[test]
fn the_allocator_keeps_its_word_for_every_size() {
    assert_eq!(check("allocator"), (Outcome::Exited(0), "done\n".to_string()));
}

#[test]
fn what_another_host_says_is_taken_as_it_means_it() {
    assert_eq!(check("another_host"), (Outcome::Exited(0), "done\n".to_string()));
}

#[test]
fn error_numbers_are_those_of_linux_on_any_host() {
    let done = (Outcome::Exited(0), "done\n".to_string());
    assert_eq!(check("errors"), done);
    assert_eq!(check_in_stock_wasi("errors"), done);
}

#[test]
fn an_object_of_any_size_is_made_or_refused() {
    let run = common::run_with_input(common::python(&["-"]), include_str!("runtime/memory.py"));
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "done\n", ""));
}
