//! Whether an app gets the interpreter with OpenSSL, which makes its executable 4 MB larger.
//!
//! It does if something in the bundle names what only that one has: `ssl`, what of the standard library speaks TLS, or what `hashlib`
//! takes from OpenSSL. Names count wherever they stand in a module's bytecode, as a name or as a text: who passes `ssl=True` to
//! asyncio need not import `ssl`. A name that a program puts together cannot be seen; `[tool.pyapp] openssl` says it then.

use super::bytecode::Compiled;
use super::interpreter::Python;
use crate::context::Build;
use crate::error::Result;
use crate::inputs::{Commands, Native};

/// Who names one of these, in bytecode, needs it. Sorted.
const NAMES: [&str; 18] = [
    "_hashlib",
    "_ssl",
    "algorithms_available",
    "ftplib",
    "http.client",
    "imaplib",
    "md5-sha1",
    "pbkdf2_hmac",
    "poplib",
    "ripemd160",
    "scrypt",
    "sha512_224",
    "sha512_256",
    "smtplib",
    "ssl",
    "urllib.request",
    "urllib.robotparser",
    "xmlrpc.client",
];
/// What `from PACKAGE import MODULE` names apart.
const PAIRS: [(&str, &str); 3] = [("http", "client"), ("urllib", "request"), ("xmlrpc", "client")];
/// How marshal marks a text of at most 255 ASCII characters, whose length is the next byte.
const SHORT_TEXTS: [u8; 2] = *b"zZ";
/// Set in that mark if the text comes again.
const REFERENCE: u8 = 0x80;

/// Which interpreter an app gets, and why.
pub(crate) enum OpenSsl {
    /// The one without, as nothing needs it.
    Unneeded,
    /// The one without, as the project says.
    Refused,
    /// The one with, as the project says.
    Asked,
    /// The one with, as this file names that.
    Named { file: String, name: &'static str },
}

impl OpenSsl {
    /// Whether it is inside.
    pub fn is_inside(&self) -> bool {
        matches!(self, OpenSsl::Asked | OpenSsl::Named { .. })
    }

    /// What the person is told, if there is something to tell.
    pub fn told(&self) -> Option<String> {
        let OpenSsl::Named { file, name } = self else { return None };
        Some(format!(
            "OpenSSL is inside, as {file} names {name}; [tool.pyapp] openssl = false leaves it out, if the app can do without"
        ))
    }
}

impl Build {
    /// Which interpreter the app gets.
    pub(crate) fn openssl(&self, compiled: &[Compiled], extensions: &[Native]) -> OpenSsl {
        let project = self.project();
        match project.openssl {
            Some(true) => return OpenSsl::Asked,
            Some(false) => return OpenSsl::Refused,
            None => {}
        }
        let commands = project.commands.iter().flat_map(|Commands { list, default }| {
            list.iter().map(|(_, entry)| entry).chain(default).map(|entry| &entry.module)
        });
        let started = commands.chain([&project.entry.module]).chain(&project.snapshot_include);
        for module in started {
            if let Some(name) = needed(module) {
                return OpenSsl::Named { file: project.file.display().to_string(), name };
            }
        }
        let extensions = extensions.iter().filter_map(|extension| {
            let bytes = std::fs::read(&extension.place).ok()?;
            Some((&extension.path, named_in_extension(&bytes)?))
        });
        let modules = compiled.iter().filter_map(|file| Some((&file.path, named(file)?)));
        match modules.chain(extensions).next() {
            Some((file, name)) => OpenSsl::Named { file: file.clone(), name },
            None => OpenSsl::Unneeded,
        }
    }

    /// The interpreter that the app gets.
    ///
    /// # Errors
    /// As [`Build::python`].
    pub(crate) fn chosen(&self, python: Python, openssl: &OpenSsl) -> Result<Python> {
        match openssl.is_inside() {
            true => self.loaded(python.runtime.with_openssl()?, false),
            false => Ok(python),
        }
    }
}

/// What of OpenSSL a file of the bundle names.
fn named(file: &Compiled) -> Option<&'static str> {
    let contents = file.contents.as_deref()?;
    if file.path.ends_with(".pyc") {
        return named_in_bytecode(contents);
    }
    // Lines of Python, which `site` runs.
    let is_program = file.path.ends_with(".pth") && !file.path.contains('/');
    let text = is_program.then(|| std::str::from_utf8(contents).ok())??;
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && !"._".contains(letter)).find_map(needed)
}

fn named_in_bytecode(contents: &[u8]) -> Option<&'static str> {
    let mut halves = [(false, false); PAIRS.len()];
    for (at, mark) in contents.iter().enumerate() {
        if !SHORT_TEXTS.contains(&(mark & !REFERENCE)) {
            continue;
        }
        let Some(text) = text_at(contents, at + 1) else { continue };
        if let Some(name) = needed(text) {
            return Some(name);
        }
        for ((package, module), (has_package, has_module)) in PAIRS.iter().zip(&mut halves) {
            *has_package |= text == *package;
            *has_module |= text == *module;
        }
    }
    let pair = halves.iter().position(|(package, module)| *package && *module)?;
    Some(PAIRS[pair].0)
}

/// The text whose length is at this place, if it is no longer than any that is looked for.
fn text_at(contents: &[u8], at: usize) -> Option<&str> {
    let len = usize::from(*contents.get(at)?);
    let longest = NAMES.iter().map(|name| name.len()).max().unwrap_or_default();
    let bytes = contents.get(at + 1..at + 1 + len).filter(|_| len <= longest)?;
    std::str::from_utf8(bytes).ok()
}

fn needed(name: &str) -> Option<&'static str> {
    NAMES.binary_search(&name).ok().map(|place| NAMES[place])
}

/// Extensions import by texts that end with a zero.
fn named_in_extension(wasm: &[u8]) -> Option<&'static str> {
    wasm.split(|byte| *byte == 0).find_map(|text| needed(std::str::from_utf8(text).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytecode(texts: &[&str]) -> Vec<u8> {
        let text = |text: &&str| [&[b'Z' | REFERENCE, text.len() as u8], text.as_bytes()].concat();
        [vec![0; 16], texts.iter().flat_map(text).collect(), vec![b'z', 200]].concat()
    }

    #[test]
    fn names_are_looked_up_in_order() {
        assert!(NAMES.is_sorted());
    }

    #[test]
    fn whoever_names_tls_or_what_hashlib_lacks_needs_openssl() {
        for (texts, expected) in [
            (&["os", "ssl"][..], Some("ssl")),
            (&["http.client"], Some("http.client")),
            (&["http", "client"], Some("http")),
            (&["urllib", "parse", "request"], Some("urllib")),
            (&["urllib", "parse"], None),
            (&["client", "request"], None),
            (&["hashlib", "sha256", "hmac", "new"], None),
            (&["hashlib", "pbkdf2_hmac"], Some("pbkdf2_hmac")),
            (&["asyncio", "sslproto", "ssl_context"], None),
        ] {
            assert_eq!(named_in_bytecode(&bytecode(texts)), expected, "{texts:?}");
        }
        assert_eq!(named_in_extension(b"\0asm\0sslx\0ssl\0"), Some("ssl"));
        assert_eq!(named_in_extension(b"\0asm\0sslx\0"), None);
    }

    #[test]
    fn lines_that_site_runs_count_and_other_files_do_not() {
        let file = |path: &str| Compiled {
            path: path.into(),
            contents: Some(b"import os, ssl\n".to_vec()),
            executable: false,
        };
        assert_eq!(named(&file("a.pth")), Some("ssl"));
        assert_eq!(named(&file("a/b.pth")), None);
        assert_eq!(named(&file("a.txt")), None);
    }
}
