//! `cargo run -p cache`: says where the cache of the builds is; with `clear`, empties it.

#![forbid(unsafe_code)]

use anyhow::Result;
use pipeline::{Progress, cache::Cache, settings::cache_folder};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo run -p cache [clear]

  clear  remove everything from the cache; not while a build runs

Without a command: where the cache is (PYAPP_CACHE names another). Builds remove by themselves what nobody has used for 30 days.
Exit status: 0 done, 1 it could not be done, 2 wrong usage.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        [] => locate(),
        ["clear"] => clear(),
        other => {
            eprintln!("cache: expected no argument or clear, found {other:?}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cache: {error:#}");
            ExitCode::from(1)
        }
    }
}

/// A relative `PYAPP_CACHE` counts from pyapp's source, as in a build.
fn open() -> Result<Cache> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Ok(Cache::open(&cache_folder(&source)?, Progress::new())?)
}

fn locate() -> Result<()> {
    println!("{}", open()?.path("").display());
    Ok(())
}

fn clear() -> Result<()> {
    println!("{}", open()?.clear()?);
    Ok(())
}
