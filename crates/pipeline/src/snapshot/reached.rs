//! What else a snapshot could hold: the modules that functions import on the way that the app always takes. `reached.py` finds
//! them by reading code. They are only told: importing them runs code before the app's own, which nobody has asked for.

use crate::compilation::Python;
use crate::context::Build;
use archive::Archive;
use host::layout;
use serde::Deserialize;
use serde_json::json;
use vfs::Limits;

const SCRIPT: &str = include_str!("reached.py");
/// From how many modules on it is told.
const WORTH_TELLING: usize = 10;

#[derive(Deserialize)]
struct Reached {
    include: Vec<String>,
    modules: usize,
}

impl Build {
    /// What to set, and what it would bring. Advice is no reason to fail a build: if it cannot be had, there is none.
    pub(super) fn reached(&self, python: &Python, archive: &Archive, imported: &[String]) -> Option<String> {
        let project = self.project();
        let wanted = json!({
            "entry": project.entry.text(),
            "imported": imported,
            "exclude": project.snapshot_exclude,
        });
        let builder = layout::python_context(archive.clone(), Limits::default()).ok()?;
        let builder = builder.arguments(["python3", "-I", "-S", "-c", SCRIPT, &wanted.to_string()]);
        let (_, said, _) = python.run(builder).ok()?;
        let Reached { include, modules } = serde_json::from_str(&said).ok()?;
        let all: Vec<&String> = project.snapshot_include.iter().chain(&include).collect();
        (modules >= WORTH_TELLING).then(|| {
            format!(
                "each run imports {modules} modules in functions, a millisecond or two each; \
                 [tool.pyapp] snapshot-include = {all:?} would put them into the snapshot"
            )
        })
    }
}
