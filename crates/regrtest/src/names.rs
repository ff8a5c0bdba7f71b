//! Which files of tests there are, as regrtest's own `findtests` finds them.

use anyhow::{Result, bail};
use archive::{Archive, EntryKind};
use host::layout;
use std::collections::BTreeSet;

/// Folders whose files are each run by themselves: `SPLITTESTDIRS` of `libregrtest/findtests.py`.
const SPLIT: [&str; 10] = [
    "test_asyncio",
    "test_concurrent_futures",
    "test_doctests",
    "test_future_stmt",
    "test_gdb",
    "test_inspect",
    "test_multiprocessing_fork",
    "test_multiprocessing_forkserver",
    "test_multiprocessing_spawn",
    "test_pydoc",
];

/// All names: `test_os`, `test.test_asyncio.test_tasks`.
///
/// # Errors
/// If the archive holds no tests.
pub fn all(archive: &Archive) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for name in below(archive, "") {
        if SPLIT.contains(&name.as_str()) {
            let inner = below(archive, &name);
            names.extend(inner.into_iter().map(|inner| format!("test.{name}.{inner}")));
        } else {
            names.insert(name);
        }
    }
    if names.is_empty() {
        bail!("expected files of tests in /vfs/{}/test, found none; remove the suite from the cache", layout::STDLIB);
    }
    Ok(names)
}

/// The modules and packages `test_*` in a folder of the tests.
fn below(archive: &Archive, folder: &str) -> Vec<String> {
    let Some(folder) = archive.find(&format!("{}/test/{folder}", layout::STDLIB)) else { return Vec::new() };
    let entries = archive.children(folder).filter_map(|index| archive.entry(index));
    let stems = entries.filter_map(|entry| match entry.kind {
        EntryKind::Directory if !entry.name.contains('.') => Some(entry.name),
        EntryKind::Directory => None,
        _ => entry.name.strip_suffix(".py"),
    });
    stems.filter(|stem| stem.starts_with("test_")).map(str::to_string).collect()
}

/// Those of `all` that are wanted; the name of a split folder stands for all in it.
///
/// # Errors
/// The first name that there is not.
pub fn pick(all: &BTreeSet<String>, wanted: &[String]) -> Result<BTreeSet<String>> {
    let mut picked = BTreeSet::new();
    for name in wanted {
        let folder = format!("test.{}.", name.strip_prefix("test.").unwrap_or(name));
        let names: Vec<&String> = all.iter().filter(|known| *known == name || known.starts_with(&folder)).collect();
        if names.is_empty() {
            bail!("{name}: expected the name of a file of tests such as test_os or test.test_asyncio.test_tasks");
        }
        picked.extend(names.into_iter().cloned());
    }
    Ok(picked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use archive::Writer;

    fn archive() -> Archive {
        let mut writer = Writer::new(&[]).expect("a writer");
        for path in
            ["test_os.py", "test_json/__init__.py", "support/__init__.py", "test_asyncio/test_a.py", "test_x.txt"]
        {
            writer.file(&format!("{}/test/{path}", layout::STDLIB), b"").expect("added");
        }
        writer.file(&format!("{}/test/test_asyncio/utils.py", layout::STDLIB), b"").expect("added");
        Archive::open(writer.finish().0).expect("whole")
    }

    #[test]
    fn split_folders_are_split_and_others_are_one() {
        let names: Vec<String> = all(&archive()).expect("found").into_iter().collect();
        assert_eq!(names, ["test.test_asyncio.test_a", "test_json", "test_os"]);
    }

    #[test]
    fn a_folder_stands_for_its_files() {
        let all = all(&archive()).expect("found");
        let pick = |name: &str| pick(&all, &[name.to_string()]).map(|names| names.into_iter().collect::<Vec<_>>());
        assert_eq!(pick("test_asyncio").expect("known"), ["test.test_asyncio.test_a"]);
        assert_eq!(pick("test.test_asyncio.test_a").expect("known"), ["test.test_asyncio.test_a"]);
        assert_eq!(pick("test_os").expect("known"), ["test_os"]);
        assert!(pick("test_o").expect_err("unknown").to_string().starts_with("test_o: expected"));
    }
}
