//! The command `preview1`, from outside.

use std::process::{Command, Output};

/// A command that prints the path of each preopen, then what lies in the first argument's file of the first one,
/// then exits with the number of preopens and 100.
const MODULE: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $name (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 512) "file")
    ;; Prints len bytes at 1024 and a line end.
    (func $print (param $len i32)
        (i32.store8 (i32.add (i32.const 1024) (local.get $len)) (i32.const 10))
        (i32.store (i32.const 0) (i32.const 1024))
        (i32.store (i32.const 4) (i32.add (local.get $len) (i32.const 1)))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
    (func (export "_start") (local $fd i32)
        (local.set $fd (i32.const 3))
        (block $done
            (loop $next
                (br_if $done (call $prestat (local.get $fd) (i32.const 16)))
                (drop (call $name (local.get $fd) (i32.const 1024) (i32.load (i32.const 20))))
                (call $print (i32.load (i32.const 20)))
                ;; In each preopen: read "file", then remove it.
                (if (i32.eqz (call $open (local.get $fd) (i32.const 0) (i32.const 512) (i32.const 4) (i32.const 0)
                        (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)))
                    (then
                        (i32.store (i32.const 0) (i32.const 1024))
                        (i32.store (i32.const 4) (i32.const 100))
                        (drop (call $read (i32.load (i32.const 32)) (i32.const 0) (i32.const 1) (i32.const 36)))
                        (call $print (i32.load (i32.const 36)))
                        (drop (call $unlink (local.get $fd) (i32.const 512) (i32.const 4)))))
                (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
                (br $next)))
        (drop (call $environ_sizes (i32.const 40) (i32.const 44)))
        (drop (call $environ (i32.const 64) (i32.const 1024)))
        (call $print (i32.sub (i32.load (i32.const 44)) (i32.const 1)))
        (call $exit (i32.add (i32.const 97) (local.get $fd)))))"#;

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_preview1")).args(arguments).output().expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn preopens_come_in_order_and_memory_is_a_copy() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    for (name, text) in [("one", "first"), ("two", "second")] {
        std::fs::create_dir(path(name)).expect("made");
        std::fs::write(path(name).join("file"), text).expect("written");
    }
    let module = path("module.wasm");
    std::fs::write(&module, wat::parse_str(MODULE).expect("valid")).expect("written");
    let module = module.to_str().expect("UTF-8");
    let (one, two) = (format!("{}::/a", path("one").display()), format!("{}::b", path("two").display()));

    let (status, stdout, stderr) = run(&["--mem", &one, "--dir", &two, "--env", "K=V", module]);
    assert_eq!((status, stderr.as_str()), (Some(102), ""));
    assert_eq!(stdout, "/a\nfirst\nb\nsecond\nK=V\n");
    assert!(path("one/file").exists(), "the copy in memory is not the folder");
    assert!(!path("two/file").exists(), "the host folder is the folder");

    let (status, stdout, _) = run(&[&format!("--dir={two}"), &format!("--mem={one}"), "--env=A=b=c", module]);
    assert_eq!((status, stdout.as_str()), (Some(102), "b\n/a\nfirst\nA=b=c\n"));
}

#[test]
fn mistakes_are_told() {
    for (arguments, status, message) in [
        (vec![], 2, "preview1: expected a module to run\nusage: "),
        (vec!["--mem", "x", "m.wasm"], 2, "preview1: --mem: expected HOST::GUEST, found \"x\"\nusage: "),
        (vec!["--nope", "m.wasm"], 2, "preview1: unknown option --nope\nusage: "),
        (vec!["/no/such.wasm"], 125, "preview1: cannot read /no/such.wasm: No such file"),
    ] {
        let (found, _, stderr) = run(&arguments);
        assert_eq!(found, Some(status), "{arguments:?}");
        assert!(stderr.starts_with(message), "{arguments:?}: {stderr}");
    }
}
