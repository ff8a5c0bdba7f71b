//! Whether the distributions go together: each has what it asks for, in a version that it takes, and is for our CPython. uv says so
//! of an environment; what is installed in several folders looks like one to it by its metadata.

use super::tidy::{METADATA as FOLDER, distribution};
use super::uv::{Failure, Uv};
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::sorted_entries;
use std::fs;
use std::path::{Path, PathBuf};

/// What uv reads of a distribution that is needed here, and what else it looks for: that a wheel is for this platform was seen
/// when it was installed, and what somebody has put into `libs` need not be for it.
const READ: &str = "METADATA";
const WHEEL: (&str, &str) = ("WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
/// What uv says in front of what it has found.
const FOUND: &str = "Found ";
/// Most bytes of such a file: the longest that is known has some 300 kB, most of them a manual.
const MOST_BYTES: u64 = 8 << 20;

impl Build {
    /// Checks the distributions in these folders. Those that are left out by name may be missing: which of them these ask for.
    ///
    /// # Errors
    /// [`Error::Libraries`] naming both sides of each requirement that is not met; [`Error::Io`].
    pub(super) fn check_together(&self, uv: &Uv<'_>, folders: &[PathBuf], excluded: &[String]) -> Result<Vec<String>> {
        let environment = self.settings().out.join("together");
        if environment.exists() {
            fs::remove_dir_all(&environment).doing("remove", &environment)?;
        }
        let packages = uv.make_environment(&environment)?;
        for folder in folders {
            for entry in sorted_entries(folder)? {
                if entry.file_name().to_string_lossy().ends_with(FOLDER) {
                    copy(&entry.path(), &packages.join(entry.file_name()))?;
                }
            }
        }
        let checked = uv.run(&self.settings().out, ["pip", "check", "-q", "-p", "together"]);
        fs::remove_dir_all(&environment).doing("remove", &environment)?;
        let said = match checked {
            Ok(()) => return Ok(Vec::new()),
            Err(Failure::Said(said)) => said,
            Err(Failure::TooMuch(message)) => return Err(Error::Runtime(message)),
            Err(Failure::Other(error)) => return Err(error),
        };
        if !said.lines().any(|line| line.starts_with(FOUND)) {
            return Err(Failure::Said(said).about(&self.project().file, &self.project().build_on_host));
        }
        let problems = problems(&said, excluded);
        if !problems.is_empty() {
            return Err(Error::Libraries(problems));
        }
        Ok(said.lines().map(|line| required(line).to_string()).collect())
    }
}

/// What uv reads of a distribution's metadata.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).doing("create", to)?;
    let file = from.join(READ);
    if let Ok(found) = fs::metadata(&file) {
        if found.len() > MOST_BYTES {
            let own = from.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let own = distribution(own.strip_suffix(FOLDER).unwrap_or(&own));
            return Err(Error::Libraries(vec![format!(
                "{} {}: expected at most {MOST_BYTES} bytes in its {READ}, found {}; do without this distribution",
                own.name,
                own.version,
                found.len()
            )]));
        }
        fs::copy(&file, to.join(READ)).doing("copy", &file)?;
    }
    let wheel = to.join(WHEEL.0);
    fs::write(&wheel, WHEEL.1).doing("write", &wheel)?;
    Ok(())
}

/// The problems that uv has found, without those with distributions that are left out.
fn problems(said: &str, excluded: &[String]) -> Vec<String> {
    let found = said.lines().map(str::trim);
    let found = found.filter(|line| line.starts_with("The package ") && line.contains(" requires "));
    let found = found.map(|line| (line, required(line))).filter(|(_, name)| !excluded.iter().any(|left| left == name));
    let tell = |(line, name): (&str, &str)| match line.ends_with("not installed") {
        true => format!("{line}; ask for it, or, if the app does without it, set [tool.pyapp] exclude = [{name:?}]"),
        false => format!("{line}; ask for versions that go together"),
    };
    found.map(tell).collect()
}

/// The name of the distribution that one is said to require; empty if it is not about one.
fn required(line: &str) -> &str {
    let requirement = line.split_once(" requires `").map(|(_, rest)| rest).unwrap_or_default();
    let end = requirement.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_.".contains(letter));
    &requirement[..end.unwrap_or(requirement.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_may_be_missing() {
        let said = "Found 2 incompatibilities\nThe package `a` requires `uvloop>=1`, but it's not installed\n\
                    The package `a` requires `b>=2`, but `1` is installed\n";
        let found = |excluded: &[&str]| {
            let excluded: Vec<String> = excluded.iter().map(|name| name.to_string()).collect();
            problems(said, &excluded)
        };
        let other = "The package `a` requires `b>=2`, but `1` is installed; ask for versions that go together";
        assert_eq!(found(&["uvloop"]), [other]);
        assert!(found(&["uv"])[0].ends_with("if the app does without it, set [tool.pyapp] exclude = [\"uvloop\"]"));
        assert!(found(&["b", "uvloop"]).is_empty());
    }

    #[test]
    fn metadata_has_a_bound() {
        let folder = tempfile::tempdir().expect("a folder");
        let from = folder.path().join("a-1.dist-info");
        fs::create_dir(&from).expect("created");
        fs::File::create(from.join("METADATA")).and_then(|file| file.set_len(100 << 20)).expect("made");
        let error = copy(&from, &folder.path().join("to")).expect_err("refused").to_string();
        assert!(
            error.ends_with(
                "\na 1: expected at most 8388608 bytes in its METADATA, found 104857600; do without this distribution"
            ),
            "{error}"
        );
    }
}
