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
use crate::error::{Doing, Error, Result};
use crate::guest::watch;
use archive::Archive;
use audit::Audit;
use host::snapshot::{NoImage, take};
use host::{NetworkAttempts, abi, layout};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use std::{fs, thread};
use vfs::Limits;

/// The programs that read the bundle for it, inside of it.
pub(crate) const SCRIPTS: [&str; 3] = [audit::SCRIPT, main_module::SCRIPT, reached::SCRIPT];

/// What `sys.argv[0]` is at build time. A name that no program has: `_pyapp.py` looks for it in what argparse has made of it.
const PROGRAM: &str = "<program>";

/// Where a build notes which modules it has imported, for the next one.
const FOUND: &str = "snapshot.modules.json";

/// A snapshot, and what the person who builds should know about it.
pub struct Snapshot {
    /// The memory image.
    pub image: Vec<u8>,
    /// How many modules are imported in it, CPython's own start not counted.
    pub modules: usize,
    /// What starting the interpreter and importing them took, which a resumed run does not do.
    pub took: Duration,
    /// What a resumed run will see as the build saw it.
    pub warnings: Vec<String>,
    /// What else it could hold, if there is something worth telling.
    pub advice: Option<String>,
}

/// What the build before has imported, and for which settings.
#[derive(Deserialize, Serialize)]
struct Before {
    asked: Vec<Vec<String>>,
    modules: Vec<String>,
}

impl Build {
    /// Makes the snapshot of the app in `archive`.
    ///
    /// # Errors
    /// [`Error::Libraries`] with every import that fails or leaves something open or behind; [`Error::Guest`].
    pub(crate) fn snapshot(&self, python: &Python, archive: &Archive, main: MainModule) -> Result<Snapshot> {
        let (audit, (image, took)) = self.audit_and_image(python, archive, &main)?;
        let (advice, behind) = self.reached(python, archive, &audit, &main);
        let warnings = main.warnings.into_iter().chain(messages::warnings(&audit.findings)).chain(behind).collect();
        Ok(Snapshot { image, modules: audit.modules.len(), took, warnings, advice })
    }

    /// Both import the app. The image needs to know what the audit finds, and mostly that is what it has found before: then they are
    /// made side by side.
    fn audit_and_image(
        &self,
        python: &Python,
        archive: &Archive,
        main: &MainModule,
    ) -> Result<(Audit, (Vec<u8>, Duration))> {
        let file = self.settings().out.join(FOUND);
        let project = self.project();
        let asked = [vec![project.entry.text()], project.snapshot_include.clone(), project.snapshot_exclude.clone()];
        let before = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice::<Before>(&bytes).ok());
        // With other settings other modules are imported, and one of these may never end.
        let before = before.filter(|before| before.asked == asked).map(|before| before.modules);
        let has_room = thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
        let (audit, image) = thread::scope(|scope| {
            let before = before.as_ref().filter(|_| has_room);
            let image = before.map(|modules| scope.spawn(|| self.image(python, archive, modules, &|_| ())));
            let audit = self.audit(python, archive, main);
            (audit, image.and_then(|image| image.join().ok()))
        });
        let audit = audit?;
        let errors = messages::errors(&audit.findings);
        if !errors.is_empty() {
            return Err(Error::Libraries(errors));
        }
        let image = match image {
            Some(image) if before.as_ref() == Some(&audit.modules) => image?,
            _ => self.image(python, archive, &audit.modules, &|module| self.tell_import(module))?,
        };
        let found = Before { asked: asked.into(), modules: audit.modules.clone() };
        let found = serde_json::to_vec(&found).unwrap_or_default();
        fs::write(&file, found).doing("write", &file)?;
        Ok((audit, image))
    }

    /// Names a module whose import takes long.
    fn tell_import(&self, module: &str) {
        self.cache().stage(&format!("importing the app for its snapshot: {module}"));
    }

    fn image(
        &self,
        python: &Python,
        archive: &Archive,
        modules: &[String],
        tell: &dyn Fn(&str),
    ) -> Result<(Vec<u8>, Duration)> {
        let fail = |what: String| Error::Guest(format!("the snapshot of the interpreter: {what}"));
        let identity = archive.identity();
        let builder = layout::python_context(archive.clone(), Limits::default());
        let builder = builder.map_err(|error| fail(error.to_string()))?;
        let mut builder = builder
            .arguments([PROGRAM, &self.project().entry.text()])
            .arguments(modules)
            .variable(abi::OPTIMIZE_VARIABLE, self.project().optimize.to_string())
            // The audit has told who wants it.
            .unplugged(&NetworkAttempts::default());
        if self.project().reproducible {
            builder = builder.deterministic(identity);
        }
        let program = python.program.clone();
        let start = Instant::now();
        let (image, said) = watch(builder, tell, move |context| take(&program, context, identity))?;
        let took = start.elapsed();
        image.map(|image| (image, took)).map_err(|reason| match reason {
            NoImage::Ended(outcome) => fail(said.of_end(&format!("the initialisation ended with {outcome:?}"))),
            NoImage::StateLost(what) => fail(what),
        })
    }
}
