//! A project without a build backend and without a folder of libraries: its modules lie beside its `pyproject.toml`, or in `src`.
//! What lies there for other purposes is none of it.

use crate::error::Result;
use crate::hash::sorted_entries;
use std::path::{Path, PathBuf};

/// The folder that holds nothing but a project's modules, where there is one.
pub(super) const SOURCES: &str = "src";

/// Modules beside a `pyproject.toml` that are for tools: setuptools leaves out the same.
const TOOLS: [&str; 12] = [
    "conftest", "dodo", "example", "examples", "fabfile", "noxfile", "pavement", "setup", "tasks", "test", "tests",
    "toxfile",
];
/// Packages there that are none of the project.
const BESIDE: [&str; 14] = [
    "benchmark",
    "benchmarks",
    "bin",
    "build",
    "ci",
    "dist",
    "doc",
    "docs",
    "example",
    "examples",
    "scripts",
    "test",
    "tests",
    "tools",
];

/// The modules and packages of the project in a folder, in the order of names.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub(super) fn modules(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut modules = Vec::new();
    for entry in sorted_entries(folder)? {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let is_module = name.strip_suffix(".py").is_some_and(|module| !TOOLS.contains(&module)) && path.is_file();
        let is_package = !BESIDE.contains(&name.as_str()) && path.join("__init__.py").is_file();
        if !name.starts_with('.') && (is_module || is_package) {
            modules.push(path);
        }
    }
    Ok(modules)
}

/// Whether a folder has modules, or folders of them: one of sources of another language has none.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub(super) fn has_modules(folder: &Path) -> Result<bool> {
    let is_module = |path: &Path| path.extension().is_some_and(|ending| ending == "py");
    for entry in sorted_entries(folder)? {
        let path = entry.path();
        let inner = if path.is_dir() { sorted_entries(&path)? } else { Vec::new() };
        if is_module(&path) || inner.iter().any(|entry| is_module(&entry.path())) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_lies_there_for_other_purposes_is_none_of_the_project() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = [
            "a/__init__.py",
            "b/c.py",
            "main.py",
            "conftest.py",
            "tests/__init__.py",
            ".venv/__init__.py",
            "x.txt",
            "setup.py",
            "build/__init__.py",
            "data/x.c",
        ];
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            fs::write(path, "").expect("written");
        }
        assert_eq!(modules(folder.path()).expect("listed"), ["a", "main.py"].map(|name| folder.path().join(name)));
        let has = |name: &str| has_modules(&folder.path().join(name)).expect("listed");
        assert!(has("a") && has("") && has("b") && !has("data"));
        assert!(TOOLS.is_sorted() && BESIDE.is_sorted());
    }
}
