//! The file with the sources of what is bundled, for tracebacks (`crates/symbols`). It lies beside the parts and the executable,
//! and is a part of neither.

use crate::compilation::{Compiled, Sources};
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::sorted_entries;
use archive::Archive;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use symbols::format::ENDING;

impl Build {
    /// Writes the file for an archive that was made from these sources, and where it is: beside the executable, if cargo's
    /// folders are as they always were; a copy is among the parts.
    ///
    /// # Errors
    /// [`Error::Libraries`] if the sources are larger than the format allows; [`Error::Io`].
    pub(crate) fn write_symbols(&self, archive: &Archive, sources: &Sources, compiled: &[Compiled]) -> Result<PathBuf> {
        let names = compiled.iter().map(|file| file.path.as_str()).collect();
        let mut texts = Vec::new();
        for (path, place) in sources.entries() {
            collect(path, place, &names, &mut texts)?;
        }
        // As tracebacks have them, in the format's order.
        let prefix = sources.prefix();
        let mut texts: Vec<_> = texts.into_iter().map(|(path, text)| (format!("{prefix}/{path}"), text)).collect();
        texts.sort();
        texts.dedup_by(|a, b| a.0 == b.0);
        let bytes = symbols::write(archive.identity(), &texts);
        let bytes =
            bytes.map_err(|error| Error::Libraries(vec![format!("the source lines for tracebacks: {error}")]))?;
        self.write_beside(&format!("pyapp{ENDING}"), &bytes)
    }
}

/// Sources that became bytecode: their paths and texts. What was excluded is not walked, so no link in it is followed.
fn collect(path: &str, place: &Path, compiled: &BTreeSet<&str>, into: &mut Vec<(String, String)>) -> Result<()> {
    if place.is_dir() {
        if compiled.contains(path) {
            for entry in sorted_entries(place)? {
                let name = entry.file_name().to_string_lossy().into_owned();
                collect(&format!("{path}/{name}"), &entry.path(), compiled, into)?;
            }
        }
        return Ok(());
    }
    let stem = path.len().checked_sub(".py".len()).and_then(|at| path.split_at_checked(at));
    let stem = stem.filter(|(_, ending)| ending.eq_ignore_ascii_case(".py")).map(|(stem, _)| format!("{stem}.pyc"));
    if stem.is_some_and(|stem| compiled.contains(stem.as_str())) {
        let bytes = std::fs::read(place).doing("read", place)?;
        into.push((path.to_string(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_became_bytecode_counts() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (path, text) in [("a/x.py", "1"), ("a/Y.PY", "2"), ("a/data.txt", "3"), ("a/out.py", "4"), ("b/z.py", "5")]
        {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            std::fs::write(path, text).expect("written");
        }
        std::os::unix::fs::symlink("..", folder.path().join("b/loop")).expect("linked");
        // Of b nothing is bundled: what its links lead to is not looked at.
        let compiled = ["a", "a/x.pyc", "a/Y.pyc", "a/data.txt", "b/z.pyc"].into_iter().collect();
        let mut found = Vec::new();
        for name in ["a", "b"] {
            collect(name, &folder.path().join(name), &compiled, &mut found).expect("read");
        }
        assert_eq!(found, [("a/Y.PY", "2"), ("a/x.py", "1")].map(|(path, text)| (path.to_string(), text.to_string())));
    }
}
