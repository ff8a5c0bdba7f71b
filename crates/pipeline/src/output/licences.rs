//! The licence texts of the Rust crates that the executable is made from, in one file, each text once.

use crate::context::Build;
use crate::crates::{self, Package};
use crate::error::{Doing, Error, Result};
use crate::hash::{self, Key, sorted_entries};
use std::collections::BTreeMap;

/// How the files are called that a crate keeps its licences in, without case.
const NAMES: [&str; 5] = ["license", "licence", "copying", "copyright", "notice"];

impl Build {
    /// The texts, kept in the cache, or why they could not be gathered: a build must not fail for them, only say so.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn licences(&self) -> Result<std::result::Result<String, String>> {
        let settings = self.settings();
        // The lock file pins the crates.
        let lock = hash::of_file(&settings.source.join("Cargo.lock"))?;
        let key = Key::new().part("lock", lock).part("target", &settings.target);
        let texts = self.cache().blob("licences", key, || {
            let packages = crates::of(&settings.source.join("Cargo.toml"), &settings.cargo, Some(&settings.target))?;
            join(packages).map(String::into_bytes)
        });
        match texts {
            Ok(texts) => Ok(Ok(String::from_utf8_lossy(&texts).into_owned())),
            Err(Error::Runtime(reason)) => Ok(Err(reason)),
            Err(error) => Err(error),
        }
    }
}

fn join(mut packages: Vec<Package>) -> Result<String> {
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    let mut list = String::new();
    // Text to the crates that come with it.
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in packages.iter().filter(|package| package.source.is_some()) {
        let name = format!("{} {}", package.name, package.version);
        list += &format!("{name}: {}\n", package.license.as_deref().unwrap_or("see its text"));
        let Some(folder) = package.manifest_path.parent() else { continue };
        for entry in sorted_entries(folder)? {
            let file = entry.file_name().to_string_lossy().to_lowercase();
            if NAMES.iter().any(|start| file.starts_with(start)) && entry.path().is_file() {
                let bytes = std::fs::read(entry.path()).doing("read", &entry.path())?;
                let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
                texts.entry(text.trim().to_string()).or_default().push(name.clone());
            }
        }
    }
    let texts = texts.into_iter().map(|(text, mut names)| {
        names.dedup();
        format!("\n{}\n{}\n\n{text}\n", "=".repeat(100), names.join(", "))
    });
    Ok(list + &texts.collect::<String>())
}
