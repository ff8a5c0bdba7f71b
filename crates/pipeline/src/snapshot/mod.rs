//! The image of the initialised interpreter with the app's modules imported, from which a run resumes.
//!
//! First an audit on an interpreter that is thrown away: which modules a start of the app imports, and what their imports
//! do that a resumed run would not do again. Then those modules are imported by the interpreter whose memory is kept.

mod audit;

use crate::archives::open;
use crate::build_guest::watch;
use crate::error::{Error, Result};
use crate::project::Project;
use archive::Archive;
use host::snapshot::{NoImage, take};
use host::{Program, layout};
use vfs::Limits;

/// An image, and what the person who builds should know about it.
pub struct Snapshot {
    /// The image.
    pub image: Vec<u8>,
    /// How many modules are imported in it, CPython's own start not counted.
    pub modules: usize,
    /// What a resumed run will see as the build saw it.
    pub warnings: Vec<String>,
}

/// Makes the image of the app in `archive`, with the cold `program`.
///
/// # Errors
/// [`Error::Libraries`] with every import that fails or leaves something open or behind; [`Error::Guest`].
pub fn make(program: &Program, archive: &[u8], project: &Project) -> Result<Snapshot> {
    let audit = audit::audit(program, open(archive.to_vec())?, project)?;
    let (errors, warnings): (Vec<_>, Vec<_>) = audit.findings.iter().partition(|finding| finding.is_error());
    if !errors.is_empty() {
        return Err(Error::Libraries(errors.iter().map(|finding| finding.message()).collect()));
    }
    let image = image(program, open(archive.to_vec())?, project, &audit.modules)?;
    Ok(Snapshot {
        image,
        modules: audit.modules.len(),
        warnings: warnings.iter().map(|finding| finding.message()).collect(),
    })
}

fn image(program: &Program, archive: Archive, project: &Project, modules: &[String]) -> Result<Vec<u8>> {
    let fail = |what: String| Error::Guest(format!("the snapshot of the interpreter: {what}"));
    let identity = archive.identity();
    let builder = layout::python_context(archive, Limits::default()).map_err(|error| fail(error.to_string()))?;
    let mut builder = builder.argument("pyapp").argument(project.entry.text());
    for module in modules {
        builder = builder.argument(module);
    }
    if project.reproducible {
        builder = builder.deterministic(identity);
    }
    let program = program.clone();
    let (image, said) = watch(builder, move |guest| take(&program, guest, identity))?;
    image.map_err(|reason| match reason {
        NoImage::Ended(outcome) => fail(format!("the initialisation ended with {outcome:?}: {}", said.trim())),
        NoImage::StateLost(what) => fail(what),
    })
}
