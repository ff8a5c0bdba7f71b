//! Installing what a lock says, once, into a folder of the cache that is named by all that it depends on.
//!
//! Only wheels of Python are installed. Of what `[tool.pyapp] from-source` names, and of what has no wheel at all, the source is
//! taken, and built without a compiler. Native code ends the build, and is named (`native.rs`).

use super::excluded;
use super::lock::{Lock, PYLOCK};
use super::message;
use super::native::{self, Offer};
use super::pins::{self, Sections};
use super::tidy::{self, Distribution, METADATA, tidy};
use super::uv::{Failure, Uv};
use super::watch;
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::{self, Key, sorted_entries};
use crate::inputs::{Allowed, Project};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Where distributions lie in an entry of the cache.
const SITE: &str = "site";

/// A folder of the cache in which distributions are installed.
pub(crate) struct Site {
    pub folder: PathBuf,
    /// What stands for all that is in it: its entry in the cache, and what that was made with.
    pub entry: String,
    /// What extensions in it were built with.
    pub used: Sections,
}

/// What makes an installed folder what it is: a change of it installs again.
const STEPS: &str = concat!(include_str!("install.rs"), include_str!("pins.rs"), include_str!("tidy.rs"));

impl Build {
    /// Installs what a lock says, with these pins for what its extensions are built with; where, and what is there.
    ///
    /// # Errors
    /// [`Error::Project`] naming the file, and the package that is only there as native code; [`Error::Libraries`];
    /// [`Error::Io`].
    pub(super) fn install(&self, uv: &Uv<'_>, lock: &Lock, pins: &Sections) -> Result<(Site, Vec<Distribution>)> {
        let project = self.project();
        let key = uv.key.clone().part("lock", &lock.text).part("steps", STEPS);
        let key = key
            .part("from source", project.from_source.join(" "))
            .part("on host", project.build_on_host.join(" "))
            .part("exclude", project.exclude.join("\n"));
        let key = uv.prebuilt.with(key.part("native", project.native.text()));
        let site = uv.site(("distributions", uv.with_way(key)), pins, |site| {
            self.cache().stage("installing distributions");
            self.run_install(uv, lock, site)?;
            if let Some(message) = watch::check(site, &self.settings().bounds)? {
                return Err(Error::Project { place: lock.asked.display().to_string(), message });
            }
            let used = pins::installed_in(site, |name| uv.makes_wheel_of(name))?;
            tidy(site, &project.exclude).map(|_| used)
        })?;
        let distributions = distributions(&site.folder)?;
        Ok((site, distributions))
    }
}

impl Uv<'_> {
    /// A folder of the cache in which distributions are installed by `make`, once for what extensions among them are built with: `pins`,
    /// or else what `make` says.
    ///
    /// # Errors
    /// Those of `make`; [`Error::Io`].
    pub(super) fn site(
        &self,
        entry: (&str, Key),
        pins: &Sections,
        make: impl FnOnce(&Path) -> Result<Sections>,
    ) -> Result<Site> {
        let folder = self.build.pinned_folder(entry, pins, |work, _| {
            let site = work.join(SITE);
            fs::create_dir_all(&site).doing("create", &site)?;
            let used = make(&site)?;
            pins::keep_in(work, &used)
        })?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let used = pins::kept_in(&folder)?;
        Ok(Site {
            folder: folder.join(SITE),
            entry: format!("{name} {}", hash::of_file(&folder.join(pins::FILE))?),
            used,
        })
    }
}

impl Build {
    /// Installs what a lock says into `target`. What turns out to have no wheel at all is built from source.
    fn run_install(&self, uv: &Uv<'_>, lock: &Lock, target: &Path) -> Result<()> {
        let project = self.project();
        let asked = &project.from_source;
        let mut from_source = asked.clone();
        let is_ready = |name: &&String| uv.prebuilt.has(name, &version_of(name, &lock.text).unwrap_or_default());
        let ready: Vec<&String> = uv.prebuilt.names().filter(is_ready).collect();
        let about = lock.asked.display().to_string();
        let out = &self.settings().out;
        let names = self.project().excluded_packages();
        let excluded = excluded::list(&names, out)?;
        // Its form shows in its name.
        let mut file = lock.file.clone();
        if let Some(text) = excluded::without(&lock.text, &names, lock.file.parent().unwrap_or(&lock.folder)) {
            file = out.join(PYLOCK);
            fs::write(&file, text).doing("write", &file)?;
        }
        loop {
            let chosen: BTreeSet<&String> =
                from_source.iter().chain(native_names(project)).chain(ready.iter().copied()).collect();
            let mut arguments = INSTALL.map(str::to_string).to_vec();
            arguments.extend(chosen.iter().flat_map(|name| ["--no-binary".to_string(), name.to_string()]));
            for name in chosen.iter().filter(|name| project.native.has(name) || ready.contains(name)) {
                arguments.extend(["--no-build-isolation-package".to_string(), name.to_string()]);
                let mark = format!("{name}:pyapp={}", uv.mark_of(name, &lock.text));
                arguments.extend(["--config-settings-package".to_string(), mark]);
            }
            let arguments = arguments.into_iter().map(PathBuf::from);
            let last = [
                "--target".into(),
                target.to_path_buf(),
                "--excludes".into(),
                excluded.clone(),
                "-r".into(),
                file.clone(),
            ];
            let said = match uv.run(&lock.folder, arguments.chain(last)) {
                Ok(()) => return Ok(()),
                Err(Failure::Said(said)) => said,
                Err(other) => return Err(other.about(&lock.asked, &self.project().build_on_host)),
            };
            if let Some(name) = message::named_source(&said).filter(|name| !from_source.contains(name)) {
                self.cache().stage(&format!("{name} is source: building it"));
                from_source.push(name);
                continue;
            }
            let Some(mut package) =
                message::without_wheel(&said).filter(|package| !from_source.contains(&package.name))
            else {
                return Err(Failure::Said(said).about(&lock.asked, &self.project().build_on_host));
            };
            package.version = package.version.or_else(|| version_of(&package.name, &lock.text));
            let offer = uv.offer(&package, out)?;
            if offer != Offer::Source && !project.native.has(&package.name) {
                let mut message = native::no_wheel(&package, asked_by(&package.name, &lock.text), &offer, asked);
                let versions = uv.prebuilt.versions(&package.name);
                if !versions.is_empty() {
                    message += &format!("; native-wheels has {versions}");
                }
                return Err(Error::Project { place: about, message });
            }
            self.cache().stage(&format!("{} has no wheel: building it from source", package.name));
            from_source.push(package.name);
        }
    }
}

/// What is named to be built here.
fn native_names(project: &Project) -> impl Iterator<Item = &String> {
    let Allowed::These(names) = &project.native else { return [].iter() };
    names.iter()
}

/// All that is installed is in the lock: nothing is added to it.
pub(super) const INSTALL: [&str; 6] = ["pip", "install", "-q", "--no-deps", "--only-binary", ":all:"];

/// The distributions in a folder that has been tidied.
fn distributions(folder: &Path) -> Result<Vec<Distribution>> {
    let entries = sorted_entries(folder)?;
    let names = entries.iter().filter_map(|entry| entry.file_name().into_string().ok());
    Ok(names.filter_map(|name| name.strip_suffix(METADATA).map(tidy::distribution)).collect())
}

/// The version of a package in a lock, whichever its form.
fn version_of(name: &str, lock: &str) -> Option<String> {
    let table: toml::Table = match lock.parse() {
        Ok(table) => table,
        Err(_) => {
            let start = format!("{name}==");
            let version = lock.lines().find_map(|line| line.strip_prefix(&start))?;
            return version.split([' ', ';']).next().map(str::to_string);
        }
    };
    let mut packages = table.get("packages")?.as_array()?.iter();
    let package = packages.find(|package| package.get("name").and_then(toml::Value::as_str) == Some(name))?;
    Some(package.get("version")?.as_str()?.to_string())
}

/// Who asks for a package, from the comment behind it in a lock of requirements, where uv says so.
fn asked_by<'a>(name: &str, lock: &'a str) -> Option<&'a str> {
    let lines = lock.lines().skip_while(|line| !line.starts_with(&format!("{name}=="))).skip(1);
    let mut lines = lines.take_while(|line| line.starts_with(' '));
    let first = lines.by_ref().find_map(|line| line.trim_start().strip_prefix("# via"))?.trim();
    let more = lines.filter_map(|line| line.trim_start().strip_prefix('#')).map(str::trim);
    // The files of requirements and of constraints are named anyway.
    std::iter::once(first).chain(more).find(|name| !name.is_empty() && !name.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_tells_version_and_who_asks() {
        let lock = "a==1 \\\n    --hash=x\n    # via b\nb==2 \\\n    --hash=y\n    # via\n    #   c\n    #   d\n";
        assert_eq!(asked_by("a", lock), Some("b"));
        assert_eq!(asked_by("b", lock), Some("c"));
        assert_eq!(asked_by("c", lock), None);
        assert_eq!(asked_by("a", "a==1\n    # via -r x.txt\n"), None);
        assert_eq!(asked_by("a", "a==1\n    # via\n    #   -c y.txt\n    #   -r x.txt\n    #   b\nc==1\n"), Some("b"));
        assert_eq!(asked_by("a", "a==1\n    # via\n    #   -r x.txt\nc==1\n    # via b\n"), None);
        let lock = "lock-version = '1.0'\n[[packages]]\nname = 'a'\nversion = '1.2'\n";
        assert_eq!(version_of("a", lock).as_deref(), Some("1.2"));
        assert_eq!(version_of("b", lock), None);
        assert_eq!(version_of("a", "aa==2\na==1 ; python_version > '3' \\\n    --hash=x\n").as_deref(), Some("1"));
        assert_eq!(version_of("b", "a==1\n"), None);
    }
}
