//! uv: resolves, verifies, downloads and unpacks what a project asks for. It is never the machine's own, but one that
//! `uv.txt` pins by hash, as the compiler of the recipe is, so that it asks the interpreter what we answer.
//!
//! What it runs on this machine: nothing of what it installs from wheels. A package that is built from source, and a project
//! that is packed with a build backend, run that backend (PEP 517) under this machine's python3: those that
//! `[tool.pyapp] from-source` names, and the project itself. For any other, in resolving too, the interpreter refuses.

use super::interpreter::{self, Interpreter};
use super::message;
use crate::cache::DOWNLOADS;
use crate::command::output;
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::Key;
use crate::log::Log;
use crate::pip::Downloads;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The list for pip, below pyapp's source.
const LIST: &str = "crates/pipeline/src/dependencies/uv.txt";
/// Its text.
pub(crate) const PINS: &str = include_str!("uv.txt");
/// Generous: a slow network, and packages that are built.
const LIMIT: Duration = Duration::from_secs(20 * 60);

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
/// What would lead it, or a backend, to another Python, or contradict what it is told.
const OTHERS: [&str; 12] = [
    "CONDA_PREFIX",
    "PYTHONHOME",
    "PYTHONPATH",
    "UV_FROZEN",
    "UV_LOCKED",
    "UV_NO_BINARY",
    "UV_NO_BUILD",
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
pub(super) struct Uv {
    program: PathBuf,
    interpreter: PathBuf,
    cache: PathBuf,
    offline: bool,
    /// Packages whose backends may run, and a folder.
    pub from_source: Vec<String>,
    backend_in: Option<PathBuf>,
    /// What a result of it depends on beside its arguments.
    pub key: Key,
}

impl Build {
    /// Finds uv in the cache, or gets it by pip, with the interpreter for a CPython of this version.
    ///
    /// # Errors
    /// [`Error::Runtime`] if pip has no wheel, [`Error::Step`] if it fails; [`Error::Io`].
    pub(super) fn uv(&self, version: &str, from_source: &[String]) -> Result<Uv> {
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
        // What it has built, it keeps by name and version only: hence a cache for each way of building.
        let kept = cache.folder("uv-cache", pure.clone(), |work| fs::create_dir(work).doing("create", work))?;
        Ok(Uv {
            program: folder.join(if cfg!(windows) { "bin/uv.exe" } else { "bin/uv" }),
            interpreter,
            cache: fs::canonicalize(&kept).doing("look at", &kept)?,
            offline: settings.offline,
            from_source: from_source.to_vec(),
            backend_in: None,
            key: pure,
        })
    }
}

impl Uv {
    /// The same, which may also run the backend in a folder.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn building_in(&self, folder: &Path) -> Result<Uv> {
        let folder = fs::canonicalize(folder).doing("look at", folder)?;
        Ok(Uv { backend_in: Some(folder), ..self.clone() })
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
        let mut uv = Command::new(&self.program);
        uv.args(arguments).current_dir(folder);
        uv.env("UV_PYTHON", &self.interpreter).env("UV_CACHE_DIR", &self.cache).envs(SETTINGS).envs(PURE);
        uv.env(interpreter::BACKENDS_OF, self.from_source.join(" "));
        uv.env(interpreter::HOST, host_python().unwrap_or_else(|| NO_PYTHON.into()));
        OTHERS.iter().for_each(|name| {
            uv.env_remove(name);
        });
        match &self.backend_in {
            Some(folder) => uv.env(interpreter::BACKEND_IN, folder),
            None => uv.env_remove(interpreter::BACKEND_IN),
        };
        if self.offline {
            uv.env("UV_OFFLINE", "1");
        }
        let other = |error: String| Failure::Other(Error::Runtime(error));
        match output(uv, LIMIT) {
            Ok(Some(output)) if output.status.success() => Ok(()),
            Ok(Some(output)) => Err(Failure::Said(String::from_utf8_lossy(&output.stderr).into_owned())),
            Ok(None) => {
                Err(other(format!("uv took longer than {} s and was stopped; check the network", LIMIT.as_secs())))
            }
            Err(error) => Err(other(format!(
                "{}: expected uv, found: {error}; remove its folder and build again",
                self.program.display()
            ))),
        }
    }
}

/// Why a run of uv has no result.
pub(super) enum Failure {
    /// What it said.
    Said(String),
    /// It could not be run.
    Other(Error),
}

impl Failure {
    /// The error of a build, about what stands at `place`.
    pub fn about(self, place: &Path, from_source: &[String]) -> Error {
        match self {
            Failure::Said(said) => {
                Error::Project { place: place.display().to_string(), message: message::of(&said, from_source) }
            }
            Failure::Other(error) => error,
        }
    }
}

/// The python3 that a shell would find.
fn host_python() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join("python3")).find(|program| program.is_file())
}
