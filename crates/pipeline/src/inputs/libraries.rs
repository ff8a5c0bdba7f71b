//! What lies under the configured folders: each entry is a library and goes into site-packages under its own name.

use super::merge::{self, Piece};
use super::project::Project;
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// What goes into site-packages under one name: a package, a module, or data that lies beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// Its name in site-packages, with `.py` if it is a single module.
    pub name: String,
    /// What it is put together from: itself, or parts of several folders.
    pub(crate) pieces: Vec<Piece>,
}

/// Finds the libraries of a project, in name order: those of its own folders, and what is installed in others.
///
/// # Errors
/// [`Error::Libraries`] with what does not fit together; [`Error::Project`] if `exclude` names what is not there;
/// [`Error::Io`].
pub(crate) fn find(project: &Project, installed: &[PathBuf]) -> Result<Vec<Library>> {
    let folders = [&project.libs[..], installed].concat();
    let (mut pieces, mut problems) = merge::merge(&folders, &project.exclude)?;
    let script = project.script.iter().map(|module| (module.clone(), format!("{module}.py"), &project.file));
    let modules = project.modules.iter().map(|place| {
        let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name.strip_suffix(".py").unwrap_or(&name).to_string(), name, place)
    });
    for (module, path, place) in script.chain(modules) {
        let is_same = |piece: &&Piece| {
            piece.path == path || piece.path == format!("{module}.py") || Path::new(&piece.path).starts_with(&module)
        };
        if let Some(other) = pieces.iter().find(is_same) {
            let (place, other) = (place.display(), other.place.display());
            problems.push(format!("{place} and {other}: expected one module {module}, found two; rename the first"));
        }
        pieces.push(Piece { path, place: place.clone() });
    }
    if !problems.is_empty() {
        return Err(Error::Libraries(problems));
    }
    for path in &project.exclude {
        if !folders.iter().any(|lib| lib.join(path).symlink_metadata().is_ok()) {
            let message =
                format!("expected a path below a folder of libs, found none for {path}; correct or remove it");
            return Err(Error::Project { place: project.place("exclude"), message });
        }
    }
    let mut libraries: Vec<Library> = Vec::new();
    for piece in pieces {
        let name = piece.path.split('/').next().unwrap_or_default().to_string();
        match libraries.iter_mut().find(|library| library.name == name) {
            Some(library) => library.pieces.push(piece),
            None => libraries.push(Library { name, pieces: vec![piece] }),
        }
    }
    libraries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(libraries)
}

impl Library {
    /// Whether it is neither what a distribution says of itself, nor what the build has made.
    pub(crate) fn is_code(&self) -> bool {
        !self.name.ends_with(".dist-info") && !self.name.starts_with("_pyapp_")
    }

    /// Whether a path of the compiled libraries belongs to it.
    pub(crate) fn owns(&self, path: &str) -> bool {
        let compiled = match Path::new(&self.name).extension() {
            Some(ending) if ending.eq_ignore_ascii_case("py") => format!("{}.pyc", &self.name[..self.name.len() - 3]),
            _ => self.name.clone(),
        };
        path.strip_prefix(&compiled).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::project::{Entry, Size};
    use std::fs;

    fn project(folder: &Path, libs: &[&str], exclude: &[&str]) -> Project {
        Project {
            file: "pyproject.toml".into(),
            folder: folder.to_path_buf(),
            metadata: None,
            asked: None,
            script: None,
            entry: Entry { module: "a".into(), function: None },
            commands: None,
            libs: libs.iter().map(|lib| folder.join(lib)).collect(),
            modules: Vec::new(),
            exclude: exclude.iter().map(|path| path.to_string()).collect(),
            keep_source: Vec::new(),
            reports: Vec::new(),
            extras: Vec::new(),
            groups: Vec::new(),
            from_source: Vec::new(),
            build_on_host: Vec::new(),
            native: crate::inputs::Allowed::None,
            native_wheels: None,
            optimize: 0,
            snapshot: true,
            snapshot_include: Vec::new(),
            snapshot_exclude: Vec::new(),
            stdlib_used: None,
            openssl: None,
            reproducible: false,
            size: Size::Fast,
            permissions: Default::default(),
            limits: Default::default(),
        }
    }

    #[test]
    fn several_folders_become_one_list() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for path in ["one/b", "one/__pycache__", "one/.git", "one/ns/x", "two/a", "two/ns/y", "two/dropped"] {
            fs::create_dir_all(folder.path().join(path)).expect("created");
        }
        fs::write(folder.path().join("two/c.py"), "").expect("written");
        let names = find(&project(folder.path(), &["one", "two"], &["dropped"]), &[]).expect("found");
        let names: Vec<_> = names.iter().map(|library| (library.name.as_str(), library.pieces.len())).collect();
        assert_eq!(names, [("a", 1), ("b", 1), ("c.py", 1), ("ns", 2)]);
    }

    #[test]
    fn an_exclusion_of_nothing_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir_all(folder.path().join("one/b")).expect("created");
        let error = find(&project(folder.path(), &["one"], &["b/c.so"]), &[]).expect_err("refused").to_string();
        let expected = "pyproject.toml, [tool.pyapp] exclude: expected a path below a folder of libs, found none for \
                        b/c.so; correct or remove it";
        assert_eq!(error, expected);
        fs::write(folder.path().join("one/b/c.so"), "").expect("written");
        find(&project(folder.path(), &["one"], &["b/c.so"]), &[]).expect("corrected");
        find(&project(folder.path(), &["one"], &[]), &[]).expect("removed");
    }

    #[test]
    fn a_library_owns_what_was_made_from_it() {
        let owned = |name: &str| {
            let library = Library { name: name.to_string(), pieces: Vec::new() };
            ["a", "a.pyc", "a/b.pyc", "ab/c.pyc"].map(|path| library.owns(path))
        };
        assert_eq!(owned("a"), [true, false, true, false]);
        assert_eq!(owned("a.py"), [false, true, false, false]);
    }
}
