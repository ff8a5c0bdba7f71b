//! The crates of a build. They come from where the user's cargo gets them, and are fetched before the build, which has no network.

use super::{LIMIT, Rust};
use crate::confine::Confined;
use crate::crates::WRAPPERS;
use crate::error::{Doing, Result};
use crate::hash::sorted_entries;
use crate::log::Log;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

impl Rust {
    /// Takes what the user's cargo has been told of where crates are.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub(super) fn take_settings(&self) -> Result<()> {
        let own = env::var_os("CARGO_HOME").map(PathBuf::from);
        let own = own.unwrap_or_else(|| env::home_dir().unwrap_or_default().join(".cargo"));
        let (from, to) = (own.join("config.toml"), self.home.join("config.toml"));
        if from.is_file() {
            let text = fs::read(&from).doing("read", &from)?;
            // Another build may read it.
            aside::write(&to, &[&text]).doing("write", &to)
        } else if to.is_file() {
            fs::remove_file(&to).doing("remove", &to)
        } else {
            Ok(())
        }
    }

    /// A program that is cargo or starts it, with the network; it writes in `work` and in cargo's own folder.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub(super) fn command(&self, program: &Path, work: &Path) -> Result<Command> {
        let temporary = work.join("tmp");
        fs::create_dir_all(&temporary).doing("create", &temporary)?;
        let mut command = Command::new(program);
        command.env("CARGO_HOME", &self.home).env("RUSTC", &self.compiler).env("TMPDIR", temporary);
        for name in ["CARGO_BUILD_TARGET", "CARGO_TARGET_DIR", "RUSTFLAGS"] {
            command.env_remove(name);
        }
        command.envs(WRAPPERS.map(|name| (name, "")));
        if self.is_offline {
            command.env("CARGO_NET_OFFLINE", "true");
        }
        Ok(command)
    }

    /// Fetches the crates that the sources in `work` need, into a folder there, from which the build takes them.
    ///
    /// # Errors
    /// [`Error::Step`](crate::Error::Step); [`Error::Io`](crate::Error::Io).
    pub fn fetch(&self, work: &Path, log: &Log) -> Result<()> {
        let manifests = manifests(&work.join("sources"))?;
        let Some((first, others)) = manifests.split_first() else { return Ok(()) };
        let home = work.join("cargo");
        fs::create_dir_all(&home).doing("create", &home)?;
        // It prints what is to be in the settings of the build.
        let mut command = self.command(Path::new("sh"), work)?;
        command.args(["-c", "exec \"$@\" > \"$0\""]).arg(home.join("config.toml")).arg(&self.cargo);
        command.args(["vendor", "--versioned-dirs", "--respect-source-config", "--manifest-path"]).arg(first);
        for other in others {
            command.arg("--sync").arg(other);
        }
        if first.with_file_name("Cargo.lock").is_file() {
            command.arg("--locked");
        }
        command.arg(work.join("crates")).current_dir(work);
        let confined = Confined {
            writable: vec![work.to_path_buf(), self.home.clone()],
            programs: self.programs.clone(),
            without_network: false,
        };
        log.run_by("fetching crates", command, LIMIT, |command| confined.unless(true, || command.spawn()))
    }
}

/// The manifests that are nearest to the top: that of the one package or workspace, or those of some that lie side by side.
fn manifests(sources: &Path) -> Result<Vec<PathBuf>> {
    let mut level = vec![sources.to_path_buf()];
    while !level.is_empty() {
        let found: Vec<PathBuf> =
            level.iter().map(|folder| folder.join("Cargo.toml")).filter(|path| path.is_file()).collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let mut next = Vec::new();
        for folder in &level {
            for entry in sorted_entries(folder)? {
                if entry.file_type().doing("look at", &entry.path())?.is_dir() {
                    next.push(entry.path());
                }
            }
        }
        level = next;
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::super::tests::written;
    use super::*;

    #[test]
    fn manifests_nearest_to_the_top_count() {
        let folder = written(&[("a/Cargo.toml", ""), ("b/Cargo.toml", ""), ("b/c/Cargo.toml", ""), ("d/x.py", "")]);
        let found = manifests(folder.path()).expect("listed");
        assert_eq!(found, ["a", "b"].map(|name| folder.path().join(name).join("Cargo.toml")));
    }
}
