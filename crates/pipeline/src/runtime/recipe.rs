//! `wasm/recipe.toml` and its key.

use super::abi_header;
use crate::cache;
use crate::error::{Doing, Error, Result};
use crate::hash::{self, Key};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// The steps are part of the recipe: when they change, so does its result.
const STEPS: &str = concat!(
    include_str!("steps.rs"),
    include_str!("compiler.rs"),
    include_str!("../common/copies.rs"),
    include_str!("c_libraries.rs"),
    include_str!("openssl.rs"),
    include_str!("toolchain.rs"),
    include_str!("../common/patches.rs"),
    include_str!("profile.rs")
);

/// The files of the recipe beside recipe.toml, and folders of such, relative to `wasm/`.
const FILES: [&str; 14] = [
    "Setup.local",
    "checks",
    "compiler.txt",
    "config.site",
    "exports.txt",
    "fetch.py",
    "openssl",
    "optimize.mk",
    "patches",
    "profile",
    "sources/Cargo.lock",
    "sources/Cargo.toml",
    "src",
    "tzdata.txt",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipe {
    pub cpython: Cpython,
    pub compiler: Compiler,
    pub configure: Configure,
    #[serde(rename = "library")]
    pub libraries: Vec<Library>,
    pub openssl: OpenSsl,
    pub stdlib: Stdlib,
    /// The folder `wasm/`.
    #[serde(skip)]
    pub folder: PathBuf,
    #[serde(skip)]
    key: Key,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cpython {
    pub version: String,
    pub file: String,
    pub sha256: String,
    pub origins: Vec<String>,
    pub date: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compiler {
    pub version: String,
    pub target: String,
    pub cpu: String,
    pub cflags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Configure {
    pub args: Vec<String>,
    pub cflags: Vec<String>,
    pub ldflags: Vec<String>,
}

/// A C library that comes in a crate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Library {
    /// As the linker knows it.
    pub name: String,
    /// As CPython's configure knows it: the variables are `<configure>_CFLAGS` and `<configure>_LIBS`.
    pub configure: String,
    #[serde(rename = "crate")]
    pub package: String,
    /// In the crate.
    pub folder: String,
    /// Relative to `folder`; the first is what the library's users include.
    pub include: Vec<String>,
    /// Relative to `folder`; the last component may be `*.c`.
    pub sources: Vec<String>,
    /// Names of files that a star does not stand for.
    #[serde(default)]
    pub exclude: Vec<String>,
    #[serde(default)]
    pub cflags: Vec<String>,
    /// Relative to `folder`; what is in the public domain has none.
    pub licence: Option<String>,
}

/// OpenSSL, whose own configuration says what is compiled.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenSsl {
    #[serde(rename = "crate")]
    pub package: String,
    /// In the crate.
    pub folder: String,
    /// Of its program Configure.
    pub options: Vec<String>,
    pub cflags: Vec<String>,
    /// Relative to `folder`.
    pub licence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stdlib {
    /// Names in CPython's `Lib` that are left out.
    pub exclude: Vec<String>,
    /// Names in `Lib/test` that are kept all the same.
    pub tests: Vec<String>,
}

impl Recipe {
    /// Reads the recipe in the folder `wasm/`.
    pub fn read(folder: &Path) -> Result<Recipe> {
        let path = folder.join("recipe.toml");
        let text = fs::read_to_string(&path).doing("read", &path)?;
        let mut recipe: Recipe = toml::from_str(&text).map_err(|error| Error::Project {
            place: path.display().to_string(),
            message: format!("expected the recipe, found: {}", error.message()),
        })?;
        let mut key =
            Key::new().part("recipe.toml", &text).part("steps", STEPS).part(abi_header::NAME, abi_header::text());
        for file in FILES {
            let path = folder.join(file);
            let hash = if path.is_dir() { hash::of_tree(&path)? } else { hash::of_file(&path)? };
            key = key.part(file, hash);
        }
        recipe.key = key;
        recipe.folder = folder.to_path_buf();
        Ok(recipe)
    }

    /// The one of this repository.
    #[cfg(test)]
    pub fn own() -> Recipe {
        Recipe::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wasm")).expect("the recipe is valid")
    }

    /// Hash of everything that the result depends on, hex.
    pub fn key(&self) -> String {
        self.key.clone().hex()
    }

    /// The name of the result in the cache.
    pub fn entry(&self) -> String {
        cache::entry("runtime", self.key.clone())
    }

    /// The name of the one that counts what the profile is made of.
    pub fn training_entry(&self) -> String {
        cache::entry("training", self.key.clone())
    }

    /// CPython's version.
    pub fn version(&self) -> &str {
        &self.cpython.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Copies a folder; the paths of its files.
    fn copy(from: &Path, to: &Path, files: &mut Vec<PathBuf>) {
        fs::create_dir_all(to).expect("created");
        for entry in hash::sorted_entries(from).expect("listed") {
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            if from.is_dir() {
                copy(&from, &to, files);
            } else {
                fs::copy(&from, &to).expect("copied");
                files.push(to);
            }
        }
    }

    #[test]
    fn every_file_of_the_recipe_is_in_its_key() {
        let (folder, mut files) = (tempfile::tempdir().expect("a temporary folder"), Vec::new());
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wasm"), folder.path(), &mut files);
        let key = || Recipe::read(folder.path()).expect("the recipe is valid").key().to_string();
        let whole = key();
        for file in files {
            let before = fs::read(&file).expect("read");
            fs::write(&file, [&before, &b"\n"[..]].concat()).expect("written");
            // Explanations, what only extensions are made from (`native/`), and the compiler to machine code.
            let is_other = file.extension().is_some_and(|extension| extension == "md")
                || file.starts_with(folder.path().join("cranelift"))
                || file.starts_with(folder.path().join("extension"))
                || file == folder.path().join("libraries.toml");
            assert_eq!(key() == whole, is_other, "{}", file.display());
            fs::write(&file, before).expect("written");
        }
        assert_eq!(key(), whole);
    }
}
