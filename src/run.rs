//! Running CPython: as the app, or as `python3`.

use crate::{assets, settings, status};
use anyhow::{Context, Result};
use guest::{Input, Outcome, layout};
use std::process::ExitCode;
use vfs::Limits;

/// Runs the bundled app.
///
/// # Errors
/// If it could not be started.
pub fn app() -> Result<ExitCode> {
    let archive = assets::archive()?;
    let manifest = assets::manifest(&archive)?;
    let entry = manifest["entry"].as_str().context("expected an entry in the archive, found none")?;
    run(archive, Some(entry))
}

/// Behaves as `python3`.
///
/// # Errors
/// If it could not be started.
pub fn interpreter() -> Result<ExitCode> {
    run(assets::archive()?, None)
}

fn run(archive: archive::Archive, entry: Option<&str>) -> Result<ExitCode> {
    let program = assets::program()?;
    let mut builder = layout::python_guest(archive, Limits::default()).context("the in-memory file system")?;
    for argument in std::env::args_os() {
        let argument = argument.into_string();
        let fail = |argument| anyhow::anyhow!("argument {argument:?}: expected UTF-8, as WASI passes nothing else on");
        builder = builder.argument(argument.map_err(fail)?);
    }
    for (name, value) in settings::guest_environment() {
        builder = builder.variable(name, value);
    }
    if let Some(entry) = entry {
        builder = builder.variable(layout::ENTRY_VARIABLE, entry);
    }
    let guest = builder.stdin(Input::Inherit).build()?;
    let (outcome, _) = guest::run(&program, guest)?;
    Ok(match outcome {
        // A process's exit status has eight bits.
        Outcome::Exited(status) => ExitCode::from((status & 0xff) as u8),
        Outcome::ClosedPipe => ExitCode::from(status::CLOSED_PIPE),
        Outcome::Trapped(trap) => {
            status::tell(format_args!("pyapp: the interpreter trapped: {trap}"));
            ExitCode::from(status::TRAPPED)
        }
    })
}
