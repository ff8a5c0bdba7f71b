//! The build as a whole: the walk through the stages.

use crate::cache::Pruned;
use crate::compilation::{CompiledLibraries, PLACEHOLDER, Sources};
use crate::context::Build;
use crate::dependencies::PINS;
use crate::error::Result;
use crate::inputs::libraries;
use crate::runtime;
use crate::settings::Settings;
use crate::summary::Summary;
use std::path::PathBuf;

/// What a build tells cargo and the person.
#[derive(Debug)]
pub struct Report {
    /// Files and folders whose change builds again.
    pub inputs: Vec<PathBuf>,
    /// The target triple that the machine code is for.
    pub target: String,
    /// A hash of the parts.
    pub parts: String,
    /// The folder of the parts, as a text of the assembler has it.
    pub assembler_out: String,
    /// What was bundled and how big it is, a line a subject.
    pub summary: Vec<String>,
    /// What is not as it should be but stops nothing, one line each.
    pub warnings: Vec<String>,
    /// Files that lie beside the executable: the sources for tracebacks, and the reports that were asked for.
    pub beside: Vec<PathBuf>,
    /// The log of the recipe, if it built the runtime.
    pub log: Option<PathBuf>,
    /// What was removed from the cache, as nobody has used it for long.
    pub pruned: Pruned,
}

/// Builds the parts of the executable into `settings.out`: see [`bundle::Part`].
///
/// # Errors
/// Any [`Error`](crate::Error); nothing half-written is left.
pub fn build(settings: &Settings) -> Result<Report> {
    let mut build = Build::open(settings)?;
    let installed = build.dependencies()?;
    let folders = [installed.folders, build.made_modules()?].concat();
    let libraries = libraries::find(build.project(), &folders)?;
    let python = build.python()?;
    let stdlib = build.stdlib_archive(&python)?;
    let (left_out, extensions) = build.native_code(&python, &stdlib, &libraries)?;
    let exclude = [&build.project().exclude[..], &left_out.paths[..]].concat();
    let sources = Sources::of_libraries(&libraries, exclude);
    let locked = installed.locked.as_ref().map(|site| (&*site.folder, &*site.entry));
    let CompiledLibraries { files: mut compiled, packed, kept } =
        build.compile_libraries(&python, &stdlib, &sources, locked)?;
    for file in &mut compiled {
        if extensions.iter().any(|extension| extension.path == file.path) {
            file.contents = Some(PLACEHOLDER.to_vec());
        }
    }
    let openssl = build.openssl(&compiled, &extensions);
    let (python, code) = build.extensions(build.chosen(python, &openssl)?, &extensions)?;
    let manifest = build.manifest(&libraries, &compiled, &python)?;
    let licences = build.licences()?;
    let used = build.used_stdlib(&python, &stdlib, &compiled)?;
    let (archive, contents) =
        build.app_archive(&used.archive, (&compiled, packed), &manifest, licences.as_ref().ok(), &python)?;
    build.check_entry(&python, &archive)?;
    let snapshot = if build.project().snapshot {
        let main = build.main_module(&python, &archive, &libraries)?;
        Some(build.snapshot(&python, &archive, main)?)
    } else {
        None
    };
    let image = snapshot.as_ref().map(|snapshot| &snapshot.image[..]);
    let parts = build.write_parts(&python, &archive, image, code.as_ref())?;
    let symbols = build.write_symbols(&archive, &sources, &compiled)?;
    let beside = [vec![symbols], build.write_reports(&archive)?].concat();

    let modules = compiled.iter().filter(|file| file.path.ends_with(".pyc")).count();
    let mut warnings: Vec<String> = snapshot.as_ref().map(|snapshot| snapshot.warnings.clone()).unwrap_or_default();
    warnings.extend(licences.err().map(|reason| format!("licence texts of the Rust crates are left out: {reason}")));
    let summary = Summary {
        project: build.project(),
        libraries: &libraries,
        modules,
        python: &python,
        openssl: &openssl,
        archive: &archive,
        contents,
        snapshot: snapshot.as_ref(),
        left_out: &left_out,
        linked: (extensions.len(), code.as_ref().map_or(0, |code| code.bytes().len())),
        unused: used.summary,
        installed: installed.summary,
        kept,
    };
    let summary = summary.lines();
    Ok(Report {
        inputs: [build.inputs(), installed.inputs].concat(),
        target: settings.target.clone(),
        parts,
        assembler_out: as_assembler_text(&settings.out.display().to_string()),
        summary,
        warnings,
        beside,
        log: python.runtime.log,
        pruned: build.cache().prune(&[runtime::pins(&settings.source), PINS.to_string()].concat()),
    })
}

/// A text as it stands between quotes in an assembler's source.
fn as_assembler_text(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', r#"\""#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_may_have_any_name() {
        assert_eq!(as_assembler_text(r#"/a b/c"d\e"#), r#"/a b/c\"d\\e"#);
    }
}
