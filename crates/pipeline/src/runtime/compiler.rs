//! The recipe's compiler: clang, the linker, and the C library, whose sources and headers are as the recipe patches them.

use super::recipe::Recipe;
use super::sources::Sources;
use crate::cache::{Cache, DOWNLOADS};
use crate::error::{Doing, Result};
use crate::log::Log;
use crate::patches;
use crate::settings::Settings;
use std::fs;
use std::path::{Path, PathBuf};

/// The compiler, unpacked.
pub(crate) struct Compiler {
    /// Its program.
    pub program: PathBuf,
    /// Its flags for the recipe's target.
    pub target: [String; 3],
    /// The time that builds are told, as the seconds of `SOURCE_DATE_EPOCH`.
    pub date: u64,
}

impl Compiler {
    /// Unpacks it into a folder.
    ///
    /// # Errors
    /// [`Error::Runtime`](crate::Error::Runtime) or [`Error::Step`](crate::Error::Step) if it cannot be had;
    /// [`Error::Io`](crate::Error::Io).
    pub fn install(settings: &Settings, cache: &Cache, work: &Path, log: &Log) -> Result<Compiler> {
        let recipe = Recipe::read(&settings.source.join("wasm"))?;
        let sources = Sources::new(settings, cache, &recipe, log)?;
        let _downloading = cache.lock(DOWNLOADS)?;
        let program = unpack(&sources, work)?;
        Ok(Compiler { program, target: target_flags(&recipe), date: recipe.cpython.date })
    }
}

/// Unpacks the compiler into `work`; its program.
///
/// # Errors
/// As [`Compiler::install`]'s.
pub(super) fn unpack(sources: &Sources<'_>, work: &Path) -> Result<PathBuf> {
    let program = sources.compiler(work)?;
    // It makes its C library from this source when it first links, and compiles all else with these headers.
    patches::apply(&sources.recipe.folder.join(PATCHES), &library(&program))?;
    Ok(program)
}

/// What an unpacked compiler depends on.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub(crate) fn pins(source: &Path) -> Result<String> {
    let folder = source.join("wasm");
    let list = folder.join("compiler.txt");
    let list = fs::read_to_string(&list).doing("read", &list)?;
    Ok(format!("{list}{}", crate::hash::of_tree(&folder.join(PATCHES))?))
}

/// The flags for a recipe's target.
pub(super) fn target_flags(recipe: &Recipe) -> [String; 3] {
    let compiler = &recipe.compiler;
    ["-target".to_string(), compiler.target.clone(), format!("-mcpu={}", compiler.cpu)]
}

/// Where the compiler has the C library: its source in `wasi` and `musl`, its headers in `include`.
pub(super) fn library(program: &Path) -> PathBuf {
    program.with_file_name("lib").join("libc")
}

/// In the folder of the recipe.
const PATCHES: &str = "patches/wasi-libc";
