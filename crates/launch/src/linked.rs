//! The bundle in the executable, and what the build wrote down about it.

use anyhow::{Context as _, Result};
use archive::Archive;
use bundle::{Bundle, INDEX, Part, Source};
use host::{TrustedCode, layout};
use serde_json::Value;
use std::borrow::Cow;

/// The parts of the executable, where the link has put them.
#[derive(Clone)]
pub struct Linked {
    /// The index; `None` if it was built without.
    pub index: Option<&'static [u8]>,
    /// The archive.
    pub archive: &'static [u8],
    /// The interpreter's machine code.
    pub code: TrustedCode,
    /// Its bytes, as they are stored.
    pub machine_code: &'static [u8],
    /// The machine code of the extensions; empty if there are none.
    pub extensions: TrustedCode,
    /// Its bytes.
    pub extensions_bytes: &'static [u8],
    /// The image of its data.
    pub base_image: &'static [u8],
    /// The image of the app; empty if there is none.
    pub snapshot: &'static [u8],
    /// The target triple that it was built for.
    pub target: &'static str,
}

impl Source for Linked {
    fn index(&self) -> bundle::Result<Cow<'static, [u8]>> {
        let missing = || bundle::Error::Missing { file: INDEX.to_string(), reason: "it was built without".to_string() };
        self.index.map(Cow::Borrowed).ok_or_else(missing)
    }

    fn part(&self, part: Part) -> bundle::Result<Cow<'static, [u8]>> {
        Ok(Cow::Borrowed(match part {
            Part::Archive => self.archive,
            Part::MachineCode => self.machine_code,
            Part::BaseImage => self.base_image,
            Part::Snapshot => self.snapshot,
            Part::Extensions => self.extensions_bytes,
        }))
    }

    fn code(&self, part: Part) -> bundle::Result<TrustedCode> {
        Ok(if part == Part::Extensions { self.extensions.clone() } else { self.code.clone() })
    }
}

impl Linked {
    /// Opens the bundle.
    ///
    /// # Errors
    /// If the executable is damaged.
    pub(crate) fn open(&self) -> Result<Bundle<Linked>> {
        Ok(Bundle::open(self.clone())?)
    }
}

/// What is bundled, as the build wrote it down.
///
/// # Errors
/// If the executable is damaged.
pub(crate) fn manifest(archive: &Archive) -> Result<Value> {
    let path = layout::MANIFEST;
    let id = archive.find(path).with_context(|| format!("expected {path} in the archive, found no such file"))?;
    serde_json::from_slice(&archive.read(id)?).with_context(|| path.to_string())
}
