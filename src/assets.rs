//! What `build.rs` made, embedded.

use anyhow::{Context, Result};
use archive::Archive;
use guest::{PageAligned, Program};
use include_dir::{Dir, include_dir};

const CODE_LEN: usize = include_bytes!(concat!(env!("OUT_DIR"), "/python.code")).len();

/// The machine code of python.wasm, at a page boundary of its own, so that it runs where it lies. Its type names the
/// length because a static behind a reference to a slice puts the 12 MB into the executable twice.
static CODE: PageAligned<[u8; CODE_LEN]> = PageAligned(*include_bytes!(concat!(env!("OUT_DIR"), "/python.code")));

/// The built assets that are files.
static ASSETS: Dir<'_> = include_dir!("$OUT_DIR/assets");

/// Size of the machine code, bytes.
pub fn code_size() -> u64 {
    CODE.0.len() as u64
}

/// The interpreter.
///
/// # Errors
/// If the executable is damaged.
pub fn program() -> Result<Program> {
    Program::from_trusted_static(&CODE).map_err(anyhow::Error::from).context("the machine code in this executable")
}

/// The file system.
///
/// # Errors
/// If the executable is damaged.
pub fn archive() -> Result<Archive> {
    let file = ASSETS.get_file("app.archive").context("this executable was built without its archive")?;
    Archive::open(file.contents()).context("the archive in this executable")
}

/// What is bundled, as the build wrote it down.
///
/// # Errors
/// If the executable is damaged.
pub fn manifest(archive: &Archive) -> Result<serde_json::Value> {
    let path = guest::layout::MANIFEST;
    let index = archive.find(path).with_context(|| format!("expected {path} in the archive, found no such file"))?;
    serde_json::from_slice(&archive.read(index)?).with_context(|| path.to_string())
}
