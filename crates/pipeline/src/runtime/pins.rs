//! What the recipe pins, for those who ask what an executable is made from.

use super::recipe::Recipe;
use crate::crates;
use crate::error::{Doing, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Sources and their SHA-256.
#[derive(Default)]
pub(crate) struct Pins {
    /// An address of CPython's source.
    pub cpython: Option<(String, String)>,
    /// The version of each crate, and the hash of its file.
    pub crates: BTreeMap<String, (String, String)>,
    /// The version of the time zones, and the hash of their wheel.
    pub tzdata: Option<(String, String)>,
}

/// What the recipe below `source` pins.
///
/// # Errors
/// As [`Recipe::read`].
pub(crate) fn pinned(source: &Path) -> Result<Pins> {
    let folder = source.join("wasm");
    let recipe = Recipe::read(&folder)?;
    let sums = crates::checksums(&folder.join("sources/Cargo.lock"))?;
    let list = folder.join("tzdata.txt");
    let list = fs::read_to_string(&list).doing("read", &list)?;
    let url = recipe.cpython.origins.iter().find(|origin| origin.starts_with("https:"));
    Ok(Pins {
        cpython: url.map(|url| (url.clone(), recipe.cpython.sha256.clone())),
        crates: sums.into_iter().map(|((name, version), sha256)| (name, (version, sha256))).collect(),
        tzdata: tzdata(&list),
    })
}

/// The version and the hash in a list for pip that pins one wheel.
fn tzdata(list: &str) -> Option<(String, String)> {
    let behind = |mark: &str| list.split_once(mark)?.1.split_whitespace().next().map(str::to_string);
    Some((behind("tzdata==")?, behind("--hash=sha256:")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recipe_tells_what_it_pins() {
        let pins = pinned(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).expect("read");
        let is_hash = |hash: &str| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(pins.cpython.is_some_and(|(url, hash)| url.ends_with(".tar.xz") && is_hash(&hash)));
        assert!(pins.tzdata.is_some_and(|(version, hash)| version.starts_with("20") && is_hash(&hash)));
        // The versions in works.rs are those of the libraries in these crates: when a crate moves, look them up.
        for (name, version) in [
            ("libz-sys", "1.1.31"),
            ("bzip2-sys", "0.1.13+1.0.8"),
            ("liblzma-sys", "0.4.9"),
            ("libsqlite3-sys", "0.36.0"),
            ("openssl-src", "400.0.2+4.0.3"),
        ] {
            let (found, hash) = &pins.crates[name];
            assert!(found == version && is_hash(hash), "{name} {found}");
        }
    }
}
