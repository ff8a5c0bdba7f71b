//! The same guest script on a host folder through wasmtime-wasi and on the VFS, with equal transcripts.

use bundle::{Bundle, Run};
use host::{ContextBuilder, Outcome, Output, Timing, abi, layout, load};
use pipeline::Built;
use std::path::Path;
use std::sync::{Arc, Mutex};
use vfs::Limits;

const SCRIPT: &str = include_str!("transcripts/transcript.py");

fn transcript(work: Option<&Path>) -> String {
    let built = Built::open(env!("OUT_DIR").as_ref()).expect("what build.rs has left");
    let bundle = Bundle::open(built).expect("whole");
    let program = bundle.program(Run::Interpreter, &mut Timing::start()).expect("loaded");
    let (mut vfs, root) = layout::scratch(Limits::default()).expect("room");
    let base = vfs.mount(root, abi::MOUNT, bundle.archive().clone()).expect("mounted");
    vfs.make_directory(root, "work").expect("made");
    let memory = vfs.lookup(root, "work", false).expect("there");
    load::write_file(&mut vfs, root, "transcript.py", SCRIPT.as_bytes()).expect("written");
    let said = Arc::new(Mutex::new(Vec::new()));
    let output = || Output::Capture { into: said.clone(), limit: 1 << 20 };
    let mut builder =
        ContextBuilder::new(vfs).stdout(output()).stderr(output()).preopen(base, "/vfs").preopen(root, "/");
    builder = match work {
        Some(folder) => builder.preopen_host(folder.to_str().expect("UTF-8"), "/work"),
        None => builder.preopen(memory, "/work"),
    };
    let builder = builder.arguments(["python3", "/transcript.py"]);
    let (outcome, _) = host::run(&program, builder.build().expect("a guest")).expect("started");
    let text = String::from_utf8(said.lock().expect("not poisoned").clone()).expect("UTF-8");
    assert_eq!(outcome, Outcome::Exited(0), "{text}");
    text
}

#[test]
fn host_and_memory_tell_the_same() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (host, memory) = (transcript(Some(folder.path())), transcript(None));
    assert!(host.lines().count() > 60, "{host}");
    let differences: Vec<String> = host
        .lines()
        .zip(memory.lines())
        .filter(|(host, memory)| host != memory)
        .map(|(host, memory)| format!("host:   {host}\nmemory: {memory}"))
        .collect();
    assert!(differences.is_empty() && host.lines().count() == memory.lines().count(), "{}", differences.join("\n"));
}
