//! Getting what the recipe is made from: each pinned by hash, wherever it comes from.

use super::log::Log;
use super::recipe::{Cpython, Recipe};
use crate::cache::{Cache, DOWNLOADS};
use crate::command::output;
use crate::crates;
use crate::error::{Doing, Error, Result};
use crate::hash::{self, sorted_entries};
use crate::pip::Downloads;
use crate::settings::Settings;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const DOWNLOAD_LIMIT: Duration = Duration::from_secs(15 * 60);
/// apt only reads its own lists.
const APT_LIMIT: Duration = Duration::from_secs(60);
const UNPACK_LIMIT: Duration = Duration::from_secs(5 * 60);

/// What CPython's archive is called in messages.
const CPYTHON: &str = "CPython's source";

/// An archive, pinned by its hash.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pinned {
    /// Its name among the downloads.
    pub file: String,
    pub sha256: String,
    /// Tried in this order; what begins with `debian:` is a path in the pool of Debian.
    pub origins: Vec<String>,
}

/// What the sources of a library come in.
pub(crate) enum Packed<'a> {
    /// Archives that have the same in them, and one folder on top.
    Archives(&'a [Pinned]),
    /// A crate that `wasm/sources` pins.
    Crate(&'a str),
}

/// Gets the sources `what`; unpacks them into the folder `work`, unless cargo has done that. Where they are.
///
/// # Errors
/// [`Error::Runtime`] if they cannot be had, or do not lie in one folder; [`Error::Step`] if they cannot be unpacked;
/// [`Error::Io`].
pub(crate) fn get(
    (settings, cache): (&Settings, &Cache),
    log: &Log,
    what: &str,
    packed: &Packed<'_>,
    work: &Path,
) -> Result<PathBuf> {
    let recipe = Recipe::read(&settings.source.join("wasm"))?;
    let sources = Sources::new(settings, cache, &recipe, log)?;
    let pinned = match packed {
        Packed::Crate(name) => return sources.package(name),
        Packed::Archives(pinned) => pinned,
    };
    let downloading = cache.lock(DOWNLOADS)?;
    let archive = sources.archive(what, pinned)?;
    drop(downloading);
    sources.unpack(what, &archive, work)?;
    match &sorted_entries(work)?[..] {
        [folder] if folder.path().is_dir() => Ok(folder.path()),
        _ => Err(Error::Runtime(format!("{}: expected one folder in it, found other than that", archive.display()))),
    }
}

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
    /// As [`Sources::archive`].
    pub fn cpython(&self) -> Result<PathBuf> {
        let Cpython { file, sha256, origins, .. } = &self.recipe.cpython;
        let pinned = Pinned { file: file.clone(), sha256: sha256.clone(), origins: origins.clone() };
        self.archive(CPYTHON, &[pinned])
    }

    /// An archive of the sources `what`: any of those that are pinned, which have the same in them.
    ///
    /// # Errors
    /// [`Error::Runtime`] if no origin has one, or what came does not match the pin.
    pub fn archive(&self, what: &str, pinned: &[Pinned]) -> Result<PathBuf> {
        for one in pinned {
            let path = self.folder.join(&one.file);
            if path.is_file() {
                expect_hash(&path, &one.sha256)?;
                return Ok(path);
            }
        }
        let places = pinned.iter().map(|one| (one, self.folder.join(&one.file)));
        if self.settings.offline {
            let expected = places.map(|(one, path)| format!("{} (sha256 {})", path.display(), one.sha256));
            let expected = expected.collect::<Vec<_>>().join(" or ");
            return Err(Error::Runtime(format!(
                "CARGO_NET_OFFLINE is set and {what} is missing: expected {expected}; put it there"
            )));
        }
        let mut tried = Vec::new();
        for (one, path) in places.clone() {
            for url in urls(&one.origins) {
                let mut fetch = Command::new("python3");
                fetch.arg(self.recipe.folder.join("fetch.py")).arg(&url).arg(&path);
                match self.log.run(&format!("downloading {what}"), fetch, DOWNLOAD_LIMIT) {
                    Ok(()) => {
                        expect_hash(&path, &one.sha256)?;
                        return Ok(path);
                    }
                    Err(Error::Step { tail, .. }) => tried.push(format!("{url} ({})", tail.trim())),
                    Err(error) => return Err(error),
                }
            }
        }
        let places: Vec<String> = places.map(|(_, path)| path.display().to_string()).collect();
        Err(Error::Runtime(format!(
            "{what}: expected one of the origins to have it, found none: {}; check the network, or put the file at {}",
            tried.join(", "),
            places.join(" or ")
        )))
    }

    /// Unpacks the sources `what` into `work`.
    fn unpack(&self, what: &str, archive: &Path, work: &Path) -> Result<()> {
        let mut unpack = Command::new("python3");
        unpack.args(["-m", "tarfile", "-e"]).arg(archive).arg(work);
        self.log.run(&format!("unpacking {what}"), unpack, UNPACK_LIMIT)
    }

    /// Unpacks CPython's source into `work`; returns its folder.
    pub fn unpack_cpython(&self, archive: &Path, work: &Path) -> Result<PathBuf> {
        self.unpack(CPYTHON, archive, work)?;
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
        self.package_of("sources/Cargo.toml", name)
    }

    /// The folder of a crate that another manifest in `wasm/` pins.
    pub fn package_of(&self, manifest: &str, name: &str) -> Result<PathBuf> {
        crates::folder(&self.recipe.folder.join(manifest), &self.settings.cargo, None, name)
    }
}

/// Origins as addresses: those of this machine's own Debian mirrors are asked of apt.
fn urls(origins: &[String]) -> Vec<String> {
    let mut urls = Vec::new();
    for origin in origins {
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
fn expect_hash(path: &Path, expected: &str) -> Result<()> {
    let found = hash::of_file(path)?;
    if found == expected {
        return Ok(());
    }
    std::fs::remove_file(path).doing("remove", path)?;
    Err(Error::Runtime(format!(
        "{}: expected sha256 {expected}, found {found}; it was removed, check where it came from and build again",
        path.display()
    )))
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
