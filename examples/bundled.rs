//! Runs what `pipeline::build` has left in a folder: for tests and for looking at a bundle without linking it. The executable
//! that embeds it does the same, but maps the image where this copies it.
//!
//!     bundled [--cold] FOLDER ARGUMENTS
//!
//! With `--cold` from the beginning, otherwise resumed from the snapshot. Exit status 125 if it cannot be started.

use anyhow::{Context, Result};
use archive::Archive;
use host::{Input, Outcome, Program, layout};
use memory_image::Image;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use vfs::Limits;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let cold = arguments.first().is_some_and(|first| first == "--cold");
    arguments.drain(..usize::from(cold));
    if arguments.is_empty() {
        eprintln!("usage: bundled [--cold] FOLDER ARGUMENTS");
        return ExitCode::from(2);
    }
    match run(arguments[0].as_ref(), cold, &arguments) {
        Ok(Outcome::Exited(status)) => ExitCode::from((status & 0xff) as u8),
        Ok(outcome) => {
            eprintln!("{outcome:?}");
            ExitCode::from(host::abi::TRAPPED)
        }
        Err(error) => {
            eprintln!("bundled: {error:#}");
            ExitCode::from(host::abi::CANNOT_START)
        }
    }
}

fn run(folder: &Path, cold: bool, arguments: &[String]) -> Result<Outcome> {
    let read = |name: &str| std::fs::read(folder.join(name)).with_context(|| folder.join(name).display().to_string());
    let archive = Archive::open(read("assets/app.archive")?)?;
    let mut image = Arc::new(Image::open(read(pipeline::parts::BASE_IMAGE)?)?);
    if !cold {
        image = Arc::new(Image::open_with_base(read(pipeline::parts::SNAPSHOT)?, Some(image))?);
    }
    let program = Program::from_trusted_bytes(&read(pipeline::parts::CODE)?, Some(image))?;
    let mut builder = layout::python_context(archive, Limits::default())?;
    for argument in arguments {
        builder = builder.argument(argument);
    }
    for (name, value) in
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
    {
        builder = builder.variable(name, value);
    }
    if cold {
        let index: serde_json::Value = serde_json::from_slice(&read("assets/parts.json")?)?;
        let entry = index["entry"].as_str().context("expected an entry")?;
        builder = builder.variable(layout::ENTRY_VARIABLE, entry);
    }
    Ok(host::run(&program, builder.stdin(Input::Inherit).build()?)?.0)
}
