//! `verify`: every byte of every part against its checksum.

use crate::assets::{self, Index};
use anyhow::{Context, Result};
use archive::{Archive, EntryKind};
use guest::image::Image;
use std::io::Write;

/// Checks all parts; a line for each.
pub fn all(archive: &Archive, out: &mut impl Write) -> Result<()> {
    let mut files = 0u64;
    for index in 0..archive.count() {
        let entry = archive.entry(index).context("an entry of the archive")?;
        if entry.kind != EntryKind::Directory {
            // Reading checks a file's bytes, and that they expand to what the index says.
            archive.read(index).with_context(|| format!("/vfs/{}", archive.path(index)))?;
            files += 1;
        }
    }
    writeln!(out, "archive: {files} files, {} bytes, whole", archive.size())?;
    let index = Index::read()?;
    for part in [assets::MACHINE_CODE, assets::COLD, assets::APP] {
        if !index.has(&part) {
            continue;
        }
        let size = index.verify(&part)?;
        if part.is_image() {
            Image::open(index.bytes(&part)?.into_cow())?.verify()?;
        }
        writeln!(out, "{}: {size} bytes, whole", part.title)?;
    }
    Ok(())
}
