//! What lies under the configured folders: each entry is a library and goes into site-packages under its own name.

use super::project::Project;
use crate::error::{Error, Result};
use crate::hash::sorted_entries;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// One entry of a configured folder: a package, a module, or data that lies beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// Its name in site-packages, with `.py` if it is a single module.
    pub name: String,
    /// Where it is on this machine.
    pub path: PathBuf,
}

/// Finds the libraries of a project, in name order.
///
/// # Errors
/// [`Error::Project`] if two of them would share a name, or one is not UTF-8; [`Error::Io`].
pub(crate) fn find(project: &Project) -> Result<Vec<Library>> {
    let fail = |message: String| Error::Project { place: project.place("libs"), message };
    let mut found: BTreeMap<String, Library> = BTreeMap::new();
    for folder in &project.libs {
        for entry in sorted_entries(folder)? {
            let path = entry.path();
            let name = entry.file_name().into_string();
            let name =
                name.map_err(|_| fail(format!("expected a name in UTF-8, found {}; rename it", path.display())))?;
            // What begins with a dot cannot be imported, and editors and version control leave such things about.
            if name.starts_with('.') || name == "__pycache__" {
                continue;
            }
            // `import x` finds x.py and x/ alike, and disks may not tell X from x.
            let key = name.strip_suffix(".py").unwrap_or(&name).to_lowercase();
            let library = Library { name, path };
            if let Some(other) = found.insert(key, library.clone()) {
                let (first, second) = (other.path.display(), library.path.display());
                return Err(fail(format!("expected one library of each name, found {first} and {second}; rename one")));
            }
        }
    }
    Ok(found.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::project::Entry;
    use std::fs;
    use std::path::Path;

    fn project(folder: &Path, libs: &[&str]) -> Project {
        Project {
            file: "pyproject.toml".into(),
            entry: Entry { module: "a".into(), function: None },
            libs: libs.iter().map(|lib| folder.join(lib)).collect(),
            optimize: 0,
            snapshot: true,
            snapshot_include: Vec::new(),
            snapshot_exclude: Vec::new(),
            reproducible: false,
            size: crate::inputs::project::Size::Fast,
        }
    }

    #[test]
    fn several_folders_become_one_list() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for path in ["one/b", "one/__pycache__", "one/.git", "two/a"] {
            fs::create_dir_all(folder.path().join(path)).expect("created");
        }
        fs::write(folder.path().join("two/c.py"), "").expect("written");
        let names = find(&project(folder.path(), &["one", "two"])).expect("found");
        assert_eq!(names.iter().map(|library| library.name.as_str()).collect::<Vec<_>>(), ["a", "b", "c.py"]);
    }

    #[test]
    fn two_of_one_name_are_refused() {
        for (first, second) in [("one/x", "two/x"), ("one/x", "two/X"), ("one/x", "one/x.py")] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            fs::create_dir_all(folder.path().join("two")).expect("created");
            fs::create_dir_all(folder.path().join(first)).expect("created");
            let second = folder.path().join(second);
            if second.extension().is_some() {
                fs::write(&second, "").expect("written");
            } else {
                fs::create_dir_all(&second).expect("created");
            }
            let error = find(&project(folder.path(), &["one", "two"])).expect_err("refused").to_string();
            assert!(
                error.starts_with("pyproject.toml, [tool.pyapp] libs: expected one library of each name"),
                "{error}"
            );
            assert!(error.contains(first) && error.contains(&second.display().to_string()), "{error}");
        }
    }
}
