//! Distributions with extensions, built from their sources on this machine, for our platform (`native/`), where `[tool.pyapp] native`
//! allows it.
//!
//! uv gets the sources and checks them, and is told to build them without an environment of its own: it would fill that for our
//! platform, and what a build needs are programs of this one. So the call of the backend comes here (`backend.rs`). uv makes an
//! environment of this machine's Python, once more, in which the backend runs (`native/backend.rs`).
//!
//! Wheels are kept in the cache by their sources and by how they are built, under names that pip would take, too. uv does not know our
//! platform, and gets them under a name that says the one that it takes us for (`interpreter.rs`).

use super::interpreter;
use super::own::copy_as_is;
use super::sandbox::TOLD;
use super::uv::Uv;
use crate::command::output;
use crate::confine::Confined;
use crate::context::Build;
use crate::error::{Doing, Error, Result, count};
use crate::hash::{self, Key, sorted_entries};
use crate::inputs::Allowed;
use crate::log::Log;
use crate::native::{RUST_STEPS, Request, Toolchain, hash_of_libraries, needs_rust, wheel_name};
use crate::runtime::minor;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the script needs that asks a backend, beside the backend.
const ASKING: &str = "pyproject_hooks==1.2.0";
/// What the program of such a call has. The first temporary folder that it names is for the wheel, the second one for what it tells.
const ASKS: &str = ".build_wheel(";
/// Generous: a slow network.
const LIMIT: Duration = Duration::from_secs(20 * 60);

impl Build {
    /// How extensions are built: what every result of that depends on beside its sources; `None` if the project allows none. (What
    /// their build backends bring is not pinned: uv takes the newest that fits.)
    ///
    /// # Errors
    /// As [`Build::toolchain`].
    pub(super) fn native_way(&self) -> Result<Option<Key>> {
        let native = &self.project().native;
        if *native == Allowed::None {
            return Ok(None);
        }
        let key = way_of_wheel(&self.toolchain()?).part("allowed", native.text());
        let key = key.part("rust", RUST_STEPS);
        Ok(Some(key.part("libraries", hash_of_libraries(&self.settings().source)?)))
    }
}

/// What a wheel depends on beside its sources, its libraries and its compiler of Rust: not on which others are allowed, or on theirs.
fn way_of_wheel(toolchain: &Toolchain) -> Key {
    let key = toolchain.key.clone().part("steps", include_str!("built.rs"));
    let key = key.part("backend", include_str!("../native/backend.rs"));
    key.part("script", include_str!("../native/backend.py"))
}

impl Uv<'_> {
    /// Answers a call of uv's that asks for a wheel of a distribution: puts it where the call says. `text` is its program.
    ///
    /// # Errors
    /// [`Error::Guest`] if it asks for something else; as [`Uv::wheel_of`].
    pub(super) fn answer_with_wheel(&self, name: &str, sources: &Path, text: &str) -> Result<()> {
        let folders = self.temporary_in(text);
        let (Some(folder), Some(environment), true) = (folders.first(), folders.get(1), text.contains(ASKS)) else {
            return Err(Error::Guest(format!("{name}: expected uv to ask for a wheel, found another call")));
        };
        let name = self.copy_wheel(name, sources, folder)?;
        let told = environment.join(TOLD[0]);
        fs::write(&told, name).doing("write", &told)
    }

    /// Copies the wheel of a distribution into a folder, under a name that uv takes; the name.
    ///
    /// # Errors
    /// As [`Uv::wheel_of`].
    pub(super) fn copy_wheel(&self, name: &str, sources: &Path, folder: &Path) -> Result<String> {
        let wheel = self.wheel_of(name, sources)?;
        let name = wheel_name(&wheel.file_name().unwrap_or_default().to_string_lossy(), interpreter::PLATFORM);
        fs::copy(&wheel, folder.join(&name)).doing("copy", &wheel)?;
        Ok(name)
    }

    /// The wheel of a distribution for our platform, from its sources: found in the cache, or built.
    ///
    /// # Errors
    /// [`Error::Runtime`] if there is no Python for its backend; [`Error::Step`] with the last words of what fails, and
    /// the log; [`Error::Io`].
    fn wheel_of(&self, name: &str, sources: &Path) -> Result<PathBuf> {
        let (settings, cache) = (self.build.settings(), self.build.cache());
        let toolchain = self.build.toolchain()?;
        let libraries = self.build.linked(&toolchain, name)?;
        let python = self.python_of_this_machine()?;
        let rust = if needs_rust(sources)? { Some(self.build.rust(&toolchain, name)?) } else { None };
        let key = way_of_wheel(&toolchain).part("sources", hash::of_tree(sources)?);
        let key = key.part("rust", rust.as_ref().map(|rust| rust.key.clone().hex()).unwrap_or_default());
        let key = key.part("linked", libraries.as_ref().map(|linked| linked.key.clone().hex()).unwrap_or_default());
        let key = key.part("python", python.to_string_lossy().as_bytes());
        let folder = cache.folder("wheel", key.clone(), |kept| {
            let log = cache.path(&format!("{}.log", crate::cache::entry("wheel", key.clone())));
            cache.stage(&format!("building {name} for WebAssembly; log: {}", log.display()));
            let log = Log::create(&log)?;
            let work = settings.out.join("native").join(name);
            if work.exists() {
                fs::remove_dir_all(&work).doing("remove", &work)?;
            }
            fs::create_dir_all(&work).doing("create", &work)?;
            let work = fs::canonicalize(&work).doing("look at", &work)?;
            copy_as_is(sources, &work.join("sources"), &|_| false)?;
            let environment = work.join("environment");
            // Its program lies in `bin`, and what that needs beside it.
            let linked = fs::canonicalize(&python).doing("look at", &python)?;
            let installed = linked.ancestors().nth(2).unwrap_or(&linked);
            let request = Request {
                toolchain: &toolchain,
                rust: rust.as_ref(),
                linked: libraries.as_ref(),
                python: minor(&self.version)?,
                environment: &environment,
                installed,
                work: &work,
                is_trusted: self.build.project().build_on_host.iter().any(|trusted| trusted == name),
                log: &log,
            };
            self.natively(&["venv", "--quiet", "--python"], &[&python, &environment], &request)?;
            self.install_for(&request, &[ASKING.to_string()])?;
            self.install_for(&request, &request.requirements()?)?;
            self.install_for(&request, &request.more_requirements()?)?;
            if let Some(rust) = &rust {
                rust.fetch(&work, &log)?;
            }
            let wheel = request.wheel()?;
            fs::create_dir_all(kept).doing("create", kept)?;
            let place = kept.join(wheel.file_name().unwrap_or_default());
            // It may be on another disk.
            fs::copy(&wheel, &place).doing("copy", &wheel)?;
            fs::remove_dir_all(&work).doing("remove", &work)
        })?;
        let wheels = sorted_entries(&folder)?;
        match &wheels[..] {
            [wheel] => Ok(wheel.path()),
            _ => Err(Error::Runtime(format!(
                "{}: expected one wheel, found {}; remove the folder and build again",
                folder.display(),
                count(wheels.len(), "file")
            ))),
        }
    }

    /// Installs what a backend needs.
    fn install_for(&self, request: &Request<'_>, requirements: &[String]) -> Result<()> {
        if requirements.is_empty() {
            return Ok(());
        }
        // In the list, such a line would be an option of uv's.
        let is_option = |text: &&String| text.starts_with('-') || text.contains(char::is_control);
        if let Some(found) = requirements.iter().find(is_option) {
            return Err(Error::Guest(format!(
                "a build backend: expected requirements as PEP 508 has them, found {found:?}"
            )));
        }
        let list = request.work.join("requirements.in");
        fs::write(&list, requirements.join("\n")).doing("write", &list)?;
        self.natively(
            &["pip", "install", "--quiet", "--python"],
            &[request.environment, Path::new("-r"), &list],
            request,
        )
    }

    /// Runs uv for this machine. What it installs may be source, and other people's programs build that; so it may write in the folder
    /// of the build and in its cache only.
    fn natively(&self, arguments: &[&str], paths: &[&Path], request: &Request<'_>) -> Result<()> {
        let (mut uv, cache) = self.native_command()?;
        let temporary = request.work.join("tmp");
        fs::create_dir_all(&temporary).doing("create", &temporary)?;
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
    fn python_of_this_machine(&self) -> Result<PathBuf> {
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
