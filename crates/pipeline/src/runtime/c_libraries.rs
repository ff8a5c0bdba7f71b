//! The C that is linked into python.wasm beside CPython: the libraries that the recipe names, and the POSIX layer, which stands
//! in for parts of wasi-libc. Its text is part of the recipe's key.

use super::CHECKS;
use super::recipe::Library;
use super::toolchain::{Toolchain, prefix_map, prefixed};
use crate::error::{Doing, Result};
use crate::hash::sorted_entries;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const COMPILE_LIMIT: Duration = Duration::from_secs(5 * 60);
/// The name of the POSIX layer's library.
const POSIX: &str = "posix";
/// Its sources, relative to `wasm/`.
const POSIX_SOURCES: &str = "src/posix";
/// Those of them that the linker must see before the others, which use what wasi-libc takes from there: `printf()` has
/// `strerror()`.
const POSIX_FIRST: [&str; 1] = ["errors"];
/// The parts of wasi-libc that have to be asked for, as CPython's configure does.
const EMULATED: [&str; 3] = ["getpid", "process-clocks", "signal"];

impl Toolchain<'_> {
    /// The C libraries and the POSIX layer.
    pub fn libraries(&self) -> Result<()> {
        for folder in [self.dependencies("lib"), self.dependencies("objects")] {
            fs::create_dir_all(&folder).doing("create", &folder)?;
        }
        for (library, package) in &self.libraries {
            self.library(library, &package.join(&library.folder))?;
        }
        let folder = self.recipe.folder.join(POSIX_SOURCES);
        let sources = c_sources(&folder)?;
        let objects: Result<Vec<PathBuf>> =
            sources.iter().map(|source| self.compile(POSIX, &folder, source, &strict())).collect();
        self.archive(POSIX, &objects?)
    }

    /// Programs that ask the C library and the POSIX layer what Python cannot ask; tests run them. Linked as python.wasm is.
    pub fn checks(&self) -> Result<()> {
        let (folder, programs) = (self.recipe.folder.join("checks"), self.dependencies(CHECKS));
        fs::create_dir_all(&programs).doing("create", &programs)?;
        for source in c_sources(&folder)? {
            let object = self.compile(CHECKS, &folder, &source, &strict())?;
            let mut link = self.compiler_command("cc");
            link.args(self.target_flags()).arg("-s").args(self.posix_objects()?).arg(object);
            link.args(&self.recipe.configure.ldflags)
                .args(EMULATED.map(|library| format!("-lwasi-emulated-{library}")));
            link.arg("-o").arg(programs.join(format!("{}.wasm", file_name(&source))));
            self.log.run(&format!("linking the check {}", file_name(&source)), link, COMPILE_LIMIT)?;
        }
        Ok(())
    }

    fn library(&self, library: &Library, folder: &Path) -> Result<()> {
        let name = &library.name;
        let mut flags: Vec<OsString> = library.cflags.iter().map(OsString::from).collect();
        for include in &library.include {
            flags.push(prefixed("-I", &folder.join(include)));
        }
        let mut objects = Vec::new();
        for source in library_sources(library, folder)? {
            objects.push(self.compile(name, folder, &source, &flags)?);
        }
        self.archive(name, &objects)
    }

    fn archive(&self, name: &str, objects: &[PathBuf]) -> Result<()> {
        let mut archive = self.compiler_command("ar");
        archive.arg("rcsD").arg(self.dependencies("lib").join(format!("lib{name}.a"))).args(objects);
        self.log.run(&format!("archiving lib{name}"), archive, COMPILE_LIMIT)
    }

    /// Compiles one source of what is called `name` and lies in `root`, for the POSIX layer; returns the object.
    fn compile(&self, name: &str, root: &Path, source: &Path, flags: &[OsString]) -> Result<PathBuf> {
        self.compile_alone(name, root, source, &[&self.include_flags(), flags].concat())
    }

    /// The same, with wasi-libc's headers alone.
    pub fn compile_alone(&self, name: &str, root: &Path, source: &Path, flags: &[OsString]) -> Result<PathBuf> {
        let object = self.object(name, source);
        let mut compile = self.compiler_command("cc");
        compile.args(self.compile_flags()).args(flags);
        // It is nothing that extensions could use, but for what `exports.txt` names.
        compile.arg("-fvisibility=hidden").arg(prefix_map(root, name)).arg("-c").arg(source).arg("-o").arg(&object);
        self.log.run(&format!("compiling {} for {name}", file_name(source)), compile, COMPILE_LIMIT)?;
        Ok(object)
    }

    fn object(&self, name: &str, source: &Path) -> PathBuf {
        self.dependencies("objects").join(format!("{name}-{}.o", file_name(source)))
    }

    /// The objects of the POSIX layer, for the linker. They must come before all others: what an object
    /// refers to is taken from wasi-libc, unless it is there already.
    pub fn posix_objects(&self) -> Result<Vec<PathBuf>> {
        let mut sources = c_sources(&self.recipe.folder.join(POSIX_SOURCES))?;
        sources.sort_by_key(|source| !POSIX_FIRST.contains(&file_name(source).as_str()));
        Ok(sources.iter().map(|source| self.object(POSIX, source)).collect())
    }
}

/// What a library is compiled from, sorted.
fn library_sources(library: &Library, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for source in &library.sources {
        let Some(inner) = source.strip_suffix("/*.c") else {
            sources.push(folder.join(source));
            continue;
        };
        for entry in sorted_entries(&folder.join(inner))? {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".c") && !library.exclude.contains(&name) {
                sources.push(entry.path());
            }
        }
    }
    Ok(sources)
}

fn file_name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The C files of a folder, sorted.
fn c_sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = sorted_entries(folder)?;
    let files = files.iter().map(fs::DirEntry::path);
    Ok(files.filter(|path| path.extension().is_some_and(|extension| extension == "c")).collect())
}

/// How C of our own is compiled.
fn strict() -> [OsString; 3] {
    ["-Wall", "-Wextra", "-Werror"].map(OsString::from)
}
