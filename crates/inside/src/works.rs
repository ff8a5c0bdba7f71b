//! What an executable carries besides distributions: CPython, the C libraries, the Rust crates. Only the build knows, so it
//! writes it into the archive.

use crate::distributions::read_text;
use crate::error::{Error, Result};
use archive::Archive;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where licence texts are, relative to the archive's root.
pub const LICENCES: &str = "usr/local/share/licenses";
/// Where [`Works`] are, relative to the archive's root: JSON.
pub const WORKS: &str = "usr/local/share/licenses/works.json";
/// The licence texts of the crates, relative to [`LICENCES`].
pub const CRATES: &str = "rust-crates.txt";
/// A line of this many `=` begins each text in [`CRATES`]; the next line names its crates, with a comma between.
pub const RULE: usize = 100;

/// The longest that this crate reads of these two files, bytes.
const LONGEST: u64 = 16 << 20;

/// Everything but distributions and the project's own libraries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Works {
    /// In the order in which people should read them.
    pub works: Vec<Work>,
    /// In the order of names.
    pub crates: Vec<Crate>,
}

/// What a work is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// `python.wasm` and the standard library.
    Python,
    /// The program around it.
    Program,
}

/// A work that is no crate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// What people call it.
    pub name: String,
    /// `None` if the build does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// An SPDX expression, or words.
    pub licence: String,
    /// Files in [`LICENCES`], or paths from the archive's root.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<String>,
    /// What it is in.
    pub of: Part,
    /// Its sources, as they are pinned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// Where the sources of a work come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// An address, or a purl.
    pub url: String,
    /// Of the file that was downloaded.
    pub sha256: String,
}

/// A Rust crate that is compiled into the executable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// As its manifest names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Of the file that the registry has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Places in the list of the crates that it uses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<usize>,
    /// Whether pyapp's own code uses it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub direct: bool,
}

impl Works {
    /// What the build of `archive` has written down.
    ///
    /// # Errors
    /// [`Error::File`] if that is not there, or is not what a build writes; [`Error::Archive`].
    pub fn read(archive: &Archive) -> Result<Works> {
        let text = read_file(archive, WORKS)?;
        let read = serde_json::from_str(&text).ok().and_then(|value: Value| Works::of(&value));
        read.ok_or_else(|| Error::file(WORKS, "expected the works that a build writes, found other text; build again"))
    }

    /// By hand: what `serde` derives for this is 100 kB of the executable.
    fn of(value: &Value) -> Option<Works> {
        let works = value["works"].as_array()?.iter().map(|work| {
            let origin = work
                .get("origin")
                .map(|origin| Some(Origin { url: text(origin, "url")?, sha256: text(origin, "sha256")? }));
            Some(Work {
                name: text(work, "name")?,
                version: text(work, "version"),
                licence: text(work, "licence")?,
                texts: list(work, "texts", |text| text.as_str().map(str::to_string))?,
                of: if work["of"] == "python" { Part::Python } else { Part::Program },
                origin: origin.unwrap_or_default(),
            })
        });
        let crates = value["crates"].as_array()?.iter().map(|one| {
            Some(Crate {
                name: text(one, "name")?,
                version: text(one, "version")?,
                licence: text(one, "licence"),
                sha256: text(one, "sha256"),
                uses: list(one, "uses", |place| usize::try_from(place.as_u64()?).ok())?,
                direct: one["direct"] == true,
            })
        });
        Some(Works { works: works.collect::<Option<_>>()?, crates: crates.collect::<Option<_>>()? })
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_string)
}

fn list<T>(value: &Value, key: &str, one: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value.get(key).and_then(Value::as_array).map_or(Some(Vec::new()), |items| items.iter().map(one).collect())
}

/// Names with versions, and the text that they have in common.
pub(crate) type Section = (Vec<String>, String);

/// The licence texts of the crates: names with versions, and a text.
///
/// # Errors
/// As [`Works::read`].
pub(crate) fn crate_texts(archive: &Archive) -> Result<Vec<Section>> {
    let path = format!("{LICENCES}/{CRATES}");
    // A build that could not gather them has said so.
    if archive.find(&path).is_none() {
        return Ok(Vec::new());
    }
    let text = read_file(archive, &path)?;
    let rule = format!("\n{}\n", "=".repeat(RULE));
    let sections = text.split(&rule).skip(1).filter_map(|section| section.split_once('\n'));
    Ok(sections
        .map(|(names, text)| (names.split(", ").map(str::to_string).collect(), text.trim().to_string()))
        .collect())
}

/// The text of a file of the archive that every build puts there.
pub(crate) fn read_file(archive: &Archive, path: &str) -> Result<String> {
    let id = archive.find(path);
    let id = id.ok_or_else(|| Error::file(path, "expected it in the archive, found no such file; build again"))?;
    read_text(archive, id, LONGEST)
}
