//! Distributions that a lock asks for and that have no wheel of Python only: what there is of each in its place, and the ways on.
//!
//! A distribution that has no wheel for any machine is source, which may be Python only: it is built (`backend.rs`). One that has
//! wheels for other machines is native code: it ends the build, before its source is downloaded and built in vain.

use super::message::{self, Package};
use super::uv::{Failure, Uv};
use crate::error::{Doing, Error, Result};
use std::fs;
use std::path::Path;

/// A machine for which nearly everything that has native code has wheels.
const USUAL: [&str; 2] = ["--python-platform", "x86_64-manylinux_2_40"];
/// Looks for a wheel of one distribution only.
const LOOK: [&str; 6] = ["pip", "compile", "-q", "--no-deps", "--only-binary", ":all:"];

/// What there is of a distribution that has no wheel of Python only.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// Source for all machines.
    Source,
    /// Native code; the newest older version that has a wheel of Python only.
    Native(Option<String>),
    /// uv could not tell.
    Unknown,
}

impl Uv<'_> {
    /// What there is of a distribution, asked for in the folder `work`.
    ///
    /// # Errors
    /// [`Error::Io`], and uv's if it cannot be run.
    pub(super) fn offer(&self, package: &Package, work: &Path) -> Result<Offer> {
        let Some(version) = &package.version else { return Ok(Offer::Unknown) };
        let name = &package.name;
        match self.look(&format!("{name}=={version}"), &USUAL, work)? {
            Look::Found(_) => Ok(Offer::Native(match self.look(&format!("{name}<{version}"), &[], work)? {
                // Such a version holds the name, as a rule, and has no code.
                Look::Found(version) if version.starts_with("0.0.") => None,
                Look::Found(version) => Some(version),
                Look::None | Look::Unknown => None,
            })),
            Look::None => Ok(Offer::Source),
            Look::Unknown => Ok(Offer::Unknown),
        }
    }

    /// Looks for a wheel that meets a requirement.
    fn look(&self, requirement: &str, more: &[&str], work: &Path) -> Result<Look> {
        let (asked, found) = (work.join("look.in"), work.join("look.txt"));
        fs::write(&asked, requirement).doing("write", &asked)?;
        let files = ["look.in", "--no-header", "--no-annotate", "-o", "look.txt"];
        match self.run(work, LOOK.iter().chain(&files).chain(more)) {
            Ok(()) => {
                let text = fs::read_to_string(&found).doing("read", &found)?;
                fs::remove_file(&found).doing("remove", &found)?;
                Ok(text.trim().split_once("==").map_or(Look::Unknown, |(_, version)| Look::Found(version.to_string())))
            }
            Err(Failure::Said(said)) if message::without_wheel(&said).is_some() => Ok(Look::None),
            Err(Failure::Said(_)) => Ok(Look::Unknown),
            Err(Failure::TooMuch(message)) => Err(Error::Runtime(message)),
            Err(Failure::Other(error)) => Err(error),
        }
    }
}

/// What was found.
enum Look {
    /// A wheel of this version.
    Found(String),
    None,
    /// uv has failed for another reason.
    Unknown,
}

/// What does the work of well-known native distributions, or that nothing needs to.
const INSTEAD: [(&str, &str); 18] = [
    ("asyncpg", "pg8000 is Python only"),
    ("bcrypt", "hashlib.scrypt is in the standard library"),
    ("cchardet", "charset-normalizer has a wheel of Python only"),
    ("greenlet", "SQLAlchemy needs it for its asyncio only"),
    ("hiredis", "redis works without it"),
    ("httptools", "h11 is Python only"),
    ("lxml", "xml.etree is in the standard library, html5lib is Python only"),
    ("mysqlclient", "PyMySQL is Python only"),
    ("orjson", "json is in the standard library"),
    ("pillow", "pypng is Python only"),
    ("psycopg2", "pg8000 is Python only"),
    ("psycopg2-binary", "pg8000 is Python only"),
    ("pydantic-core", "pydantic<2 is Python only"),
    ("regex", "re is in the standard library"),
    ("ruamel-yaml-clib", "ruamel.yaml works without it"),
    ("ujson", "json is in the standard library"),
    ("uvloop", "asyncio works without it"),
    ("watchfiles", "uvicorn needs it for --reload only"),
];

/// That a distribution has no wheel that can be used, and the ways on. `from_source` is what is built from source already.
pub(super) fn no_wheel(package: &Package, asked_by: Option<&str>, offer: &Offer, from_source: &[String]) -> String {
    let Package { name, version } = package;
    let version = version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let asked_by = asked_by.map(|by| format!(" (asked for by {by})")).unwrap_or_default();
    let found = if *offer == Offer::Unknown { "none" } else { "native code" };
    let mut ways = Vec::new();
    if matches!(offer, Offer::Native(_)) {
        ways.push(format!("if building it on this machine is fine, set [tool.pyapp] native = [{name:?}]"));
    }
    match offer {
        Offer::Native(Some(older)) => {
            ways.push(format!("ask for {name}=={older}, the newest older version that has one"))
        }
        Offer::Native(None) => ways.push("no older version has one: ask for another package".to_string()),
        Offer::Source | Offer::Unknown => ways.push("ask for a version or another package that has one".to_string()),
    }
    if let Some((_, instead)) = INSTEAD.iter().find(|(native, _)| native == name) {
        ways.push(instead.to_string());
    }
    ways.push(format!("if the app does without it, set [tool.pyapp] exclude = [{name:?}]"));
    let names: Vec<&str> = from_source.iter().map(String::as_str).chain([name.as_str()]).collect();
    ways.push(format!("if it is Python when built without a compiler, set [tool.pyapp] from-source = {names:?}"));
    format!("{name}{version}{asked_by}: expected a wheel of Python only (none-any), found {found}; {}", ways.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_package_who_asks_and_the_ways_on() {
        let package = |name: &str| Package { name: name.into(), version: Some("2.5".into()) };
        let said = no_wheel(&package("numpy"), Some("pandas"), &Offer::Native(None), &["a".to_string()]);
        assert_eq!(
            said,
            "numpy 2.5 (asked for by pandas): expected a wheel of Python only (none-any), found native code; if building it \
             on this machine is fine, set [tool.pyapp] native = [\"numpy\"]; no older version has one: ask for another package; \
             if the app does without it, set [tool.pyapp] exclude = [\"numpy\"]; if it is Python when built without a compiler, set [tool.pyapp] from-source = [\"a\", \
             \"numpy\"]"
        );
        let said = no_wheel(&package("uvloop"), None, &Offer::Native(Some("0.1".to_string())), &[]);
        let ways = "; ask for uvloop==0.1, the newest older version that has one; asyncio works without it; if";
        assert!(said.starts_with("uvloop 2.5: expected") && said.contains(ways), "{said}");
        let said = no_wheel(&Package { name: "x".into(), version: None }, None, &Offer::Unknown, &[]);
        assert!(
            said.starts_with("x: expected a wheel of Python only (none-any), found none; ask for a version"),
            "{said}"
        );
    }

    #[test]
    fn what_stands_in_is_sorted() {
        assert!(INSTEAD.is_sorted());
    }
}
