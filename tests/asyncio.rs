//! asyncio where no thread can be started: what fails, fails as programs expect.

mod common;

#[test]
fn what_needs_a_thread_fails_as_programs_expect() {
    let run = common::run(common::python(&["-c", include_str!("asyncio/without_threads.py")]));
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(run.stdout, include_str!("asyncio/expected.txt"));
}
