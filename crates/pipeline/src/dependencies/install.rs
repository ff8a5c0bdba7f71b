//! Installing what a lock says, once, into a folder of the cache that is named by all that it depends on.
//!
//! Only wheels of Python are installed. Of what `[tool.pyapp] from-source` names the source is taken, and built without a
//! compiler. Anything else ends the build, and is named.

use super::lock::Lock;
use super::message::{self, Package};
use super::tidy::{self, Distribution, METADATA, tidy};
use super::uv::{Failure, Uv};
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::sorted_entries;
use std::fs;
use std::path::{Path, PathBuf};

/// What makes an installed folder what it is: a change of it installs again.
const STEPS: &str = concat!(include_str!("install.rs"), include_str!("tidy.rs"));

impl Build {
    /// Installs what a lock says; the folder, and what is in it.
    ///
    /// # Errors
    /// [`Error::Project`] naming the file, and the package that is only there as native code; [`Error::Libraries`];
    /// [`Error::Io`].
    pub(super) fn install(&self, uv: &Uv, lock: &Lock) -> Result<(PathBuf, Vec<Distribution>)> {
        let project = self.project();
        let key = uv.key.clone().part("lock", &lock.text).part("steps", STEPS);
        let key = key.part("from source", project.from_source.join(" ")).part("exclude", project.exclude.join("\n"));
        let folder = self.cache().folder("distributions", key, |work| {
            self.cache().stage("installing distributions");
            let from_source = project.from_source.iter().flat_map(|name| ["--no-binary", name]);
            let arguments = INSTALL.into_iter().chain(from_source).map(PathBuf::from);
            let last = ["--target".into(), work.to_path_buf(), "-r".into(), lock.file.clone()];
            let installed = uv.run(&lock.folder, arguments.chain(last));
            installed.map_err(|failure| explain(failure, lock, &project.from_source))?;
            fs::create_dir_all(work).doing("create", work)?;
            tidy(work, &project.exclude).map(drop)
        })?;
        let distributions = distributions(&folder)?;
        Ok((folder, distributions))
    }
}

/// All that is installed is in the lock: nothing is added to it.
pub(super) const INSTALL: [&str; 6] = ["pip", "install", "-q", "--no-deps", "--only-binary", ":all:"];

/// The distributions in a folder that has been tidied.
fn distributions(folder: &Path) -> Result<Vec<Distribution>> {
    let entries = sorted_entries(folder)?;
    let names = entries.iter().filter_map(|entry| entry.file_name().into_string().ok());
    Ok(names.filter_map(|name| name.strip_suffix(METADATA).map(tidy::distribution)).collect())
}

fn explain(failure: Failure, lock: &Lock, from_source: &[String]) -> Error {
    match failure {
        Failure::Said(said) => match message::without_wheel(&said) {
            Some(Package { name, version }) => {
                let version = version.or_else(|| version_of(&name, &lock.text));
                let message = message::no_wheel(
                    &Package { name: name.clone(), version },
                    asked_by(&name, &lock.text),
                    from_source,
                );
                Error::Project { place: lock.asked.display().to_string(), message }
            }
            None => Failure::Said(said).about(&lock.asked, from_source),
        },
        other => other.about(&lock.asked, from_source),
    }
}

/// The version of a package in a lock of the form of PEP 751.
fn version_of(name: &str, lock: &str) -> Option<String> {
    let table: toml::Table = lock.parse().ok()?;
    let mut packages = table.get("packages")?.as_array()?.iter();
    let package = packages.find(|package| package.get("name").and_then(toml::Value::as_str) == Some(name))?;
    Some(package.get("version")?.as_str()?.to_string())
}

/// Who asks for a package, from the comment behind it in a lock of requirements, where uv says so.
fn asked_by<'a>(name: &str, lock: &'a str) -> Option<&'a str> {
    let mut lines = lock.lines().skip_while(|line| !line.starts_with(&format!("{name}=="))).skip(1);
    let comment = lines.by_ref().find_map(|line| line.trim_start().strip_prefix("# via"))?.trim();
    let comment = if comment.is_empty() { lines.next()?.trim_start().strip_prefix('#')?.trim() } else { comment };
    // The requirements themselves are named anyway.
    Some(comment).filter(|comment| !comment.starts_with("-r "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_tells_version_and_who_asks() {
        let lock = "a==1 \\\n    --hash=x\n    # via b\nb==2 \\\n    --hash=y\n    # via\n    #   c\n    #   d\n";
        assert_eq!(asked_by("a", lock), Some("b"));
        assert_eq!(asked_by("b", lock), Some("c"));
        assert_eq!(asked_by("c", lock), None);
        assert_eq!(asked_by("a", "a==1\n    # via -r x.txt\n"), None);
        let lock = "lock-version = '1.0'\n[[packages]]\nname = 'a'\nversion = '1.2'\n";
        assert_eq!(version_of("a", lock).as_deref(), Some("1.2"));
        assert_eq!(version_of("b", lock), None);
        assert_eq!(version_of("a", "a==1"), None);
    }
}
