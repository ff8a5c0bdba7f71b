//! The build as a whole: the walk through the stages.

use crate::cache::Pruned;
use crate::compilation::{CompiledLibraries, LeftOut, Python, Sources};
use crate::context::Build;
use crate::dependencies::PINS;
use crate::error::{Result, count};
use crate::inputs::{Library, granted, libraries};
use crate::runtime;
use crate::settings::Settings;
use crate::snapshot::Snapshot;
use archive::Archive;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What a build tells cargo and the person.
#[derive(Debug)]
pub struct Report {
    /// Files and folders whose change builds again.
    pub inputs: Vec<PathBuf>,
    /// The target triple that the machine code is for.
    pub target: String,
    /// One line: what was bundled and how big it is.
    pub summary: String,
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
    let left_out = build.native_code(&python, &stdlib, &libraries)?;
    let exclude = [&build.project().exclude[..], &left_out.paths[..]].concat();
    let sources = Sources::of_libraries(&libraries, exclude);
    let CompiledLibraries { files: compiled, known, kept } = build.compile_libraries(&python, &stdlib, &sources)?;
    let manifest = build.manifest(&libraries, &compiled, &python)?;
    let licences = build.licences()?;
    let (archive, summary) =
        build.app_archive(&stdlib, (&compiled, known.as_ref()), &manifest, licences.as_ref().ok(), &python)?;
    build.check_entry(&python, &archive)?;
    let snapshot = if build.project().snapshot {
        let main = build.main_module(&python, &archive, &libraries)?;
        Some(build.snapshot(&python, &archive, main)?)
    } else {
        None
    };
    build.write_parts(&python, &archive, snapshot.as_ref().map(|snapshot| &snapshot.image[..]))?;
    let symbols = build.write_symbols(&archive, &sources, &compiled)?;
    let beside = [vec![symbols], build.write_reports(&archive)?].concat();

    let modules = compiled.iter().filter(|file| file.path.ends_with(".pyc")).count();
    let mut warnings: Vec<String> = snapshot.as_ref().map(|snapshot| snapshot.warnings.clone()).unwrap_or_default();
    warnings.extend(licences.err().map(|reason| format!("licence texts of the Rust crates are left out: {reason}")));
    Ok(Report {
        inputs: [build.inputs(), installed.inputs].concat(),
        target: settings.target.clone(),
        summary: [
            Some(summarize(&libraries, modules, &python, &archive, summary, snapshot.as_ref(), &left_out)),
            Some(installed.summary).filter(|summary| !summary.is_empty()),
            summarize_kept(&kept),
            granted(&build.project().permissions),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("; "),
        warnings,
        beside,
        log: python.runtime.log,
        pruned: build.cache().prune(&[runtime::pins(&settings.source), PINS.to_string()].concat()),
    })
}

fn summarize(
    libraries: &[Library],
    modules: usize,
    python: &Python,
    archive: &Archive,
    summary: archive::Summary,
    snapshot: Option<&Snapshot>,
    left_out: &LeftOut,
) -> String {
    let libraries = libraries.iter().filter(|library| !library.is_metadata()).count();
    let bundled = format!(
        "bundled {} in {} with CPython {}: archive {:.1} MB ({} files, {:.1} MB unpacked), machine code {:.1} MB, {}",
        count(modules, "module"),
        if libraries == 1 { "1 library".into() } else { format!("{libraries} libraries") },
        python.runtime.version,
        megabytes(archive.bytes().len() as u64),
        summary.files,
        megabytes(summary.expanded),
        megabytes(python.code.bytes().len() as u64),
        snapshot.map_or("no snapshot".to_string(), |snapshot| format!(
            "snapshot {:.1} MB with {} imported{}",
            megabytes(snapshot.image.len() as u64),
            count(snapshot.modules, "module"),
            snapshot.advice.iter().map(|advice| format!("; {advice}")).collect::<String>()
        )),
    );
    if left_out.paths.is_empty() { bundled } else { format!("{bundled}; {}", left_out.summary) }
}

/// Which sources are bundled; nothing if none are.
fn summarize_kept(kept: &BTreeMap<String, usize>) -> Option<String> {
    let rules: Vec<String> = kept.iter().map(|(rule, files)| format!("{files} {rule}")).collect();
    let files = count(kept.values().sum(), "source");
    (!rules.is_empty()).then(|| format!("kept {files}: {}", rules.join(", ")))
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
