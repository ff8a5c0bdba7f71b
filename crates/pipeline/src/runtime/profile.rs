//! The profile of the interpreter: how often its branches are taken, as `cargo train` has counted, kept in `wasm/profile`. With it,
//! the compiler optimizes for what programs do. Its text is part of the recipe's key.

use super::recipe::Recipe;
use super::toolchain::{Toolchain, prefixed};
use crate::cache::Cache;
use crate::error::{Doing, Error, Result};
use crate::hash::{self, Key};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// In `wasm/`: the counts, in LLVM's format, compressed with zstd; and the hash of the sources that they were counted in.
const COUNTS: &str = "profile/counts.zst";
const FITS: &str = "profile/fits.txt";
/// A profile has some two megabytes. Anything larger is not a profile.
const MOST: usize = 16 << 20;
/// What keeps the counts while the interpreter runs: LLVM's sources in this crate, which a manifest in `wasm/` pins, and our part.
pub(super) const COUNTER: &str = "minicov";
pub(super) const COUNTER_PIN: &str = "profile/Cargo.toml";
const COUNTER_SOURCES: [&str; 8] =
    ["", "Buffer", "Internal", "Merge", "PlatformLinux", "Value", "VersionVar", "Writer"];
const FOR_COUNTER: [&str; 2] = ["-DCOMPILER_RT_HAS_ATOMICS=1", "-DCOMPILER_RT_PROFILE_BAREMETAL=1"];
const WRITER: &str = "profile/write.c";
const LEVEL: i32 = 19;
/// Makes it anew.
const ADVICE: &str = "cargo train makes it anew";

/// Hash of what a profile depends on most: CPython's sources and how they are compiled. Our own headers are left out, as a change of
/// them moves few branches, and the compiler leaves out the counts of functions whose branches have changed.
pub(super) fn fitting(recipe: &Recipe) -> Result<String> {
    let (compiler, configure) = (&recipe.compiler, &recipe.configure);
    let file = |name: &str| hash::of_file(&recipe.folder.join(name));
    let key = Key::new()
        .part("cpython", &recipe.cpython.sha256)
        .part("patches", hash::of_tree(&recipe.folder.join("patches/cpython"))?)
        .part("modules", file("Setup.local")?)
        .part("compiler", file("compiler.txt")?)
        .part("target", format!("{} {}", compiler.target, compiler.cpu))
        .part("flags", [&compiler.cflags[..], &configure.args, &configure.cflags].concat().join(" "));
    Ok(key.hex())
}

/// Whether the profile in the folder of the recipe is of the recipe's sources.
fn fits(recipe: &Recipe) -> Result<bool> {
    let path = recipe.folder.join(FITS);
    Ok(fs::read_to_string(&path).doing("read", &path)?.trim() == fitting(recipe)?)
}

/// Puts a profile into the folder of the recipe.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn keep(recipe: &Recipe, counts: &[u8]) -> Result<()> {
    let (path, fits) = (recipe.folder.join(COUNTS), recipe.folder.join(FITS));
    let packed = zstd::bulk::compress(counts, LEVEL).doing("compress", &path)?;
    aside::write(&path, &[&packed]).doing("write", &path)?;
    aside::write(&fits, &[fitting(recipe)?.as_bytes(), b"\n"]).doing("write", &fits)
}

/// How an interpreter is optimized.
pub(super) struct Optimizing {
    /// For `wasm/optimize.mk`.
    pub variables: Vec<String>,
    /// What is linked into it besides.
    pub objects: Vec<PathBuf>,
    /// For those who ask what it was made from.
    pub what: String,
}

impl Toolchain<'_> {
    /// With the profile, if it fits.
    pub fn with_profile(&self, cache: &Cache) -> Result<Optimizing> {
        // Each is always given: make would take it from the environment.
        let (mut file, mut linker, mut what) = (String::new(), String::new(), "none".to_string());
        if fits(self.recipe)? {
            let (packed, profile) = (self.recipe.folder.join(COUNTS), self.dependencies("interpreter.profdata"));
            let counts = unpack(&fs::read(&packed).doing("read", &packed)?, &packed)?;
            fs::write(&profile, counts).doing("write", &profile)?;
            (file, linker) = (profile.display().to_string(), format!("{} wasm-ld", self.compiler.display()));
            what = format!("{COUNTS} {}", hash::of_file(&packed)?);
        } else {
            cache.stage(&format!("wasm/{COUNTS} was counted in other sources: without it, Python is slower; {ADVICE}"));
        }
        let variables = vec![format!("PROFILE={file}"), format!("LINKER={linker}"), "INSTRUMENT=".to_string()];
        Ok(Optimizing { variables, objects: Vec::new(), what })
    }

    /// To count: what keeps the counts while it runs, and writes them down at its end, comes from the crate in `package`.
    pub fn counting(&self, package: &Path) -> Result<Optimizing> {
        let folder = package.join("c");
        let mut flags: Vec<OsString> = FOR_COUNTER.map(OsString::from).into();
        flags.push(prefixed("-I", &folder));
        let sources = COUNTER_SOURCES.iter().map(|part| folder.join(format!("InstrProfiling{part}.c")));
        let sources = sources.chain([self.recipe.folder.join(WRITER)]);
        let objects: Result<Vec<PathBuf>> =
            sources.map(|source| self.compile_alone(COUNTER, &folder, &source, &flags)).collect();
        let variables = ["PROFILE=", "LINKER=", "INSTRUMENT=1"].map(str::to_string).into();
        Ok(Optimizing { variables, objects: objects?, what: "none: it counts for one".to_string() })
    }
}

fn unpack(packed: &[u8], path: &Path) -> Result<Vec<u8>> {
    let counts = zstd::bulk::decompress(packed, MOST);
    counts.map_err(|error| Error::Runtime(format!("{}: expected a profile, found: {error}; {ADVICE}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe() -> Recipe {
        Recipe::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wasm")).expect("the recipe is valid")
    }

    #[test]
    fn the_profile_is_of_these_sources() {
        assert!(fits(&recipe()).expect("read"), "the profile in wasm/profile is of other sources; {ADVICE}");
    }

    #[test]
    fn a_profile_comes_back_as_it_was_kept() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut recipe = recipe();
        let place = folder.path().join("wasm");
        crate::copies::copy_all(&recipe.folder, &place).expect("copied");
        recipe.folder = place;
        keep(&recipe, b"counts").expect("kept");
        let path = recipe.folder.join(COUNTS);
        assert_eq!(unpack(&fs::read(&path).expect("read"), &path).expect("unpacked"), b"counts");
        assert!(fits(&recipe).expect("read"));
        let message = unpack(b"other", &path).expect_err("refused").to_string();
        assert!(message.contains("expected a profile") && message.ends_with(ADVICE), "{message}");
        // Other sources, other flags: it does not fit.
        let patch = recipe.folder.join("patches/cpython/allocator.patch");
        let text = fs::read(&patch).expect("read");
        fs::write(&patch, [&text, &b"\n"[..]].concat()).expect("written");
        assert!(!fits(&recipe).expect("read"));
        fs::write(&patch, text).expect("written");
        recipe.compiler.cflags.push("-Os".to_string());
        assert!(!fits(&recipe).expect("read"));
    }
}
