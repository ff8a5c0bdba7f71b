//! Driving the built executable from outside.

#![allow(dead_code, unused_imports, reason = "each test file uses its own part of this")]

pub mod process;
pub mod program;
pub mod project;
pub mod table;
pub mod terminal;

use std::ffi::OsStr;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

pub use process::{Run, run, run_with_input, two_at_once};

/// A program that stands in a test as an indented raw string: without the line break in front of it, the indentation
/// that all its lines share, and the blanks in front of the closing quote. It is never freed, so that it can stand
/// wherever a literal can.
pub fn dedent(text: &str) -> &'static str {
    let text = text.strip_prefix('\n').expect("a line break behind the opening quote");
    let (lines, _) = text.rsplit_once('\n').expect("a line break in front of the closing quote");
    let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let shared = lines.lines().filter(|line| !line.is_empty()).map(indentation).min().unwrap_or_default();
    let lines = lines.lines().map(|line| format!("{}\n", line.get(shared..).unwrap_or_default()));
    lines.collect::<String>().leak()
}

/// A program that starts the executable, or the executable itself. Of the environment in which the tests run it gets
/// nothing that CPython or pyapp heed: under `PYTHONUNBUFFERED`, say, other things are printed.
pub fn unmoved(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (variable, _) in std::env::vars_os() {
        if ["PYTHON", "PYAPP_"].iter().any(|start| variable.as_encoded_bytes().starts_with(start.as_bytes())) {
            command.env_remove(variable);
        }
    }
    command
}

/// How a process has ended: its status, or the signal that ended it, below zero.
pub fn end_of(status: ExitStatus) -> i32 {
    status.code().or(status.signal().map(|signal| -signal)).expect("one of the two")
}

/// The executable, as the app.
pub fn app() -> Command {
    unmoved(env!("CARGO_BIN_EXE_pyapp"))
}

/// The executable, as `python3`.
pub fn python(arguments: &[&str]) -> Command {
    let mut command = app();
    command.env("PYAPP_INTERPRETER", "1").args(arguments).stdin(Stdio::null());
    command
}

/// The executable, as the tools.
pub fn tools(arguments: &[&str]) -> Command {
    let mut command = app();
    command.env("PYAPP_TOOLS", "1").args(arguments).stdin(Stdio::null());
    command
}

/// The linked app of `tests/doors`, which has every kind of permission.
pub fn doors() -> PathBuf {
    let path = std::env::var_os("PYAPP_DOORS").unwrap_or_else(|| {
        panic!(
            "PYAPP_DOORS: expected the path of an executable, found nothing; \
             PYAPP_PROJECT=tests/doors cargo build --release makes it: copy target/release/pyapp, and name the copy"
        )
    });
    Path::new(&path).canonicalize().expect("there")
}

/// What `python3 -c CODE` prints when all goes well.
pub fn prints(code: &str) -> String {
    let run = run(python(&["-c", code]));
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{code}");
    run.stdout
}
