//! Three hosts that carry a script out: stock wasmtime-wasi, and the command `preview1` with `--dir` and with `--mem`.

use super::driver::driver;
use super::rules::Who;
use host::{Outcome, Program};
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{FsPerms, WasiCtxBuilder, p1};

/// More than any script.
const MAX_WRITTEN: usize = 16 << 20;

/// What the hosts need to run the driver.
pub struct Hosts {
    folder: tempfile::TempDir,
    program: Program,
}

impl Hosts {
    pub fn new() -> Hosts {
        let module = wat::parse_str(driver()).expect("valid");
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("driver.wasm"), &module).expect("written");
        Hosts { folder, program: Program::compile(&module).expect("compiled") }
    }

    fn module(&self) -> PathBuf {
        self.folder.path().join("driver.wasm")
    }

    /// Carries a script out on a new folder: what the driver has written; `None` if it ended before.
    pub fn run(&self, who: Who, script: Vec<u8>) -> Option<Vec<u8>> {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("root");
        fill(&root);
        match who {
            Who::Stock => self.stock(&root, script),
            Who::Dir => self.ours("--dir", &root, &script),
            Who::Memory => self.ours("--mem", &root, &script),
        }
    }

    fn stock(&self, root: &Path, script: Vec<u8>) -> Option<Vec<u8>> {
        let output = MemoryOutputPipe::new(MAX_WRITTEN);
        let mut context = WasiCtxBuilder::new();
        context.allow_blocking_current_thread(true).preopened_dir(root, "/", FsPerms::ReadWrite).expect("opened");
        context.stdin(MemoryInputPipe::new(script)).stdout(output.clone());
        let link = |linker: &mut wasmtime::Linker<p1::WasiP1Ctx>| p1::add_to_linker_sync(linker, |context| context);
        match host::run::run_over(&self.program, context.build_p1(), link).expect("started") {
            Outcome::Exited(0) => Some(output.contents().to_vec()),
            Outcome::Trapped(_) => None,
            other => panic!("{other:?}"),
        }
    }

    fn ours(&self, option: &str, root: &Path, script: &[u8]) -> Option<Vec<u8>> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_preview1"));
        command.arg(option).arg(format!("{}::/", root.display())).arg(self.module());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("started");
        // It is read whole before anything is written.
        child.stdin.take().expect("a pipe").write_all(script).expect("written");
        let output = child.wait_with_output().expect("ended");
        match output.status.code() {
            Some(0) => Some(output.stdout),
            Some(134) => None,
            other => panic!("{other:?}: {}", String::from_utf8_lossy(&output.stderr)),
        }
    }
}

/// Fills the folder that a rule begins with, and puts something beside it that cannot be reached.
fn fill(root: &Path) {
    for folder in ["folder/deep", "hollow", "../outside"] {
        fs::create_dir_all(root.join(folder)).expect("made");
    }
    for (file, text) in [("file", "hello"), ("empty", ""), ("folder/inner", "in"), ("../outside/secret", "secret")] {
        fs::write(root.join(file), text).expect("written");
    }
    for (link, target) in [
        ("to-file", "file"),
        ("to-folder", "folder"),
        ("to-inner", "folder/../folder/inner"),
        ("dangling", "nowhere"),
        ("loop", "loop"),
        ("out", "../outside/secret"),
        ("slashed", "file/"),
    ] {
        symlink(target, root.join(link)).expect("linked");
    }
}
