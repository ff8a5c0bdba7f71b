//! The executable: an app, the CPython it carries, or the tools that look inside it, as the environment says.
//!
//! | `PYAPP_…` set to 1 | it is | its arguments are |
//! |---|---|---|
//! | nothing | the app | the app's |
//! | `INTERPRETER` | `python3` | as `python3`'s |
//! | `TOOLS` | the tools | `info`, `ls`, `cat`, `extract`, `licenses`, `permissions`, `sbom`, `symbolize`, `verify` |
//!
//! The exit status is the app's; see [`status`] for the few that pyapp itself adds.

mod farewell;
mod linked;
mod reach;
mod run;
mod settings;
mod status;
mod tools;

use settings::Mode;
use std::process::ExitCode;

// rustdoc is not run by the wrapper.
#[cfg(all(target_os = "linux", target_env = "gnu", not(target_feature = "crt-static"), not(doc)))]
compile_error!(
    "expected to be linked statically, so that the executable runs on every Linux, found a dynamic link: \
     .cargo/rustc adds the flag; unset RUSTC_WRAPPER, which takes its place"
);

fn main() -> ExitCode {
    let Err(error) = match settings::mode() {
        Mode::App => run::app(),
        Mode::Interpreter => run::interpreter(),
        Mode::Tools => return tools::main(std::env::args_os().skip(1).collect()),
    };
    status::tell(format_args!("pyapp: {error:#}"));
    ExitCode::from(status::CANNOT_START)
}
