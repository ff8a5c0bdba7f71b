//! Everything together: the assets that the executable embeds.

use crate::archives::{app_archive, manifest, open, stdlib_archive};
use crate::bytecode::{self, Sources, Stdlib};
use crate::cache::{Cache, write_aside};
use crate::error::{Doing, Error, Result, count};
use crate::machine_code::MachineCode;
use crate::progress::Progress;
use crate::project::Project;
use crate::runtime::{self, Runtime};
use crate::settings::Settings;
use crate::snapshot::Snapshot;
use crate::{entry, libraries, licences, machine_code, parts, snapshot};
use host::Program;
use memory_image::Image;
use std::path::PathBuf;
use std::sync::Arc;

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
    /// The log of the recipe, if it built the runtime.
    pub log: Option<PathBuf>,
}

/// Builds the assets into `settings.out`: the folder `assets` with the archive and the index of the parts, and the parts
/// beside it (see [`parts`]).
///
/// # Errors
/// Any [`Error`]; nothing half-written is left.
pub fn build(settings: &Settings) -> Result<Report> {
    let project = Project::read(&settings.project)?;
    let cache = Cache::open(&settings.cache, Progress::new())?;
    let libraries = libraries::find(&project)?;
    let runtime = runtime::provide(settings, &cache)?;
    let machine = machine_code::provide(&runtime.wasm, &settings.target, &cache)?;
    let program = load(&runtime, settings, &machine, &cache)?;
    let script = settings.source.join("compile_library.py");

    let stdlib = stdlib_archive(&program, &runtime, &script, &project, &cache)?;
    let compiled = bytecode::compile(
        &program,
        &script,
        Stdlib::Compiled(open(stdlib.clone())?),
        &Sources::of_libraries(&libraries),
        project.optimize,
    )?;
    let modules = compiled.iter().filter(|file| file.path.ends_with(".pyc")).count();
    let manifest = manifest(&project, &libraries, &compiled, &runtime, &script)?;
    let licences = licences::provide(settings, &cache)?;
    let (bytes, summary) = app_archive(settings, stdlib, &runtime, compiled, &manifest, licences.as_deref().ok())?;
    entry::check(&program, open(bytes.clone())?, &project)?;
    let snapshot = if project.snapshot { Some(snapshot::make(&program, &bytes, &project)?) } else { None };

    let assets = settings.out.join("assets");
    std::fs::create_dir_all(&assets).doing("create", &assets)?;
    write_aside(&assets.join("app.archive"), &[&bytes])?;
    let image = snapshot.as_ref().map(|snapshot| &snapshot.image[..]);
    parts::write(&project, &cache, &settings.out, &assets, &machine.code, &machine.base_image, image)?;

    let mut warnings: Vec<String> = snapshot.as_ref().map(|snapshot| snapshot.warnings.clone()).unwrap_or_default();
    warnings.extend(licences.err().map(|reason| format!("licence texts of the Rust crates are left out: {reason}")));
    Ok(Report {
        inputs: inputs(settings, &project),
        target: settings.target.clone(),
        summary: format!(
            "bundled {} in {} with CPython {}: archive {:.1} MB ({} files, {:.1} MB unpacked), machine code {:.1} MB, {}",
            count(modules, "module"),
            if libraries.len() == 1 { "1 library".into() } else { format!("{} libraries", libraries.len()) },
            runtime.version,
            megabytes(bytes.len() as u64),
            summary.files,
            megabytes(summary.expanded),
            megabytes(machine.code.len() as u64),
            snapshot.as_ref().map_or("no snapshot".to_string(), describe),
        ),
        warnings,
        log: runtime.log,
    })
}

fn describe(snapshot: &Snapshot) -> String {
    let size = megabytes(snapshot.image.len() as u64);
    format!("snapshot {size:.1} MB with {} imported", count(snapshot.modules, "module"))
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// The interpreter for this machine, which compiles, checks and makes the snapshot.
fn load(runtime: &Runtime, settings: &Settings, machine: &MachineCode, cache: &Cache) -> Result<Program> {
    let fail = |error| Error::Guest(format!("python.wasm does not load: {error:#}"));
    let image = Image::open(machine.base_image.clone()).map_err(|error| Error::Guest(error.to_string()))?;
    let image = Some(Arc::new(image));
    if settings.host == settings.target {
        return Program::from_trusted_bytes(&machine.code, image).map_err(fail);
    }
    let machine = machine_code::provide(&runtime.wasm, &settings.host, cache)?;
    Program::from_trusted_bytes(&machine.code, image).map_err(fail)
}

/// What a build depends on. Cargo looks at folders recursively, so new and removed files count.
fn inputs(settings: &Settings, project: &Project) -> Vec<PathBuf> {
    let mut inputs = vec![project.file.clone()];
    inputs.extend(project.libs.iter().cloned());
    inputs
        .extend(["compile_library.py", "wasm", "Cargo.lock", "THIRD-PARTY.md"].map(|path| settings.source.join(path)));
    inputs.extend(settings.python.clone());
    inputs
}
