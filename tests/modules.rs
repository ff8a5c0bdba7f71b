//! Modules that need a system elsewhere: what of them cannot be done is told in one line, and the prompts that need them work.
//! What works is in `as_natively.rs`.

mod common;

use common::{prints, python, run_with_input};

#[test]
fn what_cannot_be_done_is_told_in_one_line() {
    let table = include_str!("modules/refusals.txt");
    let expressions: Vec<&str> = table.lines().filter_map(|line| line.split('\t').next()).collect();
    let mut command = python(&["-c", include_str!("modules/refused.py")]);
    command.env("TERM", "xterm");
    let run = run_with_input(command, &expressions.join("\n"));
    assert_eq!(run.stdout.lines().count(), expressions.len(), "{run:?}");
    for (line, expected) in run.stdout.lines().zip(table.lines()) {
        assert_eq!(line, expected);
    }
    assert_eq!(prints("import ctypes.util; print(ctypes.util.find_library('c'))"), "None\n");
    let probe = "import ctypes; print(hasattr(ctypes, 'pythonapi'), hasattr(ctypes, 'no_such_name'))";
    assert_eq!(prints(probe), "False False\n");
}

/// The prompt of an interpreter whose stdin is a pipe. What is expected is what a native one prints.
#[test]
fn prompts_read_from_a_pipe() {
    let run = run_with_input(python(&["-q", "-i"]), "6 * 7\nimport sys\nsys.ps1\n'x' in dir()\n");
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), "42\n'>>> '\nFalse\n"), "{run:?}");
    assert_eq!(run.stderr, ">>> >>> >>> >>> >>> \n");

    let statements = [
        "import asyncio",
        "await asyncio.sleep(0.01)",
        "await asyncio.gather(*[asyncio.sleep(0, i) for i in range(3)])",
        "task = asyncio.create_task(asyncio.sleep(0, 'done'))",
        "await task",
        "1 / 0",
        "exit(3)",
        "'never'\n",
    ];
    let run = run_with_input(python(&["-m", "asyncio"]), &statements.join("\n"));
    let said = ">>> >>> >>> [0, 1, 2]\n>>> >>> 'done'\n>>> >>> ";
    assert_eq!((run.status, run.stdout.as_str()), (Some(3), said), "{run:?}");
    assert!(run.stderr.ends_with("ZeroDivisionError: division by zero\nexiting asyncio REPL...\n"), "{run:?}");
    assert!(!run.stderr.contains("thread"), "{run:?}");
}
