//! Files and folders that are there whole or not at all.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Lets `make` make a file or a folder under another name, and renames it to `path`.
///
/// # Errors
/// Those of `make`; if it cannot be renamed.
pub fn aside(path: &Path, make: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let mut work = path.as_os_str().to_owned();
    work.push(format!(".{}", std::process::id()));
    let work = PathBuf::from(work);
    make(&work).with_context(|| format!("cannot make {}", work.display()))?;
    fs::rename(&work, path).with_context(|| format!("cannot put it at {}", path.display()))
}
