//! Rust for extensions: a compiler of this machine, and the standard library as extensions can be linked with. That is made of the
//! compiler's own sources, once for each compiler: what is made for programs cannot be moved in memory.
//!
//! | file | does |
//! |---|---|
//! | `find.rs` | finds a compiler |
//! | `library.rs` | makes the standard library |
//! | `crates.rs` | fetches the crates of a build |

mod crates;
mod find;
mod library;

use super::build_system::BuildSystem;
use super::toolchain::Toolchain;
use crate::cache::entry;
use crate::context::Build;
use crate::crates::WRAPPERS;
use crate::error::{Doing, Error, Result};
use crate::hash::Key;
use crate::log::Log;
use crate::programs::on_path;
use crate::runtime::SYSCONFIG;
use find::{first_of, said};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Build backends that compile Rust.
const BACKENDS: [&str; 2] = ["maturin", "setuptools-rust"];
/// What Rust calls our platform.
const TARGET: &str = "wasm32-wasip1";
/// cargo's own folder in the cache.
const HOME: &str = "cargo";
/// Generous: a slow network.
const LIMIT: Duration = Duration::from_secs(20 * 60);
/// Changes whenever what is built may change; for cache keys.
pub(crate) const STEPS: &str =
    concat!(include_str!("mod.rs"), include_str!("find.rs"), include_str!("library.rs"), include_str!("crates.rs"));

/// A compiler, with what is needed beside it.
pub(crate) struct Rust {
    compiler: PathBuf,
    cargo: PathBuf,
    /// What links programs of this machine, which builds of Rust compile and run.
    linker: PathBuf,
    /// What the compiler calls this machine.
    host: String,
    /// Folders of all these programs.
    pub programs: Vec<PathBuf>,
    /// A root for the compiler, with our standard library.
    root: PathBuf,
    /// Where the sources of that library are.
    sources: PathBuf,
    /// Flags for what is compiled for our platform.
    flags: Vec<String>,
    /// cargo's own folder, a part of the cache.
    home: PathBuf,
    is_offline: bool,
    /// What it depends on.
    pub key: Key,
}

/// Whether the build of a distribution compiles Rust.
pub(crate) fn is_needed(system: &BuildSystem) -> bool {
    system.needs_one_of(&BACKENDS)
}

impl Build {
    /// What compiles Rust for a package; its standard library is found in the cache, or made.
    ///
    /// # Errors
    /// [`Error::Runtime`] with what to do, if there is no compiler that serves; [`Error::Step`]; [`Error::Io`].
    pub(crate) fn rust(&self, toolchain: &Toolchain, package: &str) -> Result<Rust> {
        let (cache, place) = (self.cache(), format!("native, {package}"));
        let (compiler, found) = match &self.settings().rustc {
            Some(named) => first_of(&place, [named.clone()])?,
            None => first_of(&place, on_path("rustc"))?,
        };
        let version = said(&compiler, &["-vV"])?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_string();
        let Some(linker) = on_path("cc").next() else {
            return Err(Error::Runtime(format!(
                "{place}: expected a C compiler of this machine (cc), which links what builds of Rust run, found none; install one"
            )));
        };
        let flags = flags(&toolchain.folder)?;
        let home = cache.folder(HOME, Key::new(), |work| fs::create_dir(work).doing("create", work))?;
        let cargo = self.settings().cargo.clone();
        let folder_of = |path: &Path| path.parent().unwrap_or(path).to_path_buf();
        let programs = vec![folder_of(&compiler), found.clone(), folder_of(&cargo)];
        let key = Key::new().part("version", version).part("root", found.to_string_lossy().as_bytes());
        let key = key.part("steps", STEPS).part("flags", flags.join(" "));
        let sources = found.join("lib/rustlib/src/rust");
        let mut rust = Rust {
            compiler,
            cargo,
            linker,
            host,
            programs,
            root: PathBuf::new(),
            sources,
            flags,
            home,
            is_offline: self.settings().offline,
            key: key.clone(),
        };
        let taking = cache.lock(&entry(HOME, Key::new()))?;
        rust.take_settings()?;
        drop(taking);
        let name = entry("rust", key);
        rust.root = cache.folder_of(&name, |work| {
            cache.stage("compiling Rust's standard library for extensions, once");
            let log = Log::create(&cache.path(&format!("{name}.log")))?;
            rust.make_library(&found, work, &log)
        })?;
        Ok(rust)
    }
}

impl Rust {
    /// Tells the build of a wheel in `work` of it.
    ///
    /// # Errors
    /// [`Error::Runtime`] if the runtime does not say what extensions are called; [`Error::Io`].
    pub fn set_environment(&self, command: &mut Command, work: &Path, toolchain: &Path, python: &str) -> Result<()> {
        let (interpreter, settings) = (work.join("pyo3.txt"), toolchain.join("sysconfig").join(SYSCONFIG));
        let told = fs::read_to_string(&settings).doing("read", &settings)?;
        let suffix =
            told.split_once("'EXT_SUFFIX': '").and_then(|(_, rest)| rest.split_once('\'')).ok_or_else(|| {
                Error::Runtime(format!(
                    "{}: expected EXT_SUFFIX, found none; build the runtime again",
                    settings.display()
                ))
            })?;
        let text = format!(
            "implementation=CPython\nversion={python}\nshared=true\nabi3=false\npointer_width=32\nbuild_flags=\n\
             suppress_build_script_link_lines=true\next_suffix={}\n",
            suffix.0
        );
        fs::write(&interpreter, text).doing("write", &interpreter)?;
        let flags: Vec<_> = self.flags_in(work).chain(["--sysroot".into(), self.root.display().to_string()]).collect();
        // Backends look for both on the path. The folders where they are may have other programs, too.
        let bin = work.join("cargo/bin");
        fs::create_dir_all(&bin).doing("create", &bin)?;
        for (name, program) in [("cargo", &self.cargo), ("rustc", &self.compiler)] {
            let link = bin.join(name);
            if !link.exists() {
                std::os::unix::fs::symlink(program, &link).doing("make the link", &link)?;
            }
        }
        let path = command.get_envs().find_map(|(name, value)| value.filter(|_| name == "PATH")).unwrap_or_default();
        let path = env::join_paths([bin].into_iter().chain(env::split_paths(path))).unwrap_or_else(|_| path.to_owned());
        let in_variable = |target: &str| target.replace('-', "_");
        let linker = |target: &str| format!("CARGO_TARGET_{}_LINKER", in_variable(target).to_uppercase());
        let bin = toolchain.join("bin");
        command
            .env("PATH", path)
            .env("CARGO", &self.cargo)
            .env("RUSTC", &self.compiler)
            .env("CARGO_HOME", work.join("cargo"));
        command
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_BUILD_TARGET", TARGET)
            .envs(WRAPPERS.map(|name| (name, "")));
        command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f")).env(linker(TARGET), bin.join("rust-ld"));
        command.env(linker(&self.host), &self.linker).env("HOST_CC", &self.linker);
        command.env("PYO3_CONFIG_FILE", interpreter).env("CRATE_CC_NO_DEFAULTS", "1");
        let variable = in_variable(TARGET);
        command.env(format!("CC_{variable}"), bin.join("cc")).env(format!("CXX_{variable}"), bin.join("c++"));
        command.env(format!("AR_{variable}"), bin.join("ar"));
        Ok(())
    }

    /// The flags, and where nothing is said of folders of this machine.
    fn flags_in(&self, work: &Path) -> impl Iterator<Item = String> {
        let neutral = [(work, "/build"), (&self.sources, "/rust")];
        let neutral = neutral.map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()));
        self.flags.iter().cloned().chain(neutral)
    }
}

/// The flags by which code of Rust fits into the interpreter: it can be moved, a panic ends the process, and it is for the processor
/// that all is compiled for.
fn flags(toolchain: &Path) -> Result<Vec<String>> {
    let path = toolchain.join("flags.txt");
    let text = fs::read_to_string(&path).doing("read", &path)?;
    let features = text.lines().find_map(|line| line.strip_prefix("-mcpu=generic")).unwrap_or_default();
    let features = features.replace('_', "-").replace('+', ",+");
    Ok(vec![
        "-Crelocation-model=pic".to_string(),
        "-Cpanic=abort".to_string(),
        format!("-Ctarget-feature=-crt-static{features}"),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn written(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            fs::write(path, text).expect("written");
        }
        folder
    }

    #[test]
    fn rust_is_needed_by_what_asks_for_its_backends() {
        for (requires, expected) in [
            (r#"["maturin>=1,<2"]"#, true),
            (r#"["setuptools", "Setuptools_Rust[x] >= 1.5"]"#, true),
            (r#"["setuptools", "maturin-like"]"#, false),
            ("[]", false),
        ] {
            let text = format!("[build-system]\nrequires = {requires}\n");
            let folder = written(&[("pyproject.toml", &text)]);
            assert_eq!(is_needed(&BuildSystem::read(folder.path()).expect("read")), expected, "{requires}");
        }
    }
}
