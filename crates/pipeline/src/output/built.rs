//! The parts of a bundle where a build has left them.

use crate::error::Result;
use crate::own_folder::OwnFolder;
use bundle::{INDEX, INDEX_FOLDER, Part, Source};
use host::TrustedCode;
use std::borrow::Cow;
use std::path::Path;

/// A folder that [`build`](crate::build()) has filled, as the source of a bundle: for tests and for looking at a bundle without
/// linking it.
pub struct Built(OwnFolder);

impl Built {
    /// The bundle in `folder`.
    ///
    /// # Errors
    /// As [`OwnFolder::open`].
    pub fn open(folder: &Path) -> Result<Built> {
        Ok(Built(OwnFolder::open(folder, "the folder of a build")?))
    }

    fn read(&self, file: &str) -> bundle::Result<Cow<'static, [u8]>> {
        let path = self.0.path().join(file);
        let missing = |error: std::io::Error| bundle::Error::Missing {
            file: path.display().to_string(),
            reason: error.to_string(),
        };
        std::fs::read(&path).map(Cow::Owned).map_err(missing)
    }
}

impl Source for Built {
    fn index(&self) -> bundle::Result<Cow<'static, [u8]>> {
        self.read(&format!("{INDEX_FOLDER}/{INDEX}"))
    }

    fn part(&self, part: Part) -> bundle::Result<Cow<'static, [u8]>> {
        self.read(part.file())
    }

    fn code(&self, part: Part) -> bundle::Result<TrustedCode> {
        let file = part.file();
        let missing =
            |error: crate::Error| bundle::Error::Missing { file: file.to_string(), reason: error.to_string() };
        self.0.code(file).map_err(missing)
    }
}
