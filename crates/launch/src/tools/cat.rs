//! `cat`: the contents of one file.

use super::find;
use anyhow::{Context, Result, bail};
use archive::{Archive, EntryKind};
use std::io::Write;

/// Writes the contents of the file at `path`.
pub fn print(archive: &Archive, path: &str, out: &mut impl Write) -> Result<()> {
    let index = find(archive, path)?;
    if archive.entry(index).is_some_and(|entry| entry.kind == EntryKind::Directory) {
        bail!("{path}: expected a file, found a directory; try ls");
    }
    out.write_all(&archive.read(index).with_context(|| path.to_string())?)?;
    Ok(())
}
