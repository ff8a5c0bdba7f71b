//! Many files, each in a process of its own: one that traps, hangs or eats all memory takes no other with it.

use crate::arguments::{Arguments, CANNOT_RUN};
use crate::report::{Outcome, Report, State};
use crate::suite::Suite;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// What `driver.py` puts in front of the id of the case that begins.
const ANNOUNCEMENT: &str = "\u{1e}case ";
/// How many of the last lines that a file said are kept.
const LAST_LINES: usize = 12;
/// The longest line that is kept, bytes.
const LONGEST_LINE: usize = 400;

/// Runs the files, hands each report to `done` as it comes, and tells how each ended.
///
/// # Errors
/// If a process cannot be started or cannot run its file, and those of `done`.
pub fn run(
    suite: &Suite,
    arguments: &Arguments,
    names: &[String],
    mut done: impl FnMut(Report) -> Result<()>,
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..arguments.jobs.min(names.len()) {
            let (next, sender) = (&next, sender.clone());
            scope.spawn(move || {
                while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // Nobody listens any more once another file could not be run.
                    if sender.send(run_one(suite, arguments, name)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let width = names.len().to_string().len();
        for (number, report) in receiver.iter().enumerate() {
            let report = report?;
            println!("[{:>width$}/{}] {}", number + 1, names.len(), line(&report));
            if arguments.cases {
                for case in report.cases.iter().filter(|case| case.1 != Outcome::Passed) {
                    println!("    {:?} {}: {}", case.1, case.0, case.2);
                }
            }
            done(report)?;
        }
        Ok(())
    })
}

/// How a file ended, on one line.
fn line(report: &Report) -> String {
    let mut line = report.name.clone();
    match report.state {
        State::Passed | State::Failed => {}
        state => line.push_str(&format!("  {}", state.word())),
    }
    for (outcome, word) in [(Outcome::Passed, "passed"), (Outcome::Failed, "FAILED"), (Outcome::Skipped, "skipped")] {
        match report.count(outcome) {
            0 => {}
            count => line.push_str(&format!("  {word} {count}")),
        }
    }
    if !report.reason.is_empty() {
        line.push_str(&format!("  {}", report.reason));
    }
    format!("{line}  {:.1} s", report.seconds)
}

/// Runs one file in a process of its own.
fn run_one(suite: &Suite, arguments: &Arguments, name: &str) -> Result<Report> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let mut command = Command::new(program);
    command.args(["--one", name, "--suite"]).arg(&suite.folder);
    if let Some(patience) = arguments.patience {
        command.args(["--patience", &patience.to_string()]);
    }
    if arguments.disk {
        command.arg("--disk");
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start a process for {name}"))?;
    // Both pipes are emptied while the child runs, so that it never waits for a reader.
    let said = child.stderr.take().map(|pipe| thread::spawn(move || Said::read(pipe)));
    let report = child.stdout.take().map(|mut pipe| {
        thread::spawn(move || {
            let mut text = String::new();
            // What cannot be read is missed below.
            let _ = pipe.read_to_string(&mut text);
            text
        })
    });
    let status = loop {
        match child.try_wait()? {
            Some(status) => break Some(status),
            None if start.elapsed() > arguments.timeout => {
                child.kill()?;
                child.wait()?;
                break None;
            }
            None => thread::sleep(Duration::from_millis(20)),
        }
    };
    let said = said.and_then(|reader| reader.join().ok()).unwrap_or_default();
    let text = report.and_then(|reader| reader.join().ok()).unwrap_or_default();
    let without = |state, reason| Report::without_cases(name, state, reason, start.elapsed().as_secs_f64());
    let mut report = match (status, serde_json::from_str::<Report>(&text)) {
        (None, _) => without(State::Timeout, "took too long".to_string()),
        (Some(_), Ok(report)) => report,
        (Some(status), Err(_)) if status.code() == Some(i32::from(CANNOT_RUN)) => {
            bail!("{name}: expected its process to run it, found: {}", said.lines.join("\n"))
        }
        // Such as the system ending it for want of memory.
        (Some(status), Err(_)) => without(State::Exited, format!("no report, {status}")),
    };
    if matches!(report.state, State::Trapped | State::Timeout | State::Exited)
        && let Some(case) = said.case
    {
        report.reason = format!("{} in {case}", report.reason);
    }
    if !report.is_good() {
        report.output = said.lines.join("\n");
    }
    Ok(report)
}

/// What a process said last.
#[derive(Default)]
struct Said {
    lines: Vec<String>,
    /// The case that began last.
    case: Option<String>,
}

impl Said {
    fn read(pipe: impl Read) -> Said {
        let mut said = Said::default();
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        // What cannot be read is missing in a message.
        while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            said.add(String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
        said
    }

    fn add(&mut self, line: &str) {
        if let Some(case) = line.strip_prefix(ANNOUNCEMENT) {
            self.case = Some(case.to_string());
        } else if !line.is_empty() {
            if self.lines.len() == LAST_LINES {
                self.lines.remove(0);
            }
            let end = line.floor_char_boundary(LONGEST_LINE);
            self.lines.push(line[..end].to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Case;

    #[test]
    fn the_last_lines_and_the_last_case_are_kept() {
        let mut text: String = (0..50).map(|number| format!("line {number}\n\n")).collect();
        text.insert_str(0, "\n\u{1e}case test.a\n");
        text.push_str("\u{1e}case test.b\nlast");
        let said = Said::read(text.as_bytes());
        assert_eq!(said.case.as_deref(), Some("test.b"));
        assert_eq!(said.lines.len(), LAST_LINES);
        assert_eq!(said.lines.last().map(String::as_str), Some("last"));
        assert_eq!(said.lines[0], "line 39");
    }

    #[test]
    fn a_line_tells_what_is_not_zero() {
        let mut report = Report::without_cases("test_x", State::Failed, String::new(), 3.12);
        report.cases =
            vec![Case("a".into(), Outcome::Passed, String::new()), Case("b".into(), Outcome::Failed, "why".into())];
        assert_eq!(line(&report), "test_x  passed 1  FAILED 1  3.1 s");
        let report = Report::without_cases("test_x", State::Timeout, "took too long in a.b".to_string(), 600.0);
        assert_eq!(line(&report), "test_x  TIMEOUT  took too long in a.b  600.0 s");
    }
}
