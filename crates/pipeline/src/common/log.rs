//! Running one step of what is made for the cache: its output goes to the log, it has a time limit, and when it fails its last
//! lines are shown.

use crate::command::wait;
use crate::error::{Doing, Error, Result};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How many lines of a failed step are shown.
const TAIL: usize = 25;

/// The log of all steps.
pub(crate) struct Log {
    path: PathBuf,
}

impl Log {
    /// Starts an empty log.
    pub fn create(path: &Path) -> Result<Log> {
        File::create(path).doing("create the log", path)?;
        Ok(Log { path: path.to_path_buf() })
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// [`Error::Step`] if it cannot be started, fails, or takes longer than `limit`.
    pub fn run(&self, step: &str, command: Command, limit: Duration) -> Result<()> {
        self.run_by(step, command, limit, |command| Ok(command.spawn()))
    }

    /// The same; `start_it` starts the command.
    ///
    /// # Errors
    /// As [`Log::run`], and what `start_it` gives.
    pub fn run_by(
        &self,
        step: &str,
        mut command: Command,
        limit: Duration,
        start_it: impl FnOnce(&mut Command) -> Result<std::io::Result<Child>>,
    ) -> Result<()> {
        let open = OpenOptions::new().append(true).open(&self.path);
        let mut file = open.doing("open the log", &self.path)?;
        writeln!(file, "\n=== {step}: {command:?}").doing("write to", &self.path)?;
        let start = std::fs::metadata(&self.path).doing("look at", &self.path)?.len();
        let fail = |how: String| Error::Step {
            step: step.to_string(),
            how,
            tail: self.tail(start),
            log: self.path.display().to_string(),
        };
        let output = || file.try_clone().map(Stdio::from);
        let (stdout, stderr) = (output().doing("open", &self.path)?, output().doing("open", &self.path)?);
        command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        let mut child =
            start_it(&mut command)?.map_err(|error| fail(format!("{} does not start: {error}", program(&command))))?;
        match wait(&mut child, limit).doing("wait for", Path::new(&program(&command)))? {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(fail(format!("{} ended with {status}", program(&command)))),
            None => Err(fail(format!("{} took longer than {} s and was stopped", program(&command), limit.as_secs()))),
        }
    }

    /// The last lines that were logged behind `start`.
    fn tail(&self, start: u64) -> String {
        let bytes = std::fs::read(&self.path).unwrap_or_default();
        let text = String::from_utf8_lossy(bytes.get(start as usize..).unwrap_or_default()).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(TAIL)..].join("\n")
    }
}

fn program(command: &Command) -> String {
    Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn run(script: &str, limit: Duration) -> (Result<()>, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = Log::create(&folder.path().join("log")).expect("created");
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        (log.run("trying", command, limit), folder)
    }

    #[test]
    fn a_failed_step_shows_its_last_lines() {
        let (result, folder) = run("seq 100; exit 3", Duration::from_secs(20));
        let message = result.expect_err("failed").to_string();
        assert!(message.starts_with("trying: sh ended with exit status: 3; the whole log is "), "{message}");
        assert!(message.ends_with("\n99\n100") && !message.contains("\n50\n"), "{message}");
        let log = std::fs::read_to_string(folder.path().join("log")).expect("read");
        assert!(log.contains("\n50\n"), "{log}");
    }

    #[test]
    fn a_step_that_hangs_is_stopped() {
        let start = Instant::now();
        let (result, _folder) = run("echo here; exec sleep 60", Duration::from_millis(300));
        let message = result.expect_err("stopped").to_string();
        assert!(message.contains("took longer than 0 s and was stopped") && message.ends_with("here"), "{message}");
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}
