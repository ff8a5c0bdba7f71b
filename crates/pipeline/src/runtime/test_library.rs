//! What CPython's own tests need and the runtime leaves out: the tests, and modules that only they would import. Taken
//! from the same pinned source archive as the runtime, so both are of one version.

use super::log::Log;
use super::recipe::Recipe;
use super::sources::Sources;
use crate::cache;
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use crate::hash::Key;
use std::fs;
use std::path::PathBuf;

/// Left out of the runtime too, but made by an installation and not by CPython's source.
const NOT_SOURCE: [&str; 2] = ["lib-dynload", "site-packages"];
/// What must be in the result.
const SUITE: &str = "test/libregrtest/main.py";

impl Build {
    /// A folder of the cache with what the recipe excludes from CPython's `Lib`, unpacked once.
    ///
    /// # Errors
    /// [`Error::Runtime`] if the source archive cannot be had or holds no tests; [`Error::Step`] if it cannot be unpacked;
    /// [`Error::Io`].
    pub fn test_library(&self) -> Result<PathBuf> {
        let (settings, cache) = (self.settings(), self.cache());
        let recipe = Recipe::read(&settings.source.join("wasm"))?;
        let key = Key::new().part("cpython", &recipe.cpython.sha256).part("exclude", recipe.stdlib.exclude.join("\n"));
        let name = cache::entry("test-library", key);
        let folder = cache.path(&name);
        let _lock = cache.lock(&name)?;
        if folder.is_dir() {
            return Ok(folder);
        }
        let work = cache.path(&format!("{name}.work"));
        // What an interrupted run left; nobody else can be in it, the lock is held.
        if work.exists() {
            fs::remove_dir_all(&work).doing("remove", &work)?;
        }
        let wanted = work.join("wanted");
        fs::create_dir_all(&wanted).doing("create", &wanted)?;
        let log = Log::create(&work.join("log"))?;
        let sources = Sources::new(settings, cache, &recipe, &log)?;
        cache.stage("unpacking CPython's own tests");
        let library = sources.unpack_cpython(&sources.cpython()?, &work)?.join("Lib");
        for name in recipe.stdlib.exclude.iter().filter(|name| !NOT_SOURCE.contains(&name.as_str())) {
            let from = library.join(name);
            // The list also names what other versions had, and paths below a folder.
            if from.exists() {
                let to = wanted.join(name);
                let parent = to.parent().unwrap_or(&wanted);
                fs::create_dir_all(parent).doing("create", parent)?;
                fs::rename(&from, &to).doing("move", &from)?;
            }
        }
        if !wanted.join(SUITE).is_file() {
            return Err(Error::Runtime(format!(
                "{}: expected Lib/{SUITE} among what wasm/recipe.toml excludes from the runtime, found no such file; \
             correct the list `stdlib.exclude` or the pinned archive",
                recipe.cpython.file
            )));
        }
        fs::rename(&wanted, &folder).doing("put the tests at", &folder)?;
        fs::remove_dir_all(&work).doing("remove", &work)?;
        Ok(folder)
    }
}
