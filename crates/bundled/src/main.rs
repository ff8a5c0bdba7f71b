//! Runs what `pipeline::build` has left in a folder: for tests and for looking at a bundle without linking it. The executable
//! that embeds it does the same, but maps the image where this copies it.
//!
//!     bundled [--cold] FOLDER ARGUMENTS
//!
//! With `--cold` from the interpreter's own start, otherwise resumed from the snapshot. Exit status 125 if it cannot be started.

#![forbid(unsafe_code)]

use anyhow::Result;
use bundle::{Bundle, Run};
use host::{Input, Outcome, Timing, Zones};
use pipeline::Built;
use policy::{Machine, Narrowing, Reach};
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
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
            ExitCode::from(134)
        }
        Err(error) => {
            eprintln!("bundled: {error:#}");
            ExitCode::from(125)
        }
    }
}

fn run(folder: &Path, cold: bool, arguments: &[String]) -> Result<Outcome> {
    let bundle = Bundle::open(Built::open(folder)?)?;
    let run = if cold { Run::Cold } else { bundle.app() };
    let program = bundle.program(run, &mut Timing::start())?;
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name != "HOME" && bundle.permissions().shows_variable(name));
    let machine = Machine {
        current_folder: std::env::current_dir().ok(),
        executable_folder: None,
        home: std::env::home_dir(),
        variable: &|name| std::env::var_os(name),
    };
    let named: Vec<OsString> = arguments.iter().skip(1).map(OsString::from).collect();
    let reach = Reach::of(bundle.permissions(), &Narrowing::default(), &machine, &named, None);
    let context = bundle.context(run, Limits::default(), reach)?.arguments(arguments).variables(environment);
    let context = context.zones(Zones::of_machine()).stdin(Input::Inherit);
    Ok(host::run(&program, context.build()?)?.0)
}
