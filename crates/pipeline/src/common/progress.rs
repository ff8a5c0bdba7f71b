//! Telling the person who waits. Cargo hides what a build script prints until it has failed, so stages are named on the
//! terminal itself when there is one, and always in a log.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::time::Instant;

/// Names stages as they begin.
pub struct Progress {
    terminal: Option<File>,
    start: Instant,
}

impl Progress {
    /// Uses the terminal that this build was started from, if any.
    pub fn new() -> Progress {
        let terminal = OpenOptions::new().write(true).open("/dev/tty").ok();
        Progress { terminal, start: Instant::now() }
    }

    /// Names what happens now. Failing to tell is no reason to fail.
    pub fn stage(&self, what: &str) {
        let seconds = self.start.elapsed().as_secs();
        // Cargo redraws its own line with a carriage return; clear what is left of it.
        let line = format!("\r\x1b[K   pyapp [{seconds:>3} s] {what}\n");
        if let Some(mut terminal) = self.terminal.as_ref() {
            let _ = terminal.write_all(line.as_bytes());
        }
        eprintln!("pyapp [{seconds:>3} s] {what}");
    }
}

impl Default for Progress {
    fn default() -> Self {
        Progress::new()
    }
}
