//! The Python runtime: `python.wasm` and the standard library's sources, in a folder.
//!
//! Either a ready-made folder (`PYAPP_PYTHON`), or one that the recipe in `wasm/` makes once per machine and keeps in
//! the cache. Both are checked in the same way before they are used.
//!
//! | file | does |
//! |---|---|
//! | `recipe.rs` | reads `wasm/recipe.toml` and gives the recipe its key |
//! | `pins.rs` | what the recipe pins, for those who ask what is inside |
//! | `tools.rs` | finds the tools that the recipe needs |
//! | `sources.rs` | downloads and checks |
//! | `compiler.rs` | the compiler, for the recipe and for extensions |
//! | `native_python.rs` | a Python of this machine, where there is none to build extensions with |
//! | `steps.rs` | the recipe itself |
//! | `profile.rs` | what the interpreter is optimized for |
//! | `toolchain.rs` | one build: its folders, and how the compiler is called |
//! | `abi_header.rs` | what the host and the guest agree on, as C |
//! | `c_libraries.rs` | C libraries, and the POSIX layer, which stands in for parts of wasi-libc |
//! | `openssl.rs` | OpenSSL |
//! | `test_library.rs` | what CPython's own tests need and the runtime leaves out |

mod abi_header;
mod c_libraries;
mod compiler;
mod native_python;
mod openssl;
mod pins;
mod profile;
mod recipe;
mod sources;
#[cfg(test)]
mod sources_test;
mod steps;
mod test_library;
mod toolchain;
mod tools;

use crate::context::Build;
use crate::error::{Error, Result};
use crate::hash::sorted_entries;
use crate::log;
use std::fs;
use std::path::{Path, PathBuf};
use steps::Purpose;

pub(crate) use compiler::{Compiler, pins as compiler_pins};
pub use host::abi::STDLIB;
pub(crate) use pins::{Pins, pinned};
use recipe::Recipe;
pub(crate) use sources::{Packed, Pinned, get as get_sources};

const WASM: &str = "python.wasm";
/// The same interpreter with OpenSSL, and the modules that are made of it.
const WITH_OPENSSL: &str = "python-openssl.wasm";
/// CPython's own tests, in the standard library.
const TESTS: &str = "test";
/// Programs that check the C library and the POSIX layer, `*.wasm`; tests run them. A ready-made runtime may have none.
const CHECKS: &str = "checks";
/// What extensions are compiled with: CPython's headers and the POSIX layer's.
const HEADERS: &str = "include";
/// The names of the C library's that extensions may use, in the folder of the recipe.
const EXPORTS: &str = "exports.txt";
/// The standard library's file with what `sysconfig` tells.
pub(crate) const SYSCONFIG: &str = "_sysconfigdata__wasi_wasm32-wasi.py";
/// What a runtime was made from: versions, hashes, flags.
const PROVENANCE: &str = "PROVENANCE";

/// A runtime folder that has been checked.
#[derive(Clone, Debug)]
pub struct Runtime {
    /// The folder.
    pub folder: PathBuf,
    /// The interpreter.
    pub wasm: Vec<u8>,
    /// `major.minor.micro`: the recipe's, which a ready-made runtime must match.
    pub version: String,
    /// Parts of the standard library that are not bundled, as paths relative to it.
    pub exclude: Vec<String>,
    /// The log of the recipe, if it ran just now.
    pub log: Option<PathBuf>,
    /// Whether the interpreter is the one with OpenSSL.
    pub has_openssl: bool,
}

impl Runtime {
    /// With the other interpreter, which has OpenSSL.
    ///
    /// # Errors
    /// [`Error::Runtime`] if the folder has none.
    pub fn with_openssl(self) -> Result<Runtime> {
        let path = self.folder.join(WITH_OPENSSL);
        let wasm = fs::read(&path).map_err(|error| {
            Error::Runtime(format!(
                "Python runtime {}: expected {WITH_OPENSSL} in it, for an app that needs OpenSSL, found: {error}; complete the \
                 folder, or set [tool.pyapp] openssl = false",
                self.folder.display()
            ))
        })?;
        Ok(Runtime { wasm, has_openssl: true, ..self })
    }

    /// The standard library's sources.
    pub fn stdlib(&self) -> PathBuf {
        self.folder.join(STDLIB)
    }

    /// What extensions are compiled with: CPython's headers and the POSIX layer's.
    pub fn headers(&self) -> PathBuf {
        self.folder.join(HEADERS)
    }

    /// A program that checks what lies below CPython (`wasm/checks`), as a module of WebAssembly.
    pub fn check(&self, name: &str) -> PathBuf {
        self.folder.join(CHECKS).join(format!("{name}.wasm"))
    }
}

impl Build {
    /// Finds the runtime, or builds it.
    ///
    /// # Errors
    /// [`Error::Runtime`] for a ready-made runtime that is not complete, a missing tool or a download that fails;
    /// [`Error::Step`] for a step of the recipe that fails; [`Error::Io`].
    pub fn runtime(&self) -> Result<Runtime> {
        let recipe = self.recipe()?;
        match &self.settings().python {
            Some(folder) => check(folder, "PYAPP_PYTHON", &recipe),
            None => self.made(&recipe, &recipe.entry(), Purpose::Apps),
        }
    }

    /// Makes the interpreter's profile anew. `count` is given the folder of a runtime that counts, and returns what that counted,
    /// merged by LLVM's program for it.
    ///
    /// # Errors
    /// As [`Build::runtime`], and those of `count`.
    pub fn train<E: From<Error>>(
        &self,
        count: impl FnOnce(&Path) -> std::result::Result<Vec<u8>, E>,
    ) -> std::result::Result<(), E> {
        let recipe = self.recipe()?;
        // Before it takes its time: they may be edited meanwhile.
        let sources = profile::sources(&recipe)?;
        let runtime = self.made(&recipe, &recipe.training_entry(), Purpose::Training)?;
        Ok(profile::keep(&recipe, &sources, &count(&runtime.folder)?)?)
    }

    fn recipe(&self) -> Result<Recipe> {
        Recipe::read(&self.settings().source.join("wasm"))
    }

    /// What the recipe makes, under a name of the cache.
    fn made(&self, recipe: &Recipe, name: &str, purpose: Purpose) -> Result<Runtime> {
        let cache = self.cache();
        let log = cache.path(&format!("{name}.log"));
        let mut missing = false;
        let folder = cache.folder_of(name, |work| {
            missing = true;
            cache.stage(&format!(
                "building CPython {} for WebAssembly, once; log: {}",
                recipe.version(),
                log.display()
            ));
            let built = steps::build((self.settings(), cache), recipe, purpose, work, &log)?;
            check(&built, "the recipe's result", recipe)?;
            Ok(built)
        })?;
        let mut runtime = check(&folder, "the cache", recipe)?;
        runtime.log = missing.then_some(log);
        Ok(runtime)
    }
}

/// The version of CPython that the recipe below `source` makes.
///
/// # Errors
/// [`Error::Project`], [`Error::Io`].
pub fn version(source: &Path) -> Result<String> {
    Ok(Recipe::read(&source.join("wasm"))?.version().to_string())
}

/// `3.13` of `3.13.5`.
///
/// # Errors
/// [`Error::Runtime`] if it is not of that form.
pub(crate) fn minor(version: &str) -> Result<&str> {
    let cut = version.rsplit_once('.').map(|(minor, _)| minor).filter(|minor| minor.split('.').count() == 2);
    cut.ok_or_else(|| {
        Error::Runtime(format!("wasm/recipe.toml: expected CPython's version as major.minor.micro, found {version}"))
    })
}

/// The text of the files in which the recipe below `source` pins what it downloads, each by its hash.
pub fn pins(source: &Path) -> String {
    let files = ["recipe.toml", "compiler.txt", "tzdata.txt"];
    files.map(|file| fs::read_to_string(source.join("wasm").join(file)).unwrap_or_default()).concat()
}

/// Whether a folder is a runtime of the right version.
fn check(folder: &Path, origin: &str, recipe: &Recipe) -> Result<Runtime> {
    let fail =
        |what: String| Error::Runtime(format!("Python runtime {} ({origin}): expected {what}", folder.display()));
    let path = folder.join(WASM);
    let wasm = fs::read(&path).map_err(|error| fail(format!("{WASM} in it, found: {error}; correct the folder")))?;
    if !wasm.starts_with(b"\0asm") {
        return Err(fail(format!("{WASM} to be a WebAssembly module, found other bytes; build it again")));
    }
    for file in ["os.py", "site.py", "runpy.py", "encodings/__init__.py", "_pyapp.py", "_pyapp_environ.py", SYSCONFIG] {
        if !folder.join(STDLIB).join(file).is_file() {
            return Err(fail(format!(
                "the standard library's {STDLIB}/{file}, found no such file; complete the folder"
            )));
        }
    }
    Ok(Runtime {
        folder: folder.to_path_buf(),
        wasm,
        version: recipe.version().to_string(),
        exclude: excluded(&folder.join(STDLIB), recipe)?,
        log: None,
        has_openssl: false,
    })
}

/// What of a standard library is not bundled: a ready-made one may hold all that CPython's source has.
fn excluded(stdlib: &Path, recipe: &Recipe) -> Result<Vec<String>> {
    let mut excluded = recipe.stdlib.exclude.clone();
    excluded.retain(|name| name != TESTS);
    let tests = stdlib.join(TESTS);
    if tests.is_dir() {
        for entry in sorted_entries(&tests)? {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !recipe.stdlib.tests.contains(&name) {
                excluded.push(format!("{TESTS}/{name}"));
            }
        }
    }
    Ok(excluded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ready_made_runtime_is_checked_until_it_is_as_the_messages_ask() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = folder.path();
        let check = || check(place, "PYAPP_PYTHON", &Recipe::own()).map_err(|error| error.to_string());
        let message = check().expect_err("refused");
        assert!(message.contains("python.wasm in it") && message.ends_with("; correct the folder"), "{message}");
        fs::write(place.join(WASM), "text").expect("written");
        let message = check().expect_err("refused");
        assert!(message.ends_with("to be a WebAssembly module, found other bytes; build it again"), "{message}");
        fs::write(place.join(WASM), b"\0asm").expect("written");
        let mut completed = Vec::new();
        while let Err(message) = check() {
            let (_, file) = message.split_once("expected the standard library's ").expect("a file");
            let file = place.join(file.strip_suffix(", found no such file; complete the folder").expect("advice"));
            assert!(!completed.contains(&file), "{message}");
            fs::create_dir_all(file.parent().expect("a folder")).expect("created");
            fs::write(&file, "").expect("written");
            completed.push(file);
        }
        assert!(completed.contains(&place.join(STDLIB).join("os.py")), "{completed:?}");
    }
}
