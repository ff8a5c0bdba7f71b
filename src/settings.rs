//! The one door for environment variables at run time.

use std::env;

/// What the executable is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The bundled app.
    App,
    /// `python3`.
    Interpreter,
    /// The tools.
    Tools,
}

/// Reads `PYAPP_TOOLS` and `PYAPP_INTERPRETER`; anything but 1 counts as not set.
pub fn mode() -> Mode {
    if is_set("PYAPP_TOOLS") {
        Mode::Tools
    } else if is_set("PYAPP_INTERPRETER") {
        Mode::Interpreter
    } else {
        Mode::App
    }
}

/// `PYAPP_TIMING=1`: say on stderr where the time of the run went.
pub fn timing() -> bool {
    is_set("PYAPP_TIMING")
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| value == "1")
}

/// The environment that the guest sees: the process's own, less pyapp's variables, and less what is not UTF-8, which
/// WASI cannot pass on.
pub fn guest_environment() -> impl Iterator<Item = (String, String)> {
    env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| !name.starts_with("PYAPP_"))
}
