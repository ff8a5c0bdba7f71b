//! What else a snapshot could hold: the modules that functions import on the way that the app always takes. `reached.py` finds
//! them by reading code. They are only told: importing them runs code before the app's own, which nobody has asked for.
//!
//! It also sees imports behind a change of what they find. To include those could take another module of that name.

use super::audit::Audit;
use super::main_module::MainModule;
use crate::compilation::Python;
use crate::context::Build;
use archive::Archive;
use host::layout;
use serde::Deserialize;
use serde_json::json;
use vfs::Limits;

pub(super) const SCRIPT: &str = concat!(include_str!("reading.py"), "\n\n", include_str!("reached.py"));
/// From how many modules on it is told.
const WORTH_TELLING: usize = 10;

#[derive(Default, Deserialize)]
struct Reached {
    include: Vec<String>,
    modules: usize,
    other: Vec<Other>,
}

/// A module that is included and that the app imports behind a change, when another one may be found.
#[derive(Deserialize)]
struct Other {
    /// Where it is imported.
    place: String,
    module: String,
    /// Where the other one is.
    folder: String,
    /// Which of the modules to include have brought it.
    by: Vec<String>,
}

impl Build {
    /// What to set, and what it would bring; and what to warn of. Advice is no reason to fail a build: if it cannot be had,
    /// there is none.
    pub(super) fn reached(
        &self,
        python: &Python,
        archive: &Archive,
        audit: &Audit,
        main: &MainModule,
    ) -> (Option<String>, Vec<String>) {
        let Reached { include, modules, other } = self.read_code(python, archive, audit, main).unwrap_or_default();
        let all: Vec<&String> = self.project().snapshot_include.iter().chain(&include).collect();
        let advice = (modules >= WORTH_TELLING).then(|| {
            format!(
                "each run imports {modules} modules in functions, a millisecond or two each; \
                 [tool.pyapp] snapshot-include = {all:?} would put them into the snapshot"
            )
        });
        (advice, other.iter().map(Other::warning).collect())
    }

    fn read_code(&self, python: &Python, archive: &Archive, audit: &Audit, main: &MainModule) -> Option<Reached> {
        let project = self.project();
        let wanted = json!({
            "entry": project.entry.text(),
            "imported": audit.modules,
            "included": audit.included,
            "include": project.snapshot_include,
            "exclude": project.snapshot_exclude,
            "later": main.later,
            "idle": main.idle,
        });
        let builder = layout::python_context(archive.clone(), Limits::default()).ok()?;
        let builder = builder.arguments(["python3", "-I", "-c", SCRIPT, &wanted.to_string()]);
        let (_, said, _) = python.run(builder).ok()?;
        serde_json::from_str(&said).ok()
    }
}

impl Other {
    fn warning(&self) -> String {
        let Other { place, module, folder, by } = self;
        let by: Vec<String> = by.iter().map(|name| format!("{name:?}")).collect();
        format!(
            "{place} imports {module} after a change of where modules are found, but [tool.pyapp] snapshot-include has it \
             imported before that; there is another {module} in the folder {folder} of the libraries: if that is meant, \
             remove {} from snapshot-include",
            by.join(" and ")
        )
    }
}
