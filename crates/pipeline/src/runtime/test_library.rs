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
        cache.folder_of(&cache::entry("test-library", key), |work| {
            let wanted = work.join("wanted");
            fs::create_dir_all(&wanted).doing("create", &wanted)?;
            let log = Log::create(&work.join("log"))?;
            let sources = Sources::new(settings, cache, &recipe, &log)?;
            cache.stage("unpacking CPython's own tests");
            let library = sources.unpack_cpython(&sources.cpython()?, work)?.join("Lib");
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
            Ok(wanted)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::test_build::TestBuild;
    use crate::hash;
    use std::path::Path;
    use std::process::Command;

    /// Pins an archive of CPython's source with this file in it, and puts it into the cache; the recipe excludes these from
    /// the runtime.
    fn pin(test: &TestBuild, file: &str, exclude: &[&str]) {
        let recipe = Recipe::read(&test.path("wasm")).expect("a recipe");
        let folder = format!("Python-{}", recipe.cpython.version);
        let file = test.path(&folder).join(file);
        fs::create_dir_all(file.parent().expect("a folder")).expect("created");
        fs::write(file, "").expect("written");
        let downloads = test.path("cache/downloads");
        fs::create_dir_all(&downloads).expect("created");
        let archive = downloads.join(&recipe.cpython.file);
        run(Command::new("tar").current_dir(test.path("")).arg("-cf").args([&archive, Path::new(&folder)]));
        fs::remove_dir_all(test.path(&folder)).expect("removed");
        let text = fs::read_to_string(test.path("wasm/recipe.toml")).expect("read");
        let mut text: toml::Table = text.parse().expect("TOML");
        text["cpython"]["sha256"] = hash::of_file(&archive).expect("read").into();
        text["stdlib"]["exclude"] = exclude.to_vec().into();
        fs::write(test.path("wasm/recipe.toml"), text.to_string()).expect("written");
    }

    fn run(command: &mut Command) {
        let status = command.status().expect("it starts");
        assert!(status.success(), "{command:?}: {status}");
    }

    #[test]
    fn tests_that_are_not_found_are_told_and_both_ways_out_work() {
        for (before, after) in [
            // The list is corrected, or the archive.
            (("Lib/test/libregrtest/main.py", ["idlelib"]), ("Lib/test/libregrtest/main.py", ["test"])),
            (("Lib/test/support.py", ["test"]), ("Lib/test/libregrtest/main.py", ["test"])),
        ] {
            let test = TestBuild::new();
            let wasm = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wasm");
            run(Command::new("cp").arg("-r").args([wasm, test.path("wasm")]));
            pin(&test, before.0, &before.1);
            let error = test.open().test_library().expect_err("refused").to_string();
            assert!(error.ends_with("; correct the list `stdlib.exclude` or the pinned archive"), "{error}");
            pin(&test, after.0, &after.1);
            let library = test.open().test_library().expect("corrected");
            assert!(library.join(SUITE).is_file());
        }
    }
}
