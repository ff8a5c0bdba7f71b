//! Headers of other packages, in the environments of builds: some tell of the machine that they were installed for, which is this one.
//! What they say of it is asked of the compiler instead, as `wasm/libraries.toml` has it.

use super::table::Table;
use crate::context::Build;
use crate::error::{Doing, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const STEPS: &str = include_str!("headers.rs");

/// Paths below a folder of installed packages, and for each the macros that get another value.
pub(crate) struct Headers(BTreeMap<String, BTreeMap<String, String>>);

impl Build {
    /// The headers that are changed.
    ///
    /// # Errors
    /// [`Error::Project`](crate::Error::Project) if the table is wrong; [`Error::Io`](crate::Error::Io).
    pub(crate) fn headers(&self) -> Result<Headers> {
        Ok(Headers(Table::read(&self.settings().source)?.headers))
    }
}

impl Headers {
    /// What the result of [`Headers::fit`] depends on beside the headers, for keys.
    pub fn key(&self) -> String {
        format!("{:?} {STEPS}", self.0)
    }

    /// Changes those that are in a folder of installed packages.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub fn fit(&self, site: &Path) -> Result<()> {
        for (path, macros) in &self.0 {
            let place = site.join(path);
            if place.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
                let text = fs::read_to_string(&place).doing("read", &place)?;
                // It may be a link to what uv has kept, which is not to be written.
                let aside = place.with_extension("aside");
                fs::write(&aside, fitted(&text, macros)).doing("write", &aside)?;
                fs::rename(&aside, &place).doing("write", &place)?;
            }
        }
        Ok(())
    }
}

/// The text with other values of these macros.
fn fitted(text: &str, macros: &BTreeMap<String, String>) -> String {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        match (words.next(), words.next().and_then(|name| macros.get_key_value(name))) {
            (Some("#define"), Some((name, value))) => format!("#define {name} {value}\n"),
            _ => format!("{line}\n"),
        }
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "#define SIZE_OF_LONG 8\n#define SIZE_OF_LONGER 8\n  #define SIZE 8 /* SIZE_OF_LONG */\n#undef SIZE_OF_LONG\n";

    fn headers() -> Headers {
        let macros = BTreeMap::from([("SIZE_OF_LONG".to_string(), "__SIZEOF_LONG__".to_string())]);
        Headers(BTreeMap::from([("a/b.h".to_string(), macros)]))
    }

    #[test]
    fn only_the_macros_that_are_named_get_another_value() {
        let expected = TEXT.replacen("LONG 8", "LONG __SIZEOF_LONG__", 1);
        assert_eq!(fitted(TEXT, &headers().0["a/b.h"]), expected);
    }

    #[test]
    fn a_file_that_uv_has_linked_stays_what_it_is_elsewhere() {
        let site = tempfile::tempdir().expect("a temporary folder");
        let kept = site.path().join("kept.h");
        fs::write(&kept, TEXT).expect("written");
        headers().fit(site.path()).expect("there is none");
        fs::create_dir(site.path().join("a")).expect("created");
        fs::hard_link(&kept, site.path().join("a/b.h")).expect("linked");
        headers().fit(site.path()).expect("changed");
        assert_eq!(fs::read_to_string(&kept).expect("read"), TEXT);
        let changed = fs::read_to_string(site.path().join("a/b.h")).expect("read");
        assert!(changed.starts_with("#define SIZE_OF_LONG __SIZEOF_LONG__\n"), "{changed}");
    }
}
