//! `cargo train`: makes the profile in `wasm/profile`, with which the recipe's compiler optimizes the interpreter. Needed when CPython's
//! sources or flags have changed: a test says so.
//!
//! It builds an interpreter that counts how often each branch is taken, an executable with it of `project/`, which does what
//! Python programs do, and runs that. What was counted is merged by LLVM's own program and kept.

#![forbid(unsafe_code)]

use anyhow::{Context, Result, bail};
use pipeline::{Build, settings::Settings};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

const USAGE: &str = "usage: cargo train

Makes the profile of the interpreter anew, in wasm/profile: some ten minutes. Needs llvm-profdata 19 or 20 (Debian: llvm-19).
Exit status: 0 done, 1 it could not be done, 2 wrong usage.";

/// LLVM's program that merges counts: those of versions whose format the recipe's compiler reads.
const MERGERS: [&str; 2] = ["llvm-profdata-20", "llvm-profdata-19"];
/// The variable that says where the counts go.
const COUNTS: &str = "LLVM_PROFILE_FILE";

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => {}
        Some("--help" | "-h") => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Some(other) => {
            eprintln!("train: expected no argument, found {other}\n{USAGE}");
            return ExitCode::from(2);
        }
    }
    match train() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("train: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn train() -> Result<()> {
    let merger = merger()?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let source = source.canonicalize().context("cannot find pyapp's own folder")?;
    let build = Build::open(&Settings::for_tool(source.clone(), host::engine::TARGET, PathBuf::new())?)?;
    build.train(|runtime| count(&source, runtime, merger))
}

/// What a runtime counts in `project/`.
fn count(source: &Path, runtime: &Path, merger: &str) -> Result<Vec<u8>> {
    // In a folder of its own, so that the executable of a daily build stays.
    let target = source.join("target/train");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--release", "--target-dir"]).arg(&target).current_dir(source);
    cargo.env("PYAPP_PYTHON", runtime).env("PYAPP_PROJECT", Path::new(env!("CARGO_MANIFEST_DIR")).join("project"));
    run(&mut cargo)?;

    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let (counts, merged) = (folder.path().join("counts.profraw"), folder.path().join("counts.profdata"));
    let mut training = Command::new(target.join("release/pyapp"));
    // No variable of the user's: some make it run otherwise.
    run(training.current_dir(folder.path()).env_clear().env(COUNTS, &counts))?;
    // Not `-sparse`: what was never run is to be compiled for size.
    run(Command::new(merger).arg("merge").arg(&counts).arg("-o").arg(&merged))?;
    let profile = std::fs::read(&merged).with_context(|| format!("cannot read {}", merged.display()))?;
    println!("a profile of {} bytes, for wasm/profile", profile.len());
    Ok(profile)
}

/// The first of the programs that answers.
fn merger() -> Result<&'static str> {
    let answers = |program: &&str| {
        let asked = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    let found = MERGERS.into_iter().find(answers);
    found
        .with_context(|| format!("expected one of {}, found none; Debian: apt-get install llvm-19", MERGERS.join(", ")))
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot start {program}"))?;
    if !status.success() {
        bail!("{program}: expected it to succeed, found {status}");
    }
    Ok(())
}
