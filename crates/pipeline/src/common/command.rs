//! Running other programs with a time limit.

use std::io::Read;
#[cfg(feature = "compiler")]
use std::io::Write;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long a program that was told to end may take to do so.
const GRACE: Duration = Duration::from_secs(5);
/// How often a program is looked at: soon, and then less and less often, so that one that is quick costs no time.
const SOONEST: Duration = Duration::from_millis(1);
const LATEST: Duration = Duration::from_millis(50);

/// Runs a command to its end and returns what it printed; `None` if it took longer than `limit`.
pub(crate) fn output(command: Command, limit: Duration) -> std::io::Result<Option<Output>> {
    output_while(command, limit, |_| true)
}

/// As [`output`], with something to read.
#[cfg(feature = "compiler")]
pub(crate) fn output_of(mut command: Command, input: Vec<u8>, limit: Duration) -> std::io::Result<Option<Output>> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        // What it does not want to read is not missed.
        std::thread::spawn(move || pipe.write_all(&input));
    }
    collect(child, limit, |_| true)
}

/// As [`output`]; `None` also if `may_go_on`, which is asked again and again about the process, has said no.
pub(crate) fn output_while(
    mut command: Command,
    limit: Duration,
    may_go_on: impl FnMut(u32) -> bool,
) -> std::io::Result<Option<Output>> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    collect(child, limit, may_go_on)
}

fn collect(mut child: Child, limit: Duration, may_go_on: impl FnMut(u32) -> bool) -> std::io::Result<Option<Output>> {
    // Both pipes are emptied while the child runs, so that it never waits for a reader.
    let readers = [child.stdout.take().map(read_all), child.stderr.take().map(read_all)];
    let Some(status) = wait_while(&mut child, limit, may_go_on)? else { return Ok(None) };
    let [stdout, stderr] = readers.map(|reader| reader.and_then(|reader| reader.join().ok()).unwrap_or_default());
    Ok(Some(Output { status, stdout, stderr }))
}

fn read_all(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What could not be read is missing in the message it is for.
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}

/// Waits at most `limit`, then ends the child: first politely, so that make stops what it started.
pub(crate) fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<std::process::ExitStatus>> {
    wait_while(child, limit, |_| true)
}

fn wait_while(
    child: &mut Child,
    limit: Duration,
    mut may_go_on: impl FnMut(u32) -> bool,
) -> std::io::Result<Option<std::process::ExitStatus>> {
    let start = Instant::now();
    let mut pause = SOONEST;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > limit || !may_go_on(child.id()) {
            break;
        }
        std::thread::sleep(pause);
        pause = LATEST.min(pause * 2);
    }
    terminate(child);
    let asked = Instant::now();
    while child.try_wait()?.is_none() {
        if asked.elapsed() > GRACE {
            child.kill()?;
            child.wait()?;
            break;
        }
        std::thread::sleep(LATEST);
    }
    Ok(None)
}

#[cfg(unix)]
fn terminate(child: &Child) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // It may have ended by itself just now.
        let _ = kill_process(pid, Signal::TERM);
    }
}

#[cfg(not(unix))]
fn terminate(_: &Child) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_prints_is_returned_whole() {
        let mut command = Command::new("sh");
        command.args(["-c", "seq 100000; echo oops >&2; exit 4"]);
        let output = output(command, Duration::from_secs(20)).expect("started").expect("in time");
        assert_eq!(output.status.code(), Some(4));
        assert!(output.stdout.ends_with(b"\n99999\n100000\n") && output.stdout.starts_with(b"1\n2\n"));
        assert_eq!(output.stderr, b"oops\n");
        let mut command = Command::new("sleep");
        command.arg("60");
        assert!(super::output(command, Duration::from_millis(100)).expect("started").is_none());
        let mut command = Command::new("sleep");
        command.arg("60");
        let stopped = output_while(command, Duration::from_secs(60), |process| process == 0);
        assert!(stopped.expect("started").is_none());
    }

    #[test]
    #[cfg(feature = "compiler")]
    fn a_command_reads_what_it_is_given() {
        let input = vec![b'x'; 1 << 20];
        let read = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            output_of(command, input.clone(), Duration::from_secs(20)).expect("started").expect("in time")
        };
        assert_eq!(read("cat").stdout, input);
        assert_eq!(read("echo no; exit 1").stdout, b"no\n");
    }
}
