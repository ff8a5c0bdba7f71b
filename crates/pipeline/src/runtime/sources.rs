//! Getting what the recipe is made from: each pinned by hash, wherever it comes from.

use super::log::Log;
use super::recipe::Recipe;
use crate::cache::{Cache, DOWNLOADS};
use crate::command::output;
use crate::crates;
use crate::error::{Doing, Error, Result};
use crate::hash;
use crate::pip::Downloads;
use crate::settings::Settings;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const DOWNLOAD_LIMIT: Duration = Duration::from_secs(15 * 60);
/// apt only reads its own lists.
const APT_LIMIT: Duration = Duration::from_secs(60);
const UNPACK_LIMIT: Duration = Duration::from_secs(5 * 60);

/// Finds or downloads the recipe's sources.
pub(super) struct Sources<'a> {
    pub settings: &'a Settings,
    pub recipe: &'a Recipe,
    pub log: &'a Log,
    /// Downloads that are kept, so that a failed build does not fetch them again and a machine without network can be
    /// given them.
    pub folder: PathBuf,
}

impl<'a> Sources<'a> {
    pub fn new(settings: &'a Settings, cache: &Cache, recipe: &'a Recipe, log: &'a Log) -> Result<Sources<'a>> {
        let folder = cache.path(DOWNLOADS);
        std::fs::create_dir_all(&folder).doing("create", &folder)?;
        Ok(Sources { settings, recipe, log, folder })
    }

    /// CPython's source archive.
    ///
    /// # Errors
    /// [`Error::Runtime`] if no origin has it, or what came does not match the pin.
    pub fn cpython(&self) -> Result<PathBuf> {
        let pinned = &self.recipe.cpython;
        let path = self.folder.join(&pinned.file);
        if path.is_file() {
            self.expect_hash(&path)?;
            return Ok(path);
        }
        if self.settings.offline {
            return Err(Error::Runtime(format!(
                "CARGO_NET_OFFLINE is set and CPython's source is missing: expected {} (sha256 {}); put it there",
                path.display(),
                pinned.sha256
            )));
        }
        let mut tried = Vec::new();
        for url in self.cpython_urls() {
            let mut fetch = Command::new("python3");
            fetch.arg(self.recipe.folder.join("fetch.py")).arg(&url).arg(&path);
            match self.log.run("downloading CPython's source", fetch, DOWNLOAD_LIMIT) {
                Ok(()) => {
                    self.expect_hash(&path)?;
                    return Ok(path);
                }
                Err(Error::Step { tail, .. }) => tried.push(format!("{url} ({})", tail.trim())),
                Err(error) => return Err(error),
            }
        }
        Err(Error::Runtime(format!(
            "CPython's source: expected one of its origins to have {}, found none: {}; \
             check the network, or put the file at {}",
            pinned.file,
            tried.join(", "),
            path.display()
        )))
    }

    /// The origins as addresses: those of this machine's own Debian mirrors are asked of apt.
    fn cpython_urls(&self) -> Vec<String> {
        let mut urls = Vec::new();
        for origin in &self.recipe.cpython.origins {
            match origin.strip_prefix("debian:") {
                Some(path) => {
                    urls.extend(debian_sites().iter().map(|site| format!("{}/{path}", site.trim_end_matches('/'))))
                }
                None => urls.push(origin.clone()),
            }
        }
        urls
    }

    /// A file that does not match is taken away, so that the next build does not trip over it, and the build stops.
    fn expect_hash(&self, path: &Path) -> Result<()> {
        let expected = &self.recipe.cpython.sha256;
        let found = hash::of_file(path)?;
        if found == *expected {
            return Ok(());
        }
        std::fs::remove_file(path).doing("remove", path)?;
        Err(Error::Runtime(format!(
            "{}: expected sha256 {expected}, found {found}; it was removed, check where it came from and build again",
            path.display()
        )))
    }

    /// Unpacks CPython's source into `work`; returns its folder.
    pub fn unpack_cpython(&self, archive: &Path, work: &Path) -> Result<PathBuf> {
        let mut unpack = Command::new("python3");
        unpack.args(["-m", "tarfile", "-e"]).arg(archive).arg(work);
        self.log.run("unpacking CPython's source", unpack, UNPACK_LIMIT)?;
        Ok(work.join(format!("Python-{}", self.recipe.cpython.version)))
    }

    /// Installs the compiler into `work`; returns the program.
    pub fn compiler(&self, work: &Path) -> Result<PathBuf> {
        let folder = self.wheel("compiler", work)?;
        Ok(folder.join("ziglang").join(if cfg!(windows) { "zig.exe" } else { "zig" }))
    }

    /// Installs the wheel that `wasm/<name>.txt` pins into `work` with pip, which checks its hash; returns the folder.
    pub fn wheel(&self, name: &str, work: &Path) -> Result<PathBuf> {
        let (list, target) = (self.recipe.folder.join(format!("{name}.txt")), work.join(name));
        let downloads = Downloads { folder: &self.folder, offline: self.settings.offline, log: self.log };
        downloads.install(&list, &target)?;
        Ok(target)
    }

    /// The folder of a crate pinned in `wasm/sources`; cargo downloads and checks it.
    pub fn package(&self, name: &str) -> Result<PathBuf> {
        let manifest = self.recipe.folder.join("sources/Cargo.toml");
        let packages = crates::of(&manifest, &self.settings.cargo, None)?;
        let package = packages.into_iter().find(|package| package.name == name);
        let folder = package.and_then(|package| package.manifest_path.parent().map(Path::to_path_buf));
        folder.ok_or_else(|| Error::Runtime(format!("{}: expected the crate {name}, found none", manifest.display())))
    }
}

/// The base addresses of the Debian mirrors that this machine uses; none where there is no apt.
fn debian_sites() -> Vec<String> {
    let mut apt = Command::new("apt-get");
    apt.args(["indextargets", "--format", "$(SITE)", "Created-By: Packages"]);
    let Ok(Some(output)) = output(apt, APT_LIMIT) else { return Vec::new() };
    let mut sites: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_string).collect();
    sites.sort();
    sites.dedup();
    sites
}
