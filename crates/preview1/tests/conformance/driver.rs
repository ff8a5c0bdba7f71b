//! The command that carries out a script of calls: one module for all rules, in WebAssembly text.
//!
//! It reads a script from stdin into its memory, at [`SCRIPT`]: its length, how many steps it has, the steps, and behind them what
//! the steps point to. After the last step it writes all of that to stdout: with what each call said, and what it wrote.

use std::fmt::Write;

/// Where the script lies in the module's memory.
pub const SCRIPT: u32 = 65536;
/// Most bytes of a script.
pub const MAX_SCRIPT: usize = 15 << 20;
/// Bytes of the head.
pub const HEAD: usize = 8;
/// Most arguments of a call.
pub const ARGUMENTS: usize = 9;
/// Bytes of a step: the number of the call, its result, and arguments of 16 bytes each: whether it is the value or the
/// address of a 32-bit one, and the value.
pub const STEP: usize = 8 + 16 * ARGUMENTS;

/// The calls and the types of their arguments, `I` for 64 bits. Those behind [`IMPORTED`] are the driver's own.
pub const CALLS: [(&str, &str); 33] = [
    ("fd_advise", "iIIi"),
    ("fd_allocate", "iII"),
    ("fd_close", "i"),
    ("fd_datasync", "i"),
    ("fd_fdstat_get", "ii"),
    ("fd_fdstat_set_flags", "ii"),
    ("fd_fdstat_set_rights", "iII"),
    ("fd_filestat_get", "ii"),
    ("fd_filestat_set_size", "iI"),
    ("fd_filestat_set_times", "iIIi"),
    ("fd_pread", "iiiIi"),
    ("fd_prestat_dir_name", "iii"),
    ("fd_prestat_get", "ii"),
    ("fd_pwrite", "iiiIi"),
    ("fd_read", "iiii"),
    ("fd_readdir", "iiiIi"),
    ("fd_renumber", "ii"),
    ("fd_seek", "iIii"),
    ("fd_sync", "i"),
    ("fd_tell", "ii"),
    ("fd_write", "iiii"),
    ("path_create_directory", "iii"),
    ("path_filestat_get", "iiiii"),
    ("path_filestat_set_times", "iiiiIIi"),
    ("path_link", "iiiiiii"),
    ("path_open", "iiiiiIIii"),
    ("path_readlink", "iiiiii"),
    ("path_remove_directory", "iii"),
    ("path_rename", "iiiiii"),
    ("path_symlink", "iiiii"),
    ("path_unlink_file", "iii"),
    ("list", "iiiii"),
    ("resume", "iiiiii"),
];

/// How many of them are preview1's.
const IMPORTED: usize = 31;

/// What the driver's own calls say when a listing does not come to an end.
pub const STUCK: u32 = 0xfffe;

/// What `list` and `resume` do.
///
/// `list(fd, buffer, len, out, size)`: reads a whole directory by a buffer of that size, each call behind the last entry that was
/// whole. The names go to `out`, each with a line end; how many bytes they have goes to `size`.
///
/// `resume(fd, buffer, len, other, out, size)`: reads a whole directory at once, and then once more behind each of its entries. How
/// many entries that gives goes to `out`, a byte each.
const OWN: &str = r#"
(func $head (param $at i32) (param $end i32) (result i32)
    ;; The bytes of the entry at $at, if it is whole; else 0.
    (local $len i32)
    (if (i32.gt_u (i32.add (local.get $at) (i32.const 24)) (local.get $end)) (then (return (i32.const 0))))
    (local.set $len (i32.add (i32.const 24) (i32.load offset=16 (local.get $at))))
    (if (i32.gt_u (i32.add (local.get $at) (local.get $len)) (local.get $end)) (then (return (i32.const 0))))
    (local.get $len))
(func $list (param $fd i32) (param $buffer i32) (param $len i32) (param $out i32) (param $size i32) (result i32)
    (local $cookie i64) (local $errno i32) (local $used i32) (local $at i32) (local $entry i32) (local $whole i32)
    (local $rounds i32)
    (loop $more
        (local.set $errno (call $fd_readdir
            (local.get $fd) (local.get $buffer) (local.get $len) (local.get $cookie) (i32.const 0)))
        (if (local.get $errno) (then (return (local.get $errno))))
        (local.set $used (i32.load (i32.const 0)))
        (local.set $at (local.get $buffer))
        (local.set $whole (i32.const 0))
        (block $end (loop $next
            (local.set $entry (call $head (local.get $at) (i32.add (local.get $buffer) (local.get $used))))
            (br_if $end (i32.eqz (local.get $entry)))
            (local.set $cookie (i64.load (local.get $at)))
            (memory.copy (i32.add (local.get $out) (i32.load (local.get $size)))
                (i32.add (local.get $at) (i32.const 24)) (i32.sub (local.get $entry) (i32.const 24)))
            (i32.store (local.get $size) (i32.add (i32.load (local.get $size)) (i32.sub (local.get $entry) (i32.const 24))))
            (i32.store8 (i32.add (local.get $out) (i32.load (local.get $size))) (i32.const 10))
            (i32.store (local.get $size) (i32.add (i32.load (local.get $size)) (i32.const 1)))
            (local.set $at (i32.add (local.get $at) (local.get $entry)))
            (local.set $whole (i32.const 1))
            (br $next)))
        ;; A buffer that is not full is the last.
        (if (i32.lt_u (local.get $used) (local.get $len)) (then (return (i32.const 0))))
        (local.set $rounds (i32.add (local.get $rounds) (i32.const 1)))
        (br_if $more (i32.and (local.get $whole) (i32.lt_u (local.get $rounds) (i32.const 100)))))
    (i32.const 0xfffe))
(func $resume (param $fd i32) (param $buffer i32) (param $len i32) (param $other i32) (param $out i32) (param $size i32)
    (result i32)
    (local $errno i32) (local $end i32) (local $at i32) (local $entry i32) (local $rest i32)
    (local.set $errno (call $fd_readdir
        (local.get $fd) (local.get $buffer) (local.get $len) (i64.const 0) (i32.const 0)))
    (if (local.get $errno) (then (return (local.get $errno))))
    (local.set $at (local.get $buffer))
    (local.set $end (i32.add (local.get $buffer) (i32.load (i32.const 0))))
    (block $done (loop $next
        (local.set $entry (call $head (local.get $at) (local.get $end)))
        (br_if $done (i32.eqz (local.get $entry)))
        (local.set $errno (call $fd_readdir
            (local.get $fd) (local.get $other) (local.get $len) (i64.load (local.get $at)) (i32.const 0)))
        (if (local.get $errno) (then (return (local.get $errno))))
        (local.set $rest (local.get $other))
        (block $counted (loop $count
            (local.set $errno (call $head (local.get $rest) (i32.add (local.get $other) (i32.load (i32.const 0)))))
            (br_if $counted (i32.eqz (local.get $errno)))
            (i32.store8 (i32.add (local.get $out) (i32.load (local.get $size)))
                (i32.add (i32.load8_u (i32.add (local.get $out) (i32.load (local.get $size)))) (i32.const 1)))
            (local.set $rest (i32.add (local.get $rest) (local.get $errno)))
            (br $count)))
        (i32.store (local.get $size) (i32.add (i32.load (local.get $size)) (i32.const 1)))
        (local.set $at (i32.add (local.get $at) (local.get $entry)))
        (br $next)))
    (i32.const 0))"#;

/// Reads the script, carries out its steps, writes it all.
const START: &str = r#"
(func (export "_start") (local $at i32) (local $end i32)
    (local.set $at (i32.const @SCRIPT))
    (block $read (loop $more
        (i32.store (i32.const 0) (local.get $at))
        (i32.store (i32.const 4) (i32.const @SCRIPT))
        (br_if $read (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br_if $read (i32.eqz (i32.load (i32.const 8))))
        (local.set $at (i32.add (local.get $at) (i32.load (i32.const 8))))
        (br_if $more (i32.lt_u (local.get $at) (i32.add (i32.const @SCRIPT) (i32.load (i32.const @SCRIPT)))))))
    (global.set $step (i32.const @STEPS))
    (local.set $end (i32.add (i32.const @STEPS) (i32.mul (i32.const @STEP) (i32.load (i32.const @COUNT)))))
    (block $made (loop $next
        (br_if $made (i32.ge_u (global.get $step) (local.get $end)))
        (i32.store offset=4 (global.get $step) (call_indirect (result i32) (i32.load (global.get $step))))
        (global.set $step (i32.add (global.get $step) (i32.const @STEP)))
        (br $next)))
    (local.set $end (i32.add (i32.const @SCRIPT) (i32.load (i32.const @SCRIPT))))
    (local.set $at (i32.const @SCRIPT))
    (loop $more
        (i32.store (i32.const 0) (local.get $at))
        (i32.store (i32.const 4) (i32.sub (local.get $end) (local.get $at)))
        (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
        (local.set $at (i32.add (local.get $at) (i32.load (i32.const 8))))
        (br_if $more (i32.lt_u (local.get $at) (local.get $end)))))"#;

/// The driver, in WebAssembly text.
pub fn driver() -> String {
    const TEXT: &str = "writing to a text";
    let mut text = String::from("(module\n");
    let wasm = |types: &str| types.chars().map(|one| if one == 'I' { " i64" } else { " i32" }).collect::<String>();
    for (name, types) in &CALLS[..IMPORTED] {
        let parameters = wasm(types);
        writeln!(
            text,
            "(import \"wasi_snapshot_preview1\" \"{name}\" (func ${name} (param{parameters}) (result i32)))"
        )
        .expect(TEXT);
    }
    text += "(memory (export \"memory\") 512)\n(global $step (mut i32) (i32.const 0))\n";
    // The argument of that number of this step, as a value of either size.
    text += "(func $I (param $at i32) (result i64)
        (local.set $at (i32.add (i32.add (global.get $step) (i32.const 8)) (i32.shl (local.get $at) (i32.const 4))))
        (if (result i64) (i32.load (local.get $at))
            (then (i64.load32_u (i32.wrap_i64 (i64.load offset=8 (local.get $at)))))
            (else (i64.load offset=8 (local.get $at)))))
    (func $i (param $at i32) (result i32) (i32.wrap_i64 (call $I (local.get $at))))";
    text += OWN;
    for (number, (name, types)) in CALLS.iter().enumerate() {
        let arguments = types.chars().enumerate().map(|(at, one)| format!(" (call ${one} (i32.const {at}))"));
        let arguments: String = arguments.collect();
        writeln!(text, "\n(func $call{number} (result i32) (call ${name}{arguments}))").expect(TEXT);
    }
    let calls: String = (0..CALLS.len()).map(|number| format!(" $call{number}")).collect();
    let mut start = START.to_string();
    let numbers =
        [("@SCRIPT", SCRIPT), ("@COUNT", SCRIPT + 4), ("@STEPS", SCRIPT + HEAD as u32), ("@STEP", STEP as u32)];
    for (name, number) in numbers {
        start = start.replace(name, &number.to_string());
    }
    write!(text, "(table funcref (elem{calls}))\n{start})").expect(TEXT);
    text
}
