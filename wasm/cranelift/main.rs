//! Compiles a module of WebAssembly to machine code: from standard input to standard output, for the target that the only argument
//! names. The build starts it (`crates/pipeline/src/compilation/cranelift.rs`).
//!
//! Exit status: 0 done, 1 the module does not compile (standard error says why, in one line), 2 wrong usage.

#![forbid(unsafe_code)]

use std::io::{Read, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(target) = std::env::args().nth(1) else {
        eprintln!("usage: cranelift TARGET <module >code");
        return ExitCode::from(2);
    };
    match compile(&target) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn compile(target: &str) -> engine::Result<()> {
    let mut wasm = Vec::new();
    std::io::stdin().read_to_end(&mut wasm)?;
    std::io::stdout().write_all(&engine::compile(&wasm, target)?)?;
    Ok(())
}
