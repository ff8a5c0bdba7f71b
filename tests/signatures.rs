//! Calls that trap here and nowhere else, such as those of C through a pointer to a function of another type. A trap ends the
//! process.

mod common;

#[test]
fn no_call_of_what_is_written_in_c_ends_the_process() {
    let program = concat!(
        include_str!("signatures/values.py"),
        include_str!("signatures/instances.py"),
        include_str!("signatures/excluded.py"),
        include_str!("signatures/calls.py"),
    );
    let run = common::run_with_input(common::python(&["-"]), program);
    let last = |text: &str| text.lines().last().unwrap_or_default().to_string();
    let (called, said) = (last(&run.stdout), last(&run.stderr));
    assert!(
        run.status == Some(0) && called == "done",
        "status {:?} in {called} (with that name as an argument, the program tells each call): {said}",
        run.status,
    );
}

#[test]
fn a_methodcaller_in_a_cycle_is_collected() {
    let collected = common::prints(
        r#"
import gc, operator, weakref
class Node: pass
for is_called in False, True:
    # Before the node: the collector clears what is older first.
    caller = operator.methodcaller("clear")
    if is_called:
        # The call makes what the caller keeps for calls to come.
        caller([])
    node = Node()
    node.caller, node.itself = caller, node
    gone = weakref.ref(node)
    del caller, node
    gc.collect()
    print(gone() is None)
"#,
    );
    assert_eq!(collected, "True\nTrue\n");
}

#[test]
fn the_import_lock_is_held_by_whoever_acquired_it() {
    let states = common::prints(
        r#"
import _imp, _thread
def release():
    try:
        _imp.release_lock()
    except RuntimeError as error:
        print(error)
print(_imp.lock_held())
release()
_imp.acquire_lock()
_imp.acquire_lock()
release()
print(_imp.lock_held())
release()
print(_imp.lock_held())
release()
print(_thread.get_ident() != 0)
"#,
    );
    assert_eq!(states, "False\nnot holding the import lock\nTrue\nFalse\nnot holding the import lock\nTrue\n");
}

#[test]
fn a_clock_that_does_not_exist_is_an_error() {
    let errors = common::prints(
        r#"
import errno, time
for ask in time.clock_gettime, time.clock_gettime_ns, time.clock_getres:
    for clock in -1, 12345, 2**31 - 1, -2**31:
        try:
            print(ask(clock))
        except OSError as error:
            print(error.errno == errno.EINVAL)
for name in "REALTIME", "MONOTONIC", "PROCESS_CPUTIME_ID", "THREAD_CPUTIME_ID":
    clock = getattr(time, f"CLOCK_{name}")
    first = time.clock_gettime_ns(clock)
    print(0 <= first <= time.clock_gettime_ns(clock), 0 < time.clock_getres(clock) < 1)
"#,
    );
    assert_eq!(errors, "True\n".repeat(12) + &"True True\n".repeat(4));
}

#[test]
fn an_argument_that_stands_for_nothing_is_invalid() {
    let errors = common::prints(
        r#"
import errno, os
file = os.open("/tmp/file", os.O_RDWR | os.O_CREAT)
for call in (os.lseek, file, 0, 99), (os.lseek, file, 0, -1), (os.posix_fadvise, file, 0, 0, 99):
    try:
        print(call[0](*call[1:]))
    except OSError as error:
        print(error.errno == errno.EINVAL)
print(os.lseek(file, 3, os.SEEK_CUR), os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM))
"#,
    );
    assert_eq!(errors, "True\nTrue\nTrue\n3 None\n");
}
