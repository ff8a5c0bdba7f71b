//! `compile_library.py`, run inside the WebAssembly CPython: no Python of the host takes part, so the bytecode always fits
//! the interpreter that will load it. The guest sees a copy of the sources in memory and nothing else.

use super::interpreter::Python;
use super::pack::Packed;
use super::record;
use crate::context::Build;
use crate::error::{Error, Result};
use crate::hash::{self, Key};
use crate::inputs::Library;
use host::{ContextBuilder, abi, layout, load};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use vfs::{Ino, Kind, Limits, Vfs};

/// What sources and results may take in memory.
pub(crate) const LIMITS: Limits = Limits { bytes: 2 << 30, files: 1 << 20 };

/// Where the guest finds sources, and leaves results.
const SOURCE: &str = "source";
const OUTPUT: &str = "output";
/// Where it finds what is compiled already.
const KNOWN: &str = "known";
const SCRIPT: &str = "compile_library.py";
/// The list that the script writes beside its results.
pub(super) const LIST: &str = "MANIFEST.txt";

/// The standard library that the compiling CPython itself runs on.
pub enum Stdlib<'a> {
    /// Its sources, when nothing is compiled yet.
    Sources(&'a Path),
    /// The compiled one.
    Compiled(archive::Archive),
}

/// What is compiled: trees of one source folder.
pub struct Sources {
    /// Paths below that folder, and where each is on this machine.
    entries: Vec<(String, PathBuf)>,
    prefix: String,
    exclude: Vec<String>,
}

impl Sources {
    /// The libraries of a project, without what `exclude` names.
    pub(crate) fn of_libraries(libraries: &[Library], exclude: Vec<String>) -> Sources {
        let pieces = libraries.iter().flat_map(|library| &library.pieces);
        Sources {
            entries: pieces.map(|piece| (piece.path.clone(), piece.place.clone())).collect(),
            prefix: format!("/{}/{}", abi::MOUNT, layout::SITE_PACKAGES),
            exclude,
        }
    }

    /// Some modules of these sources.
    pub(super) fn of_modules(&self, entries: impl Iterator<Item = (String, PathBuf)>) -> Sources {
        Sources { entries: entries.collect(), prefix: self.prefix.clone(), exclude: Vec::new() }
    }

    /// Paths below the source folder, and where each is on this machine.
    pub(crate) fn entries(&self) -> &[(String, PathBuf)] {
        &self.entries
    }

    /// The folder where tracebacks say that they lie.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Paths below the folder that are left out.
    pub(super) fn exclude(&self) -> &[String] {
        &self.exclude
    }

    /// Those that lie in a folder of this machine, and the others.
    fn divide(&self, folder: Option<&Path>) -> (Sources, Sources) {
        let is_in = |(_, place): &&(String, PathBuf)| folder.is_some_and(|folder| place.starts_with(folder));
        let (there, others): (Vec<_>, Vec<_>) = self.entries.iter().partition(is_in);
        let of = |entries: Vec<&(String, PathBuf)>| Sources {
            entries: entries.into_iter().cloned().collect(),
            prefix: self.prefix.clone(),
            exclude: self.exclude.clone(),
        };
        (of(there), of(others))
    }

    /// Whether a path below the folder is left out by name.
    pub(super) fn excludes(&self, path: &str) -> bool {
        self.exclude.iter().any(|excluded| excluded == path)
    }

    /// Copies the sources into a new folder of the guest's file system.
    ///
    /// # Errors
    /// [`Error::Libraries`] naming what cannot be read; [`Error::Guest`] if there is no room.
    pub(super) fn load(&self, vfs: &mut Vfs, root: Ino, folder: &str) -> Result<()> {
        let source = make_directory(vfs, root, folder)?;
        for (path, place) in &self.entries {
            let mut at = source;
            let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
            for name in above.split('/').filter(|name| !name.is_empty()) {
                at = match vfs.lookup(at, name, false) {
                    Ok(folder) => folder,
                    Err(_) => make_directory(vfs, at, name)?,
                };
            }
            let fail = |error| Error::Libraries(vec![format!("{error}; correct or exclude it")]);
            load::load_entry(vfs, at, name, place).map_err(fail)?;
        }
        Ok(())
    }

    /// The standard library, without what `exclude` names.
    pub fn of_stdlib(folder: &Path, exclude: &[String]) -> Result<Sources> {
        let mut entries = Vec::new();
        for entry in crate::hash::sorted_entries(folder)? {
            entries.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
        }
        Ok(Sources { entries, prefix: format!("/{}/{}", abi::MOUNT, layout::STDLIB), exclude: exclude.to_vec() })
    }
}

/// One compiled or carried file, or an empty folder.
pub struct Compiled {
    /// Its path relative to the source folder.
    pub path: String,
    /// Its bytes; `None` for a folder.
    pub contents: Option<Vec<u8>>,
    /// Whether it is a file that may be executed, as in the sources.
    pub executable: bool,
}

/// The libraries of a project, compiled.
pub(crate) struct CompiledLibraries {
    pub files: Vec<Compiled>,
    /// What of them is compressed already, with the dictionary of the standard library.
    pub packed: Vec<Packed>,
    /// How many sources are kept, by what rule.
    pub kept: BTreeMap<String, usize>,
}

/// How many sources are kept by each rule, as the script says it.
pub(super) fn kept(said: &str) -> BTreeMap<String, usize> {
    let mut kept = BTreeMap::new();
    for rule in said.lines().filter_map(|line| Some(line.strip_prefix("kept ")?.split_once(": ")?.0)) {
        *kept.entry(rule.to_string()).or_default() += 1;
    }
    kept
}

impl Build {
    /// What makes bytecode what it is, beside its source: the key of what is kept of it begins so.
    ///
    /// # Errors
    /// [`Error::Io`] of the script.
    pub(super) fn compiler_key(
        &self,
        python: &Python,
        stdlib: &archive::Archive,
        sources: &Sources,
        optimize: u8,
    ) -> Result<Key> {
        Ok(Key::new()
            .part("wasm", hash::of_bytes(&python.runtime.wasm))
            .part("stdlib", stdlib.identity().to_le_bytes())
            .part("script", hash::of_file(&self.script())?)
            .part("prefix", sources.prefix())
            .part("optimize", [optimize])
            .part("writer", archive::revision()))
    }

    /// Compiles the libraries of a project. Those that are installed come from the cache, if they are there: `installed` has their folder,
    /// and a name that stands for all that is in it.
    ///
    /// # Errors
    /// As [`Build::compile`]; [`Error::Io`] of the cache.
    pub(crate) fn compile_libraries(
        &self,
        python: &Python,
        stdlib: &archive::Archive,
        sources: &Sources,
        installed: Option<(&Path, &str)>,
    ) -> Result<CompiledLibraries> {
        // The script looks for each pattern of `keep-source` among all modules.
        let installed = installed.filter(|_| self.project().keep_source.is_empty());
        let (theirs, own) = sources.divide(installed.map(|(folder, _)| folder));
        let (files, said, known) = self.compile_with_known(python, stdlib, &own)?;
        let mut all = CompiledLibraries { files, packed: known.into_iter().collect(), kept: kept(&said) };
        if let Some((_, name)) = installed {
            let theirs = self.compile_installed(python, stdlib, &theirs, name)?;
            all.files.extend(theirs.files);
            all.packed.extend(theirs.packed);
            theirs.kept.into_iter().for_each(|(rule, files)| *all.kept.entry(rule).or_default() += files);
        }
        // Both may have a folder.
        all.files.sort_by(|a, b| a.path.cmp(&b.path));
        all.files.dedup_by(|a, b| a.path == b.path && a.contents.is_none());
        record::rewrite(&mut all.files);
        Ok(all)
    }

    /// Compiles libraries, with what is known of them; what the script has said, too.
    pub(super) fn compile_with_known(
        &self,
        python: &Python,
        stdlib: &archive::Archive,
        sources: &Sources,
    ) -> Result<(Vec<Compiled>, String, Option<Packed>)> {
        let optimize = self.project().optimize;
        let known = self.known_bytecode(python, stdlib, sources, optimize)?;
        let keep = self.project().keep_source.iter().flat_map(|pattern| ["--keep-source", pattern]);
        let arguments: Vec<&str> = ["--data-sources"].into_iter().chain(keep).collect();
        let stdlib = Stdlib::Compiled(stdlib.clone());
        let (files, said) = self.run_script(python, stdlib, sources, optimize, known.as_ref(), &arguments)?;
        Ok((files, said, known.map(Packed::libraries)))
    }

    /// Compiles sources with the script `compile_library.py`, at optimisation level `optimize`.
    ///
    /// # Errors
    /// [`Error::Libraries`] with all problems that the script reports; [`Error::Guest`] if it did not run to its end.
    pub fn compile(
        &self,
        python: &Python,
        stdlib: Stdlib<'_>,
        sources: &Sources,
        optimize: u8,
    ) -> Result<Vec<Compiled>> {
        self.run_script(python, stdlib, sources, optimize, None, &[]).map(|(files, _)| files)
    }

    /// As [`Build::compile`], but for what is known, and with more arguments; what the script has said, too.
    pub(super) fn run_script(
        &self,
        python: &Python,
        stdlib: Stdlib<'_>,
        sources: &Sources,
        optimize: u8,
        known: Option<&archive::Archive>,
        arguments: &[&str],
    ) -> Result<(Vec<Compiled>, String)> {
        let (mut vfs, root) = layout::scratch(LIMITS).map_err(no_room)?;
        let own = |error: load::LoadError| Error::Guest(error.to_string());
        load::load_entry(&mut vfs, root, SCRIPT, &self.script()).map_err(own)?;
        sources.load(&mut vfs, root, SOURCE)?;
        match stdlib {
            Stdlib::Compiled(archive) => {
                vfs.mount(root, abi::MOUNT, archive).map_err(no_room)?;
            }
            Stdlib::Sources(folder) => {
                let mut at = make_directory(&mut vfs, root, abi::MOUNT)?;
                for name in layout::STDLIB.split('/') {
                    at = make_directory(&mut vfs, at, name)?;
                }
                load::load_folder(&mut vfs, at, folder).map_err(own)?;
            }
        }

        if let Some(known) = known {
            let folder = make_directory(&mut vfs, root, KNOWN)?;
            load_known(&mut vfs, folder, known, archive::Archive::ROOT)?;
        }
        let (script, source, output) = (format!("/{SCRIPT}"), format!("/{SOURCE}"), format!("/{OUTPUT}"));
        let builder = ContextBuilder::new(vfs)
            .preopen(root, "/")
            .variable("PYTHONHASHSEED", "0")
            .arguments(["python3", "-S", &script, &source, &output, "--prefix", &sources.prefix])
            .arguments(["--case-sensitive", "--optimize", &optimize.to_string()])
            .arguments(known.iter().flat_map(|_| ["--known".to_string(), format!("/{KNOWN}")]))
            .arguments(sources.exclude.iter().flat_map(|path| ["--exclude", path]))
            .arguments(arguments.iter().copied());
        let (status, said, context) = python.run(builder)?;
        match status {
            0 => Ok((collect(context, root)?, said)),
            1 if !said.starts_with("Traceback") => Err(Error::Libraries(problems(&said, sources))),
            _ => Err(Error::Guest(format!("{SCRIPT} ended with status {status}: {}", said.trim()))),
        }
    }
}

/// Puts what is known into a folder of the guest's. (A file system has one archive only: the standard library.)
fn load_known(vfs: &mut Vfs, folder: Ino, known: &archive::Archive, directory: archive::EntryId) -> Result<()> {
    for index in known.children(directory) {
        let Some(entry) = known.entry(index) else { continue };
        if entry.kind == archive::EntryKind::Directory {
            let inner = make_directory(vfs, folder, entry.name)?;
            load_known(vfs, inner, known, index)?;
        } else {
            load::write_file(vfs, folder, entry.name, &known.read(index)?).map_err(no_room)?;
        }
    }
    Ok(())
}

/// The script's problems, with this machine's paths in place of the guest's.
fn problems(said: &str, sources: &Sources) -> Vec<String> {
    let mut problems = Vec::new();
    // The last line only says how many there were.
    for line in said.lines().filter(|line| !line.starts_with("nothing was written")) {
        let mut line = line.to_string();
        if let Some(rest) = line.strip_prefix(&format!("/{SOURCE}/")) {
            line = own_path(rest, sources).unwrap_or(line);
        }
        problems.push(line);
    }
    problems
}

/// A problem of a file, with this machine's path in place of the one below the guest's folder.
fn own_path(problem: &str, sources: &Sources) -> Option<String> {
    let below = |path: &str| problem.strip_prefix(path).filter(|rest| rest.starts_with(['/', ':']));
    let own = |(path, place): &(String, PathBuf)| Some(format!("{}{}", place.display(), below(path)?));
    // The script escapes odd names; then the folder tells.
    let beside = |(path, place): &(String, PathBuf)| {
        let rest = below(path.rsplit_once('/')?.0)?;
        Some(format!("{}{rest}", place.parent()?.display()))
    };
    sources.entries.iter().find_map(own).or_else(|| sources.entries.iter().find_map(beside))
}

fn collect(mut context: host::Context, root: Ino) -> Result<Vec<Compiled>> {
    let output = context
        .vfs()
        .lookup(root, OUTPUT, false)
        .map_err(|_| Error::Guest(format!("{SCRIPT}: expected its result at /{OUTPUT}, found nothing")))?;
    let mut compiled = Vec::new();
    collect_below(context.vfs_mut(), output, "", &mut compiled).map_err(no_room)?;
    for file in compiled.iter_mut().filter(|file| file.contents.is_some()) {
        // The script carries contents only. Bytecode has no source of its own name, and is not executed.
        let source = context.vfs().lookup(root, &format!("{SOURCE}/{}", file.path), true);
        let mode = source.and_then(|source| context.vfs().metadata(source)).map_or(0, |metadata| metadata.mode);
        file.executable = mode & 0o100 != 0;
    }
    // The archive has a list of its own.
    compiled.retain(|file| file.path != LIST);
    Ok(compiled)
}

fn collect_below(vfs: &mut Vfs, directory: Ino, prefix: &str, into: &mut Vec<Compiled>) -> vfs::Result<()> {
    let entries = vfs.read_dir(directory, 0)?.filter(|entry| entry.name != "." && entry.name != "..");
    let entries: Vec<(String, Ino, Kind)> =
        entries.map(|entry| (format!("{prefix}{}", entry.name), entry.ino, entry.kind)).collect();
    for (path, ino, kind) in entries {
        if kind == Kind::Directory {
            let inner = format!("{path}/");
            into.push(Compiled { path, contents: None, executable: false });
            collect_below(vfs, ino, &inner, into)?;
        } else {
            into.push(Compiled { path, contents: Some(vfs.contents(ino)?), executable: false });
        }
    }
    Ok(())
}

fn make_directory(vfs: &mut Vfs, at: Ino, name: &str) -> Result<Ino> {
    vfs.make_directory(at, name).and_then(|()| vfs.lookup(at, name, false)).map_err(no_room)
}

fn no_room(error: vfs::Errno) -> Error {
    Error::Guest(format!(
        "the file system of the compiling CPython: {error}; it has room for libraries and bytecode of 2 GiB together"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_name_this_machines_paths() {
        let sources = Sources {
            entries: vec![("a".into(), "/home/me/libs/a".into()), ("ab.py".into(), "other/ab.py".into())],
            prefix: String::new(),
            exclude: Vec::new(),
        };
        let said = "/source/a/x.py:3: bad\n/source/ab.py:1: worse\nnothing was written; problems found: 2\n";
        assert_eq!(problems(said, &sources), ["/home/me/libs/a/x.py:3: bad", "other/ab.py:1: worse"]);
        let sources = Sources { entries: vec![("ns/b\nc".into(), "two/ns/b\nc".into())], ..sources };
        assert_eq!(problems("/source/ns/b\\nc: odd\n", &sources), ["two/ns/b\\nc: odd"]);
    }
}
