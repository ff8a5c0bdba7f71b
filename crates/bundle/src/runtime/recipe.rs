//! `wasm/recipe.toml` and its key.

use crate::error::{Doing, Error, Result};
use crate::hash::Key;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The steps are part of the recipe: when they change, so does its result.
const STEPS: &str = include_str!("steps.rs");

/// The files of the recipe beside recipe.toml, relative to `wasm/`.
const FILES: [&str; 8] = [
    "compiler.txt",
    "fetch.py",
    "sources/Cargo.toml",
    "sources/Cargo.lock",
    "src/_pyapp.py",
    "src/immortal.h",
    "src/pyapp.c",
    "src/shims.c",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipe {
    pub cpython: Cpython,
    pub compiler: Compiler,
    pub configure: Configure,
    pub zlib: Zlib,
    pub stdlib: Stdlib,
    /// The folder `wasm/`.
    #[serde(skip)]
    pub folder: PathBuf,
    #[serde(skip)]
    key: String,
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
    pub answers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Zlib {
    #[serde(rename = "crate")]
    pub package: String,
    pub folder: String,
    pub headers: Vec<String>,
    pub sources: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stdlib {
    pub exclude: Vec<String>,
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
        let mut key = Key::new().part("recipe.toml", &text).part("steps.rs", STEPS);
        for file in FILES {
            let path = folder.join(file);
            key = key.part(file, fs::read(&path).doing("read", &path)?);
        }
        recipe.key = key.hex();
        recipe.folder = folder.to_path_buf();
        Ok(recipe)
    }

    /// Hash of everything that the result depends on, hex.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Enough of the key to name a folder.
    pub fn short_key(&self) -> &str {
        &self.key[..16]
    }

    /// CPython's version.
    pub fn version(&self) -> &str {
        &self.cpython.version
    }
}
