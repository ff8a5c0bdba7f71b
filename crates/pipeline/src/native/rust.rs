//! Rust for extensions: a compiler of this machine, and the standard library as extensions can be linked with. That is made of the
//! compiler's own sources, once for each compiler: what is made for programs cannot be moved in memory.
//!
//! Crates come from where the user's cargo gets them; they are fetched before a build, which has no network. What the linker has to do
//! is in `rust.py`.

use super::toolchain::Toolchain;
use crate::cache::entry;
use crate::command::output;
use crate::confine::Confined;
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::{Key, sorted_entries};
use crate::inputs::{package, parse_toml};
use crate::log::Log;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Build backends that compile Rust.
const BACKENDS: [&str; 2] = ["maturin", "setuptools-rust"];
/// What Rust calls our platform.
const TARGET: &str = "wasm32-wasip1";
/// Variables that are set to nothing, so that no settings of a folder above put a program in front of the compiler. (pyapp's own do.)
const WRAPPERS: [&str; 2] = ["RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"];
/// Where a compiler has the sources of its standard library, below its root.
const STD_SOURCES: &str = "lib/rustlib/src/rust/library/std/Cargo.toml";
/// What is there if rustup has installed it, below its root.
const RUSTUP: &str = "lib/rustlib/components";
/// What the standard library calls a variable of which each thread has its own; `rust.py` knows it by that.
const OWN: &[u8] = b"__RUST_STD_INTERNAL_VAL";
/// Of the whole standard library.
const MANIFEST: &str = "[package]\nname = \"library\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
    [profile.release]\ncodegen-units = 1\ndebug = 0\n";
/// Generous: a slow network.
const LIMIT: Duration = Duration::from_secs(20 * 60);

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
///
/// # Errors
/// [`Error::Project`] if its `pyproject.toml` is no TOML; [`Error::Io`].
pub(crate) fn is_needed(sources: &Path) -> Result<bool> {
    let path = sources.join("pyproject.toml");
    if !path.is_file() {
        return Ok(false);
    }
    let file = parse_toml(&path, &fs::read_to_string(&path).doing("read", &path)?)?;
    let requires = file.get("build-system").and_then(|system| system.get("requires")).and_then(toml::Value::as_array);
    let texts = requires.into_iter().flatten().filter_map(toml::Value::as_str);
    let is_in_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let names = texts.map(|text| package(text.split(|letter| !is_in_name(letter)).next().unwrap_or_default()));
    Ok(names.flatten().any(|name| BACKENDS.contains(&name.as_str())))
}

impl Build {
    /// What compiles Rust; its standard library is found in the cache, or made.
    ///
    /// # Errors
    /// [`Error::Runtime`] with what to do, if there is no compiler that serves; [`Error::Step`]; [`Error::Io`].
    pub(crate) fn rust(&self, toolchain: &Toolchain) -> Result<Rust> {
        let cache = self.cache();
        let (compiler, found) = match &self.settings().rustc {
            Some(named) => first_of([named.clone()])?,
            None => first_of(on_path("rustc"))?,
        };
        let version = said(&compiler, &["-vV"])?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_string();
        let Some(linker) = on_path("cc").next() else {
            return Err(Error::Runtime(
                "native: expected a C compiler of this machine (cc), which links what builds of Rust run, found none; install one"
                    .to_string(),
            ));
        };
        let flags = flags(&toolchain.folder)?;
        let home = cache.folder("cargo", Key::new(), |work| fs::create_dir(work).doing("create", work))?;
        let cargo = self.settings().cargo.clone();
        let folder_of = |path: &Path| path.parent().unwrap_or(path).to_path_buf();
        let programs = vec![folder_of(&compiler), found.clone(), folder_of(&cargo)];
        let key = Key::new().part("version", version).part("root", found.to_string_lossy().as_bytes());
        let key = key.part("steps", include_str!("rust.rs")).part("flags", flags.join(" "));
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
        rust.take_settings()?;
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
    /// Makes the standard library; a root for the compiler that has it.
    fn make_library(&self, found: &Path, work: &Path, log: &Log) -> Result<PathBuf> {
        let (package, target, root) = (work.join("package"), work.join("target"), work.join("root"));
        fs::create_dir_all(package.join("src")).doing("create", &package)?;
        for (name, text) in [("Cargo.toml", MANIFEST), ("src/lib.rs", "#![no_std]\n")] {
            fs::write(package.join(name), text).doing("write", &package.join(name))?;
        }
        let mut command = self.cargo(work)?;
        command.args(["build", "--release", "-Zbuild-std=std,panic_abort", "--target", TARGET]).current_dir(&package);
        // To be compiled, the library needs what is not settled yet. What is compiled with it does not.
        command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", &target);
        let flags = self.flags_in(work).chain(["-Cembed-bitcode=yes".to_string()]);
        command.env("CARGO_ENCODED_RUSTFLAGS", flags.collect::<Vec<_>>().join("\x1f"));
        let confined = Confined {
            writable: vec![work.to_path_buf(), self.home.clone()],
            programs: self.programs.iter().cloned().chain([work.to_path_buf()]).collect(),
            without_network: false,
        };
        log.run_by("compiling Rust's standard library", command, LIMIT, |command| {
            confined.unless(true, || command.spawn())
        })?;
        let library = root.join("lib/rustlib").join(TARGET).join("lib");
        fs::create_dir_all(&library).doing("create", &library)?;
        let mut has_own = false;
        for entry in sorted_entries(&target.join(TARGET).join("release/deps"))? {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if name.ends_with(".rlib") && !name.starts_with("liblibrary-") {
                fs::copy(&path, library.join(&name)).doing("copy", &path)?;
                let bytes = fs::read(&path).doing("read", &path)?;
                has_own |= name.starts_with("libstd-") && bytes.windows(OWN.len()).any(|window| window == OWN);
            }
        }
        if !has_own {
            return Err(Error::Runtime(format!(
                "native: expected a Rust of 2025 or newer, whose thread-locals can be told, found {}; update it",
                self.compiler.display()
            )));
        }
        // What is compiled for this machine needs the compiler's own.
        let own = found.join("lib/rustlib").join(&self.host);
        let link = root.join("lib/rustlib").join(&self.host);
        std::os::unix::fs::symlink(&own, &link).doing("make the link", &link)?;
        Ok(root)
    }

    /// Takes what the user's cargo has been told of where crates are.
    fn take_settings(&self) -> Result<()> {
        let own = env::var_os("CARGO_HOME").map(PathBuf::from);
        let own = own.unwrap_or_else(|| env::home_dir().unwrap_or_default().join(".cargo"));
        let (from, to) = (own.join("config.toml"), self.home.join("config.toml"));
        if from.is_file() {
            fs::copy(&from, &to).map(drop).doing("copy", &from)
        } else if to.is_file() {
            fs::remove_file(&to).doing("remove", &to)
        } else {
            Ok(())
        }
    }

    /// cargo, with the network; it writes in `work` and in its own folder.
    fn cargo(&self, work: &Path) -> Result<Command> {
        let temporary = work.join("tmp");
        fs::create_dir_all(&temporary).doing("create", &temporary)?;
        let mut command = Command::new(&self.cargo);
        command.env("CARGO_HOME", &self.home).env("RUSTC", &self.compiler).env("TMPDIR", temporary);
        for name in ["CARGO_BUILD_TARGET", "CARGO_TARGET_DIR", "RUSTFLAGS"] {
            command.env_remove(name);
        }
        command.envs(WRAPPERS.map(|name| (name, "")));
        if self.is_offline {
            command.env("CARGO_NET_OFFLINE", "true");
        }
        Ok(command)
    }

    /// Fetches the crates that the sources in `work` need, into a folder there, from which the build takes them.
    ///
    /// # Errors
    /// [`Error::Step`]; [`Error::Io`].
    pub fn fetch(&self, work: &Path, log: &Log) -> Result<()> {
        let manifests = manifests(&work.join("sources"))?;
        let Some((first, others)) = manifests.split_first() else { return Ok(()) };
        let home = work.join("cargo");
        fs::create_dir_all(&home).doing("create", &home)?;
        let cargo = self.cargo(work)?;
        // It prints what is to be in the settings of the build.
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$@\" > \"$0\""]).arg(home.join("config.toml")).arg(cargo.get_program());
        command.args(["vendor", "--versioned-dirs", "--respect-source-config", "--manifest-path"]).arg(first);
        for other in others {
            command.arg("--sync").arg(other);
        }
        if first.with_file_name("Cargo.lock").is_file() {
            command.arg("--locked");
        }
        command.arg(work.join("crates")).current_dir(work);
        for (name, value) in cargo.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let confined = Confined {
            writable: vec![work.to_path_buf(), self.home.clone()],
            programs: self.programs.clone(),
            without_network: false,
        };
        log.run_by("fetching crates", command, LIMIT, |command| confined.unless(true, || command.spawn()))
    }

    /// Tells the build of a wheel in `work` of it.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn set_environment(&self, command: &mut Command, work: &Path, toolchain: &Path, python: &str) -> Result<()> {
        let interpreter = work.join("pyo3.txt");
        let text = format!(
            "implementation=CPython\nversion={python}\nshared=true\nabi3=false\npointer_width=32\nbuild_flags=\n\
             suppress_build_script_link_lines=true\next_suffix=.cpython-{}-wasm32-wasi.so\n",
            python.replace('.', "")
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

/// The first compiler that has the sources of its standard library, and its root.
fn first_of(compilers: impl IntoIterator<Item = PathBuf>) -> Result<(PathBuf, PathBuf)> {
    let mut without = None;
    for compiler in compilers {
        let root = PathBuf::from(said(&compiler, &["--print", "sysroot"])?.trim());
        if root.join(STD_SOURCES).is_file() {
            // What is on the path may ask rustup each time which one it is.
            let own = Some(root.join("bin/rustc")).filter(|path| path.is_file() && root.join(RUSTUP).is_file());
            return Ok((own.unwrap_or(compiler), root));
        }
        without = without.or(Some((compiler, root)));
    }
    let place = "native: expected a Rust compiler with the sources of its standard library, found";
    Err(Error::Runtime(match without {
        None => format!("{place} none; install Rust by rustup, and run rustup component add rust-src"),
        Some((_, root)) if root.join(RUSTUP).is_file() => {
            format!("{place} {} without; run rustup component add rust-src", root.display())
        }
        Some((compiler, _)) => {
            format!("{place} {} without; install your system's package rust-src", compiler.display())
        }
    }))
}

/// The programs of this name on the path, in its order.
fn on_path(name: &str) -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.into_iter().map(move |folder| folder.join(name)).filter(|path| path.is_file())
}

/// What a compiler says of itself.
fn said(program: &Path, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(program);
    command.args(arguments);
    let output = output(command, LIMIT).doing("run", program)?.filter(|output| output.status.success());
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).ok_or_else(|| {
        Error::Runtime(format!(
            "{}: expected what {} prints, found that it fails",
            program.display(),
            arguments.join(" ")
        ))
    })
}

/// The manifests that are nearest to the top: that of the one package or workspace, or those of some that lie side by side.
fn manifests(sources: &Path) -> Result<Vec<PathBuf>> {
    let mut level = vec![sources.to_path_buf()];
    while !level.is_empty() {
        let found: Vec<PathBuf> =
            level.iter().map(|folder| folder.join("Cargo.toml")).filter(|path| path.is_file()).collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let mut next = Vec::new();
        for folder in &level {
            for entry in sorted_entries(folder)? {
                if entry.file_type().doing("look at", &entry.path())?.is_dir() {
                    next.push(entry.path());
                }
            }
        }
        level = next;
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(files: &[(&str, &str)]) -> tempfile::TempDir {
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
            assert_eq!(is_needed(folder.path()).expect("read"), expected, "{requires}");
        }
        assert!(!is_needed(written(&[]).path()).expect("nothing to read"));
    }

    #[test]
    fn manifests_nearest_to_the_top_count() {
        let folder = written(&[("a/Cargo.toml", ""), ("b/Cargo.toml", ""), ("b/c/Cargo.toml", ""), ("d/x.py", "")]);
        let found = manifests(folder.path()).expect("listed");
        assert_eq!(found, ["a", "b"].map(|name| folder.path().join(name).join("Cargo.toml")));
    }
    /// An object file with a section for the linker, which names two segments.
    fn object(names: [&str; 2]) -> Vec<u8> {
        let segment = |name: &str| [&[name.len() as u8], name.as_bytes(), &[2, 0]].concat();
        // Data of another kind comes first, and an alignment that takes two bytes.
        let named =
            [&[2], &segment(names[0])[..], &[names[1].len() as u8], names[1].as_bytes(), &[0x80, 1, 0]].concat();
        let linking = [&b"\x07linking\x02"[..], &[8, 2, 1, 1], &[5, named.len() as u8], &named].concat();
        let other = b"\x05other__RUST_STD_INTERNAL_VAL";
        let sections = [&[0, other.len() as u8], &other[..], &[0, linking.len() as u8], &linking[..]].concat();
        [&b"\0asm\x01\0\0\0"[..], &sections].concat()
    }

    #[test]
    fn variables_of_threads_go_to_the_section_of_those_of_c() {
        let name = "v__RUST_STD_INTERNAL_VAL0";
        let given = written(&[]);
        let path = given.path().join("given.o");
        fs::write(&path, object([".data.x", &format!(".bss.{name}")])).expect("written");
        let code = "import pathlib, sys; sys.path.insert(0, sys.argv[1]); import rust\n\
                    sys.stdout.buffer.write(rust.with_own(pathlib.Path(sys.argv[2]).read_bytes()))";
        let native = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/native");
        let output = Command::new("python3").args(["-B", "-c", code]).args([&native, &path]).output().expect("python3");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout, object([".data.x", "pyapp_own"]));
    }
}
