//! Wheels that come by pip: pinned by hash in a list that pyapp carries, kept among the downloads of the cache.

use crate::error::{Error, Result};
use crate::log::Log;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const DOWNLOAD_LIMIT: Duration = Duration::from_secs(15 * 60);
const UNPACK_LIMIT: Duration = Duration::from_secs(5 * 60);

/// Where wheels are looked for before the network is.
pub(crate) struct Downloads<'a> {
    /// The folder of downloads, which is there and locked.
    pub folder: &'a Path,
    /// Nothing may be downloaded.
    pub offline: bool,
    pub log: &'a Log,
}

impl Downloads<'_> {
    /// Installs the wheel that `list` pins for this machine into the new folder `target` with pip, which checks its hash.
    ///
    /// # Errors
    /// [`Error::Runtime`] if it is missing and nothing may be downloaded; [`Error::Step`] if pip fails.
    pub fn install(&self, list: &Path, target: &Path) -> Result<()> {
        let name = list.file_name().unwrap_or_default().to_string_lossy();
        let pip = |command: &str| {
            let mut pip = Command::new("python3");
            pip.args(["-m", "pip", "--disable-pip-version-check", "--no-input", command]);
            pip.args(["--no-deps", "--only-binary=:all:", "--require-hashes", "-r"]).arg(list);
            pip.env("PIP_ROOT_USER_ACTION", "ignore");
            pip
        };
        let install = || {
            let mut install = pip("install");
            install.arg("--no-compile").arg("--no-index").arg("--find-links").arg(self.folder);
            install.arg("--target").arg(target);
            self.log.run(&format!("installing the wheel of {name}"), install, UNPACK_LIMIT)
        };
        if install().is_err() {
            if self.offline {
                return Err(Error::Runtime(format!(
                    "CARGO_NET_OFFLINE is set and a wheel is missing: expected the one for this machine that {} pins in \
                     {}; put it there",
                    list.display(),
                    self.folder.display()
                )));
            }
            let mut download = pip("download");
            download.arg("--dest").arg(self.folder);
            self.log.run(&format!("downloading the wheel of {name}"), download, DOWNLOAD_LIMIT)?;
            install()?;
        }
        Ok(())
    }
}
