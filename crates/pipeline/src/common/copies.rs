//! Copies of files and folders.

use crate::error::{Doing, Result};
use crate::hash::sorted_entries;
use std::fs;
use std::path::Path;

pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).doing(&format!("copy {} to", from.display()), to)?;
    Ok(())
}

/// Copies a folder without the paths in it that `exclude` names; at any depth caches are left out too.
pub(crate) fn copy_tree(from: &Path, to: &Path, exclude: &[String]) -> Result<()> {
    fs::create_dir_all(to).doing("create", to)?;
    for entry in sorted_entries(from)? {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == "__pycache__" || exclude.contains(&name) {
            continue;
        }
        if entry.path().is_dir() {
            let inside = format!("{name}/");
            let inner = exclude.iter().filter_map(|path| path.strip_prefix(&inside)).map(String::from);
            copy_tree(&entry.path(), &to.join(&name), &inner.collect::<Vec<_>>())?;
        } else {
            copy(&entry.path(), &to.join(&name))?;
        }
    }
    Ok(())
}

/// Copies a file, or a folder and all that is in it.
pub(crate) fn copy_all(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() { copy_tree(from, to, &[]) } else { copy(from, to) }
}
