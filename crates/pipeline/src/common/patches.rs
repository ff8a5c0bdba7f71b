//! Changing the sources of others: a patch is a reason, an empty line, and a unified diff of one file. Those of CPython and wasi-libc
//! lie in `wasm/patches`, those of crates that compile machine code in `wasm/cranelift/patches`.

use crate::error::{Doing, Error, Result};
use crate::hash::sorted_entries;
use std::fs;
use std::path::Path;

/// Applies all patches of a folder to the sources in `sources`, in name order.
///
/// # Errors
/// [`Error::Runtime`] for the first that gives no reason, is no diff, or does not fit the source.
pub(crate) fn apply(folder: &Path, sources: &Path) -> Result<()> {
    for entry in sorted_entries(folder)? {
        let path = entry.path();
        let text = fs::read_to_string(&path).doing("read", &path)?;
        let fail = |what: String| Error::Runtime(format!("{}: expected {what}", path.display()));
        let (file, diff) = parse(&text).map_err(fail)?;
        let target = sources.join(file);
        let source = fs::read_to_string(&target).doing("read", &target)?;
        let patched = diffy::apply(&source, &diff).map_err(|error| {
            fail(format!("the text that it changes in {file}, found another ({error}); make it anew"))
        })?;
        fs::write(&target, patched).doing("write", &target)?;
    }
    Ok(())
}

/// The file that a patch changes, relative to the sources, and how; or what was expected.
fn parse(text: &str) -> std::result::Result<(&str, diffy::Patch<'_, str>), String> {
    let (reason, diff) = text.split_at(text.find("--- ").ok_or("a unified diff, found none")?);
    if reason.trim().is_empty() {
        return Err("a reason before the diff, found none".to_string());
    }
    let patch = diffy::Patch::from_str(diff).map_err(|error| format!("a unified diff of one file, found: {error}"))?;
    if patch.hunks().is_empty() {
        return Err("a diff that changes something, found none".to_string());
    }
    // The name is borrowed from the text, not from the patch.
    let line = diff.lines().next().unwrap_or_default();
    let file = line.strip_prefix("--- a/").map(str::trim).filter(|file| !file.split('/').any(|part| part == ".."));
    Ok((file.ok_or("a path that begins with a/")?, patch))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "Because.\n\n--- a/f.c\n+++ b/f.c\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n";

    fn apply_to(patch: &str, source: &str) -> Result<String> {
        let (patches, sources) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        fs::write(patches.path().join("a.patch"), patch).expect("written");
        fs::write(sources.path().join("f.c"), source).expect("written");
        apply(patches.path(), sources.path())?;
        Ok(fs::read_to_string(sources.path().join("f.c")).expect("read"))
    }

    #[test]
    fn a_patch_changes_what_it_says() {
        assert_eq!(apply_to(PATCH, "one\ntwo\nthree\n").expect("applied"), "one\n2\nthree\n");
    }

    #[test]
    fn a_patch_that_does_not_fit_is_refused() {
        for (patch, source, expected) in [
            (PATCH, "one\nzwei\nthree\n", "expected the text that it changes in f.c"),
            (&PATCH[10..], "one\ntwo\nthree\n", "expected a reason before the diff"),
            ("Because.\n", "", "expected a unified diff, found none"),
            (&PATCH.replace("a/f.c", "a/../f.c"), "one\ntwo\nthree\n", "expected a path that begins with a/"),
        ] {
            let error = apply_to(patch, source).expect_err("refused").to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn the_recipes_patches_are_patches() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wasm");
        for of in ["patches/cpython", "patches/wasi-libc", "cranelift/patches/regalloc2"] {
            for entry in sorted_entries(&folder.join(of)).expect("listed") {
                let text = fs::read_to_string(entry.path()).expect("read");
                parse(&text).unwrap_or_else(|error| panic!("{}: {error}", entry.path().display()));
            }
        }
    }
}
