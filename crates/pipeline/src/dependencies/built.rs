//! Distributions with extensions, built from their sources on this machine, for our platform (`native/`), where `[tool.pyapp] native`
//! allows it.
//!
//! uv gets the sources and checks them, and is told to build them without an environment of its own: it would fill that for our
//! platform, and what a build needs are programs of this one. So the call of the backend comes here (`backend.rs`). uv makes an
//! environment of this machine's Python, once more, in which the backend runs (`environment.rs`, `native/backend.rs`).
//!
//! Wheels are kept in the cache by their sources and by how and with what they are built (`pins.rs`), under names that pip would take,
//! too. uv does not know our platform, and gets them under a name that says the one that it takes us for (`interpreter.rs`).

use super::interpreter;
use super::own::copy_as_is;
use super::pins::{self, Sections};
use super::sandbox::TOLD;
use super::uv::Uv;
use crate::context::Build;
use crate::error::{Doing, Error, Result, count};
use crate::hash::{self, Key, sorted_entries};
use crate::inputs::Allowed;
use crate::log::Log;
use crate::native::{BuildSystem, RUST_STEPS, Request, Toolchain, hash_of_libraries, needs_rust, wheel_name};
use crate::runtime::minor;
use std::fs;
use std::path::{Path, PathBuf};

/// What the program of such a call has. The first temporary folder that it names is for the wheel, the second one for what it tells.
const ASKS: &str = ".build_wheel(";
/// What a wheel depends on that no other key has.
const STEPS: &str = concat!(
    include_str!("built.rs"),
    include_str!("environment.rs"),
    include_str!("pins.rs"),
    include_str!("../native/backend.rs"),
    include_str!("../native/backend.py"),
    include_str!("../native/build_system.rs")
);

impl Build {
    /// How extensions are built: what every result of that depends on beside its sources; `None` if the project allows none.
    ///
    /// # Errors
    /// As [`Build::toolchain`]; [`Error::Project`].
    pub(super) fn native_way(&self) -> Result<Option<Key>> {
        if self.project().native == Allowed::None {
            return Ok(None);
        }
        let key = self.key_of_wheel(&self.toolchain()?)?.part("rust", RUST_STEPS);
        Ok(Some(key.part("libraries", hash_of_libraries(&self.settings().source)?)))
    }

    /// What a wheel depends on beside its sources, its libraries and its compiler of Rust: not on which others are allowed, or on theirs.
    fn key_of_wheel(&self, toolchain: &Toolchain) -> Result<Key> {
        Ok(toolchain.key.clone().part("steps", STEPS).part("headers", self.headers()?.key()))
    }
}

impl Uv<'_> {
    /// Answers a call of uv's that asks for a wheel of a distribution: puts it where the call says. `text` is its program.
    ///
    /// # Errors
    /// [`Error::Guest`] if it asks for something else; as [`Uv::wheel_of`] and [`Prebuilt::find`](super::prebuilt::Prebuilt::find).
    pub(super) fn answer_with_wheel(&self, name: &str, sources: &Path, text: &str) -> Result<()> {
        let folders = self.temporary_in(text);
        let (Some(folder), Some(environment), true) = (folders.first(), folders.get(1), text.contains(ASKS)) else {
            return Err(Error::Guest(format!("{name}: expected uv to ask for a wheel, found another call")));
        };
        let wheel = match self.prebuilt.find(name, sources, self.build.project().native.has(name))? {
            Some(wheel) => wheel.to_path_buf(),
            None => self.wheel_of(name, sources)?,
        };
        let name = copy_wheel(&wheel, folder)?;
        let told = environment.join(TOLD[0]);
        fs::write(&told, name).doing("write", &told)
    }

    /// The wheel of a distribution for our platform, from its sources: found in the cache, or built.
    ///
    /// # Errors
    /// [`Error::Runtime`] if there is no Python for its backend; [`Error::Project`]; [`Error::Step`] with the last words of what fails, and
    /// the log; [`Error::Io`].
    pub(super) fn wheel_of(&self, name: &str, sources: &Path) -> Result<PathBuf> {
        let (settings, cache) = (self.build.settings(), self.build.cache());
        let toolchain = self.build.toolchain()?;
        let libraries = self.build.linked(&toolchain, name)?;
        let python = self.python_of_this_machine()?;
        let system = BuildSystem::read(sources)?;
        let rust = if needs_rust(&system) { Some(self.build.rust(&toolchain, name)?) } else { None };
        let key = self.build.key_of_wheel(&toolchain)?.part("sources", hash::of_tree(sources)?);
        let key = key.part("rust", rust.as_ref().map(|rust| rust.key.clone().hex()).unwrap_or_default());
        let key = key.part("linked", libraries.as_ref().map(|linked| linked.key.clone().hex()).unwrap_or_default());
        let key = key.part("python", python.to_string_lossy().as_bytes());
        let pinned = self.pins.get(name).filter(|pins| pins.needs == system.requires);
        let sections: Sections = pinned.map(|pins| (name.to_string(), pins.clone())).into_iter().collect();
        let folder = self.build.pinned_folder(("wheel", key), &sections, |kept, entry| {
            let log = cache.path(&format!("{entry}.log"));
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
                system: &system,
                python: minor(&self.version)?,
                environment: &environment,
                installed,
                work: &work,
                is_trusted: self.build.project().build_on_host.iter().any(|trusted| trusted == name),
                log: &log,
            };
            let pins = self.fill_environment(&request, &python, pinned)?;
            if let Some(rust) = &rust {
                rust.fetch(&work, &log)?;
            }
            fs::create_dir_all(kept).doing("create", kept)?;
            let pins = Sections::from([(name.to_string(), pins)]);
            pins::keep_in(kept, &pins)?;
            request.inside(|| pins::keep_in(&work, &pins))?;
            let wheel = request.wheel(&[(pins::FILE, &work.join(pins::FILE))])?;
            let place = kept.join(wheel.file_name().unwrap_or_default());
            // It may be on another disk.
            fs::copy(&wheel, &place).doing("copy", &wheel)?;
            fs::remove_dir_all(&work).doing("remove", &work)
        })?;
        let mut files = sorted_entries(&folder)?;
        files.retain(|entry| entry.file_name() != pins::FILE);
        match &files[..] {
            [wheel] => Ok(wheel.path()),
            _ => Err(Error::Runtime(format!(
                "{}: expected one wheel, found {}; remove the folder and build again",
                folder.display(),
                count(files.len(), "file")
            ))),
        }
    }
}

/// Copies a wheel into a folder, under a name that uv takes; the name.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn copy_wheel(wheel: &Path, folder: &Path) -> Result<String> {
    let name = wheel_name(&wheel.file_name().unwrap_or_default().to_string_lossy(), interpreter::PLATFORM);
    fs::copy(wheel, folder.join(&name)).doing("copy", wheel)?;
    Ok(name)
}
