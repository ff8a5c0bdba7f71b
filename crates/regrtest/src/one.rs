//! One file of tests in this process.

use crate::disk;
use crate::driver::{DRIVER, DRIVER_FILE, ENVIRONMENT, REPORT_FILE, command};
use crate::report::{Report, State};
use crate::suite::Suite;
use anyhow::{Context, Result};
use host::abi::HOME;
use host::{Input, Outcome, layout, load};
use policy::{Network, Permissions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use vfs::Limits;

/// What files may take in memory: some tests write large ones.
const LIMITS: Limits = Limits { bytes: 1 << 30, files: 1 << 20 };

/// Runs the file and prints its report to stdout; what the file itself says goes to stderr. `patience`: see `ContextBuilder::patience`,
/// in microseconds.
///
/// # Errors
/// If the guest cannot be started. However it ends, there is a report.
pub fn run(suite: &Suite, name: &str, disk: bool, patience: Option<u64>) -> Result<()> {
    // Both of the guest's streams go to stderr, in the order they come, so that stdout holds nothing but the report.
    let mut stdout = std::fs::File::from(rustix::io::dup(rustix::stdio::stdout()).context("cannot keep stdout")?);
    rustix::stdio::dup2_stdout(rustix::stdio::stderr()).context("cannot redirect stdout")?;
    let start = Instant::now();
    if disk {
        disk::obey_modes()?;
    }
    let folder = disk.then(tempfile::tempdir).transpose().context("cannot make a temporary folder")?;
    let folder = folder.as_ref().map(|folder| folder.path().canonicalize()).transpose()?;
    let (outcome, written) = in_guest(suite, name, folder.as_deref(), patience)?;
    let report = conclude(name, &outcome, written.as_deref(), start.elapsed().as_secs_f64());
    writeln!(stdout, "{}", serde_json::to_string(&report)?).context("cannot write the report")
}

/// How the guest ended, and the report it has left. Its files are in memory, or in a folder of the host.
fn in_guest(
    suite: &Suite,
    name: &str,
    folder: Option<&Path>,
    patience: Option<u64>,
) -> Result<(Outcome, Option<Vec<u8>>)> {
    let made = layout::python_context_and_root(suite.archive()?, LIMITS).context("cannot make the file system")?;
    let (builder, root) = made;
    let builder = builder.arguments(command(name)).variables(ENVIRONMENT).stdin(Input::Empty).signals();
    let all = || vec!["all".to_string()];
    let permissions = Permissions { connect: all(), listen: all(), ..Permissions::default() };
    let builder = builder.network(Network::of(&permissions, &|_| None, None));
    let builder = match patience {
        Some(patience) => builder.patience(Duration::from_micros(patience)),
        None => builder,
    };
    let mut context = match folder {
        Some(folder) => disk::begin_in(builder, root, folder).build()?,
        None => builder.build()?,
    };
    let home = context.vfs().lookup(root, HOME, true).context("no home folder")?;
    load::write_file(context.vfs_mut(), home, DRIVER_FILE, DRIVER.as_bytes()).context("cannot write the driver")?;
    let (outcome, mut context) = host::run(&suite.program()?, context)?;
    let report = context.vfs().lookup(home, REPORT_FILE, false).ok();
    let report = report.and_then(|report| context.vfs_mut().contents(report).ok());
    Ok((outcome, report))
}

/// The driver's report if the guest came to its end, otherwise how it ended.
fn conclude(name: &str, outcome: &Outcome, written: Option<&[u8]>, seconds: f64) -> Report {
    let without = |state, reason| Report::without_cases(name, state, reason, seconds);
    match outcome {
        Outcome::Exited(status) => match written.map(serde_json::from_slice::<Report>) {
            Some(Ok(report)) => Report { name: name.to_string(), ..report },
            Some(Err(error)) => without(State::Exited, format!("status {status} with a damaged report: {error}")),
            None => without(State::Exited, format!("status {status}")),
        },
        Outcome::ClosedPipe => without(State::Exited, "nobody read its output".to_string()),
        Outcome::Trapped(reason) => without(State::Trapped, reason.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Case, Outcome as CaseOutcome};

    #[test]
    fn the_drivers_report_counts_only_if_the_guest_came_to_its_end() {
        let written = br#"{"state": "FAILED", "reason": "", "seconds": 1.5, "cases": [["a.b", "failed", "why"]]}"#;
        let report = conclude("test_x", &Outcome::Exited(2), Some(written), 9.0);
        assert_eq!((report.state, report.seconds, report.name.as_str()), (State::Failed, 1.5, "test_x"));
        assert_eq!(report.cases, [Case("a.b".to_string(), CaseOutcome::Failed, "why".to_string())]);
        assert_eq!(conclude("test_x", &Outcome::Exited(7), None, 9.0).reason, "status 7");
        let trapped = conclude("test_x", &Outcome::Trapped("unreachable".into()), Some(written), 9.0);
        assert_eq!((trapped.state, trapped.cases.len()), (State::Trapped, 0));
        assert_eq!(conclude("test_x", &Outcome::Exited(0), Some(b"{"), 9.0).state, State::Exited);
    }
}
