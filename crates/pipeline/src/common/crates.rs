//! Where cargo keeps the crates that a lock file pins, asked of cargo itself.

use crate::command::output;
use crate::error::{Doing, Error, Result};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Cargo may have to download them.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// One crate, unpacked on this machine.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub name: String,
    pub version: String,
    pub license: Option<String>,
    /// None for the crates of the workspace itself.
    pub source: Option<String>,
    pub manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// All crates that `manifest` depends on; those of one target triple only, if it is given.
///
/// # Errors
/// [`Error::Runtime`] if cargo does not answer in time or refuses; [`Error::Io`] if it cannot be started.
pub(crate) fn of(manifest: &Path, cargo: &Path, target: Option<&str>) -> Result<Vec<Package>> {
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version=1", "--locked", "--manifest-path"]).arg(manifest);
    if let Some(target) = target {
        command.args(["--filter-platform", target]);
    }
    let fail = |found: &str| {
        Error::Runtime(format!("{}: expected cargo to tell its crates, found: {found}", manifest.display()))
    };
    let output = output(command, LIMIT).doing("run cargo metadata for", manifest)?;
    let output = output.ok_or_else(|| fail(&format!("no answer in {} s", LIMIT.as_secs())))?;
    if !output.status.success() {
        return Err(fail(String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("no message")));
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout).map_err(|error| fail(&error.to_string()))?;
    Ok(metadata.packages)
}
