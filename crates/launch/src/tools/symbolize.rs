//! `symbolize`: source lines for the tracebacks of an app that is bundled without its sources.

use crate::linked::Linked;
use anyhow::{Context as _, Result};
use bundle::Bundle;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use symbols::Symbols;

/// Copies stdin, with the source lines that `file` has for this executable.
pub fn print(bundle: &Bundle<Linked>, file: Option<&Path>, out: &mut impl Write) -> Result<()> {
    let file = match file {
        Some(file) => file.to_path_buf(),
        None => beside().context("expected to know this executable's own path, found nothing; name the file")?,
    };
    let opened = File::open(&file).map_err(symbols::Error::Io);
    let read = opened.and_then(|opened| Symbols::read(opened, bundle.archive().identity()));
    let mut symbols = read.with_context(|| file.display().to_string())?;
    Ok(symbols::fill_in(&mut symbols, io::stdin().lock(), out)?)
}

/// The file that lies beside this executable, and has its name.
fn beside() -> Option<PathBuf> {
    let mut path = std::env::current_exe().ok()?.into_os_string();
    path.push(symbols::format::ENDING);
    Some(path.into())
}
