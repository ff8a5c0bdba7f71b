//! Programs: those of this machine, and scripts that the build writes.

use crate::error::{Doing, Result};
use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Writes a script that can be started, with the folders above it.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub(crate) fn make_executable(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).doing("create", folder)?;
    }
    fs::write(path, text).doing("write", path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).doing("make executable", path)
}

/// The programs of this name on the path, in its order.
pub(crate) fn on_path(name: &str) -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.into_iter().map(move |folder| folder.join(name)).filter(|path| path.is_file())
}
