//! Programs that are written by the build: scripts.

use crate::error::{Doing, Result};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

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
