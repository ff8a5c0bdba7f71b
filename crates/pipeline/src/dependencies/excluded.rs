//! Distributions that are left out by name, as the app does without them: those among `[tool.pyapp] exclude`, where paths stand,
//! too. uv leaves them out where it resolves and where it installs requirements; a lock of PEP 751 it would install whole.

use crate::error::{Doing, Result};
use crate::inputs::{required_name, script_settings};
use std::fs;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// A file that tells uv the names.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub(super) fn list(names: &[String], folder: &Path) -> Result<PathBuf> {
    let file = folder.join("excluded.txt");
    fs::write(&file, names.join("\n")).doing("write", &file)?;
    Ok(file)
}

/// A lock of PEP 751 that lay in `folder`, without the distributions of these names; `None` if it has none of them. What it names by
/// a path is named by an absolute one, so that it may lie elsewhere.
pub(super) fn without(lock: &str, names: &[String], folder: &Path) -> Option<String> {
    let mut table: Table = lock.parse().ok()?;
    let packages = table.get_mut("packages")?.as_array_mut()?;
    let count = packages.len();
    packages.retain(|package| {
        let name = package.get("name").and_then(Value::as_str).unwrap_or_default();
        !names.iter().any(|excluded| excluded == name)
    });
    if packages.len() == count {
        return None;
    }
    packages.iter_mut().for_each(|package| set_absolute(package, folder));
    Some(table.to_string())
}

/// Which of these names are of distributions that are asked for: in what these files say, or by others that are installed. (The
/// rest may be paths.)
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub(super) fn asked_for(names: &[String], files: &[PathBuf], required: &[String]) -> Result<Vec<String>> {
    let mut said = required.to_vec();
    for file in files {
        let bytes = fs::read(file).doing("read", file)?;
        // A wheel is none, and asks for others only.
        let text = String::from_utf8(bytes).unwrap_or_default();
        let requirements = match file.extension().and_then(|ending| ending.to_str()) {
            Some("py") => asked_in_toml(&script_settings(&text).unwrap_or_default()),
            Some("toml" | "lock") if text.parse::<Table>().is_ok() => asked_in_toml(&text),
            _ => text.lines().map(|line| line.split('#').next().unwrap_or_default().trim().to_string()).collect(),
        };
        said.extend(requirements.iter().filter_map(|requirement| required_name(requirement)));
    }
    Ok(names.iter().filter(|name| said.contains(name)).cloned().collect())
}

/// The requirements, and the names of what is locked, that stand where TOML has them: in a `[project]`, in what stands in front of a
/// script, and in the locks of uv and of PEP 751.
fn asked_in_toml(text: &str) -> Vec<String> {
    let table: Table = text.parse().unwrap_or_default();
    let project = table.get("project").and_then(Value::as_table);
    let lists = [&table].into_iter().chain(project).flat_map(|table| {
        ["dependencies", "optional-dependencies", "dependency-groups"].iter().filter_map(|key| table.get(*key))
    });
    let mut asked = Vec::new();
    lists.for_each(|list| texts(list, &mut asked));
    let packages = ["package", "packages"].iter().filter_map(|key| table.get(*key)?.as_array()).flatten();
    asked.extend(packages.filter_map(|package| Some(package.get("name")?.as_str()?.to_string())));
    asked
}

fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| texts(value, into)),
        Value::Table(table) => table.iter().for_each(|(_, value)| texts(value, into)),
        _ => {}
    }
}

fn set_absolute(value: &mut Value, folder: &Path) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| set_absolute(value, folder)),
        Value::Table(table) => {
            for (key, value) in table.iter_mut() {
                match value {
                    Value::String(path) if key == "path" => *path = folder.join(&path).display().to_string(),
                    _ => set_absolute(value, folder),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_told_from_paths() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = [
            ("pyproject.toml", "[project]\ndependencies = ['Ruamel_yaml>=1']\n[tool.pyapp]\nexclude = ['uvloop']\n"),
            ("requirements.txt", "# asks for tests\nhttptools[x]==1; a < '2'  # uvloop\n"),
            ("uv.lock", "version = 1\n[[package]]\nname = 'locked'\ndev-dependencies = { dev = [] }\n"),
            ("script.py", "# /// script\n# dependencies = ['numpy']\n# [tool.pyapp]\n# exclude = ['tests']\n# ///\n"),
            ("a.whl", "\u{0}"),
        ];
        let files = files.map(|(name, text)| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("written");
            path
        });
        let names =
            ["ruamel-yaml", "uvloop", "httptools", "numpy", "tests", "cffi", "dev", "locked"].map(str::to_string);
        let asked = asked_for(&names, &files, &["cffi".to_string()]).expect("read");
        assert_eq!(asked, ["ruamel-yaml", "httptools", "numpy", "cffi", "locked"]);
    }

    #[test]
    fn a_lock_is_without_what_is_left_out() {
        let lock = "[[packages]]\nname = 'a'\n[[packages]]\nname = 'b'\nwheels = [{ path = 'x/b.whl' }]\n";
        let names = |name: &str| vec![name.to_string()];
        assert_eq!(without(lock, &names("c"), Path::new("/here")), None);
        assert_eq!(without("a==1\n", &names("a"), Path::new("/here")), None);
        let left = without(lock, &names("a"), Path::new("/here")).expect("another lock");
        let left: Table = left.parse().expect("TOML");
        let packages = left["packages"].as_array().expect("a list");
        assert_eq!(packages.len(), 1);
        assert_eq!(packages[0]["wheels"][0]["path"].as_str(), Some("/here/x/b.whl"));
    }
}
