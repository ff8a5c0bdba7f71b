//! One file of tests over stock wasmtime-wasi and a folder of the host, to compare with: what fails here too is not the
//! in-memory file system's doing.
//!
//! The guest sees the same layout: the library, read-only, at `/vfs`, and a fresh temporary folder at `/`.

use crate::driver::{DRIVER, DRIVER_FILE, ENVIRONMENT, REPORT_FILE, command};
use crate::suite::Suite;
use anyhow::{Context, Result};
use archive::{Archive, EntryKind};
use host::abi::HOME;
use host::{Outcome, Program, Timing};
use std::fs;
use std::path::Path;
use wasmtime_wasi::{FsPerms, WasiCtxBuilder, p1};

/// python.wasm compiled as it was built, with its data in it.
const CODE: &str = "disk.code";
/// The library, unpacked.
const LIBRARY: &str = "disk-library";

/// Makes what only these runs need, once.
///
/// # Errors
/// If python.wasm cannot be compiled or the library not be unpacked.
pub fn provide(suite: &Suite) -> Result<()> {
    let code = suite.folder.join(CODE);
    if !code.is_file() {
        eprintln!("compiling python.wasm for stock wasmtime-wasi");
        let bytes = host::engine::compile(&suite.wasm()?, host::engine::TARGET)?;
        aside::write(&code, &[&bytes])?;
    }
    let library = suite.folder.join(LIBRARY);
    if !library.is_dir() {
        eprintln!("unpacking the library");
        let unpacked = aside::make(&library, |work| unpack(&suite.archive()?, work));
        unpacked.with_context(|| format!("cannot unpack it to {}", library.display()))?;
    }
    Ok(())
}

fn unpack(archive: &Archive, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    // Directories come before what they hold.
    for index in 1..archive.count() {
        let path = to.join(archive.path(index));
        match archive.entry(index).map(|entry| entry.kind) {
            Some(EntryKind::Directory) => fs::create_dir(&path)?,
            Some(EntryKind::File) => fs::write(&path, archive.read(index)?)?,
            // The library has no links.
            Some(EntryKind::Symlink) | None => {}
        }
    }
    Ok(())
}

/// Runs the file; how the guest ended, and the report it has left.
///
/// # Errors
/// If the guest cannot be started.
pub fn run(suite: &Suite, name: &str) -> Result<(Outcome, Option<Vec<u8>>)> {
    let root = tempfile::tempdir().context("cannot make a temporary folder")?;
    let home = root.path().join(HOME.trim_start_matches('/'));
    fs::create_dir_all(&home)?;
    for folder in ["dev", "tmp", "vfs"] {
        fs::create_dir(root.path().join(folder))?;
    }
    fs::write(root.path().join("dev/null"), b"")?;
    fs::write(home.join(DRIVER_FILE), DRIVER)?;

    let mut context = WasiCtxBuilder::new();
    context.allow_blocking_current_thread(true);
    context.args(&command(name)).envs(&ENVIRONMENT).inherit_stdout().inherit_stderr();
    context.preopened_dir(suite.folder.join(LIBRARY), "/vfs", FsPerms::ReadOnly)?;
    context.preopened_dir(root.path(), "/", FsPerms::ReadWrite)?;
    let program = Program::load(&suite.code(CODE)?, None, &mut Timing::start())?;
    let outcome =
        host::run::run_over(&program, context.build_p1(), |linker| p1::add_to_linker_sync(linker, |context| context))?;
    Ok((outcome, fs::read(home.join(REPORT_FILE)).ok()))
}
