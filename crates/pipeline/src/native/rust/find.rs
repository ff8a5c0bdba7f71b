//! Finding a compiler of this machine that has the sources of its standard library.

use super::LIMIT;
use crate::command::output;
use crate::error::{Doing, Error, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where a compiler has the sources of its standard library, below its root.
const STD_SOURCES: &str = "lib/rustlib/src/rust/library/std/Cargo.toml";
/// What is there if rustup has installed it, below its root.
const RUSTUP: &str = "lib/rustlib/components";

/// The first compiler that has the sources of its standard library, and its root; `place` is what wants one.
///
/// # Errors
/// [`Error::Runtime`] with what to do, if none has.
pub(super) fn first_of(place: &str, compilers: impl IntoIterator<Item = PathBuf>) -> Result<(PathBuf, PathBuf)> {
    let mut without = None;
    for compiler in compilers {
        let root = PathBuf::from(said(&compiler, &["--print", "sysroot"])?.trim());
        if root.join(STD_SOURCES).is_file() {
            // What is on the path may ask rustup each time which one it is.
            let own = Some(root.join("bin/rustc")).filter(|path| path.is_file() && root.join(RUSTUP).is_file());
            return Ok((own.unwrap_or(compiler), root));
        }
        without = without.or(Some((compiler, root)));
    }
    let place = format!("{place}: expected a Rust compiler with the sources of its standard library, found");
    Err(Error::Runtime(match without {
        None => format!("{place} none; install Rust by rustup, and run rustup component add rust-src"),
        Some((_, root)) if root.join(RUSTUP).is_file() => {
            format!("{place} {} without; run rustup component add rust-src", root.display())
        }
        Some((compiler, _)) => {
            format!("{place} {} without; install your system's package rust-src", compiler.display())
        }
    }))
}

/// What a compiler says of itself.
///
/// # Errors
/// [`Error::Runtime`] if it says nothing; [`Error::Io`].
pub(super) fn said(program: &Path, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(program);
    command.args(arguments);
    let output = output(command, LIMIT).doing("run", program)?.filter(|output| output.status.success());
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).ok_or_else(|| {
        Error::Runtime(format!(
            "{}: expected what {} prints, found that it fails",
            program.display(),
            arguments.join(" ")
        ))
    })
}
