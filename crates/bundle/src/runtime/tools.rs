//! The tools that the recipe needs from this machine.

use crate::error::{Error, Result};
use std::path::Path;
use std::process::{Command, Stdio};

/// What must answer, and what it is for.
const TOOLS: [(&str, &[&str], &str); 4] = [
    (
        "cc",
        &["--version"],
        "a C compiler; Debian and Ubuntu: apt-get install build-essential; macOS: xcode-select --install",
    ),
    ("make", &["--version"], "make; Debian and Ubuntu: apt-get install build-essential; macOS: xcode-select --install"),
    (
        "python3",
        &["-c", "import lzma, tarfile, urllib.request, sys; sys.exit(sys.version_info < (3, 8))"],
        "python3, 3.8 or newer, with lzma; Debian and Ubuntu: apt-get install python3",
    ),
    ("python3", &["-m", "pip", "--version"], "pip for python3; Debian and Ubuntu: apt-get install python3-pip"),
];

/// Checks that all tools answer.
///
/// # Errors
/// [`Error::Runtime`] naming each that does not, and how to get it.
pub(super) fn check() -> Result<()> {
    let missing: Vec<&str> =
        TOOLS.iter().filter(|(tool, arguments, _)| !answers(tool, arguments)).map(|(_, _, what)| *what).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::Runtime(format!(
        "to build CPython for WebAssembly once, expected these tools, found them missing: {}; \
         or point PYAPP_PYTHON at a ready-made runtime",
        missing.join("; ")
    )))
}

/// A native `python3.13` that can serve as CPython's build Python, if there is one: the minor version must match.
pub(super) fn build_python() -> Option<&'static str> {
    let check = "import sys; sys.exit(sys.version_info[:2] != (3, 13) or sys.version_info.releaselevel != 'final')";
    ["python3.13", "python3"].into_iter().find(|python| answers(python, &["-c", check]))
}

fn answers(tool: impl AsRef<Path>, arguments: &[&str]) -> bool {
    let mut command = Command::new(tool.as_ref());
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
