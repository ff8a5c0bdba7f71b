//! `wasm/libraries.toml`: C libraries that extensions are linked with, which package is built with which, and what headers of packages
//! say of sizes.

use crate::error::{Doing, Error, Result};
use crate::hash::{self, Key};
use crate::runtime::Pinned;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The table, below the folder `wasm/`.
const FILE: &str = "libraries.toml";

/// The table. What it names it has, and no library needs itself.
pub(super) struct Table {
    libraries: BTreeMap<String, Library>,
    packages: BTreeMap<String, Package>,
    /// By the names of the packages that have them.
    pub headers: BTreeMap<String, Header>,
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    library: BTreeMap<String, toml::Value>,
    package: BTreeMap<String, Package>,
    #[serde(default)]
    header: BTreeMap<String, Header>,
}

/// A library. Its sources come in one of `sources`, `package` and `toolchain`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Library {
    pub version: String,
    /// Libraries that it needs.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Archives that have its sources, each all of them.
    #[serde(default)]
    pub sources: Vec<Pinned>,
    /// A crate that `wasm/sources` pins.
    #[serde(rename = "crate")]
    pub package: Option<String>,
    /// A folder of the toolchain.
    pub toolchain: Option<String>,
    /// In what was got; all other paths are relative to it.
    pub folder: Option<String>,
    /// Folders for `-I`.
    #[serde(default)]
    pub include: Vec<String>,
    #[serde(default)]
    pub cflags: Vec<String>,
    /// Files that its own configure would make.
    #[serde(default)]
    pub made: Vec<Made>,
    /// Folders of the headers for those who use it, and the files for each, or folders of `.h` files.
    #[serde(default)]
    pub headers: BTreeMap<String, Vec<String>>,
    /// What the linker knows, and what each is compiled from.
    pub archives: BTreeMap<String, Vec<String>>,
    /// The licence's file.
    pub licence: String,
    /// The name of a program that tells builds of it, as `xml2-config`.
    pub config: Option<String>,
    /// Its entry in the table.
    #[serde(skip)]
    text: String,
}

/// A file that is made for a library: of a text, or of a template in which each `@NAME@` becomes its value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Made {
    pub path: String,
    /// Whether it is for those who use the library, too.
    #[serde(default)]
    pub is_header: bool,
    pub text: Option<String>,
    pub template: Option<String>,
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// What a package is built with.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Package {
    /// Why it cannot be built.
    pub refused: Option<String>,
    #[serde(default)]
    pub libraries: Vec<String>,
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// What its build backend is told (`config_settings` of PEP 517).
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
}

/// A header that tells of the machine that it was installed for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    /// Where it may be, below a folder of installed packages: other versions have other places.
    pub paths: Vec<String>,
    /// Macros that get another value.
    pub macros: BTreeMap<String, String>,
}

/// The hash of the table of a source tree.
///
/// # Errors
/// [`Error::Io`].
pub(crate) fn hash_of(source: &Path) -> Result<String> {
    hash::of_file(&path(source))
}

fn path(source: &Path) -> PathBuf {
    source.join("wasm").join(FILE)
}

impl Table {
    /// Reads the table of a source tree.
    ///
    /// # Errors
    /// [`Error::Project`] with what is wrong; [`Error::Io`].
    pub fn read(source: &Path) -> Result<Table> {
        let path = path(source);
        let text = fs::read_to_string(&path).doing("read", &path)?;
        Table::parse(&text).map_err(|message| Error::Project { place: path.display().to_string(), message })
    }

    fn parse(text: &str) -> std::result::Result<Table, String> {
        let found = |error: toml::de::Error| format!("expected the table of libraries, found: {}", error.message());
        let file: File = toml::from_str(text).map_err(found)?;
        let mut libraries = BTreeMap::new();
        for (name, entry) in file.library {
            let text = entry.to_string();
            let library: Library =
                entry.try_into().map_err(|error: toml::de::Error| format!("library.{name}: {}", error.message()))?;
            library.check().map_err(|wrong| format!("library.{name}: {wrong}"))?;
            libraries.insert(name, Library { text, ..library });
        }
        let table = Table { libraries, packages: file.package, headers: file.header };
        let names = |names: &[String]| names.iter().find(|name| !table.libraries.contains_key(*name)).cloned();
        for (name, library) in &table.libraries {
            if let Some(unknown) = names(&library.uses) {
                return Err(format!("library.{name}.uses: expected libraries of the table, found {unknown:?}"));
            }
            let with_used = table.with_used(&library.uses);
            if with_used.iter().any(|(used, _)| used == name) {
                return Err(format!("library.{name}.uses: expected others, found that they use {name} in turn"));
            }
        }
        for (name, package) in &table.packages {
            if let Some(unknown) = names(&package.libraries) {
                return Err(format!("package.{name}.libraries: expected libraries of the table, found {unknown:?}"));
            }
        }
        Ok(table)
    }

    /// What a package is built with; `None` for most.
    pub fn package(&self, name: &str) -> Option<&Package> {
        self.packages.get(name)
    }

    /// These libraries and what they need, each once: those that are needed behind those that need them.
    pub fn with_used<'t>(&'t self, names: &'t [String]) -> Vec<(&'t str, &'t Library)> {
        let (mut found, mut open): (Vec<(&str, &Library)>, Vec<&String>) = (Vec::new(), names.iter().rev().collect());
        while let Some(name) = open.pop() {
            let Some(library) = self.libraries.get(name) else { continue };
            if !found.iter().any(|(other, _)| other == name) {
                found.push((name, library));
                open.extend(library.uses.iter().rev());
            }
        }
        found
    }

    /// What a library is made of: its entry, and those of what it needs.
    pub fn key_of(&self, library: &Library, key: Key) -> Key {
        let needed = self.with_used(&library.uses);
        needed.iter().fold(key.part("library", &library.text), |key, (name, used)| key.part(name, &used.text))
    }
}

impl Library {
    /// What no type says.
    fn check(&self) -> std::result::Result<(), String> {
        let origins = [!self.sources.is_empty(), self.package.is_some(), self.toolchain.is_some()];
        let count = origins.iter().filter(|is_there| **is_there).count();
        if count != 1 {
            return Err(format!("expected one of sources, crate and toolchain, found {count} of them"));
        }
        match self.made.iter().find(|made| made.text.is_some() == made.template.is_some()) {
            Some(made) => Err(format!("made {:?}: expected a text or a template", made.path)),
            None => Ok(()),
        }
    }
}

impl Made {
    /// The contents; `template` is the template's text.
    ///
    /// # Errors
    /// The name that has no value, or the value whose name does not occur.
    pub fn contents(&self, template: &str) -> std::result::Result<String, String> {
        let mut text = template.to_string();
        for (name, value) in &self.values {
            let mark = format!("@{name}@");
            if !text.contains(&mark) {
                return Err(format!("expected {mark} in it, found none"));
            }
            text = text.replace(&mark, value);
        }
        let is_name = |text: &&str| {
            !text.is_empty()
                && text.bytes().all(|byte| byte == b'_' || byte.is_ascii_uppercase() || byte.is_ascii_digit())
        };
        let parts: Vec<&str> = text.split('@').collect();
        let between = parts.get(1..parts.len() - 1).unwrap_or_default();
        match between.iter().copied().find(is_name) {
            Some(name) => Err(format!("expected a value for @{name}@, found none")),
            None => Ok(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "version = \"1\"\nlicence = \"L\"\ncrate = \"c\"\narchives = { a = [\"a.c\"] }\n";

    fn parse(text: &str) -> std::result::Result<Table, String> {
        Table::parse(text)
    }

    #[test]
    fn the_table_is_valid_and_what_is_needed_stands_behind() {
        let table = Table::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).expect("valid");
        let lxml = table.package("lxml").expect("there");
        let names: Vec<&str> = table.with_used(&lxml.libraries).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["xslt", "xml2", "iconv", "z"]);
        assert!(table.package("six").is_none());
        let numpy = &table.headers["numpy"];
        assert_eq!(numpy.paths[0], "numpy/_core/include/numpy/_numpyconfig.h");
        assert_eq!(numpy.macros["NPY_SIZEOF_LONG"], "__SIZEOF_LONG__");
        // Not a registry that keeps files under names of its own.
        for library in table.libraries.values() {
            let origins = library.sources.iter().flat_map(|pinned| &pinned.origins);
            for origin in origins {
                assert!(origin.starts_with("https://") || origin.starts_with("debian:pool/"), "{origin}");
            }
        }
    }

    #[test]
    fn a_table_that_contradicts_itself_is_refused() {
        let refused = |text: &str| parse(text).err().expect("refused");
        let library = |name: &str, more: &str| format!("[library.{name}]\n{ENTRY}{more}\n");
        let whole = |libraries: &[String]| format!("{}[package]\n", libraries.concat());
        assert!(parse(&whole(&[library("x", "uses = [\"y\"]"), library("y", "")])).is_ok());
        assert_eq!(
            refused(&whole(&[library("x", "uses = [\"y\"]")])),
            "library.x.uses: expected libraries of the table, found \"y\""
        );
        assert_eq!(
            refused(&whole(&[library("x", "uses = [\"y\"]"), library("y", "uses = [\"x\"]")])),
            "library.x.uses: expected others, found that they use x in turn"
        );
        assert_eq!(
            refused(&whole(&[library("x", "toolchain = \"t\"")])),
            "library.x: expected one of sources, crate and toolchain, found 2 of them"
        );
        assert_eq!(
            refused(&whole(&[library("x", "made = [{ path = \"p\" }]")])),
            "library.x: made \"p\": expected a text or a template"
        );
        assert!(refused(&whole(&[library("x", "more = 1")])).starts_with("library.x: unknown field `more`"));
        assert_eq!(
            refused(&format!("{}[package.p]\nlibraries = [\"y\"]\n", library("x", ""))),
            "package.p.libraries: expected libraries of the table, found \"y\""
        );
    }

    #[test]
    fn another_entry_is_another_key() {
        let key = |of: &str, other: &str| {
            let text = format!("[library.x]\n{ENTRY}uses = [\"y\"]\n[library.y]\n{ENTRY}{other}\n[package]\n");
            let table = parse(&text).expect("valid");
            table.key_of(&table.libraries[of], Key::new()).hex()
        };
        assert_eq!(key("x", ""), key("x", ""));
        assert_ne!(key("x", ""), key("x", "cflags = [\"-O\"]"));
        assert_ne!(key("x", ""), key("y", ""));
    }

    #[test]
    fn a_template_has_a_value_for_each_name_and_a_name_for_each_value() {
        let made = |values: &[(&str, &str)]| Made {
            path: "p".to_string(),
            is_header: false,
            text: None,
            template: Some("t".to_string()),
            values: values.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        };
        let template = "/* @file by a@b.org */\n#if @A@ && @A_2@";
        assert_eq!(
            made(&[("A", "1"), ("A_2", "0")]).contents(template),
            Ok("/* @file by a@b.org */\n#if 1 && 0".to_string())
        );
        assert_eq!(made(&[("A", "1")]).contents(template), Err("expected a value for @A_2@, found none".to_string()));
        assert_eq!(
            made(&[("A", "1"), ("A_2", "0"), ("B", "")]).contents(template),
            Err("expected @B@ in it, found none".to_string())
        );
    }
}
