//! The snapshot: the memory of the initialised interpreter with the app's modules imported, from which a run resumes.
//!
//! First an audit on an interpreter that is thrown away: which modules a start of the app imports, and what their imports
//! do that a resumed run would not do again. Then those modules are imported by the interpreter whose memory is kept.

mod audit;
mod main_module;
mod messages;
mod reached;

pub(crate) use main_module::MainModule;

use crate::compilation::Python;
use crate::context::Build;
use crate::error::{Error, Result};
use crate::guest::watch;
use archive::Archive;
use host::snapshot::{NoImage, take};
use host::{abi, layout};
use vfs::Limits;

/// What `sys.argv[0]` is at build time. A name that no program has: `_pyapp.py` looks for it in what argparse has made of it.
const PROGRAM: &str = "<program>";

/// A snapshot, and what the person who builds should know about it.
pub struct Snapshot {
    /// The memory image.
    pub image: Vec<u8>,
    /// How many modules are imported in it, CPython's own start not counted.
    pub modules: usize,
    /// What a resumed run will see as the build saw it.
    pub warnings: Vec<String>,
    /// What else it could hold, if there is something worth telling.
    pub advice: Option<String>,
}

impl Build {
    /// Makes the snapshot of the app in `archive`.
    ///
    /// # Errors
    /// [`Error::Libraries`] with every import that fails or leaves something open or behind; [`Error::Guest`].
    pub(crate) fn snapshot(&self, python: &Python, archive: &Archive, main: MainModule) -> Result<Snapshot> {
        let audit = self.audit(python, archive, &main)?;
        let errors = messages::errors(&audit.findings);
        if !errors.is_empty() {
            return Err(Error::Libraries(errors));
        }
        let image = self.image(python, archive, &audit.modules)?;
        let (advice, behind) = self.reached(python, archive, &audit, &main);
        let warnings = main.warnings.into_iter().chain(messages::warnings(&audit.findings)).chain(behind).collect();
        Ok(Snapshot { image, modules: audit.modules.len(), warnings, advice })
    }

    /// Names a module whose import takes long.
    fn tell_import(&self, module: &str) {
        self.cache().stage(&format!("importing the app for its snapshot: {module}"));
    }

    fn image(&self, python: &Python, archive: &Archive, modules: &[String]) -> Result<Vec<u8>> {
        let fail = |what: String| Error::Guest(format!("the snapshot of the interpreter: {what}"));
        let identity = archive.identity();
        let builder = layout::python_context(archive.clone(), Limits::default());
        let builder = builder.map_err(|error| fail(error.to_string()))?;
        let mut builder = builder
            .arguments([PROGRAM, &self.project().entry.text()])
            .arguments(modules)
            .variable(abi::OPTIMIZE_VARIABLE, self.project().optimize.to_string());
        if self.project().reproducible {
            builder = builder.deterministic(identity);
        }
        let program = python.program.clone();
        let tell = |module: &str| self.tell_import(module);
        let (image, said) = watch(builder, &tell, move |context| take(&program, context, identity))?;
        image.map_err(|reason| match reason {
            NoImage::Ended(outcome) => fail(said.of_end(&format!("the initialisation ended with {outcome:?}"))),
            NoImage::StateLost(what) => fail(what),
        })
    }
}
