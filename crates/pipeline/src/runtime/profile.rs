//! The profile of the interpreter: how often its branches are taken, as `cargo train` has counted, kept in `wasm/profile`. With it,
//! the compiler optimizes for what programs do. Its text is part of the recipe's key.

use super::recipe::Recipe;
use super::toolchain::{Toolchain, prefixed};
use crate::cache::Cache;
use crate::error::{Doing, Result};
use crate::hash::{self, Key};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// In `wasm/`: the counts, in LLVM's format, compressed with zstd; and the hash of them and of the sources that they were counted in.
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

/// Hash of what counts depend on most: CPython's sources and how they are compiled. Our own headers are left out, as a change of them
/// moves few branches, and the compiler leaves out the counts of functions whose branches have changed.
pub(super) fn sources(recipe: &Recipe) -> Result<String> {
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

/// What stands in `fits.txt` for these sources and these counts, as they are kept.
fn fitting(sources: &str, packed: &[u8]) -> String {
    Key::new().part("sources", sources).part("counts", packed).hex()
}

/// The counts in the folder of the recipe, as they are kept; none if they are of other sources, or damaged.
fn packed(recipe: &Recipe) -> Result<Option<Vec<u8>>> {
    let (counts, fits) = (recipe.folder.join(COUNTS), recipe.folder.join(FITS));
    let packed = fs::read(&counts).doing("read", &counts)?;
    let fits = fs::read_to_string(&fits).doing("read", &fits)?;
    Ok((fits.trim() == fitting(&sources(recipe)?, &packed)).then_some(packed))
}

/// Puts counts that were made in these sources into the folder of the recipe.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub(super) fn keep(recipe: &Recipe, sources: &str, counts: &[u8]) -> Result<()> {
    let (path, fits) = (recipe.folder.join(COUNTS), recipe.folder.join(FITS));
    let packed = zstd::bulk::compress(counts, LEVEL).doing("compress", &path)?;
    aside::write(&path, &[&packed]).doing("write", &path)?;
    aside::write(&fits, &[fitting(sources, &packed).as_bytes(), b"\n"]).doing("write", &fits)
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
        if let Some(packed) = packed(self.recipe)? {
            let (from, profile) = (self.recipe.folder.join(COUNTS), self.dependencies("interpreter.profdata"));
            let counts = zstd::bulk::decompress(&packed, MOST).doing("decompress", &from)?;
            fs::write(&profile, counts).doing("write", &profile)?;
            (file, linker) = (profile.display().to_string(), format!("{} wasm-ld", self.compiler.display()));
            what = format!("{COUNTS} {}", hash::of_bytes(&packed));
        } else {
            cache.stage(&format!(
                "wasm/{COUNTS} is of other sources, or damaged: without it, Python is slower; {ADVICE}"
            ));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_of_these_sources() {
        assert!(packed(&Recipe::own()).expect("read").is_some(), "wasm/{COUNTS} does not fit; {ADVICE}");
    }

    #[test]
    fn only_what_was_kept_for_these_sources_fits() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut recipe = Recipe::own();
        let place = folder.path().join("wasm");
        crate::copies::copy_all(&recipe.folder, &place).expect("copied");
        recipe.folder = place;
        keep(&recipe, &sources(&recipe).expect("hashed"), b"counts").expect("kept");
        let fits = |recipe: &Recipe| packed(recipe).expect("read");
        let kept = fits(&recipe).expect("fits");
        assert_eq!(zstd::bulk::decompress(&kept, MOST).expect("decompressed"), b"counts");
        for (file, other) in [(COUNTS, &b""[..]), (COUNTS, b"other"), ("patches/cpython/allocator.patch", b"other")] {
            let path = recipe.folder.join(file);
            let before = fs::read(&path).expect("read");
            fs::write(&path, other).expect("written");
            assert_eq!(fits(&recipe), None, "{file}");
            fs::write(&path, before).expect("written");
        }
        assert!(fits(&recipe).is_some());
        recipe.compiler.cflags.push("-Os".to_string());
        assert_eq!(fits(&recipe), None);
    }
}
