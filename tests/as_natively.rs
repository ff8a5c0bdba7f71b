//! Programs that print the same here as under native CPython: `tests/as_natively/*.txt` is what that prints (`record.py`).

mod common;

use common::{python, run};

/// Runs the program as `python3 -c`, with the environment that the expected output was recorded with.
fn prints(program: &str) -> String {
    let mut command = python(&["-c", program]);
    command.envs([("LC_ALL", "C.UTF-8"), ("TZ", "UTC"), ("PYTHONHASHSEED", "7")]);
    let run = run(command);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    run.stdout
}

/// Line by line, so that a difference can be read.
fn same(printed: &str, expected: &str) {
    for (line, expected) in printed.lines().zip(expected.lines()) {
        assert_eq!(line, expected);
    }
    assert_eq!(printed.lines().count(), expected.lines().count());
}

macro_rules! programs {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            let expected = include_str!(concat!("as_natively/", stringify!($name), ".txt"));
            same(&prints(include_str!(concat!("as_natively/", stringify!($name), ".py"))), expected);
        }
    )*};
}

programs! { asyncio_fallbacks big_ranges encodings hashes sqlite strftime }
