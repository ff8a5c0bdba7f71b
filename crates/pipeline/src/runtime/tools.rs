//! The tools that the recipe needs from this machine.

use crate::command::output;
use crate::error::{Error, Result};
use std::process::Command;
use std::time::Duration;

/// How long a tool may take to say that it is there.
const LIMIT: Duration = Duration::from_secs(60);

/// What must answer, and what it is for.
const TOOLS: [(&str, &[&str], &str); 5] = [
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
    ("perl", &["--version"], "perl, for OpenSSL's build; Debian and Ubuntu: apt-get install perl"),
    ("python3", &["-m", "pip", "--version"], "pip for python3; Debian and Ubuntu: apt-get install python3-pip"),
];

/// Checks that all tools answer.
///
/// # Errors
/// [`Error::Runtime`] naming each that does not, and how to get it.
pub(super) fn check() -> Result<()> {
    check_with(answers)
}

fn check_with(answers: impl Fn(&str, &[&str]) -> bool) -> Result<()> {
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

fn answers(tool: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(tool);
    command.args(arguments);
    responds(command)
}

fn responds(command: Command) -> bool {
    matches!(output(command, LIMIT), Ok(Some(output)) if output.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_missing_tool_is_named_with_how_to_get_it() {
        assert!(check_with(|_, _| true).is_ok());
        let message = |missing: &str| {
            let result = check_with(|tool, arguments| !format!("{tool} {}", arguments.join(" ")).contains(missing));
            result.expect_err("missing").to_string()
        };
        assert!(message("cc ").contains("missing: a C compiler; Debian and Ubuntu: apt-get install build-essential"));
        assert!(message("make ").contains("missing: make; Debian and Ubuntu: apt-get install build-essential"));
        assert!(message("lzma").contains("missing: python3, 3.8 or newer, with lzma; Debian"));
        assert!(message("pip").contains("missing: pip for python3; Debian and Ubuntu: apt-get install python3-pip"));
        assert!(
            message("perl").contains("missing: perl, for OpenSSL's build; Debian and Ubuntu: apt-get install perl")
        );
        assert_eq!(message("").matches("apt-get").count(), 5);
    }

    /// What `.ci/run` installs on a bare Debian, where all of it is then used.
    #[test]
    fn the_packages_are_those_that_ci_installs() {
        let ci = include_str!("../../../../.ci/run");
        for (tool, _, advice) in TOOLS {
            let (_, package) = advice.split_once("apt-get install ").expect("advice");
            let package = package.split(';').next().unwrap_or_default();
            let installs = [format!(" {tool}:{package} "), format!("missing+=({package})\n")];
            assert!(installs.iter().any(|text| ci.contains(text)), "{tool}: {package}");
        }
    }

    #[test]
    fn a_tool_that_was_missing_is_found_once_it_is_there() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let is_there = |tool: &str, arguments: &[&str]| {
            let mut command = Command::new(folder.path().join(tool));
            command.args(arguments);
            responds(command)
        };
        let missing = || check_with(is_there).err().map_or(String::new(), |error| error.to_string());
        for (number, tool) in ["cc", "make", "perl", "python3"].into_iter().enumerate() {
            let said = missing();
            assert_eq!(said.matches("apt-get install").count(), 5 - number, "{said}");
            let found = crate::programs::on_path(tool).next().expect(tool);
            std::os::unix::fs::symlink(found, folder.path().join(tool)).expect("linked");
        }
        assert_eq!(missing(), "");
    }
}
