//! Several folders as one: what Python finds when each of them is an entry of `sys.path`.
//!
//! A namespace package (a folder of modules without `__init__.py`) has its parts in any number of folders. So has a package
//! whose `__init__.py` extends its own `__path__`, as was the way before namespace packages, and so have folders that hold
//! data only. Files with the same contents are one file.
//!
//! For anything else Python takes what it finds first and hides the rest in silence; and in one tree, unlike on `sys.path`,
//! a package comes before a module of its name wherever each was. Here that is an error with both paths.

use crate::error::{Doing, Result};
use crate::hash::sorted_entries;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A file, or a folder with all that it holds, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its path in site-packages.
    pub path: String,
    /// Where it is on this machine.
    pub place: PathBuf,
}

impl Piece {
    /// The place of `path`, a path in site-packages, if it is this piece or would lie in it.
    pub fn find(&self, path: &str) -> Option<PathBuf> {
        match path.strip_prefix(&self.path)? {
            "" => Some(self.place.clone()),
            rest => rest.strip_prefix('/').map(|rest| self.place.join(rest)),
        }
    }
}

/// What the folders hold together, in the order of paths; and, a line each, what does not fit together.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub(super) fn merge(folders: &[PathBuf], excluded: &[String]) -> Result<(Vec<Piece>, Vec<String>)> {
    let mut merge = Merge { excluded, pieces: Vec::new(), problems: Vec::new() };
    let folders: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
    merge.level("", &folders)?;
    Ok((merge.pieces, merge.problems))
}

/// Whether a name at any depth is a leftover, of which two may differ. `compile_library.py` has the whole list of what it does
/// not carry; these are what folders of modules usually hold.
fn is_leftover(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || name.ends_with(".pyc") || name == "__pycache__"
}

struct Merge<'a> {
    excluded: &'a [String],
    pieces: Vec<Piece>,
    problems: Vec<String>,
}

impl Merge<'_> {
    /// Puts together what lies at `path` in each of `folders`, which are in the order of `sys.path`.
    fn level(&mut self, path: &str, folders: &[&Path]) -> Result<()> {
        let mut entries: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        // A module's name to its first file or folder, and the folder that has it.
        let mut modules: BTreeMap<String, (usize, PathBuf)> = BTreeMap::new();
        for (number, folder) in folders.iter().enumerate() {
            for entry in sorted_entries(folder)? {
                let place = entry.path();
                let Ok(name) = entry.file_name().into_string() else {
                    self.problems.push(format!("{}: expected a name in UTF-8; rename it", place.display()));
                    continue;
                };
                let inner = join(path, &name);
                // At the top, what begins with a dot cannot be imported, and editors and version control leave such things.
                if self.excluded.contains(&inner)
                    || (path.is_empty() && (name.starts_with('.') || name == "__pycache__"))
                {
                    continue;
                }
                // Within one folder Python decides, as it does natively.
                if folders.len() > 1
                    && let Some(module) = module_name(&name, &place)?
                {
                    let (first, other) = modules.entry(module.clone()).or_insert((number, place.clone()));
                    if *first != number && other.is_dir() != place.is_dir() {
                        self.problems.push(format!(
                            "{} and {}: expected one module {module}, found a file and a folder; rename or remove one",
                            other.display(),
                            place.display(),
                        ));
                    }
                }
                entries.entry(inner).or_default().push(place);
            }
        }
        for (path, places) in entries {
            self.entry(path, places)?;
        }
        Ok(())
    }

    /// Puts together what has the same path.
    fn entry(&mut self, path: String, places: Vec<PathBuf>) -> Result<()> {
        let (first, rest) = (places[0].clone(), &places[1..]);
        let is_whole = rest.is_empty() && !self.excluded.iter().any(|excluded| Path::new(excluded).starts_with(&path));
        if !is_whole && places.iter().all(|place| place.is_dir() && !place.is_symlink()) {
            return self.folders(path, &places);
        }
        for other in rest {
            if !self.are_one(&path, &first, other)? {
                self.problems.push(format!(
                    "{} and {}: expected one {path}, found two that differ; rename or remove one",
                    first.display(),
                    other.display(),
                ));
            }
        }
        self.pieces.push(Piece { path, place: first });
        Ok(())
    }

    fn folders(&mut self, path: String, places: &[PathBuf]) -> Result<()> {
        let mut package = None;
        let mut portion = None;
        for place in places {
            let init = place.join("__init__.py");
            if init.is_file() && !self.excluded.contains(&join(&path, "__init__.py")) {
                package = package.or((!extends_path(&init)).then_some(init));
            } else if has_modules(place)? {
                portion = portion.or(Some(place));
            }
        }
        if let (Some(package), Some(portion)) = (package, portion) {
            self.problems.push(format!(
                "{} and {}: expected a package in one folder, or a namespace package (without __init__.py) in all, \
                 found both; move one to the other, or rename it",
                package.display(),
                portion.display(),
            ));
        }
        let before = self.pieces.len();
        self.level(&path, &places.iter().map(PathBuf::as_path).collect::<Vec<_>>())?;
        if self.pieces.len() == before && sorted_entries(&places[0])?.is_empty() {
            self.pieces.push(Piece { path, place: places[0].clone() });
        }
        Ok(())
    }

    /// Whether two that are not both folders may be taken for one.
    fn are_one(&self, path: &str, first: &Path, other: &Path) -> Result<bool> {
        let name = path.rsplit('/').next().unwrap_or(path);
        if is_leftover(name) {
            return Ok(true);
        }
        if !first.is_file() || !other.is_file() {
            return Ok(false);
        }
        // The first of two that extend their __path__ is the one that Python runs.
        let are_old_namespaces = name == "__init__.py" && extends_path(first) && extends_path(other);
        Ok(are_old_namespaces || fs::read(first).doing("read", first)? == fs::read(other).doing("read", other)?)
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_string() } else { format!("{path}/{name}") }
}

/// The name by which a file or folder is imported, if it is; a folder that holds data only is not.
fn module_name(name: &str, place: &Path) -> Result<Option<String>> {
    if place.is_dir() {
        return Ok(has_modules(place)?.then(|| name.to_string()));
    }
    Ok(name.strip_suffix(".py").map(str::to_string))
}

/// Whether there is a module anywhere below a folder. Links are not followed.
fn has_modules(folder: &Path) -> Result<bool> {
    for entry in sorted_entries(folder)? {
        let place = entry.path();
        let is_module = place.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("py"));
        if is_module || (place.is_dir() && !place.is_symlink() && has_modules(&place)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an `__init__.py` makes its package a namespace: by pkgutil, or by setuptools.
pub(crate) fn extends_path(init: &Path) -> bool {
    let text = fs::read(init).unwrap_or_default();
    let has = |word: &str| text.windows(word.len()).any(|window| window == word.as_bytes());
    has("extend_path(") || has("declare_namespace(")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files of two folders, merged: the paths with the folder that each comes from, or the problems.
    fn merged(files: &[(&str, &str)]) -> std::result::Result<Vec<String>, Vec<String>> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            if !path.ends_with("empty") {
                fs::write(path, text).expect("written");
            }
        }
        let folders = ["one", "two"].map(|name| folder.path().join(name));
        for folder in &folders {
            fs::create_dir_all(folder).expect("created");
        }
        let (pieces, problems) = merge(&folders, &["excluded.py".to_string()]).expect("read");
        let here = format!("{}/", folder.path().display());
        let short = |text: String| text.replace(&here, "");
        if problems.is_empty() {
            let shown = |piece: Piece| format!("{} {}", piece.path, short(piece.place.display().to_string()));
            Ok(pieces.into_iter().map(shown).collect())
        } else {
            Err(problems.into_iter().map(short).collect())
        }
    }

    #[test]
    fn parts_of_a_namespace_package_are_put_together_at_any_depth() {
        let files = [
            ("one/ns/a.py", ""),
            ("one/ns/deep/x.py", ""),
            ("one/ns/deep/data/t.txt", "1"),
            ("one/ns/only/__init__.py", ""),
            ("two/ns/b/__init__.py", ""),
            ("two/ns/deep/y.py", ""),
            ("two/ns/deep/data/u.txt", "2"),
        ];
        let expected = [
            "ns/a.py one/ns/a.py",
            "ns/b two/ns/b",
            "ns/deep/data/t.txt one/ns/deep/data/t.txt",
            "ns/deep/data/u.txt two/ns/deep/data/u.txt",
            "ns/deep/x.py one/ns/deep/x.py",
            "ns/deep/y.py two/ns/deep/y.py",
            "ns/only one/ns/only",
        ];
        assert_eq!(merged(&files).expect("merged"), expected);
    }

    #[test]
    fn the_same_file_twice_counts_once() {
        let files = [
            ("one/p/__init__.py", "X = 1"),
            ("one/p/a.py", "same"),
            ("two/p/__init__.py", "X = 1"),
            ("two/p/a.py", "same"),
            ("two/p/b.py", ""),
            // Leftovers do not count, and neither does what is excluded.
            ("one/p/.DS_Store", "1"),
            ("two/p/.DS_Store", "2"),
            ("one/p/__pycache__/a.cpython-313.pyc", "1"),
            ("two/p/__pycache__/a.cpython-313.pyc", "2"),
            ("one/excluded.py", "1"),
            ("two/excluded.py", "2"),
            ("one/none/empty", ""),
            ("two/none/empty", ""),
        ];
        let found = merged(&files).expect("merged");
        for piece in ["none one/none", "p/__init__.py one/p/__init__.py", "p/a.py one/p/a.py", "p/b.py two/p/b.py"] {
            assert!(found.iter().any(|found| found == piece), "{piece} in {found:?}");
        }
    }

    #[test]
    fn what_is_excluded_is_not_there() {
        let files = [("one/p/a.py", ""), ("one/p/deep/b.so", ""), ("one/q/deep/b.so", ""), ("one/excluded.py", "")];
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            fs::write(path, text).expect("written");
        }
        let excluded = ["excluded.py", "p/deep/b.so", "q"].map(str::to_string);
        let (pieces, problems) = merge(&[folder.path().join("one")], &excluded).expect("read");
        let paths: Vec<_> = pieces.iter().map(|piece| piece.path.as_str()).collect();
        assert_eq!((paths, problems), (vec!["p/a.py"], Vec::new()));
    }

    #[test]
    fn packages_that_extend_their_path_are_namespaces_of_the_old_way() {
        let old = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)";
        let files = [
            ("one/ns/__init__.py", old),
            ("one/ns/a.py", ""),
            ("two/ns/__init__.py", &format!("# Mine.\n{old}")),
            ("two/ns/b.py", ""),
        ];
        let expected = ["ns/__init__.py one/ns/__init__.py", "ns/a.py one/ns/a.py", "ns/b.py two/ns/b.py"];
        assert_eq!(merged(&files).expect("merged"), expected);
        // With a part of the new way, too.
        let files = [("one/ns/__init__.py", old), ("two/ns/b.py", "")];
        assert_eq!(merged(&files).expect("merged"), ["ns/__init__.py one/ns/__init__.py", "ns/b.py two/ns/b.py"]);
    }

    #[test]
    fn what_collides_is_told_with_both_paths() {
        for (files, problem) in [
            (
                [("one/x/t.txt", "1"), ("two/x/t.txt", "2")],
                "one/x/t.txt and two/x/t.txt: expected one x/t.txt, found two that differ; rename or remove one",
            ),
            (
                [("one/p/__init__.py", "1"), ("two/p/__init__.py", "2")],
                "one/p/__init__.py and two/p/__init__.py: expected one p/__init__.py, found two that differ",
            ),
            (
                [("one/p/__init__.py", ""), ("two/p/b.py", "")],
                "one/p/__init__.py and two/p: expected a package in one folder, or a namespace package",
            ),
            (
                [("one/p/b.py", ""), ("two/p/__init__.py", "")],
                "two/p/__init__.py and one/p: expected a package in one folder, or a namespace package",
            ),
            (
                [("one/a.py", ""), ("two/a/__init__.py", "")],
                "one/a.py and two/a: expected one module a, found a file and a folder; rename or remove one",
            ),
            ([("one/ns/a/b.py", ""), ("two/ns/a.py", "")], "one/ns/a and two/ns/a.py: expected one module a"),
            (
                [("one/data", ""), ("two/data/t.txt", "")],
                "one/data and two/data: expected one data, found two that differ",
            ),
        ] {
            let problems = merged(&files).expect_err("refused");
            assert!(problems.len() == 1 && problems[0].starts_with(problem), "{problem}\n{problems:?}");
        }
    }

    #[test]
    fn names_that_differ_and_what_python_decides_itself_do_not_collide() {
        for files in [
            // The file system of the executable tells them apart.
            [("one/Foo.py", "1"), ("two/foo.py", "2")],
            // Within one folder Python decides as it does natively.
            [("one/a.py", ""), ("one/a/__init__.py", "")],
            // A folder of data is no module.
            [("one/a.py", ""), ("two/a/t.txt", "")],
            [("one/p/__init__.py", ""), ("two/p/t.txt", "")],
        ] {
            assert_eq!(merged(&files).expect("merged").len(), 2, "{files:?}");
        }
    }

    #[test]
    fn every_way_out_of_a_collision_works() {
        for (collision, ways_out) in [
            // Renamed or removed, either of them; of a package in two folders, moved to the other.
            (["one/a.py", "two/a.py"], [vec!["one/b.py", "two/a.py"], vec!["one/a.py"], vec!["two/a.py"]]),
            (
                ["one/a.py", "two/a/__init__.py"],
                [vec!["one/b.py", "two/a/__init__.py"], vec!["one/a.py"], vec!["two/a/__init__.py"]],
            ),
            (
                ["one/p/__init__.py", "two/p/b.py"],
                [
                    vec!["one/p/__init__.py", "one/p/b.py"],
                    vec!["two/p/__init__.py", "two/p/b.py"],
                    vec!["one/p/__init__.py", "two/q/b.py"],
                ],
            ),
        ] {
            // No two are the same.
            let merged = |paths: &[&'static str]| merged(&paths.iter().map(|path| (*path, *path)).collect::<Vec<_>>());
            merged(&collision).expect_err("refused");
            for paths in ways_out {
                merged(&paths).unwrap_or_else(|problems| panic!("{paths:?}: {problems:?}"));
            }
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_name_that_is_not_utf8_can_be_renamed() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let odd = folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.py"));
        fs::write(&odd, "").expect("written");
        let merge = || merge(&[folder.path().into()], &[]).expect("read").1;
        assert_eq!(merge(), [format!("{}: expected a name in UTF-8; rename it", odd.display())]);
        fs::rename(&odd, folder.path().join("caf\u{e9}.py")).expect("renamed");
        assert_eq!(merge(), Vec::<String>::new());
    }
}
