//! `verify`: every byte of every part against its checksum, and that the parts belong together.

use crate::assets::{self, Index};
use anyhow::{Context, Result, ensure};
use archive::{Archive, EntryKind};
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
    // The index has no checksum; what it says of the parts is checked with them, and the entry stands in the archive too.
    let expected = assets::manifest(archive)?;
    ensure!(
        index.entry()? == expected["entry"],
        "parts.json: expected the entry {}, found {}",
        expected["entry"],
        index.entry()?
    );
    let mut module = None;
    for part in [assets::MACHINE_CODE, assets::COLD, assets::APP] {
        if !index.has(&part) {
            continue;
        }
        let size = index.verify(&part)?;
        if part.is_image() {
            let image = index.image(&part)?;
            image.verify()?;
            image.expect(part.start(), archive.identity())?;
            let found = image.origin().module;
            let expected = *module.get_or_insert(found);
            ensure!(expected == found, "{}: expected module {expected:016x}, found {found:016x}", part.title);
        }
        writeln!(out, "{}: {size} bytes, whole", part.title)?;
    }
    Ok(())
}
