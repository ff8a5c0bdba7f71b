//! `verify`: every byte of every part against its checksum, and that the parts belong together.

use crate::linked::{self, Linked};
use anyhow::{Context as _, Result, ensure};
use archive::EntryKind;
use bundle::{Bundle, Part};
use memory_image::Start;
use std::io::Write;

/// Checks all parts; a line for each.
pub fn all(bundle: &Bundle<Linked>, out: &mut impl Write) -> Result<()> {
    let archive = bundle.archive();
    let mut files = 0u64;
    for id in 0..archive.count() {
        let entry = archive.entry(id).context("an entry of the archive")?;
        if entry.kind != EntryKind::Directory {
            // Reading checks a file's bytes, and that they expand to what the archive's index says.
            archive.read(id).with_context(|| super::guest_path(archive, id))?;
            files += 1;
        }
    }
    writeln!(out, "{}: {files} files, {} bytes, whole", Part::Archive.title(), bundle.verify(Part::Archive)?)?;
    // The bundle's index has no checksum; what it says of the parts is checked with them, and the entry stands in the
    // archive too.
    let (expected, found) = (linked::manifest(archive)?, bundle.entry());
    ensure!(found == expected["entry"], "the index: expected the entry {}, found {found}", expected["entry"]);
    let mut module = None;
    for part in Part::ALL.into_iter().filter(|part| *part != Part::Archive && bundle.record(*part).is_some()) {
        let size = bundle.verify(part)?;
        let start = match part {
            Part::Archive | Part::MachineCode | Part::Extensions => None,
            Part::BaseImage => Some(Start::Cold),
            Part::Snapshot => Some(Start::Resumed),
        };
        if let Some(start) = start {
            let image = bundle.image(start)?;
            image.verify()?;
            image.expect(start, archive.identity())?;
            let found = image.origin().module;
            let expected = *module.get_or_insert(found);
            ensure!(expected == found, "{}: expected module {expected:016x}, found {found:016x}", part.title());
        }
        writeln!(out, "{}: {size} bytes, whole", part.title())?;
    }
    Ok(())
}
