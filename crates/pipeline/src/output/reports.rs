//! What the tools `licenses` and `sbom` print of a bundle, as files that the build writes on request.

use crate::context::Build;
use crate::error::{Error, Result};
use archive::Archive;
use std::path::PathBuf;

impl Build {
    /// Writes what `[tool.pyapp] reports` asks for; where it is.
    ///
    /// # Errors
    /// [`Error::Libraries`] if a distribution's metadata cannot be read; [`Error::Io`].
    pub(crate) fn write_reports(&self, archive: &Archive) -> Result<Vec<PathBuf>> {
        let name = self.project().entry.text();
        let write = |report: &Report| {
            let mut text = Vec::new();
            let made = match report {
                Report::Licenses => inside::licences::print(archive, &mut text),
                Report::Sbom => inside::sbom::print(archive, &name, &mut text),
            };
            made.map_err(|error| Error::Libraries(vec![error.to_string()]))?;
            self.write_beside(report.file(), &text)
        };
        self.project().reports.iter().map(write).collect()
    }
}

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// All works with their licences.
    Licenses,
    /// A bill of materials.
    Sbom,
}

impl Report {
    /// By their names in settings.
    pub(crate) fn parse(name: &str) -> Option<Report> {
        match name {
            "licenses" => Some(Report::Licenses),
            "sbom" => Some(Report::Sbom),
            _ => None,
        }
    }

    fn file(self) -> &'static str {
        match self {
            Report::Licenses => "pyapp.licenses.txt",
            Report::Sbom => "pyapp.cdx.json",
        }
    }
}
