//! What an app imports at its start, asked of the very CPython over the very archive: `audit.py`.

use super::main_module::MainModule;
use crate::compilation::Python;
use crate::context::Build;
use crate::error::{Error, Result};
use archive::Archive;
use host::layout;
use serde::Deserialize;
use serde_json::json;
use vfs::Limits;

const SCRIPT: &str = include_str!("audit.py");
/// Where the script leaves its report; outside of what it looks at.
const REPORT: &str = "/dev/report";

/// What the audit found.
#[derive(Debug, Deserialize)]
pub(super) struct Audit {
    /// The modules to import for the snapshot, in order.
    pub modules: Vec<String>,
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
    Detached,
    Output,
    Arguments,
    Environ,
    Terminal,
    Time,
    Random,
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
            "later": main.later,
            "include": project.snapshot_include,
            "exclude": project.snapshot_exclude,
        });
        let builder = builder.arguments(["python3", "-I", "-c", SCRIPT, REPORT, &wanted.to_string()]);
        let (status, said, mut context) = python.run(builder)?;
        if status != 0 {
            return Err(fail(format!("ended with status {status}: {}", said.trim())));
        }
        let vfs = context.vfs_mut();
        let report = vfs.lookup(root, REPORT, true).and_then(|report| vfs.contents(report));
        let report = report.map_err(|error| fail(format!("no report: {error}")))?;
        let mut audit: Audit = serde_json::from_slice(&report).map_err(|error| fail(error.to_string()))?;
        if let Some(line) = said.trim().lines().next() {
            // Past sys.stdout and sys.stderr, so that nobody knows which module it was.
            let module = project.entry.module.clone();
            audit.findings.push(Finding { kind: Kind::Output, module, detail: line.to_string() });
        }
        Ok(audit)
    }
}

impl Finding {
    /// Whether a snapshot would be wrong, and not only perhaps not what was meant.
    pub fn is_error(&self) -> bool {
        matches!(self.kind, Kind::Failed | Kind::Missing | Kind::Open | Kind::Written | Kind::Chdir | Kind::Detached)
    }

    /// One line: who did what, and what to do.
    pub fn message(&self) -> String {
        let Finding { module, detail, .. } = self;
        let sees = |does: &str, what: &str| {
            format!("{does} at import, where it sees the build's: {what}; do it in a function")
        };
        let what = match self.kind {
            Kind::Failed => format!("cannot be imported at build time: {detail}; correct it"),
            Kind::Open => format!("keeps {detail} open, which a resumed run would not have; close it"),
            Kind::Written => format!("leaves {detail} behind, which a resumed run would not find; do it in a function"),
            Kind::Chdir => format!("changes the current directory to {detail}; do it in a function"),
            Kind::Output => {
                format!("prints at import ({detail:?}), which a resumed run does not repeat; do it in a function")
            }
            Kind::Detached => {
                "detaches a standard stream, which a resumed run could not renew; use reconfigure()".to_string()
            }
            Kind::Arguments => sees("looks at sys.argv", "only a program's name"),
            Kind::Environ => sees("reads the environment", "an empty one"),
            Kind::Terminal => sees("asks whether a stream is a terminal", "none"),
            Kind::Time => sees("reads the time", "that of the build"),
            Kind::Random => {
                sees("draws or seeds random numbers", "the same ones in every run, or others than it seeded")
            }
            Kind::Unreached => {
                return format!("[tool.pyapp] snapshot-exclude: nothing imports {module} at the start; remove it");
            }
            Kind::Missing => {
                return format!(
                    "[tool.pyapp] snapshot-include: expected a module, found none named {module}; correct it"
                );
            }
        };
        format!("{module}: {what}, or set [tool.pyapp] snapshot-exclude = [{module:?}]")
    }
}
