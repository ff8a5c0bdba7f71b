//! What the executable does with its parts: it is an app, the CPython that it carries, or the tools that look inside it, as the
//! environment says.
//!
//! | `PYAPP_…` set to 1 | it is | its arguments are |
//! |---|---|---|
//! | nothing | the app | the app's |
//! | `INTERPRETER` | `python3` | as `python3`'s |
//! | `TOOLS` | the tools | `info`, `ls`, `cat`, `extract`, `licenses`, `permissions`, `sbom`, `symbolize`, `verify` |
//!
//! The exit status is the app's; see `status.rs` for the few that pyapp itself adds.
//!
//! A crate of its own, which no build of an app compiles again: `src/` has only what knows the parts.

mod farewell;
mod limits;
mod linked;
mod reach;
mod run;
mod settings;
mod status;
mod tools;

pub use linked::Linked;

use settings::Mode;
use std::process::ExitCode;

/// Runs what the environment asks for.
pub fn main(linked: Linked) -> ExitCode {
    let Err(error) = match settings::mode() {
        Mode::App => run::app(linked),
        Mode::Interpreter => run::interpreter(linked),
        Mode::Tools => return tools::main(&linked, std::env::args_os().skip(1).collect()),
    };
    status::tell(format_args!("pyapp: {error:#}"));
    ExitCode::from(status::CANNOT_START)
}
