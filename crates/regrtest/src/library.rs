//! The archive with the standard library and the tests: sources, because tests read them, and bytecode beside them
//! where imports look for it, because compiling in each process would take longer than most tests.

use anyhow::Result;
use archive::{Archive, Writer};
use host::layout;
use pipeline::hash::{self, Key};
use pipeline::{Build, Compiled, Python, Sources, Stdlib};
use std::fs;
use std::path::Path;

/// What Python of this version calls its bytecode: `__pycache__/NAME.TAG.pyc`.
const TAG: &str = "cpython-313";
/// What must not compile: tests try it.
const BROKEN: [&str; 2] = ["test/test_future_stmt/badsyntax_future.py", "test/tokenizedata"];

/// The archive. Each half is kept in the cache under what it is made from; not under python.wasm, as the same version
/// of CPython makes the same bytecode however it was built.
///
/// # Errors
/// Those of the compiling CPython and of the cache.
pub fn provide(build: &Build, python: &Python, tests: &Path) -> Result<Vec<u8>> {
    let (runtime, cache, script) = (&python.runtime, build.cache(), build.script());
    let stdlib = runtime.stdlib();
    let half = |what: &str, folder: &Path, exclude: &[String]| -> Result<Archive> {
        let key = Key::new()
            .part("python", &runtime.version)
            .part("sources", hash::of_tree(folder)?)
            .part("script", hash::of_file(&script)?)
            .part("exclude", exclude.join("\n"))
            .part("writer", archive::revision());
        let bytes = cache.blob(&format!("regrtest-{what}"), key, || {
            cache.stage(&format!("compiling the {what} to bytecode, beside its sources"));
            let sources = Sources::of_stdlib(folder, exclude)?;
            let compiled = build.compile(python, Stdlib::Sources(&stdlib), &sources, 0)?;
            cache.stage(&format!("compressing the {what} with its sources"));
            let mut writer = Writer::new(&[])?;
            add_bytecode(&mut writer, &compiled)?;
            let exclude = if what == STDLIB { exclude } else { &[] };
            add_sources(&mut writer, folder, "", exclude)?;
            Ok(writer.finish().0)
        })?;
        Ok(Archive::open(bytes)?)
    };
    // The tests come whole with the other half.
    let exclude = [&runtime.exclude[..], &["test".to_string()]].concat();
    let halves = [half(STDLIB, &stdlib, &exclude)?, half("test library", tests, &BROKEN.map(String::from))?];
    let mut writer = Writer::new(&[])?;
    for half in &halves {
        writer.copy_from(half, "")?;
    }
    // sys.path names it, and tests look whether it is there.
    writer.directory(layout::SITE_PACKAGES)?;
    writer.executable(layout::EXECUTABLE, layout::EXECUTABLE_TEXT.as_bytes())?;
    Ok(writer.finish().0)
}

/// What the first half is called.
const STDLIB: &str = "standard library";

/// Each `a/b.pyc` as `a/__pycache__/b.TAG.pyc`.
fn add_bytecode(writer: &mut Writer, compiled: &[Compiled]) -> pipeline::Result<()> {
    for file in compiled {
        if let (Some(stem), Some(contents)) = (file.path.strip_suffix(".pyc"), &file.contents) {
            let (folder, name) = stem.rsplit_once('/').map_or((String::new(), stem), |(f, n)| (format!("{f}/"), n));
            writer.file(&format!("{}/{folder}__pycache__/{name}.{TAG}.pyc", layout::STDLIB), contents)?;
        }
    }
    Ok(())
}

/// Everything in the folder `inside` of `root`, which ends with a slash unless it is empty, but the paths that `exclude` names.
fn add_sources(writer: &mut Writer, root: &Path, inside: &str, exclude: &[String]) -> pipeline::Result<()> {
    writer.directory(format!("{}/{inside}", layout::STDLIB).trim_end_matches('/'))?;
    for entry in hash::sorted_entries(&root.join(inside))? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{inside}{name}");
        if exclude.contains(&path) || name == "__pycache__" {
            continue;
        }
        if entry.path().is_dir() {
            add_sources(writer, root, &format!("{path}/"), exclude)?;
        } else {
            let read = fs::read(entry.path());
            let source = read
                .map_err(|source| pipeline::Error::Io { doing: format!("read {}", entry.path().display()), source })?;
            writer.file(&format!("{}/{path}", layout::STDLIB), &source)?;
        }
    }
    Ok(())
}
