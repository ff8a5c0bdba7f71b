//! The Rust crates that the executable is made from: which they are, and their licence texts in one file, each text once.
//!
//! Not all that the lock file pins is in the executable: build scripts, procedural macros and tests have crates of their own.
//! cargo knows which are.

use crate::context::Build;
use crate::crates::{self, Package};
use crate::error::{Doing, Error, Result};
use crate::hash::{self, Key, sorted_entries};
use inside::{Crate, RULE};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the files are called that a crate keeps its licences in, without case.
const NAMES: [&str; 5] = ["license", "licence", "copying", "copyright", "notice"];

/// What of Rust is in every executable.
pub(super) const RUST: &str = "Rust standard library";

/// The crates, and their licence texts.
#[derive(Serialize, Deserialize)]
pub(crate) struct Licences {
    pub crates: Vec<Crate>,
    pub texts: String,
}

impl Build {
    /// The crates and their texts, kept in the cache, or why they could not be gathered: a build must not fail for them, only
    /// say so.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn licences(&self) -> Result<std::result::Result<Licences, String>> {
        let settings = self.settings();
        // The lock file pins the crates; the manifests say which of them are used where.
        let lock = settings.source.join("Cargo.lock");
        let mut key = Key::new().part("lock", hash::of_file(&lock)?).part("target", &settings.target);
        key = key.part("steps", include_str!("licences.rs")).part("asking", include_str!("../common/crates.rs"));
        let mut manifests = vec![settings.source.join("Cargo.toml")];
        let members = sorted_entries(&settings.source.join("crates"))?;
        manifests.extend(members.into_iter().map(|member| member.path().join("Cargo.toml")));
        for manifest in manifests.iter().filter(|manifest| manifest.is_file()) {
            key = key.part("manifest", hash::of_file(manifest)?);
        }
        let licences = self.cache().blob("licences", key, || {
            let used = crates::used(&manifests[0], &settings.cargo, &settings.target)?;
            let packages = crates::of(&manifests[0], &settings.cargo, Some(&settings.target))?;
            let packages = packages.into_iter().filter(|package| used.place(&package.name, &package.version).is_some());
            let packages: Vec<Package> = packages.collect();
            let sums = crates::checksums(&lock)?;
            let licences = Licences { crates: list(&used, &packages, &sums), texts: join(packages)? };
            serde_json::to_vec(&licences).map_err(std::io::Error::from).doing("write down", &lock)
        });
        match licences {
            Ok(licences) => Ok(serde_json::from_slice(&licences).map_err(|error| error.to_string())),
            Err(Error::Runtime(reason)) => Ok(Err(reason)),
            Err(error) => Err(error),
        }
    }
}

/// The crates in the order of names, as the executable tells of them.
fn list(used: &crates::Used, packages: &[Package], sums: &BTreeMap<(String, String), String>) -> Vec<Crate> {
    let described = used.crates.iter().map(|(name, version)| {
        let package = packages.iter().find(|package| package.name == *name && package.version == *version);
        let uses = used.edges.iter().filter(|(from, _)| used.place(name, version) == *from).map(|(_, to)| *to);
        Crate {
            name: name.clone(),
            version: version.clone(),
            licence: package.and_then(|package| package.license.clone()),
            sha256: sums.get(&(name.clone(), version.clone())).cloned(),
            uses: uses.collect(),
            direct: used.edges.iter().any(|(from, to)| from.is_none() && used.place(name, version) == Some(*to)),
        }
    });
    described.collect()
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
    // The standard library's text is one that crates have, too; it comes with the compiler, not with a crate.
    let is_apache = |text: &str| text.starts_with("Apache License") && text.contains("Version 2.0, January 2004");
    let apache = texts.iter_mut().filter(|(text, _)| is_apache(text)).max_by_key(|(_, names)| names.len());
    if let Some((_, names)) = apache {
        names.push(RUST.to_string());
    }
    let texts = texts.into_iter().map(|(text, mut names)| {
        names.dedup();
        format!("\n{}\n{}\n\n{text}\n", "=".repeat(RULE), names.join(", "))
    });
    Ok(list + &texts.collect::<String>())
}
