//! What an executable carries besides distributions, as it is written into the archive: `THIRD-PARTY.md` with versions and pins.

use super::licences::{Licences, RUST};
use crate::compilation::Python;
use crate::context::Build;
use crate::crates;
use crate::error::{Doing, Result};
use crate::runtime::{self, Pins};
use host::layout::STDLIB;
use inside::{Origin, Part, WORKS, Work, Works};
use std::path::Path;

/// The file with pyapp's own licence.
pub(super) const OWN_LICENCE: &str = "pyapp.txt";

/// The file with OpenSSL's licence.
pub(super) const OPENSSL_LICENCE: &str = "openssl.txt";

/// A work of the runtime.
struct Known {
    name: &'static str,
    licence: &'static str,
    texts: &'static [&'static str],
    /// The version in our recipe's sources; a test asks the sources.
    version: Option<&'static str>,
    /// The crate that has the sources.
    package: Option<&'static str>,
}

const INCORPORATED: &[&str] = &["cpython-and-incorporated-software.rst"];

/// What extensions of C++ have inside. The exception allows them to be handed out without the text.
const CXX: &str = "libc++ and libc++abi";

const KNOWN: [Known; 10] = [
    Known { name: "expat", licence: "MIT", texts: INCORPORATED, version: Some("2.7.1"), package: None },
    Known { name: "libmpdec", licence: "BSD-2-Clause", texts: INCORPORATED, version: Some("2.5.1"), package: None },
    Known { name: "HACL*", licence: "MIT", texts: INCORPORATED, version: None, package: None },
    Known { name: "zlib", licence: "Zlib", texts: &["libz.txt"], version: Some("1.3.2"), package: Some("libz-sys") },
    Known {
        name: "bzip2",
        licence: "bzip2-1.0.6",
        texts: &["libbz2.txt"],
        version: Some("1.0.8"),
        package: Some("bzip2-sys"),
    },
    Known {
        name: "liblzma",
        licence: "0BSD",
        texts: &["liblzma.txt"],
        version: Some("5.8.4"),
        package: Some("liblzma-sys"),
    },
    // Public domain: there is no text.
    Known { name: "SQLite", licence: "blessing", texts: &[], version: Some("3.51.1"), package: Some("libsqlite3-sys") },
    Known {
        name: "wasi-libc",
        licence: "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
        texts: &["wasi-libc.txt", "wasi-libc-apache-llvm.txt", "wasi-libc-apache.txt", "wasi-libc-mit.txt"],
        version: None,
        package: None,
    },
    Known { name: "musl", licence: "MIT", texts: &["musl.txt"], version: None, package: None },
    Known { name: "compiler-rt of Zig", licence: "MIT", texts: &["zig.txt"], version: None, package: None },
];

/// What is in one of the two interpreters.
const OPENSSL: Known = Known {
    name: "OpenSSL",
    licence: "Apache-2.0",
    texts: &[OPENSSL_LICENCE],
    version: Some("4.0.3"),
    package: Some("openssl-src"),
};

impl Build {
    /// The works, as JSON.
    ///
    /// # Errors
    /// [`crate::Error::Io`]; [`crate::Error::Project`] if the recipe is not whole.
    pub(crate) fn works(&self, python: &Python, crates: Option<&Licences>) -> Result<String> {
        let settings = self.settings();
        // What a ready-made runtime was made from is not known.
        let pins = if settings.python.is_none() { runtime::pinned(&settings.source)? } else { Pins::default() };
        let has_text = |name: &str| python.runtime.folder.join("licenses").join(name).is_file();
        let texts = |names: &[&str]| names.iter().filter(|name| has_text(name)).map(|name| name.to_string()).collect();
        let mut works = vec![Work {
            texts: Some(format!("{STDLIB}/LICENSE.txt")).filter(|_| has_licence(python)).into_iter().collect(),
            origin: pins.cpython.map(|(url, sha256)| Origin { url, sha256 }),
            ..work("CPython", Some(&python.runtime.version), "PSF-2.0", Part::Python)
        }];
        let of_recipe = |known: &Known| {
            let origin = known.package.and_then(|package| {
                let (version, sha256) = pins.crates.get(package)?;
                Some(Origin { url: purl(package, version), sha256: sha256.clone() })
            });
            let version = known.version.filter(|_| settings.python.is_none());
            Work { texts: texts(known.texts), origin, ..work(known.name, version, known.licence, Part::Python) }
        };
        works.extend(KNOWN.iter().map(of_recipe));
        if python.runtime.has_openssl {
            works.push(of_recipe(&OPENSSL));
        }
        if python.has_extensions {
            works.push(work(CXX, None, "Apache-2.0 WITH LLVM-exception", Part::Python));
        }
        if let Some((version, sha256)) = pins.tzdata {
            let origin = Origin { url: format!("pkg:pypi/tzdata@{version}"), sha256 };
            let work = work("tzdata", Some(&version), "Apache-2.0", Part::Python);
            works.push(Work { texts: texts(&["tzdata.txt"]), origin: Some(origin), ..work });
        }
        let text = |name: &str| vec![name.to_string()];
        let own = work("pyapp", Some(env!("CARGO_PKG_VERSION")), "MIT", Part::Program);
        works.push(Work { texts: text(OWN_LICENCE), ..own });
        // Its text is among those of the crates.
        let version = crates::toolchain(&settings.cargo);
        works.push(work(RUST, version.as_deref(), "MIT OR Apache-2.0", Part::Program));
        if settings.target.ends_with("-linux-gnu") {
            let glibc = work("glibc", None, "LGPL-2.1-or-later", Part::Program);
            works.push(Work { texts: text("lgpl-2.1.txt"), ..glibc });
            works.push(work("libgcc", None, "GPL-3.0-or-later WITH GCC-exception-3.1", Part::Program));
        }
        let works = Works { works, crates: crates.map(|crates| crates.crates.clone()).unwrap_or_default() };
        serde_json::to_string(&works).map_err(std::io::Error::from).doing("write", Path::new(WORKS))
    }
}

fn has_licence(python: &Python) -> bool {
    python.runtime.stdlib().join("LICENSE.txt").is_file()
}

fn work(name: &str, version: Option<&str>, licence: &str, of: Part) -> Work {
    let (name, version) = (name.to_string(), version.map(str::to_string));
    Work { name, version, licence: licence.to_string(), texts: Vec::new(), of, origin: None }
}

/// A crate's name as packages are named across registries.
fn purl(name: &str, version: &str) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}
