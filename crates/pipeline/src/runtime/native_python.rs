//! A Python of this machine, of our own version, for the builds of extensions: built from CPython's source where there is none.
//!
//! It runs build backends, and nothing else: it is compiled in a hurry, with what the standard library needs from C libraries left
//! out, but for zlib, without which there are no wheels.

use super::recipe::Recipe;
use super::sources::Sources;
use super::steps::jobs;
use super::{minor, tools};
use crate::cache::DOWNLOADS;
use crate::context::Build;
use crate::copies::{copy, copy_tree};
use crate::error::{Doing, Error, Result};
use crate::hash::{self, Key, sorted_entries};
use crate::log::Log;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Generous: a slow machine takes minutes where this one takes one.
const LIMIT: Duration = Duration::from_secs(60 * 60);
/// The library that it is linked with, from the crates that the recipe pins.
const ZLIB: &str = "z";

impl Build {
    /// The program of the Python of this machine that is built from our source; found in the cache, or built.
    ///
    /// # Errors
    /// [`Error::Runtime`] if a tool is missing or a source cannot be had; [`Error::Step`] if a step fails; [`Error::Io`].
    pub(crate) fn own_native_python(&self) -> Result<PathBuf> {
        let (settings, cache) = (self.settings(), self.cache());
        let recipe = Recipe::read(&settings.source.join("wasm"))?;
        let minor = minor(recipe.version())?;
        let key = Key::new().part("source", &recipe.cpython.sha256).part("steps", include_str!("native_python.rs"));
        let key = key.part("crates", hash::of_file(&recipe.folder.join("sources/Cargo.lock"))?);
        let folder = cache.folder("native-python", key.clone(), |kept| {
            tools::check()?;
            let log = cache.path(&format!("{}.log", crate::cache::entry("native-python", key.clone())));
            cache.stage(&format!(
                "building a Python of this machine to build extensions with, once; log: {}",
                log.display()
            ));
            let log = Log::create(&log)?;
            // In the entry: what is left of a build that is stopped goes with it.
            let work = kept.join("build");
            fs::create_dir_all(&work).doing("create", &work)?;
            let sources = Sources::new(settings, cache, &recipe, &log)?;
            let downloading = cache.lock(DOWNLOADS)?;
            let archive = sources.cpython()?;
            drop(downloading);
            let cpython = sources.unpack_cpython(&archive, &work)?;
            let zlib = zlib(&sources, &work, &log)?;
            compile(&cpython, &zlib, &log)?;
            install(&cpython, kept, minor)?;
            fs::remove_dir_all(&work).doing("remove", &work)
        })?;
        Ok(folder.join("bin").join(format!("python{minor}")))
    }
}

/// Compiles zlib for this machine; where it and its headers are.
fn zlib(sources: &Sources<'_>, work: &Path, log: &Log) -> Result<PathBuf> {
    let library = sources.recipe.libraries.iter().find(|library| library.name == ZLIB);
    let Some(library) = library else {
        return Err(Error::Runtime("wasm/recipe.toml: expected zlib, found none".into()));
    };
    let folder = sources.package(&library.package)?.join(&library.folder);
    let mut compile = Command::new("cc");
    compile
        .args(["-O1", "-fPIC", "-c"])
        .args(library.sources.iter().map(|source| folder.join(source)))
        .current_dir(work);
    log.run("compiling zlib", compile, LIMIT)?;
    let objects = sorted_entries(work)?.into_iter().map(|entry| entry.path());
    let mut archive = Command::new("ar");
    archive
        .args(["rcs", "libz.a"])
        .args(objects.filter(|path| path.extension().is_some_and(|end| end == "o")))
        .current_dir(work);
    log.run("archiving zlib", archive, LIMIT)?;
    for header in ["zlib.h", "zconf.h"] {
        fs::copy(folder.join(header), work.join(header)).doing("copy", &folder.join(header))?;
    }
    Ok(work.to_path_buf())
}

fn compile(cpython: &Path, zlib: &Path, log: &Log) -> Result<()> {
    let mut configure = Command::new(cpython.join("configure"));
    configure.args(["-q", "--disable-test-modules", "--with-ensurepip=no", "OPT=-O1"]).current_dir(cpython);
    configure.env("ZLIB_CFLAGS", format!("-I{}", zlib.display())).env("ZLIB_LIBS", format!("-L{} -lz", zlib.display()));
    log.run("configuring a native CPython", configure, LIMIT)?;
    let mut make = Command::new("make");
    make.arg(jobs()).args(["python", "sharedmods"]).current_dir(cpython);
    log.run("compiling a native CPython", make, LIMIT)
}

/// Puts what has been built where an installed Python has it: `make install` would compile all of the standard library, three times.
fn install(cpython: &Path, kept: &Path, minor: &str) -> Result<()> {
    let library = kept.join("lib").join(format!("python{minor}"));
    let modules = library.join("lib-dynload");
    let programs = kept.join("bin");
    for folder in [&modules, &programs] {
        fs::create_dir_all(folder).doing("create", folder)?;
    }
    copy_tree(&cpython.join("Lib"), &library, &["test".to_string(), "idlelib".to_string()])?;
    copy(&cpython.join("python"), &programs.join(format!("python{minor}")))?;
    let pointer = cpython.join("pybuilddir.txt");
    let built = fs::read_to_string(&pointer).doing("read", &pointer)?;
    for entry in sorted_entries(&cpython.join(built.trim()))? {
        let place = if entry.file_name().to_string_lossy().ends_with(".so") { &modules } else { &library };
        copy(&entry.path(), &place.join(entry.file_name()))?;
    }
    Ok(())
}
