//! `ls`: the names of what is inside.

use super::{find, guest_path};
use anyhow::{Context, Result};
use archive::{Archive, EntryId, EntryKind};
use std::io::Write;

/// Lists everything below `path` (itself, if it is a file), a path a line, directories with a slash behind.
pub fn list(archive: &Archive, path: &str, long: bool, out: &mut impl Write) -> Result<()> {
    let start = find(archive, path)?;
    if archive.entry(start).is_some_and(|entry| entry.kind != EntryKind::Directory) {
        return line(archive, start, long, out);
    }
    below(archive, start, long, out)
}

fn below(archive: &Archive, directory: EntryId, long: bool, out: &mut impl Write) -> Result<()> {
    for child in archive.children(directory) {
        line(archive, child, long, out)?;
        below(archive, child, long, out)?;
    }
    Ok(())
}

fn line(archive: &Archive, index: EntryId, long: bool, out: &mut impl Write) -> Result<()> {
    let entry = archive.entry(index).context("an entry that was just listed")?;
    let (letter, slash) = match entry.kind {
        EntryKind::Directory => ('d', "/"),
        EntryKind::File => ('-', ""),
        EntryKind::Symlink => ('l', ""),
    };
    let path = guest_path(archive, index);
    if long {
        writeln!(out, "{letter} {:>9} {:>9} {path}{slash}", entry.len, entry.stored_len)?;
    } else {
        writeln!(out, "{path}{slash}")?;
    }
    Ok(())
}
