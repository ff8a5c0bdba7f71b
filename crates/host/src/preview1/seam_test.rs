//! The seam holds: no call on a descriptor that is not a host folder's reaches the host.
//!
//! Behind the table sits a wasmtime-wasi that *has* a host folder at the very numbers that the guest uses for the VFS. Every
//! preview1 call that takes a descriptor, found in the interface itself so that none can be forgotten, is made on
//! every number. The host folder must stay as it was, and nothing of it may show up in the guest's memory.

use crate::Program;
use crate::files::OpenFlags;
use crate::preview1::add_to_linker;
use crate::wasi::types;
use crate::{Context, ContextBuilder, Input, Output};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use vfs::{Limits, OpenOptions, RootKind, Vfs};
use wasmtime::{Linker, Store};
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

const WITX: &str = include_str!("../../witx/preview1.witx");
const SECRET: &str = "what the host folder holds";
/// Names that the guest tries: what the host folder holds, and a new one.
const PATHS: [&str; 6] = ["canary", "sub/canary", "../canary", "new", "sub", "."];

/// Descriptors that the guest tries: the streams, the preopens, and what it may have opened.
const DESCRIPTORS: std::ops::Range<u32> = 0..8;
/// Those of them that are the VFS's: two preopens, a file open for both, a file open for reading, a directory.
const LIVE: std::ops::Range<u32> = 3..8;

struct Call {
    name: String,
    /// Types of the parameters, as the interface writes them.
    parameters: Vec<String>,
    results: usize,
}

/// The calls of the interface that take a descriptor.
fn calls() -> Vec<Call> {
    let mut calls = Vec::new();
    for text in WITX.split("(@interface func (export \"").skip(1) {
        let (name, rest) = text.split_once('"').expect("a quoted name");
        let parameters = rest.split("(param ").skip(1).map(|parameter| {
            let (_, kind) = parameter.split_once(' ').expect("a name and a type");
            let mut depth = 0;
            let end = kind.find(|char| {
                depth += match char {
                    '(' => 1,
                    ')' => -1,
                    _ => 0,
                };
                depth < 0
            });
            kind[..end.expect("a closing parenthesis")].trim().to_string()
        });
        let parameters: Vec<String> = parameters.collect();
        let expected = rest.split("(expected ").nth(1).unwrap_or_default();
        let results = match expected {
            none if none.starts_with("(error") || none.is_empty() => 0,
            tuple if tuple.starts_with("(tuple") => tuple[..tuple.find(')').expect("closed")].matches('$').count(),
            _ => 1,
        };
        if parameters.iter().any(|kind| kind == "$fd") || name == "poll_oneoff" {
            calls.push(Call { name: name.to_string(), parameters, results });
        }
    }
    calls
}

/// A module that exports, for each call, a function which makes it on a descriptor and a path, both given.
fn module(calls: &[Call]) -> String {
    let mut imports = String::new();
    let mut functions = String::new();
    for Call { name, parameters, results } in calls {
        let mut kinds = Vec::new();
        let mut values = Vec::new();
        for kind in parameters {
            let (wasm, value): (&[&str], &str) = match kind.as_str() {
                "$fd" => (&["i32"], "(local.get 0)"),
                "string" => (&["i32", "i32"], "(local.get 1) (local.get 2)"),
                "$iovec_array" | "$ciovec_array" => (&["i32", "i32"], "(i32.const 1024) (i32.const 1)"),
                "(@witx pointer u8)" => (&["i32"], "(i32.const 4096)"),
                // One subscription, to reading.
                "$size" if name == "poll_oneoff" => (&["i32"], "(i32.const 1)"),
                "(@witx const_pointer $subscription)" => (&["i32"], "(i32.const 3072)"),
                "(@witx pointer $event)" => (&["i32"], "(i32.const 5120)"),
                "$size" => (&["i32"], "(i32.const 512)"),
                // Reading and writing; on a directory only reading makes sense, so both are tried by `base`.
                "$rights" => (&["i64"], "(local.get 3)"),
                "$filesize" | "$timestamp" | "$dircookie" | "$filedelta" => (&["i64"], "(i64.const 0)"),
                "$lookupflags" | "$sdflags" => (&["i32"], "(i32.const 1)"),
                // Creating what is missing.
                "$oflags" => (&["i32"], "(local.get 4)"),
                "$fdflags" | "$whence" | "$advice" | "$riflags" | "$siflags" => (&["i32"], "(i32.const 0)"),
                // Both times, now.
                "$fstflags" => (&["i32"], "(i32.const 10)"),
                other => panic!("{name}: no value is known for {other}"),
            };
            kinds.extend_from_slice(wasm);
            values.push(value.to_string());
        }
        for result in 0..*results {
            kinds.push("i32");
            values.push(format!("(i32.const {})", 8192 + 64 * result));
        }
        let (kinds, values) = (kinds.join(" "), values.join(" "));
        imports +=
            &format!("(import \"wasi_snapshot_preview1\" \"{name}\" (func ${name} (param {kinds}) (result i32)))\n");
        functions += &format!(
            "(func (export \"{name}\") (param i32 i32 i32 i64 i32) (result i32) \
             (i32.store (i32.const 3088) (local.get 0)) (call ${name} {values}))\n"
        );
    }
    // At 1024 lies one buffer: 512 bytes at 4096.
    // At 1024 lies one buffer, 512 bytes at 4096; at 3072 a subscription whose kind, 1, is reading.
    let data = r#"(data (i32.const 1024) "\00\10\00\00\00\02\00\00") (data (i32.const 3080) "\01")"#;
    format!("(module {imports} (memory (export \"memory\") 2) {data} {functions})")
}

fn snapshot(folder: &Path) -> BTreeMap<String, (Vec<u8>, std::time::SystemTime)> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("listed") {
        let path = entry.expect("listed").path();
        let modified = path.metadata().and_then(|metadata| metadata.modified()).expect("a time");
        let name = path.display().to_string();
        if path.is_dir() {
            all.extend(snapshot(&path));
            all.insert(name, (Vec::new(), modified));
        } else {
            all.insert(name, (std::fs::read(&path).expect("read"), modified));
        }
    }
    all
}

/// A guest over the VFS whose wasmtime-wasi has `folder` at the numbers 3 and 4.
fn guest(folder: &Path) -> Context {
    let mut vfs = Vfs::new(Limits::default());
    let [first, second] = [RootKind::Confined, RootKind::Slash].map(|kind| vfs.add_root(kind).expect("a root"));
    let sink = || Output::Capture { into: Arc::new(Mutex::new(Vec::new())), limit: 1 << 20 };
    let builder = ContextBuilder::new(vfs).stdin(Input::Empty).stdout(sink()).stderr(sink());
    let builder = builder.preopen(first, "/a").preopen(second, "/b");
    let mut guest = builder.build().expect("a guest");
    // Descriptors 5 to 7.
    let read = OpenOptions { read: true, follow: true, ..OpenOptions::default() };
    for (path, options) in [
        ("live", OpenOptions { create: true, write: true, ..read }),
        ("live", read),
        (".", OpenOptions { directory: true, ..read }),
    ] {
        let flags = types::Fdflags::empty();
        assert!(guest.open(second, path, OpenFlags { options, flags }).is_ok(), "{path}");
    }
    let mut host = WasiCtxBuilder::new();
    for path in ["/a", "/b"] {
        host.preopened_dir(folder, path, FsPerms::ReadWrite).expect("opened");
    }
    guest.host = host.build_p1();
    guest
}

#[test]
fn no_call_slips_past_the_vfs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("sub")).expect("created");
    for name in ["canary", "sub/canary"] {
        std::fs::write(folder.path().join(name), SECRET).expect("written");
    }
    let before = snapshot(folder.path());

    let calls = calls();
    // In WASI preview1: 21 fd_, 10 path_ and 4 sock_ calls, and poll_oneoff, which takes descriptors in memory.
    assert_eq!(calls.len(), 21 + 10 + 4 + 1);
    let program = Program::compile(&wat::parse_str(module(&calls)).expect("valid")).expect("compiled");
    let mut linker = Linker::new(&program.engine);
    add_to_linker(&mut linker).expect("linked");

    // Which calls got further than the descriptor table, on descriptors that are the VFS's.
    let mut reached = BTreeSet::new();
    // Reading, writing, both; opening what is there, making what is not, folders, from nothing.
    for (rights, oflags) in [(2i64, 0), (1 << 6, 1), (2 | 1 << 6, 1), (2, 2), (2 | 1 << 6, 9)] {
        for (fd, path, call) in DESCRIPTORS
            .flat_map(|fd| PATHS.map(|path| (fd, path)))
            .flat_map(|(fd, path)| calls.iter().map(move |call| (fd, path, call)))
        {
            // A fresh guest for each call: closing and renumbering must not spare the later ones.
            let mut store = Store::new(&program.engine, guest(folder.path()));
            let instance = linker.instantiate(&mut store, &program.module).expect("instantiated");
            let memory = instance.get_memory(&mut store, "memory").expect("a memory");
            memory.write(&mut store, 2048, path.as_bytes()).expect("in bounds");
            let function = instance.get_typed_func::<(u32, u32, u32, i64, u32), u32>(&mut store, &call.name);
            let arguments = (fd, 2048, path.len() as u32, rights, oflags);
            let result = function.expect("exported").call(&mut store, arguments);
            let errno = result.unwrap_or_else(|error| panic!("{} on {fd}: {error:#}", call.name));
            if LIVE.contains(&fd) && errno != u32::from(types::Errno::Badf as u16) {
                reached.insert(call.name.clone());
            }
            // All reads go to one buffer.
            let read = &memory.data(&store)[4096..4096 + SECRET.len()];
            assert!(read != SECRET.as_bytes(), "{} on {fd} read the host's file", call.name);
            if call.name == "path_open" && errno == 0 {
                // What was opened must be the VFS's too.
                let opened = u32::from_le_bytes(memory.data(&store)[8192..8196].try_into().expect("four bytes"));
                let opened = store.data().table.get(opened.into());
                let is_ours = opened.is_ok_and(|file| file.delegate().is_none());
                assert!(is_ours, "{fd} opened {path} on the host");
            }
        }
    }
    let missed: Vec<&String> = calls.iter().map(|call| &call.name).filter(|name| !reached.contains(*name)).collect();
    assert!(missed.is_empty(), "these never got past the descriptor table: {missed:?}");
    assert_eq!(before, snapshot(folder.path()), "the host folder has changed");
}
