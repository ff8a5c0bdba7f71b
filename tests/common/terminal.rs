//! Running programs on a terminal of their own.

use super::process::Run;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

/// Runs to the end on a terminal, which util-linux's `script` makes, and types each answer once the terminal shows what
/// it answers. `stdout` of the result is all that the terminal showed: both streams, and what was typed where it is
/// echoed.
///
/// # Panics
///
/// Where the program ends before it has asked for all the answers: with what it showed.
pub fn on_a_terminal(command: Command, answers: &[(&str, &str)]) -> Run {
    let mut script = Command::new("script");
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| quoted(word.to_str().expect("UTF-8"))).collect();
    script.args(["-qefc", &words.join(" "), "/dev/null"]);
    for (variable, value) in command.get_envs() {
        match value {
            Some(value) => script.env(variable, value),
            None => script.env_remove(variable),
        };
    }
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("script starts");
    let mut keyboard = child.stdin.take().expect("a pipe");
    let mut screen = child.stdout.take().expect("a pipe");
    let mut shown = Vec::new();
    let mut seen = 0;
    let mut buffer = [0; 4096];
    for (question, answer) in answers {
        loop {
            let unanswered = shown.get(seen..).unwrap_or_default();
            if let Some(at) = unanswered.windows(question.len()).position(|bytes| bytes == question.as_bytes()) {
                seen += at + question.len();
                break;
            }
            let length = screen.read(&mut buffer).expect("read");
            assert!(length > 0, "expected {question:?}, found the end behind {:?}", String::from_utf8_lossy(&shown));
            shown.extend_from_slice(&buffer[..length]);
        }
        keyboard.write_all(answer.as_bytes()).expect("typed");
    }
    screen.read_to_end(&mut shown).expect("read");
    let status = child.wait().expect("it ends").code();
    Run { status, stdout: String::from_utf8(shown).expect("UTF-8"), stderr: String::new() }
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
