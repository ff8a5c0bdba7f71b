//! What the sources of a distribution say of how they are built: `[build-system]` of their `pyproject.toml` (PEP 518).

use crate::error::{Doing, Error, Result};
use crate::inputs::{parse_toml, required_name};
use std::fs;
use std::path::Path;

/// What holds where they say nothing: PEP 518.
const REQUIRES: &str = "setuptools>=40.8.0";
/// The backend that holds then, and where a `[build-system]` names none: PEP 517.
const BACKEND: &str = "setuptools.build_meta:__legacy__";

/// How a distribution is built.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BuildSystem {
    /// What the backend needs: requirements as PEP 508 has them, as they are written.
    pub requires: Vec<String>,
    pub(super) backend: String,
    /// Folders of the sources in which the backend itself lies.
    pub(super) path: Vec<String>,
}

impl BuildSystem {
    /// What the sources in a folder say.
    ///
    /// # Errors
    /// [`Error::Project`] naming the file, if it is no TOML or holds other kinds of values; [`Error::Io`].
    pub fn read(sources: &Path) -> Result<BuildSystem> {
        let file = sources.join("pyproject.toml");
        let text = if file.is_file() { fs::read_to_string(&file).doing("read", &file)? } else { String::new() };
        let table = parse_toml(&file, &text)?;
        let Some(system) = table.get("build-system") else {
            return Ok(BuildSystem { requires: vec![REQUIRES.into()], backend: BACKEND.into(), path: Vec::new() });
        };
        let wrong = |key: &str, what: &str| Error::Project {
            place: format!("{}, [build-system] {key}", file.display()),
            message: format!("expected {what}; correct it, or ask for another version of the distribution"),
        };
        let strings = |value: &toml::Value| -> Option<Vec<String>> {
            value.as_array()?.iter().map(|item| item.as_str().map(str::to_string)).collect()
        };
        let requires =
            system.get("requires").and_then(strings).ok_or_else(|| wrong("requires", "a list of requirements"))?;
        let backend = match system.get("build-backend") {
            Some(value) => value.as_str().ok_or_else(|| wrong("build-backend", "the name of an object"))?,
            None => BACKEND,
        };
        let path = match system.get("backend-path") {
            Some(value) => strings(value).ok_or_else(|| wrong("backend-path", "a list of folders"))?,
            None => Vec::new(),
        };
        Ok(BuildSystem { requires, backend: backend.to_string(), path })
    }

    /// Whether it needs one of these distributions, by their names.
    pub fn needs_one_of(&self, names: &[&str]) -> bool {
        self.requires.iter().filter_map(|text| required_name(text)).any(|name| names.contains(&name.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<BuildSystem> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("pyproject.toml"), text).expect("written");
        BuildSystem::read(folder.path())
    }

    #[test]
    fn without_a_build_system_setuptools_builds() {
        let legacy = read("[project]\nname = 'a'\n").expect("read");
        assert_eq!((legacy.requires, legacy.backend), (vec![REQUIRES.to_string()], BACKEND.to_string()));
        let empty = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(BuildSystem::read(empty.path()).expect("read").requires, [REQUIRES]);
        let unnamed = read("[build-system]\nrequires = ['setuptools', 'Cython>=3']\n").expect("read");
        assert_eq!((unnamed.requires.len(), unnamed.backend.as_str()), (2, BACKEND));
    }

    #[test]
    fn what_is_said_is_taken_and_what_is_no_list_is_refused() {
        let text =
            "[build-system]\nrequires = ['Meson_Python>=0.18', 'x']\nbuild-backend = 'b'\nbackend-path = ['in']\n";
        let system = read(text).expect("read");
        assert_eq!((system.backend.as_str(), &system.path[..]), ("b", &["in".to_string()][..]));
        assert!(system.needs_one_of(&["meson-python"]) && !system.needs_one_of(&["meson"]));
        for (text, key) in [
            ("[build-system]\n", "requires"),
            ("[build-system]\nrequires = [1]\n", "requires"),
            ("[build-system]\nrequires = []\nbuild-backend = 1\n", "build-backend"),
            ("[build-system]\nrequires = []\nbackend-path = 'x'\n", "backend-path"),
        ] {
            let error = read(text).expect_err(text).to_string();
            assert!(error.contains(&format!("pyproject.toml, [build-system] {key}: expected")), "{error}");
        }
    }
}
