//! What a build tells the person in the end, a line a subject.

use crate::compilation::{LeftOut, OpenSsl, Python};
use crate::error::count;
use crate::inputs::{Library, Project, granted};
use crate::snapshot::Snapshot;
use archive::Archive;
use std::collections::BTreeMap;

/// What has been built.
pub(crate) struct Summary<'a> {
    pub project: &'a Project,
    pub libraries: &'a [Library],
    /// How many modules have bytecode.
    pub modules: usize,
    pub python: &'a Python,
    pub openssl: &'a OpenSsl,
    pub archive: &'a Archive,
    pub contents: archive::Summary,
    pub snapshot: Option<&'a Snapshot>,
    pub left_out: &'a LeftOut,
    /// How many extensions are linked, and their machine code, bytes.
    pub linked: (usize, usize),
    /// What of the standard library is left out; empty if nothing is.
    pub unused: String,
    /// What is installed; empty if nothing is.
    pub installed: String,
    /// How many sources are kept, by what rule.
    pub kept: BTreeMap<String, usize>,
}

impl Summary<'_> {
    /// The lines: what was bundled, its size, and what else there is to tell.
    pub fn lines(self) -> Vec<String> {
        let advice = self.snapshot.and_then(|snapshot| snapshot.advice.clone());
        let left_out = Some(self.left_out.summary.clone()).filter(|_| !self.left_out.paths.is_empty());
        let installed = Some(self.installed.clone()).filter(|installed| !installed.is_empty());
        let unused = Some(self.unused.clone()).filter(|unused| !unused.is_empty());
        let linked = linked(self.linked);
        let kept = kept(&self.kept);
        let granted = granted(&self.project.permissions);
        let first = [Some(self.bundled()), Some(self.sizes()), self.openssl.told()];
        first.into_iter().chain([linked, advice, left_out, unused, installed, kept, granted]).flatten().collect()
    }

    fn bundled(&self) -> String {
        let libraries = self.libraries.iter().filter(|library| library.is_code()).count();
        format!(
            "bundled {} in {} with CPython {}; {} starts",
            count(self.modules, "module"),
            if libraries == 1 { "1 library".into() } else { format!("{libraries} libraries") },
            self.python.runtime.version,
            self.project.starts(),
        )
    }

    fn sizes(&self) -> String {
        format!(
            "archive {:.1} MB ({} files, {:.1} MB unpacked), machine code {:.1} MB {} OpenSSL, {}",
            megabytes(self.archive.bytes().len() as u64),
            self.contents.files,
            megabytes(self.contents.expanded),
            megabytes(self.python.code.bytes().len() as u64),
            if self.openssl.is_inside() { "with" } else { "without" },
            self.snapshot.map_or("no snapshot".to_string(), |snapshot| format!(
                "snapshot {:.1} MB with {} imported, which saves each start {} ms",
                megabytes(snapshot.image.len() as u64),
                count(snapshot.modules, "module"),
                snapshot.took.as_millis(),
            )),
        )
    }
}

/// Which extensions are linked; nothing if none are.
fn linked((extensions, bytes): (usize, usize)) -> Option<String> {
    let linked = count(extensions, "extension");
    (extensions > 0).then(|| format!("linked {linked} in C, with {:.1} MB of machine code", megabytes(bytes as u64)))
}

/// Which sources are bundled; nothing if none are.
fn kept(kept: &BTreeMap<String, usize>) -> Option<String> {
    let rules: Vec<String> = kept.iter().map(|(rule, files)| format!("{files} {rule}")).collect();
    let files = count(kept.values().sum(), "source");
    (!rules.is_empty()).then(|| format!("kept {files}: {}", rules.join(", ")))
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
