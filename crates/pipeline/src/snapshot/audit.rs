//! What an app imports at its start, asked of the very CPython over the very archive: `findings.py` and `audit.py`.

use super::PROGRAM;
use super::main_module::MainModule;
use crate::compilation::Python;
use crate::context::Build;
use crate::error::{Error, Result};
use crate::guest;
use archive::Archive;
use host::{NetworkAttempts, layout};
use serde::Deserialize;
use serde_json::json;
use vfs::Limits;

pub(super) const SCRIPT: &str = concat!(include_str!("findings.py"), "\n\n", include_str!("audit.py"));
/// Where the script leaves its report, when it has looked at what imports have left behind.
const REPORT: &str = "/home/pyapp/.pyapp-report";

/// What the audit found.
#[derive(Debug, Deserialize)]
pub(super) struct Audit {
    /// The modules to import for the snapshot, in order.
    pub modules: Vec<String>,
    /// Those of them that only `snapshot-include` has brought.
    pub included: Vec<String>,
    /// What those imports did that a resumed run would not do again.
    pub findings: Vec<Finding>,
}

/// Something that an import did.
#[derive(Debug, Deserialize)]
pub(super) struct Finding {
    pub kind: Kind,
    /// The module whose top level did it.
    pub module: String,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Failed,
    Open,
    Written,
    Chdir,
    Network,
    Detached,
    Output,
    Arguments,
    Program,
    Environ,
    Input,
    Terminal,
    Time,
    Random,
    Zone,
    Unreached,
    Missing,
}

impl Build {
    /// Imports what a start of the app imports, on an interpreter that is thrown away.
    ///
    /// # Errors
    /// [`Error::Guest`] if the audit did not run to its end.
    pub(super) fn audit(&self, python: &Python, archive: &Archive, main: &MainModule) -> Result<Audit> {
        let fail = |what: String| Error::Guest(format!("the audit of what the app imports: {what}"));
        let project = self.project();
        let made = layout::python_context_and_root(archive.clone(), Limits::default());
        let (mut builder, root) = made.map_err(|error| fail(error.to_string()))?;
        if project.reproducible {
            builder = builder.deterministic(archive.identity());
        }
        let wanted = json!({
            "entry": project.entry.text(),
            "program": PROGRAM,
            "later": main.later,
            "include": project.snapshot_include,
            "exclude": project.snapshot_exclude,
        });
        let attempts = NetworkAttempts::default();
        builder = builder.unplugged(&attempts);
        let builder = builder.arguments(["python3", "-I"]).arguments(optimization(project.optimize));
        let builder = builder.arguments(["-c", SCRIPT, REPORT, &wanted.to_string()]);
        let (status, said, mut context) = guest::run(&python.program, builder, &|module| self.tell_import(module))?;
        if status != 0 {
            return Err(fail(said.of_end(&format!("ended with status {status}"))));
        }
        let vfs = context.vfs_mut();
        let report = vfs.lookup(root, REPORT, true).and_then(|report| vfs.contents(report));
        let report = report.map_err(|error| fail(format!("no report: {error}")))?;
        let mut audit: Audit = serde_json::from_slice(&report).map_err(|error| fail(error.to_string()))?;
        if let Some(line) = said.text.trim().lines().next() {
            // Past sys.stdout and sys.stderr, so that nobody knows which module it was.
            let module = project.entry.module.clone();
            audit.findings.push(Finding { kind: Kind::Output, module, detail: line.to_string() });
        }
        let is_told = audit.findings.iter().any(|finding| finding.kind == Kind::Network);
        if let (false, Some(attempt)) = (is_told, attempts.list().first()) {
            // Past the module socket, as extensions can.
            let module = project.entry.module.clone();
            audit.findings.push(Finding { kind: Kind::Network, module, detail: attempt.to.clone() });
        }
        Ok(audit)
    }
}

/// What asks python3 for a level of optimisation.
fn optimization(level: u8) -> Option<&'static str> {
    match level {
        0 => None,
        1 => Some("-O"),
        _ => Some("-OO"),
    }
}
