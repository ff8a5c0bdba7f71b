//! The environment in which the build backend of an extension runs: one of this machine's Python, with exactly what is pinned for it
//! (`pins.rs`), or the newest that fits.

use super::pins::{Pins, is_requirement};
use super::uv::Uv;
use crate::command::output;
use crate::confine::Confined;
use crate::error::{Doing, Error, Result};
use crate::native::Request;
use crate::runtime::minor;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the script needs that asks a backend, beside the backend.
const ASKING: &str = "pyproject_hooks";
/// What uv is told of what it resolves: for any machine, with hashes, and no word of this one.
const RESOLVE: [&str; 6] = ["pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header"];
/// All that is installed is pinned.
const INSTALL: [&str; 5] = ["pip", "install", "--quiet", "--no-deps", "--require-hashes"];
/// Generous: a slow network.
const LIMIT: Duration = Duration::from_secs(20 * 60);

impl Uv<'_> {
    /// Makes the environment of a request from a Python, with what its backend needs; what that is then. With pins it is what they say, and
    /// what the backend asks for beside that.
    ///
    /// # Errors
    /// [`Error::Step`] with the last words of what fails, and the log; [`Error::Guest`] for what is no requirement, and for a header that
    /// is not as expected; [`Error::Project`]; [`Error::Runtime`] if this kernel cannot confine; [`Error::Io`].
    pub(super) fn fill_environment(&self, request: &Request<'_>, python: &Path, pinned: Option<&Pins>) -> Result<Pins> {
        self.natively(&["venv", "--quiet", "--python"], &[python, request.environment], request)?;
        let needs = request.system.requires.clone();
        let mut pins = match pinned {
            Some(pins) => pins.clone(),
            None => Pins { locked: self.resolve(request, &needs, "")?, needs, ..Pins::default() },
        };
        self.install_pinned(request, &pins.locked)?;
        let wants = request.more_requirements()?;
        // Some ask only for what they do not find, so what they have asked for before stays.
        let missing: Vec<String> = wants.into_iter().filter(|wanted| !pins.wants.contains(wanted)).collect();
        if !missing.is_empty() {
            let wants = [&pins.wants[..], &missing].concat();
            let locked = self.resolve(request, &[&pins.needs[..], &wants].concat(), &pins.locked)?;
            self.install_pinned(request, &locked)?;
            pins = Pins { needs: pins.needs, wants, locked };
        }
        let site = format!("lib/python{}/site-packages", request.python);
        let headers = self.build.headers()?;
        request.inside(|| headers.fit(&request.environment.join(site)))?;
        Ok(pins)
    }

    /// Resolves what a backend needs, to versions and hashes; what `old` has stays as far as it fits.
    fn resolve(&self, request: &Request<'_>, requirements: &[String], old: &str) -> Result<String> {
        if let Some(found) = requirements.iter().find(|text| !is_requirement(text)) {
            return Err(Error::Guest(format!(
                "a build backend: expected requirements by name and version, found {found:?}; ask for another version of the distribution"
            )));
        }
        let (list, locked) = (request.work.join("requirements.in"), request.work.join("requirements.txt"));
        request.write(&list, &format!("{ASKING}\n{}", requirements.join("\n")))?;
        request.write(&locked, old)?;
        let arguments = RESOLVE.into_iter().chain(["--no-annotate", "--python-version", request.python, "--python"]);
        let arguments: Vec<&str> = arguments.collect();
        self.natively(&arguments, &[request.environment, Path::new("-o"), &locked, &list], request)?;
        fs::read_to_string(&locked).doing("read", &locked)
    }

    /// Installs what is pinned.
    fn install_pinned(&self, request: &Request<'_>, locked: &str) -> Result<()> {
        let list = request.work.join("pinned.txt");
        request.write(&list, locked)?;
        let arguments: Vec<&str> = INSTALL.into_iter().chain(["--python"]).collect();
        self.natively(&arguments, &[request.environment, Path::new("-r"), &list], request)
    }

    /// Runs uv for this machine. What it installs may be source, and other people's programs build that; so it may write in the folder
    /// of the build and in its cache only.
    fn natively(&self, arguments: &[&str], paths: &[&Path], request: &Request<'_>) -> Result<()> {
        let (mut uv, cache) = self.native_command()?;
        let temporary = request.work.join("tmp");
        request.inside(|| fs::create_dir_all(&temporary).doing("create", &temporary))?;
        uv.args(arguments).args(paths).current_dir(request.work).env("TMPDIR", &temporary);
        let own = Path::new(uv.get_program()).parent().map(Path::to_path_buf);
        let confined = Confined {
            writable: vec![request.work.to_path_buf(), cache],
            programs: own.into_iter().chain([request.work.to_path_buf(), request.installed.to_path_buf()]).collect(),
            without_network: false,
        };
        let step = format!("uv {}", arguments.join(" "));
        request.log.run_by(&step, uv, LIMIT, |uv| confined.unless(request.is_trusted, || uv.spawn()))
    }

    /// A Python of this machine that has our minor version: one that is there, or else one that is built from our source.
    pub(super) fn python_of_this_machine(&self) -> Result<PathBuf> {
        let (mut uv, _) = self.native_command()?;
        uv.args(["python", "find", "--no-project", minor(&self.version)?]);
        let found = output(uv, LIMIT).doing("run", Path::new("uv"))?.filter(|output| output.status.success());
        let path = found.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_string());
        match path.filter(|path| !path.is_empty()) {
            Some(path) => Ok(path.into()),
            None => self.build.own_native_python(),
        }
    }
}
