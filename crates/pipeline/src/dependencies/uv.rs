//! uv: resolves, verifies, downloads and unpacks what a project asks for. It is never the machine's own, but one that
//! `uv.txt` pins by hash, as the compiler of the recipe is, so that it asks the interpreter what we answer.
//!
//! What it runs of what it gets are build backends and build scripts only, and these run inside the guest (`backend.rs`). uv itself
//! is confined meanwhile (`confine.rs`). Those that `[tool.pyapp] build-on-host` names run under this machine's python3, and with
//! that setting uv is not confined.

use super::backend::{Backends, Own};
use super::interpreter::{self, Interpreter};
use super::leftovers::Running;
use super::message;
use super::pins::Sections;
use super::prebuilt::Prebuilt;
use super::sandbox::UvCache;
use super::watch::Watch;
use crate::cache::DOWNLOADS;
use crate::command::output_while;
use crate::confine::{self, Confined};
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::Key;
use crate::log::Log;
use crate::pip::Downloads;
use crate::programs::on_path;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// The list for pip, below pyapp's source.
const LIST: &str = "crates/pipeline/src/dependencies/uv.txt";
/// Its text.
pub(crate) const PINS: &str = include_str!("uv.txt");
/// Generous: a slow network, and packages that are built.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// The same where extensions are built meanwhile, here or by another build: a large one takes a slow machine an hour.
const NATIVE_LIMIT: Duration = Duration::from_secs(4 * 60 * 60);

/// What keeps builds from making native code: no compiler is found, and packages that ask are told to do without.
const PURE: [(&str, &str); 4] =
    [("CC", "false"), ("CXX", "false"), ("PYYAML_FORCE_LIBYAML", "0"), ("MSGPACK_PUREPYTHON", "1")];
/// What else uv is told. Links into its cache would let what is changed here change what it keeps.
const SETTINGS: [(&str, &str); 6] = [
    ("UV_PYTHON_DOWNLOADS", "never"),
    ("UV_NO_EDITABLE", "1"),
    ("UV_NO_PROGRESS", "1"),
    ("UV_PREVIEW_FEATURES", "pylock"),
    ("UV_LINK_MODE", "copy"),
    ("NO_COLOR", "1"),
];
/// The same, and how many seconds it waits for what another build holds: five minutes are its own limit.
fn settings() -> impl Iterator<Item = (&'static str, String)> {
    let settings = SETTINGS.iter().map(|(name, value)| (*name, value.to_string()));
    settings.chain([("UV_LOCK_TIMEOUT", NATIVE_LIMIT.as_secs().to_string())])
}

/// What would lead it, or a backend, to another Python, or contradict what it is told.
const OTHERS: [&str; 14] = [
    "CONDA_PREFIX",
    "PYTHONHOME",
    "PYTHONPATH",
    "UV_FROZEN",
    "UV_LOCKED",
    "UV_NO_BINARY",
    "UV_NO_BUILD",
    "UV_NO_BUILD_ISOLATION",
    "UV_NO_BUILD_ISOLATION_PACKAGE",
    "UV_NO_CACHE",
    "UV_PROJECT",
    "UV_SYSTEM_PYTHON",
    "UV_WORKING_DIRECTORY",
    "VIRTUAL_ENV",
];
/// What a backend would run under where there is no python3; by its name alone the interpreter would find itself.
const NO_PYTHON: &str = "/usr/bin/python3";

/// uv, ready to run.
#[derive(Clone)]
pub(super) struct Uv<'a> {
    pub(super) build: &'a Build,
    /// Of our CPython.
    pub(super) version: String,
    program: PathBuf,
    interpreter: PathBuf,
    /// Where an environment keeps what is installed in it.
    packages: String,
    cache: PathBuf,
    /// What is built that is not in its cache.
    own: Option<Own>,
    /// How it builds extensions, if it may; a key.
    native_way: Option<String>,
    /// What they are built with, as far as the project pins that.
    pub(super) pins: Sections,
    /// Wheels with extensions that the project has.
    pub(super) prebuilt: Arc<Prebuilt>,
    /// What a result of it depends on beside its arguments.
    pub key: Key,
}

impl Build {
    /// Finds uv in the cache, or gets it by pip, with the interpreter for a CPython of this version.
    ///
    /// # Errors
    /// [`Error::Runtime`] if pip has no wheel, [`Error::Step`] if it fails; [`Error::Io`].
    pub(super) fn uv(&self, version: &str) -> Result<Uv<'_>> {
        let Interpreter { path: interpreter, key } = self.interpreter(version)?;
        let own = Key::new().part("wheels", PINS);
        let (settings, cache) = (self.settings(), self.cache());
        let folder = cache.folder("uv", own.clone(), |work| {
            cache.stage("getting uv, once");
            let log = Log::create(&cache.path(&format!("{}.log", crate::cache::entry("uv", own))))?;
            let _downloading = cache.lock(DOWNLOADS)?;
            let downloads = cache.path(DOWNLOADS);
            fs::create_dir_all(&downloads).doing("create", &downloads)?;
            let downloads = Downloads { folder: &downloads, offline: settings.offline, log: &log };
            downloads.install(&settings.source.join(LIST), work)
        })?;
        let pure = PURE.iter().fold(key.part("uv", PINS), |key, (name, value)| key.part(name, value));
        // What it has built, it keeps by name and version only: hence a cache for each way of building. (For extensions it is told:
        // `mark_of`.)
        let way = pure.clone().part("on host", self.project().build_on_host.join(" "));
        let native_way = self.native_way()?.map(Key::hex);
        let kept = cache.folder("uv-cache", way, |work| fs::create_dir(work).doing("create", work))?;
        Ok(Uv {
            build: self,
            version: version.to_string(),
            program: folder.join(if cfg!(windows) { "bin/uv.exe" } else { "bin/uv" }),
            interpreter,
            packages: interpreter::packages(version)?,
            cache: fs::canonicalize(&kept).doing("look at", &kept)?,
            own: None,
            native_way,
            pins: self.pins()?,
            prebuilt: Arc::new(self.prebuilt()?),
            key: pure,
        })
    }
}

impl Uv<'_> {
    /// The same, which may run the backend of a distribution whose sources lie in a folder, to build them to another one, or else to ask
    /// it something.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn building(&self, sources: &Path, output: Option<&Path>, name: &str) -> Result<Self> {
        let real = |folder: &Path| fs::canonicalize(folder).doing("look at", folder);
        let own = Own { sources: real(sources)?, output: output.map(real).transpose()?, name: name.to_string() };
        Ok(Uv { own: Some(own), ..self.clone() })
    }

    /// Makes an environment of our CPython, empty, in a folder; where what is installed in it lies.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn make_environment(&self, folder: &Path) -> Result<PathBuf> {
        let packages = folder.join(&self.packages);
        let programs = folder.join("bin");
        for folder in [&packages, &programs] {
            fs::create_dir_all(folder).doing("create", folder)?;
        }
        // By this file an environment is known.
        let mark = folder.join("pyvenv.cfg");
        fs::write(&mark, "").doing("write", &mark)?;
        let program = programs.join("python");
        std::os::unix::fs::symlink(&self.interpreter, &program).doing("make the link", &program)?;
        Ok(packages)
    }

    /// A key, with how extensions are built, if they are.
    pub(super) fn with_way(&self, key: Key) -> Key {
        self.native_way.iter().fold(key, |key, way| key.part("native", way))
    }

    /// Whether the wheel of a distribution is made here: built, or taken from the project's.
    pub(super) fn makes_wheel_of(&self, name: &str) -> bool {
        self.build.project().native.has(name) || self.prebuilt.names().any(|known| known == name)
    }

    /// What uv is told that such a wheel depends on: it keeps one for each. Where nothing is pinned yet, it asks once for each lock.
    pub(super) fn mark_of(&self, name: &str, lock: &str) -> String {
        let key = self.with_way(Key::new()).part("prebuilt", self.prebuilt.text(name));
        let key = match self.pins.get(name) {
            Some(pins) => key.part("pins", pins.text()),
            None => key.part("lock", lock),
        };
        key.short()
    }

    /// The temporary folders in its cache that the program of a call names.
    pub(super) fn temporary_in(&self, text: &str) -> Vec<PathBuf> {
        UvCache(&self.cache).temporary_in(text, Path::new(""))
    }

    /// It, for this machine, and its cache: with a cache of its own, and nothing of what it is told of our platform.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(super) fn native_command(&self) -> Result<(Command, PathBuf)> {
        let key = Key::new().part("wheels", PINS);
        let cache =
            self.build.cache().folder("uv-cache-native", key, |work| fs::create_dir(work).doing("create", work))?;
        let mut uv = Command::new(&self.program);
        uv.env("UV_CACHE_DIR", &cache).envs(settings()).env_remove("UV_PYTHON");
        OTHERS.iter().for_each(|name| {
            uv.env_remove(name);
        });
        if self.build.settings().offline {
            uv.env("UV_OFFLINE", "1");
        }
        Ok((uv, cache))
    }

    /// Runs it in a folder to its end.
    ///
    /// # Errors
    /// [`Failure::Said`] with uv's own words; [`Failure::Other`] if it could not be run.
    pub fn run(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> std::result::Result<(), Failure> {
        let out = fs::canonicalize(&self.build.settings().out).doing("look at", &self.build.settings().out)?;
        let temporary = out.join("uv-temporary");
        fs::create_dir_all(&temporary).doing("create", &temporary)?;
        let arguments: Vec<OsString> = arguments.into_iter().map(|argument| argument.as_ref().to_os_string()).collect();
        // What it installs to, it may make.
        let target = arguments.iter().skip_while(|argument| *argument != "--target").nth(1).map(PathBuf::from);
        let target: Vec<PathBuf> = target.into_iter().collect();
        for target in &target {
            fs::create_dir_all(target).doing("create", target)?;
        }
        let trusts_some = !self.build.project().build_on_host.is_empty();
        let is_confined = !trusts_some && confine::is_possible();
        let may_build = trusts_some || is_confined;
        if !may_build && self.own.as_ref().is_some_and(|own| own.output.is_some()) {
            return Err(Failure::Other(Error::Runtime(confine::MISSING.to_string())));
        }
        let arguments = if may_build {
            arguments
        } else {
            without_builds(arguments, &|name| self.prebuilt.versions(name).is_empty())
        };
        let mut uv = Command::new(&self.program);
        uv.args(arguments).current_dir(folder);
        uv.env("UV_PYTHON", &self.interpreter).env("UV_CACHE_DIR", &self.cache).envs(settings()).envs(PURE);
        uv.env(interpreter::HOST, on_path("python3").next().unwrap_or_else(|| NO_PYTHON.into()));
        OTHERS.iter().for_each(|name| {
            uv.env_remove(name);
        });
        if self.build.settings().offline {
            uv.env("UV_OFFLINE", "1");
        }
        let backends = Backends::new(self, &self.cache, self.own.as_ref(), &PURE)?;
        uv.env(interpreter::CALLS_IN, backends.folder());
        let other = |error: String| Failure::Other(Error::Runtime(error));
        let mut watch = Watch::new(&self.cache, &self.build.settings().bounds);
        uv.env(interpreter::PATH, env::var_os("PATH").unwrap_or_default()).env("TMPDIR", &temporary);
        let confined = Confined {
            writable: [vec![self.cache.clone(), out.clone()], target].concat(),
            programs: [&self.program, &self.interpreter]
                .iter()
                .filter_map(|file| Some(file.parent()?.to_path_buf()))
                .collect(),
            without_network: false,
        };
        let limit = if self.native_way.is_none() { LIMIT } else { NATIVE_LIMIT };
        let running = Running::begin(&self.cache)?;
        let work = || output_while(uv, limit, |process| watch.look(process));
        let ended = backends.serve(|| if is_confined { confined.within(work) } else { Ok(work()) })??;
        if !matches!(ended, Ok(Some(_))) {
            // Stopped. What it was seen to unpack is this run's, others there or not.
            watch.clear();
            running.remove_leftovers()?;
        }
        if let Some(failed) = backends.failed() {
            return Err(Failure::Other(failed));
        }
        if let Some(found) = watch.found.take() {
            return Err(Failure::TooMuch(found));
        }
        match ended {
            Ok(Some(output)) if output.status.success() => Ok(()),
            Ok(Some(output)) => {
                let said = String::from_utf8_lossy(&output.stderr);
                let hint = if may_build { String::new() } else { format!("\nhint: {}\n", confine::MISSING) };
                Err(Failure::Said(format!("{said}{hint}")))
            }
            Ok(None) => {
                Err(other(format!("uv took longer than {} s and was stopped; check the network", limit.as_secs())))
            }
            Err(error) => Err(other(format!(
                "{}: expected uv, found: {error}; remove its folder and build again",
                self.program.display()
            ))),
        }
    }
}

/// The arguments of the same run, in which nothing is built that would be. (`UV_NO_BUILD` does not count for `uv pip`.)
fn without_builds(arguments: Vec<OsString>, would_be: &dyn Fn(&str) -> bool) -> Vec<OsString> {
    let mut left = Vec::new();
    let mut all = arguments.into_iter();
    while let Some(argument) = all.next() {
        if argument != "--no-binary" {
            left.push(argument);
        } else if let Some(name) = all.next().filter(|name| !would_be(&name.to_string_lossy())) {
            left.extend([argument, name]);
        }
    }
    let resolves = left.iter().any(|argument| argument == "compile" || argument == "export");
    if resolves && !left.iter().any(|argument| argument == "--only-binary") {
        left.push("--no-build".into());
    }
    left
}

/// Why a run of uv has no result.
pub(super) enum Failure {
    /// What it said.
    Said(String),
    /// It has unpacked too much, and was stopped.
    TooMuch(String),
    /// It could not be run.
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Other(error)
    }
}

impl Failure {
    /// The same, with a distribution named by its name and not by its folder.
    pub fn naming(self, folder: &Path, name: &str) -> Failure {
        match self {
            Failure::Said(said) => Failure::Said(said.replace(&folder.display().to_string(), name)),
            other => other,
        }
    }

    /// The error of a build, about what stands at `place`.
    pub fn about(self, place: &Path, on_host: &[String]) -> Error {
        match self {
            Failure::Said(said) => {
                Error::Project { place: place.display().to_string(), message: message::of(&said, on_host) }
            }
            Failure::TooMuch(message) => Error::Project { place: place.display().to_string(), message },
            Failure::Other(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_may_be_built_uv_is_told_so() {
        let without = |arguments: &str| {
            let arguments = arguments.split(' ').map(OsString::from).collect();
            without_builds(arguments, &|name| name != "ready")
                .iter()
                .map(|argument| argument.to_string_lossy())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let install = "pip install --only-binary :all: --no-binary a --no-binary ready --no-binary b -r x";
        assert_eq!(without(install), "pip install --only-binary :all: --no-binary ready -r x");
        assert_eq!(without("pip compile x"), "pip compile x --no-build");
        assert_eq!(without("export -o x"), "export -o x --no-build");
        assert_eq!(without("pip compile --only-binary :all: x"), "pip compile --only-binary :all: x");
    }
}
