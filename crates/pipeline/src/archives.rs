//! The archives: the compiled standard library, which every project shares, and the app's, which holds it too.

use crate::bytecode::{self, Compiled, Sources, Stdlib};
use crate::cache::Cache;
use crate::error::{Doing, Error, Result};
use crate::hash::{self, Key, sorted_entries};
use crate::interpreter;
use crate::libraries::Library;
use crate::project::Project;
use crate::runtime::Runtime;
use crate::settings::Settings;
use archive::{Archive, Writer};
use host::{Program, layout};
use serde_json::json;
use std::path::Path;

/// The compressed bytes of the standard library share a dictionary of this size: 112 KiB made the archive 40 kB larger,
/// 192 KiB would make it 17 kB smaller, and each start that reads a file digests it.
const DICTIONARY: usize = 144 * 1024;
/// Licences of what the executable carries, relative to the archive's root.
const LICENCES: &str = "usr/local/share/licenses";

pub(crate) fn open(bytes: Vec<u8>) -> Result<Archive> {
    Archive::open(bytes).map_err(|error| Error::Guest(error.to_string()))
}

/// The compiled standard library, kept in the cache: it depends on the runtime, the script and the level only.
pub(crate) fn stdlib_archive(
    program: &Program,
    runtime: &Runtime,
    script: &Path,
    project: &Project,
    cache: &Cache,
) -> Result<Vec<u8>> {
    let folder = runtime.stdlib();
    let key = Key::new()
        .part("wasm", hash::of_bytes(&runtime.wasm))
        .part("stdlib", hash::of_tree(&folder)?)
        .part("script", hash::of_file(script)?)
        .part("optimize", [project.optimize])
        .part("exclude", runtime.exclude.join("\n"))
        .part("place", layout::STDLIB)
        .part("executable", layout::EXECUTABLE_TEXT)
        .part("writer", archive::WRITER)
        .part("dictionary", DICTIONARY.to_le_bytes())
        .hex();
    cache.blob(&format!("stdlib-{}", &key[..16]), || {
        cache.stage("compiling the standard library to bytecode");
        let sources = Sources::of_stdlib(&folder, &runtime.exclude)?;
        let compiled = bytecode::compile(program, script, Stdlib::Sources(&folder), &sources, project.optimize)?;
        cache.stage("compressing the standard library");
        let samples: Vec<&[u8]> = compiled.iter().filter_map(|file| file.contents.as_deref()).collect();
        let dictionary = archive::train_dictionary(&samples, DICTIONARY).map_err(write_error)?;
        let mut writer = Writer::new(&dictionary).map_err(write_error)?;
        add(&mut writer, layout::STDLIB, &compiled)?;
        writer.file(layout::EXECUTABLE, layout::EXECUTABLE_TEXT.as_bytes()).map_err(write_error)?;
        let bytes = writer.finish().0;
        interpreter::check(program, runtime, open(bytes.clone())?)?;
        Ok(bytes)
    })
}

pub(crate) fn app_archive(
    settings: &Settings,
    stdlib: Vec<u8>,
    runtime: &Runtime,
    libraries: Vec<Compiled>,
    manifest: &str,
    crates_licences: Option<&str>,
) -> Result<(Vec<u8>, archive::Summary)> {
    let stdlib = open(stdlib)?;
    let mut writer = Writer::new(stdlib.dictionary()).map_err(write_error)?;
    writer.copy_from(&stdlib, "").map_err(write_error)?;
    add(&mut writer, layout::SITE_PACKAGES, &libraries)?;
    writer.file(layout::MANIFEST, manifest.as_bytes()).map_err(write_error)?;
    if let Some(text) = crates_licences {
        writer.file(&format!("{LICENCES}/rust-crates.txt"), text.as_bytes()).map_err(write_error)?;
    }
    let mut licences = vec![settings.source.join("THIRD-PARTY.md")];
    if let Ok(entries) = sorted_entries(&runtime.folder.join("licenses")) {
        licences.extend(entries.iter().map(std::fs::DirEntry::path));
    }
    for path in licences {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = std::fs::read(&path).doing("read", &path)?;
        writer.file(&format!("{LICENCES}/{name}"), &text).map_err(write_error)?;
    }
    Ok(writer.finish())
}

fn add(writer: &mut Writer, prefix: &str, files: &[Compiled]) -> Result<()> {
    writer.directory(prefix).map_err(write_error)?;
    for file in files {
        let path = format!("{prefix}/{}", file.path);
        match &file.contents {
            Some(contents) => writer.file(&path, contents),
            None => writer.directory(&path),
        }
        .map_err(write_error)?;
    }
    Ok(())
}

fn write_error(error: archive::WriteError) -> Error {
    Error::Libraries(vec![error.to_string()])
}

/// What is bundled, for the executable and for those who look inside: names and hashes, no paths, no times.
pub(crate) fn manifest(
    project: &Project,
    libraries: &[Library],
    compiled: &[Compiled],
    runtime: &Runtime,
    script: &Path,
) -> Result<String> {
    let hashes = libraries.iter().map(|library| (library.name.clone(), json!(hash_of(library, compiled))));
    let libraries: serde_json::Map<String, serde_json::Value> = hashes.collect();
    let manifest = json!({
        "entry": project.entry.text(),
        "optimize": project.optimize,
        "python": runtime.version,
        "inputs": {
            "compile_library.py": hash::of_file(script)?,
            "libraries": libraries,
            "python.wasm": hash::of_bytes(&runtime.wasm),
            "standard library": hash::of_tree(&runtime.stdlib())?,
        },
    });
    Ok(format!("{manifest:#}\n"))
}

/// SHA-256 of what a library brings, as it goes into the archive: leftovers beside its sources do not count.
fn hash_of(library: &Library, compiled: &[Compiled]) -> String {
    let name = library.name.strip_suffix(".py").unwrap_or(&library.name);
    let owns = |path: &str| {
        path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest == ".pyc" || rest.starts_with('/'))
    };
    let files = compiled.iter().filter(|file| owns(&file.path));
    let key = files.fold(Key::new(), |key, file| match &file.contents {
        Some(contents) => key.part(&file.path, contents),
        None => key.part(&file.path, "folder").part("empty", ""),
    });
    key.hex()
}
