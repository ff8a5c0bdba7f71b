//! Running programs to their end. Tests of other crates include this file, too.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

/// What a finished run gave.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs to the end.
pub fn run(mut command: Command) -> Run {
    text(command.output().expect("it starts"))
}

/// Runs to the end with `input` coming through a pipe.
pub fn run_with_input(mut command: Command, input: &str) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    // A program may end without reading all of its input.
    let _ = writer.join().expect("the writer ends");
    text(output)
}

fn text(output: Output) -> Run {
    Run {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// Two runs of a program that marks what is its own with the line it reads, says `marked`, waits for another line, and
/// tells whether it still finds its own marks.
pub fn two_at_once(program: impl Fn() -> Command) {
    let mut runs: Vec<_> = (0..2)
        .map(|_| {
            let mut child = program().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
            let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
            (child.stdin.take().expect("a pipe"), lines, child)
        })
        .collect();
    for (number, (input, ..)) in runs.iter_mut().enumerate() {
        writeln!(input, "run {number}").expect("written");
    }
    for (_, lines, _) in &mut runs {
        assert_eq!(lines.next().expect("a line").expect("UTF-8"), "marked");
    }
    for (input, lines, child) in &mut runs {
        writeln!(input).expect("written");
        assert_eq!(lines.next().expect("a line").expect("UTF-8"), "True");
        assert!(child.wait().expect("it ends").success());
    }
}
