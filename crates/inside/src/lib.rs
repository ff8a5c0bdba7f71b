//! What a bundle is made from. The build writes down what only it knows ([`Works`]); the rest is read from the archive, as
//! distributions say it of themselves.
//!
//! | module | is about |
//! |---|---|
//! | `metadata` | what a distribution says of itself |
//! | `distributions` | the distributions in an archive: their files, licence texts, who asks for whom |
//! | `works` | what else the executable carries: CPython, C libraries, Rust crates |
//! | `spdx` | which licences are named as SPDX names them |
//! | `licences` | all works with their licences and texts |
//! | `sbom` | all works as a bill of materials |
//! | `sizes` | what takes the room |
//! | `tree` | who asks for whom |
//!
//! Whatever is read is taken for hostile: lengths are bounded before anything is read, and paths lead nowhere but into the
//! archive.

#![forbid(unsafe_code)]

mod distributions;
mod error;
pub mod licences;
mod metadata;
pub mod sbom;
pub mod sizes;
mod spdx;
pub mod tree;
mod works;

pub use distributions::{Distribution, Distributions, Library};
pub use error::{Error, Result};
pub use works::{CRATES, Crate, LICENCES, Origin, Part, RULE, WORKS, Work, Works};

/// An archive with these files in site-packages, and an `os.pyc`.
#[cfg(test)]
fn test_archive(files: &[(&str, &str)]) -> archive::Archive {
    let mut writer = archive::Writer::new(&[]).expect("a writer");
    writer.file(&format!("{}/os.pyc", host::layout::STDLIB), b"1234567").expect("added");
    for (path, text) in files {
        writer.file(&format!("{}/{path}", host::layout::SITE_PACKAGES), text.as_bytes()).expect("added");
    }
    archive::Archive::open(writer.finish().0).expect("whole")
}
