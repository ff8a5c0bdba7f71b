//! Installed distributions as they go into a bundle: their metadata is kept, and tells of nothing that is not inside and of
//! nothing of this machine.
//!
//! | what | becomes |
//! |---|---|
//! | `.lock`, `bin/` | removed: uv's, and commands whose first line names a Python of this machine |
//! | `direct_url.json`, `uv_cache.json`, `uv_build.json` | removed: paths and times of this machine |
//! | `native.lock` | removed: what an extension was built with is for those who build |
//! | RECORD | what is there; `compilation/record.rs` makes it what the bundle holds |

use super::pins;
use crate::csv::row;
use crate::error::{Doing, Error, Result};
use crate::hash::{self, sorted_entries};
use crate::inputs::extends_path;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};

/// In a distribution's metadata, what is of this machine or for it.
const OWN: [&str; 4] = ["direct_url.json", pins::FILE, "uv_build.json", "uv_cache.json"];
/// What a distribution's metadata lies in.
pub(super) const METADATA: &str = ".dist-info";

/// A distribution that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Distribution {
    pub name: String,
    pub version: String,
}

/// Tidies what is installed in a folder; the distributions, in the order of names.
///
/// # Errors
/// [`Error::Libraries`] if two distributions have brought the same file with other contents, and it is not excluded;
/// [`Error::Io`].
pub(super) fn tidy(folder: &Path, excluded: &[String]) -> Result<Vec<Distribution>> {
    let is_excluded = |file: &str| excluded.iter().any(|path| Path::new(file).starts_with(path));
    remove(&folder.join(".lock"))?;
    remove(&folder.join("bin"))?;
    let mut owners: BTreeMap<String, (String, String)> = BTreeMap::new();
    let (mut problems, mut distributions) = (Vec::new(), Vec::new());
    for entry in sorted_entries(folder)? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(METADATA) else { continue };
        let own = distribution(stem).name;
        for file in OWN {
            remove(&entry.path().join(file))?;
        }
        let path = entry.path().join("RECORD");
        let text = if path.is_file() { fs::read_to_string(&path).doing("read", &path)? } else { String::new() };
        let mut kept = String::new();
        for line in text.lines() {
            let (file, rest) = row(line);
            // uv has left out what such a path leads to, or has not; nobody who means well has one.
            if !Path::new(&file).components().all(|part| matches!(part, Component::Normal(_))) {
                problems.push(format!(
                    "{own}: expected paths below one folder in its RECORD, found {file:?}; do without this distribution"
                ));
                continue;
            }
            if !folder.join(&file).is_file() {
                continue;
            }
            let (other, others) = owners.entry(file.clone()).or_insert_with(|| (own.clone(), rest.to_string()));
            // Of packages that extend their __path__, the first is the one that Python runs, as in merge.rs.
            let are_same = *other == own || (others == rest && is_hash_of(rest, &folder.join(&file))?);
            let are_one = are_same || (file.ends_with("/__init__.py") && extends_path(&folder.join(&file)));
            if !are_one && !is_excluded(&file) {
                problems.push(format!(
                    "{other} and {own}: expected {file} in one of them, found two that differ; do without one of these \
                     distributions, or set [tool.pyapp] exclude = [{file:?}]"
                ));
            }
            kept += line;
            kept.push('\n');
        }
        fs::write(&path, kept).doing("write", &path)?;
        distributions.push(distribution(stem));
    }
    if problems.is_empty() { Ok(distributions) } else { Err(Error::Libraries(problems)) }
}

/// The distribution whose metadata lies in a folder of this name.
pub(super) fn distribution(stem: &str) -> Distribution {
    let (name, version) = stem.split_once('-').unwrap_or((stem, ""));
    Distribution { name: name.replace('_', "-"), version: version.to_string() }
}

/// Removes a file, or a folder with all that it holds, if it is there.
fn remove(path: &Path) -> Result<()> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => return Ok(()),
    }
    .doing("remove", path)
}

/// Whether what stands behind a path in RECORD is the hash of that file. Nobody has checked it before; without one nobody knows.
fn is_hash_of(rest: &str, file: &Path) -> Result<bool> {
    let hash = rest.split(',').nth(1).and_then(|hash| hash.strip_prefix("sha256=")).and_then(hex);
    hash.map_or(Ok(false), |hash| Ok(hash == hash::of_file(file)?))
}

/// A hash in base64, as RECORD has it, in hex.
fn hex(base64: &str) -> Option<String> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bits, mut count, mut hex) = (0, 0, String::new());
    for letter in base64.trim_end_matches('=').chars() {
        bits = bits << 6 | u32::try_from(LETTERS.find(letter)?).ok()?;
        count += 6;
        while count >= 4 {
            count -= 4;
            hex.push(char::from_digit(bits >> count & 15, 16)?);
        }
        bits &= (1 << count) - 1;
    }
    Some(hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            fs::write(path, text).expect("written");
        }
    }

    #[test]
    fn what_is_of_this_machine_goes_and_record_tells_what_is_inside() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let record = "a/__init__.py,sha256=x,1\na/__init__.pyi,sha256=x,1\n\"a/b,\"\"c.txt\",sha256=y,2\nbin/a,sha256=z,3\n\
                      a_b-1.0.dist-info/direct_url.json,sha256=w,4\na_b-1.0.dist-info/RECORD,,\nmissing.py,sha256=v,5\n";
        let files = [
            ("a/__init__.py", ""),
            ("a/__init__.pyi", ""),
            ("a/b,\"c.txt", ""),
            ("bin/a", ""),
            (".lock", ""),
            ("a_b-1.0.dist-info/direct_url.json", ""),
            ("a_b-1.0.dist-info/uv_cache.json", ""),
            ("a_b-1.0.dist-info/uv_build.json", ""),
            ("a_b-1.0.dist-info/METADATA", ""),
            ("a_b-1.0.dist-info/RECORD", record),
        ];
        write(folder.path(), &files);
        let found = tidy(folder.path(), &[]).expect("tidied");
        assert_eq!(found, [Distribution { name: "a-b".into(), version: "1.0".into() }]);
        let left = |path: &str| {
            let entries = sorted_entries(&folder.path().join(path)).expect("listed");
            entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(left(""), ["a", "a_b-1.0.dist-info"]);
        assert_eq!(left("a_b-1.0.dist-info"), ["METADATA", "RECORD"]);
        let record = fs::read_to_string(folder.path().join("a_b-1.0.dist-info/RECORD")).expect("read");
        let expected = "a/__init__.py,sha256=x,1\na/__init__.pyi,sha256=x,1\n\"a/b,\"\"c.txt\",sha256=y,2\n\
                        a_b-1.0.dist-info/RECORD,,\n";
        assert_eq!(record, expected);
    }

    #[test]
    fn two_distributions_may_not_bring_different_files_of_one_name() {
        let tidied = |first: &str, second: &str, excluded: &[&str]| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let files = [("x.py", "abc"), ("one-1.dist-info/RECORD", first), ("two-1.dist-info/RECORD", second)];
            write(folder.path(), &files);
            let excluded: Vec<String> = excluded.iter().map(|path| path.to_string()).collect();
            tidy(folder.path(), &excluded).map(|found| found.len()).map_err(|error| error.to_string())
        };
        let right = "x.py,sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3\n";
        let wrong = "x.py,sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa1,3\n";
        let said = tidied(right, wrong, &[]).expect_err("refused");
        assert!(
            said.contains("one and two: expected x.py in one of them, found two that differ; do without"),
            "{said}"
        );
        assert!(said.ends_with("or set [tool.pyapp] exclude = [\"x.py\"]"), "{said}");
        assert_eq!(tidied(right, wrong, &["x.py"]), Ok(2));
        assert_eq!(tidied(right, right, &[]), Ok(2));
        assert_eq!(tidied(right, &wrong.replace("x.py", "y.py"), &[]), Ok(2));
        // What both say of it may not be true, or nothing; one may say it twice.
        for claim in ["x.py,sha256=ungWv48B,3\n", "x.py,sha256=?,3\n", "x.py,md5=a,3\n", "x.py,,\n", "x.py\n"] {
            tidied(claim, claim, &[]).expect_err(claim);
            assert_eq!(tidied(&format!("{claim}{claim}"), "", &[]), Ok(2));
        }
    }

    #[test]
    fn a_path_that_leads_outside_is_refused() {
        for path in ["../x.py", "/x.py", "a/../../x.py", "./x.py"] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            write(folder.path(), &[("one-1.dist-info/RECORD", &format!("{path},,\n"))]);
            let said = tidy(folder.path(), &[]).expect_err(path).to_string();
            let expected = format!("one: expected paths below one folder in its RECORD, found {path:?}; do without");
            assert!(said.contains(&expected), "{said}");
        }
    }
}
