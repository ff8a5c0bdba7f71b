//! Headers of other packages, in the environments of builds: some tell of the machine that they were installed for, which is this one.
//! What they say of it is asked of the compiler instead, as `wasm/libraries.toml` has it.

use super::table::{Header, Table};
use crate::context::Build;
use crate::error::{Doing, Error, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const STEPS: &str = include_str!("headers.rs");

/// Those of the table, by the names of the packages that have them.
pub(crate) struct Headers(BTreeMap<String, Header>);

impl Build {
    /// The headers that are changed.
    ///
    /// # Errors
    /// [`Error::Project`] if the table is wrong; [`Error::Io`].
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
    /// [`Error::Guest`] if one has none of its macros; [`Error::Io`].
    pub fn fit(&self, site: &Path) -> Result<()> {
        for Header { paths, macros } in self.0.values() {
            for place in paths.iter().map(|path| site.join(path)).filter(|place| place.is_file()) {
                let text = fs::read_to_string(&place).doing("read", &place)?;
                fs::write(&place, fitted(&text, macros, &place)?).doing("write", &place)?;
            }
        }
        Ok(())
    }
}

/// The text with other values of these macros. Not every version has all of them.
fn fitted(text: &str, macros: &BTreeMap<String, String>, place: &Path) -> Result<String> {
    let changed = |line: &str| {
        let mut words = line.split_whitespace();
        let named = words.next().filter(|word| *word == "#define").and_then(|_| macros.get_key_value(words.next()?));
        named.map(|(name, value)| format!("#define {name} {value}"))
    };
    if !text.lines().any(|line| changed(line).is_some()) {
        let names: Vec<&str> = macros.keys().map(String::as_str).collect();
        return Err(Error::Guest(format!(
            "{}: expected a #define of {}, found none; ask for another version of the package",
            place.display(),
            names.join(", ")
        )));
    }
    Ok(text.lines().flat_map(|line| [changed(line).unwrap_or_else(|| line.to_string()), "\n".to_string()]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "#define SIZE_OF_LONG 8\n#define SIZE_OF_LONGER 8\n  #define SIZE 8 /* SIZE_OF_LONG */\n#undef SIZE_OF_LONG\n";

    fn headers() -> Headers {
        let macros = [("OTHER", "1"), ("SIZE_OF_LONG", "__SIZEOF_LONG__")];
        let macros = macros.map(|(name, value)| (name.to_string(), value.to_string()));
        let header = Header { paths: vec!["a/b.h".to_string(), "c/b.h".to_string()], macros: BTreeMap::from(macros) };
        Headers(BTreeMap::from([("a".to_string(), header)]))
    }

    #[test]
    fn only_the_macros_that_are_named_get_another_value() {
        let site = tempfile::tempdir().expect("a temporary folder");
        headers().fit(site.path()).expect("there is none");
        let place = site.path().join("a/b.h");
        fs::create_dir(site.path().join("a")).expect("created");
        fs::write(&place, TEXT).expect("written");
        headers().fit(site.path()).expect("changed");
        let expected = TEXT.replacen("LONG 8", "LONG __SIZEOF_LONG__", 1);
        assert_eq!(fs::read_to_string(&place).expect("read"), expected);
    }

    #[test]
    fn a_header_without_any_of_them_is_refused() {
        let error = fitted("#undef OTHER\n# define SIZE_OF_LONG 8\n", &headers().0["a"].macros, Path::new("b.h"));
        let message = error.expect_err("refused").to_string();
        assert!(message.contains("b.h: expected a #define of OTHER, SIZE_OF_LONG, found none"), "{message}");
    }
}
