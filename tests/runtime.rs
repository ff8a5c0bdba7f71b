//! The C library and the POSIX layer under CPython: asked by programs in C that the recipe compiles and links as python.wasm is
//! (`wasm/checks`), since Python cannot ask for it all; and how much memory a program in Python may ask for.

mod common;

use common::project::{folder, settings_for};
use host::{ContextBuilder, Outcome, Output, Program, layout};
use pipeline::Build;
use std::fs;
use std::sync::{Arc, Mutex};
use vfs::Limits;

/// Runs a program of the runtime's folder `checks`; how it ended, and what it said.
fn check(name: &str) -> (Outcome, String) {
    let out = folder();
    let runtime = Build::open(&settings_for(out.path())).and_then(|build| build.runtime()).expect("a runtime");
    let path = runtime.check(name);
    let wasm = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let program = Program::compile(&wasm).expect("compiled");
    let (vfs, root) = layout::scratch(Limits::default()).expect("room");
    let said = Arc::new(Mutex::new(Vec::new()));
    let output = Output::Capture { into: said.clone(), limit: 1 << 16 };
    let context = ContextBuilder::new(vfs).preopen(root, "/").argument(name).stdout(output).build().expect("a context");
    let (outcome, _) = host::run(&program, context).expect("started");
    let said = String::from_utf8(said.lock().expect("not poisoned").clone()).expect("UTF-8");
    (outcome, said)
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
fn an_object_of_any_size_is_made_or_refused() {
    let run = common::run_with_input(common::python(&["-"]), include_str!("runtime/memory.py"));
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "done\n", ""));
}
