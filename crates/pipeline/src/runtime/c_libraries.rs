//! The C that is linked into python.wasm beside CPython: the libraries that the recipe names, and what stands in for parts of
//! wasi-libc. Its text is part of the recipe's key.

use super::recipe::Library;
use super::steps::{Build, prefix_map};
use crate::error::{Doing, Result};
use crate::hash::sorted_entries;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const COMPILE_LIMIT: Duration = Duration::from_secs(5 * 60);

impl Build<'_> {
    /// The C libraries, and what stands in for parts of wasi-libc.
    pub fn libraries(&self) -> Result<()> {
        for folder in [self.dependencies("lib"), self.dependencies("objects")] {
            fs::create_dir_all(&folder).doing("create", &folder)?;
        }
        for (library, package) in &self.libraries {
            self.library(library, &package.join(&library.folder))?;
        }
        let own = self.recipe.folder.join("src/posix");
        let strict = ["-Wall", "-Wextra", "-Werror"].map(OsString::from);
        let sources = self.own_sources()?;
        let objects: Result<Vec<PathBuf>> =
            sources.iter().map(|source| self.compile("own", &own, source, &strict)).collect();
        self.archive("own", &objects?)
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

    /// Compiles one source of what is called `name` and lies in `root`; returns the object.
    fn compile(&self, name: &str, root: &Path, source: &Path, flags: &[OsString]) -> Result<PathBuf> {
        let object = self.object(name, source);
        let mut compile = self.compiler_command("cc");
        compile.args(self.compile_flags()).arg("-include").arg(self.header()).args(flags);
        compile.arg(prefix_map(root, name)).arg("-c").arg(source).arg("-o").arg(&object);
        self.log.run(&format!("compiling {} for {name}", file_name(source)), compile, COMPILE_LIMIT)?;
        Ok(object)
    }

    fn object(&self, name: &str, source: &Path) -> PathBuf {
        self.dependencies("objects").join(format!("{name}-{}.o", file_name(source)))
    }

    /// What stands in for wasi-libc.
    fn own_sources(&self) -> Result<Vec<PathBuf>> {
        let files = sorted_entries(&self.recipe.folder.join("src/posix"))?;
        let files = files.iter().map(fs::DirEntry::path);
        Ok(files.filter(|path| path.extension().is_some_and(|extension| extension == "c")).collect())
    }

    /// Included in front of every C file.
    pub fn header(&self) -> PathBuf {
        self.recipe.folder.join("src/posix/posix.h")
    }

    /// The objects of what stands in for wasi-libc, as a list for the linker. They must come before all others: what an object
    /// refers to is taken from wasi-libc, unless it is there already.
    pub fn own_objects(&self) -> Result<String> {
        let sources = self.own_sources()?;
        let objects: Vec<String> =
            sources.iter().map(|source| self.object("own", source).display().to_string()).collect();
        Ok(objects.join(" "))
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

pub(super) fn prefixed(flag: &str, path: &Path) -> OsString {
    let mut flag = OsString::from(flag);
    flag.push(path);
    flag
}
