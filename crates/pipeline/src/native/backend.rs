//! Runs a build backend (PEP 517) on this machine, for our platform: other people's programs, which `[tool.pyapp] native` allows.
//!
//! The Python that they run under is one of this machine, of our minor version: builds ask it for the tags of wheels. What it says of
//! its platform is said for ours (`sysconfig/` of the toolchain). They may write below the folder of the build only, and reach no
//! network, where this kernel can see to that.

use super::toolchain::set_compiler;
use super::{BuildSystem, Linked, Rust, Toolchain};
use crate::confine::Confined;
use crate::error::{Doing, Error, Result};
use crate::log::Log;
use crate::runtime::SYSCONFIG;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const SCRIPT: &str = include_str!("backend.py");
/// What `sysconfig.get_platform()` says; it becomes the last part of a wheel's tag.
const PLATFORM: &str = "wasi-wasm32";
/// Long: some have a thousand files of C++.
const LIMIT: Duration = Duration::from_secs(60 * 60);

/// What is asked of a backend.
pub(crate) struct Request<'a> {
    pub toolchain: &'a Toolchain,
    /// If it compiles Rust.
    pub rust: Option<&'a Rust>,
    /// What it is linked with.
    pub linked: Option<&'a Linked>,
    /// How its sources say that it is built.
    pub system: &'a BuildSystem,
    /// The minor version of our Python.
    pub python: &'a str,
    /// An environment of this machine's Python, in which the backend is installed.
    pub environment: &'a Path,
    /// Where that Python is installed.
    pub installed: &'a Path,
    /// The folder of the build, in which anything may be written. The sources are in `sources`.
    pub work: &'a Path,
    /// Whether it may run without being confined: `build-on-host` names it.
    pub is_trusted: bool,
    pub log: &'a Log,
}

impl Request<'_> {
    /// What the backend wants beside what the sources say that it needs.
    ///
    /// # Errors
    /// [`Error::Step`] with its last words; [`Error::Io`].
    pub fn more_requirements(&self) -> Result<Vec<String>> {
        self.ask("more", &[]).map(strings)
    }

    /// Builds a wheel, with files of these names among its metadata; its path.
    ///
    /// # Errors
    /// As [`Request::more_requirements`]; [`Error::Guest`] if it has made none for our platform.
    pub fn wheel(&self, more: &[(&str, &Path)]) -> Result<PathBuf> {
        let folder = self.work.join("wheel");
        self.inside(|| fs::create_dir_all(&folder).doing("create", &folder))?;
        let meson = self.work.join("meson.ini");
        let template = self.toolchain.folder.join("meson.ini");
        let text = fs::read_to_string(&template).doing("read", &template)?;
        let text = text.replace("@HERE@", &self.toolchain.folder.display().to_string());
        let text = text.replace("@PYTHON@", &self.environment.display().to_string());
        self.write(&meson, &text)?;
        let linked = self.work.join("linked.json");
        let licences = self.linked.map(Linked::licences).transpose()?.unwrap_or_default();
        let name_of = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let licences = licences.iter().map(|path| (format!("licenses/{}", name_of(path)), path.clone()));
        let more = more.iter().map(|(name, path)| (name.to_string(), path.to_path_buf()));
        let text = json!({
            "settings": self.linked.map(|linked| linked.settings.clone()).unwrap_or_default(),
            "files": licences.chain(more).collect::<BTreeMap<_, _>>(),
        });
        self.write(&linked, &text.to_string())?;
        let made = self.ask("wheel", &[&folder, &meson, &linked])?;
        let name = made.as_str().unwrap_or_default();
        let path = folder.join(name);
        // The name becomes a path of uv's cache; and a link could lead anywhere.
        if name.contains('/') || !path.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
            return Err(Error::Guest(format!(
                "a build backend: expected the name of the wheel that it has made, found {made}"
            )));
        }
        Ok(path)
    }

    /// Does something in the folder of the build, where others may have written: as confined as they are, so that no link of theirs leads
    /// out of it.
    ///
    /// # Errors
    /// [`Error::Runtime`] if this kernel cannot confine; what `work` gives.
    pub fn inside<T: Send>(&self, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        let confined =
            Confined { writable: vec![self.work.to_path_buf()], programs: Vec::new(), without_network: false };
        confined.unless(self.is_trusted, work)?
    }

    /// Writes a file there.
    ///
    /// # Errors
    /// As [`Request::inside`]; [`Error::Io`].
    pub fn write(&self, path: &Path, text: &str) -> Result<()> {
        self.inside(|| fs::write(path, text).doing("write", path))
    }

    fn ask(&self, what: &str, more: &[&Path]) -> Result<Value> {
        let (script, answer) = (self.work.join("backend.py"), self.work.join("answer.json"));
        self.write(&script, SCRIPT)?;
        let system = json!({"build-backend": self.system.backend, "backend-path": self.system.path}).to_string();
        let sources = self.work.join("sources");
        let python = self.environment.join("bin/python");
        let mut command = Command::new(&python);
        command.arg("-s").arg(&script).arg(what).arg(&answer).arg(system).args(more).current_dir(sources);
        self.inside(|| {
            self.set_environment(&mut command);
            let rust = self
                .rust
                .map(|rust| rust.set_environment(&mut command, self.work, &self.toolchain.folder, self.python));
            rust.unwrap_or(Ok(()))
        })?;
        let mut programs = vec![self.work.to_path_buf(), self.installed.to_path_buf(), self.toolchain.folder.clone()];
        programs.extend(self.linked.into_iter().flat_map(|linked| linked.folders.iter().cloned()));
        if let Some(rust) = self.rust {
            programs.extend(rust.programs.iter().cloned());
        }
        let confined = Confined { writable: vec![self.work.to_path_buf()], programs, without_network: true };
        let step = format!("asking the build backend for {what}");
        self.log.run_by(&step, command, LIMIT, |command| confined.unless(self.is_trusted, || command.spawn()))?;
        let text = fs::read(&answer).doing("read", &answer)?;
        serde_json::from_slice(&text)
            .map_err(|error| Error::Guest(format!("{}: expected JSON, found: {error}", answer.display())))
    }

    /// The environment of a build: what it is for, and nothing that the person who builds has set for other builds.
    fn set_environment(&self, command: &mut Command) {
        let toolchain = &self.toolchain.folder;
        let program = |name: &str| toolchain.join("bin").join(name);
        let linked = |name: &str| format!("{} -shared", program(name).display());
        let (home, cache, temporary) =
            (self.work.join("home"), self.work.join("compiler-cache"), self.work.join("tmp"));
        for folder in [&home, &cache, &temporary] {
            // What cannot be made is missed by the step, whose words are shown.
            let _ = fs::create_dir_all(folder);
        }
        let own = [self.environment.join("bin"), toolchain.join("bin")];
        let path = env::var_os("PATH").unwrap_or_default();
        let telling = self.linked.into_iter().flat_map(|linked| linked.folders.iter().map(|folder| folder.join("bin")));
        let path = env::join_paths(own.into_iter().chain(telling).chain(env::split_paths(&path))).unwrap_or(path);
        command.env_clear();
        set_compiler(command, &cache, self.toolchain.date);
        command.env("PATH", path).env("HOME", home).env("TMPDIR", temporary).env("LC_ALL", "C.UTF-8");
        command.env("PYAPP_BUILD", self.work);
        command
            .env("CC", program("cc"))
            .env("CXX", program("c++"))
            .env("AR", program("ar"))
            .env("RANLIB", program("ranlib"));
        command.env("LDSHARED", linked("cc")).env("LDCXXSHARED", linked("c++"));
        let compiling = format!("-O3 -DNDEBUG{}", self.linked.map(Linked::compiling).unwrap_or_default());
        command.env("CFLAGS", &compiling).env("CXXFLAGS", &compiling);
        command.env("LDFLAGS", self.linked.map(Linked::linking).unwrap_or_default());
        command.envs(self.linked.into_iter().flat_map(|linked| &linked.environment));
        command.env("CMAKE_TOOLCHAIN_FILE", toolchain.join("cmake.txt"));
        // What `sysconfig` reads in place of what it knows of its own Python.
        command
            .env("_PYTHON_SYSCONFIGDATA_NAME", SYSCONFIG.trim_end_matches(".py"))
            .env("_PYTHON_HOST_PLATFORM", PLATFORM);
        command
            .env("PYTHONPATH", toolchain.join("sysconfig"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONHASHSEED", "0");
    }
}

/// A wheel's name, but for `platform`. Only its last part says what it is for.
pub(crate) fn wheel_name(name: &str, platform: &str) -> String {
    start_of_wheel(name).map_or_else(|| name.to_string(), |start| format!("{start}-{platform}.whl"))
}

/// Whether a file's name is one of a wheel for our platform.
pub(crate) fn is_for_our_platform(name: &str) -> bool {
    start_of_wheel(name).is_some()
}

/// The name of a wheel for our platform up to that.
fn start_of_wheel(name: &str) -> Option<&str> {
    name.strip_suffix(&format!("-{}.whl", PLATFORM.replace('-', "_")))
}

fn strings(value: Value) -> Vec<String> {
    let items = value.as_array().cloned().unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().map(str::to_string)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_platform_of_a_wheel_changes() {
        assert_eq!(wheel_name("a-1-cp313-cp313-wasi_wasm32.whl", "x_y"), "a-1-cp313-cp313-x_y.whl");
        assert_eq!(wheel_name("a-1-py3-none-any.whl", "x_y"), "a-1-py3-none-any.whl");
    }
}
