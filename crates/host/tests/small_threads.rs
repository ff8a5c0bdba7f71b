//! Threads of small modules: what CPython never does, and a hostile program might.

use host::abi::{CALLS, call};
use host::split::split;
use host::{ContextBuilder, Outcome, Output, Program, layout};
use memory_image::Image;
use std::sync::{Arc, Mutex};
use vfs::Limits;

/// A module whose `_start` attaches, starts one thread whose number is 1 and whose stack is 16384..65536, and then does `main`; the
/// thread does `thread`. The control block is at 8192; words from 0 on are theirs.
fn run(main: &str, thread: &str) -> (Outcome, String) {
    let call = |call: u32, first: &str, second: &str| {
        let number = (CALLS + call).cast_signed();
        format!("(call $advise (i32.const {number}) {first} {second} (i32.const 0))")
    };
    let (attach, spawn) = (
        // Its address and size.
        call(call::ATTACH, &format!("(i64.const {})", 8192 | 40u64 << 32), "(i64.const 0)"),
        // Argument 77 and the upper end of the stack; the lower end and the number.
        call(
            call::SPAWN,
            &format!("(i64.const {})", 77 | 65536u64 << 32),
            &format!("(i64.const {})", 16384 | 1u64 << 32),
        ),
    );
    let (wait, wake) = (
        call(call::WAIT, "(i64.extend_i32_u (local.get 0))", "(i64.const -1)"),
        call(call::WAKE, "(i64.or (i64.extend_i32_u (local.get 0)) (i64.const 0xffffffff00000000))", "(i64.const 0)"),
    );
    let text = format!(
        r#"(module
        (import "wasi_snapshot_preview1" "fd_advise" (func $advise (param i32 i64 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 2 100)
        (global $stack_pointer (mut i32) (i32.const 4096))
        (func $wait (param i32) (drop {wait}))
        (func $wake (param i32) (drop {wake}))
        ;; Waits until the word is not 0 any more.
        (func $until (param i32) (loop $again (if (i32.eqz (i32.load (local.get 0))) (then (call $wait (local.get 0)) (br $again)))))
        (func $set (param i32) (i32.store (local.get 0) (i32.const 1)) (call $wake (local.get 0)))
        ;; Writes a text of so many bytes at an address.
        (func $say (param i32 i32)
            (i32.store (i32.const 64) (local.get 0)) (i32.store (i32.const 68) (local.get 1))
            (drop (call $fd_write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 72))))
        (func (export "_start") (drop {attach}) (drop {spawn}) {main})
        (func (export "pyapp_thread") (param i32) {thread})
        (data (i32.const 4096) "yes no ")
        ;; errno's address, that of the thread state's, an offset, and the address of the word that asks for attention.
        (data (i32.const 8200) "\80\00\00\00\84\00\00\00\00\00\00\00\88\00\00\00"))"#
    );
    let split = split(&wat::parse_str(text).expect("valid")).expect("it can be split");
    let image = Arc::new(Image::open(split.image).expect("an image"));
    let program = Program::compile_with(&split.code, image).expect("compiled");
    let said = Arc::new(Mutex::new(Vec::new()));
    let output = Output::Capture { into: said.clone(), limit: 1000 };
    let (vfs, root) = layout::scratch(Limits::default()).expect("room");
    let context = ContextBuilder::new(vfs).preopen(root, "/").stdout(output).build().expect("a context");
    let (outcome, _) = host::run(&program, context).expect("started");
    let said = String::from_utf8(said.lock().expect("whole").clone()).expect("UTF-8");
    (outcome, said)
}

const SAY_YES: &str = "(call $say (i32.const 4096) (i32.const 4))";
const SAY_NO: &str = "(call $say (i32.const 4100) (i32.const 3))";

fn is_trap(outcome: &Outcome, with: &str) -> bool {
    matches!(outcome, Outcome::Trapped(text) if text.contains(with))
}

#[test]
fn threads_wake_each_other() {
    let main = format!("(call $until (i32.const 0)) {SAY_NO} (call $set (i32.const 4)) (call $until (i32.const 8))");
    let thread = format!(
        "{SAY_YES} (call $set (i32.const 0)) (call $until (i32.const 4)) (i32.store (i32.const 16) (local.get 0)) {SAY_YES} (call $set (i32.const 8))"
    );
    assert_eq!(run(&main, &thread), (Outcome::Exited(0), "yes no yes ".to_string()));
}

#[test]
fn a_thread_sees_how_the_memory_has_grown() {
    // At 0x1f0000 there is memory only when it has grown; `memory.fill` looks at the instance's own idea of its size.
    let grow = "(drop (memory.grow (i32.const 60)))";
    let fill = "(memory.fill (i32.const 0x1f0000) (i32.const 7) (i32.const 100))";
    let main =
        format!("(call $until (i32.const 0)) {fill} {SAY_YES} (call $set (i32.const 4)) (call $until (i32.const 8))");
    let thread = format!(
        "{grow} (call $set (i32.const 0)) (call $until (i32.const 4)) {fill} {SAY_YES} (call $set (i32.const 8))"
    );
    assert_eq!(run(&main, &thread), (Outcome::Exited(0), "yes yes ".to_string()));
}

#[test]
fn machine_code_that_has_used_up_its_stack_traps() {
    let thread = format!("{SAY_YES} (i32.store (i32.const 16384) (i32.const 1)) {SAY_NO}");
    let (outcome, said) = run("(call $until (i32.const 0))", &thread);
    assert!(is_trap(&outcome, "out of bounds"), "{outcome:?}");
    assert_eq!(said, "yes ");
}

/// A call of the host that is sent there, by a buffer, by a list of buffers, by a result, and a bulk operation of the engine's.
#[test]
fn a_host_call_that_is_sent_to_a_stack_s_guard_ends_the_guest_and_not_the_host() {
    for sent in [
        "(call $say (i32.const 16384) (i32.const 4))",
        "(call $say (i32.const 16300) (i32.const 200))",
        "(drop (call $fd_write (i32.const 1) (i32.const 16384) (i32.const 1) (i32.const 72)))",
        "(drop (call $fd_write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 16388)))",
        "(memory.fill (i32.const 16384) (i32.const 1) (i32.const 4096)) (call $say (i32.const 4096) (i32.const 0))",
    ] {
        let (outcome, _) = run("(call $until (i32.const 0))", &format!("{sent} (call $set (i32.const 0))"));
        assert!(is_trap(&outcome, "stack"), "{sent}: {outcome:?}");
    }
}

#[test]
fn the_guard_goes_with_its_thread() {
    // When the thread has ended, what was its stack is memory like any other.
    let main = format!(
        "(call $until (i32.const 0)) (drop {}) (i32.store (i32.const 16384) (i32.const 1)) {SAY_YES}",
        // It may not have left yet: a turn is given to it.
        format_args!(
            "(call $advise (i32.const {}) (i64.const 12) (i64.const 50000000) (i32.const 0))",
            (CALLS + call::WAIT).cast_signed()
        )
    );
    assert_eq!(run(&main, "(call $set (i32.const 0))"), (Outcome::Exited(0), "yes ".to_string()));
}

#[test]
fn whatever_a_thread_does_ends_all_of_them_once() {
    for (thread, expected) in [("(unreachable)", None), ("(call $exit (i32.const 9))", Some(9))] {
        // The main thread waits for ever, for itself or for its turn.
        let (outcome, said) = run("(call $until (i32.const 0))", &format!("{SAY_YES} {thread}"));
        match expected {
            Some(status) => assert_eq!(outcome, Outcome::Exited(status)),
            None => assert!(is_trap(&outcome, "unreachable"), "{outcome:?}"),
        }
        assert_eq!(said, "yes ");
    }
    // The main thread's end is the guest's, whatever the other waits for.
    assert_eq!(run(SAY_YES, "(call $until (i32.const 0))"), (Outcome::Exited(0), "yes ".to_string()));
}

/// Addresses that lie outside, threads that cannot be, and what does not exist are errnos.
#[test]
fn nonsense_is_an_errno() {
    let number = |call: u32| (CALLS + call).cast_signed();
    for (call, first, second, errno) in [
        // No word there: EFAULT.
        (call::WAIT, u64::from(u32::MAX), 0, 21),
        // Another value there: EAGAIN.
        (call::WAIT, 1 << 32, 0, 6),
        // In no time: ETIMEDOUT.
        (call::WAIT, 0, 0, 73),
        (call::WAKE, u64::from(u32::MAX), 0, 0),
        // Once: EBUSY. One of another size: EFAULT.
        (call::ATTACH, 8192 | 40 << 32, 0, 10),
        (call::ATTACH, 8192, 0, 21),
        // A thread of this number lives: EAGAIN.
        (call::SPAWN, 77 | 65536 << 32, 16384 | 1 << 32, 6),
        (call::INTERRUPT, 99, 0, 0),
        (call::SIGNAL, 2, 7, 28),
        (call::SET_TIMER, 0, 0, 52),
        // No such call, and no such descriptor: EBADF.
        (99, 0, 0, 8),
    ] {
        let ask = format!(
            "(if (i32.eq (call $advise (i32.const {}) (i64.const {}) (i64.const {}) (i32.const 0)) (i32.const {errno})) (then {SAY_YES}))",
            number(call),
            first.cast_signed(),
            u64::cast_signed(second),
        );
        let outcome = run(&ask, "(call $until (i32.const 0))");
        assert_eq!(outcome, (Outcome::Exited(0), "yes ".to_string()), "{call} {first:x} {second:x}");
    }
}
