//! What somebody who means harm, or a damaged disk, puts in the place of wheels, sources and locks: it ends with one line, nothing
//! half-written is left, and what is good can be built afterwards.

mod backends;
mod locks;
mod wheels;

use super::common::project::{App, Project, folder};
use super::common::run;
use super::project;
use pipeline::settings::{Bounds, Settings};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A cache of its own, in which nobody else works. What takes long to make is that of the others.
pub(super) struct Place {
    cache: tempfile::TempDir,
    bounds: Bounds,
}

/// What is made in the cache of what others have written.
const OWN: [&str; 6] = ["distributions-", "installed-", "interpreter-", "own-", "resolved-", "uv-cache-"];

impl Place {
    pub fn new() -> Place {
        let place = Place { cache: folder(), bounds: Bounds::default() };
        let theirs = super::settings(&project(&[])).cache;
        for entry in fs::read_dir(theirs).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !OWN.iter().any(|own| name.starts_with(own)) && !name.ends_with(".lock") && !name.ends_with(".work") {
                std::os::unix::fs::symlink(entry.path(), place.cache.path().join(&name)).expect("linked");
            }
        }
        place
    }

    pub fn cache(&self) -> &Path {
        self.cache.path()
    }

    /// Builds a project, or a file in its folder.
    pub fn build(&self, project: &Project, file: &str) -> Result<App, String> {
        let (cache, bounds) = (self.cache.path().to_path_buf(), self.bounds.clone());
        let settings = Settings { project: project.path(file), cache, bounds, ..super::settings(project) };
        project.build_with(&settings)
    }

    /// What is said of a build that must fail: one line, and nothing half-written is left.
    fn refused(&self, project: &Project, file: &str) -> String {
        // A lock may be whole where installing it fails.
        let names_there =
            || names(&project.path("")).into_iter().filter(|name| name != "requirements.lock").collect::<Vec<_>>();
        let before = names_there();
        let error = self.build(project, file).err().expect("refused");
        let line = error.strip_prefix("1 problem in the libraries; nothing was bundled:\n").unwrap_or(&error);
        assert!(!line.contains(char::is_control) && line.len() < 3000, "{error}");
        let half = [names(self.cache.path()), temporary(self.cache.path())].concat();
        let half: Vec<_> = half.into_iter().filter(|name| name.ends_with(".work") || name.contains("/.tmp")).collect();
        assert!(half.is_empty(), "{half:?}: {error}");
        assert_eq!(names_there(), before, "{error}");
        line.to_string()
    }
}

/// What lies in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What lies in uv's part of a cache, two folders deep.
fn temporary(cache: &Path) -> Vec<String> {
    let uvs = names(cache).into_iter().filter(|name| name.starts_with("uv-cache-"));
    let parts = |uv: String| names(&cache.join(&uv)).into_iter().map(move |part| format!("{uv}/{part}"));
    let all = uvs.flat_map(parts).flat_map(|part| {
        let below = names(&cache.join(&part)).into_iter().map(|name| format!("{part}/{name}")).collect::<Vec<_>>();
        [vec![part.clone()], below].concat()
    });
    all.collect()
}

/// Runs Python that makes wheels, in a project's folder.
pub(super) fn make(project: &Project, code: &str) {
    let mut python = Command::new("python3");
    python.args(["-Wignore", "-c", &format!("{}{code}", include_str!("wheels.py"))]).current_dir(project.path(""));
    let said = run(python);
    assert_eq!(said.status, Some(0), "{}", said.stderr);
}

/// What they are called.
const WHEEL: &str = "odd-1.0-py3-none-any.whl";
