//! Running programs on a terminal of their own.

use super::process::Run;
use rustix::event::{PollFd, PollFlags, Timespec};
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// How long a terminal may show nothing new that is waited for, on a machine that has much else to do.
const PATIENCE: Timespec = Timespec { tv_sec: 120, tv_nsec: 0 };

/// A program that runs on a terminal, which util-linux's `script` makes.
pub struct Terminal {
    script: Child,
    keyboard: ChildStdin,
    screen: ChildStdout,
    shown: Vec<u8>,
    /// How much of that has been waited for.
    seen: usize,
}

impl Terminal {
    /// Starts the program.
    ///
    /// # Panics
    ///
    /// If `script` does not start.
    pub fn start(command: &Command) -> Terminal {
        // Where the tests are a shell's background job, SIGINT is ignored, and programs inherit that.
        let mut script = Command::new("env");
        script.args(["--default-signal=INT", "script"]);
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let words: Vec<_> = words.map(|word| quoted(word.to_str().expect("UTF-8"))).collect();
        // `script` starts the user's shell. One that stayed would get each Ctrl-C as well, and some then end by it.
        script.args(["-qefc", &format!("exec {}", words.join(" ")), "/dev/null"]).env("SHELL", "/bin/sh");
        for (variable, value) in command.get_envs() {
            match value {
                Some(value) => script.env(variable, value),
                None => script.env_remove(variable),
            };
        }
        let mut script = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("script starts");
        let keyboard = script.stdin.take().expect("a pipe");
        let screen = script.stdout.take().expect("a pipe");
        Terminal { script, keyboard, screen, shown: Vec::new(), seen: 0 }
    }

    /// Waits until the terminal shows the text, behind what has been waited for before.
    ///
    /// # Panics
    ///
    /// Where the program ends before that, or nothing comes any more: with what it showed.
    pub fn wait(&mut self, text: &str) {
        let mut buffer = [0; 4096];
        loop {
            let new = self.shown.get(self.seen..).unwrap_or_default();
            if let Some(at) = new.windows(text.len()).position(|bytes| bytes == text.as_bytes()) {
                self.seen += at + text.len();
                return;
            }
            let mut polled = [PollFd::new(&self.screen, PollFlags::IN)];
            let ready = rustix::event::poll(&mut polled, Some(&PATIENCE)).expect("polled");
            assert!(ready > 0, "expected {text:?}, found nothing more behind {:?}", self.shown());
            let length = self.screen.read(&mut buffer).expect("read");
            assert!(length > 0, "expected {text:?}, found the end behind {:?}", self.shown());
            self.shown.extend_from_slice(&buffer[..length]);
        }
    }

    /// Types.
    ///
    /// # Panics
    ///
    /// Where nobody can read it.
    pub fn enter(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("typed");
    }

    /// All that has been shown so far.
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown).into_owned()
    }

    /// Waits for the end. `stdout` of the result is all that the terminal showed: both streams, and what was typed
    /// where it is echoed.
    ///
    /// # Panics
    ///
    /// Where what was shown is no UTF-8.
    pub fn end(mut self) -> Run {
        self.screen.read_to_end(&mut self.shown).expect("read");
        let status = self.script.wait().expect("it ends").code();
        let stdout = String::from_utf8(std::mem::take(&mut self.shown)).expect("UTF-8");
        Run { status, stdout, stderr: String::new() }
    }
}

impl Drop for Terminal {
    /// Without its terminal the program ends, too.
    fn drop(&mut self) {
        let _ = self.script.kill();
    }
}

/// Runs to the end on a terminal, and types each answer once the terminal shows what it answers.
///
/// # Panics
///
/// Where the program ends before it has asked for all the answers: with what it showed.
pub fn on_a_terminal(command: Command, answers: &[(&str, &str)]) -> Run {
    let mut terminal = Terminal::start(&command);
    for (question, answer) in answers {
        terminal.wait(question);
        terminal.enter(answer);
    }
    terminal.end()
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
