//! The one door for environment variables at run time.

use policy::Permissions;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

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

/// `PYAPP_DENY`: what this run does without, though the build granted it.
///
/// # Errors
/// If it is not UTF-8.
pub fn deny() -> anyhow::Result<String> {
    let denied = env::var_os("PYAPP_DENY").unwrap_or_default();
    denied
        .into_string()
        .map_err(|text| anyhow::anyhow!("PYAPP_DENY: expected words with commas between, found {text:?}"))
}

/// `PYAPP_LIMITS`: how much this run may use.
///
/// # Errors
/// If it is not UTF-8.
pub fn limits() -> anyhow::Result<String> {
    let limits = env::var_os("PYAPP_LIMITS").unwrap_or_default();
    limits.into_string().map_err(|text| {
        anyhow::anyhow!("PYAPP_LIMITS: expected limits such as memory=64MiB with commas between, found {text:?}")
    })
}

/// `PYAPP_AUDIT`: the file that every access is written down in, to files and to the network.
pub fn audit() -> Option<PathBuf> {
    env::var_os("PYAPP_AUDIT").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// The user's home folder.
pub fn home() -> Option<PathBuf> {
    env::home_dir().filter(|home| home.is_absolute())
}

/// A variable that the permissions name: a place of them begins with it, or it is the port of an entry; or one that says what
/// connections are trusted by, or which sockets were passed to this process.
pub fn variable(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// The environment that the guest sees: the process's own as far as it is granted, less pyapp's variables, the home folder,
/// which is the guest's own business, and what is not UTF-8, which WASI cannot pass on. (Of sockets that it inherits it is told anew.)
pub fn guest_environment(permissions: &Permissions) -> impl Iterator<Item = (String, String)> {
    seen(env::vars_os(), permissions)
}

/// What of these variables the guest sees.
fn seen(
    variables: impl Iterator<Item = (OsString, OsString)>,
    permissions: &Permissions,
) -> impl Iterator<Item = (String, String)> {
    variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| !name.starts_with("PYAPP_") && name != "HOME" && permissions.shows_variable(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guest_sees_what_is_granted_of_what_is_its_own_business() {
        let names = ["LANG", "HOME", "PYAPP_DENY", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN", "EDITOR"];
        let seen = |env: &[&str]| {
            let env = env.iter().map(|pattern| (*pattern).to_string()).collect();
            let permissions = Permissions { env, listen: vec!["all".into()], ..Permissions::default() };
            let variables = names.map(|name| (name.into(), "1".into()));
            seen(variables.into_iter(), &permissions).map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(seen(&["*"]), ["LANG", "LISTEN", "EDITOR"]);
        assert_eq!(seen(&["L*"]), ["LANG", "LISTEN"]);
        assert_eq!(seen(&["LISTEN_*", "HOME"]), Vec::<String>::new());
    }
}
