//! What takes the room, in bytes as they are stored.

use crate::distributions::Distributions;
use crate::error::Result;
use crate::works::LICENCES;
use archive::format::{HEADER_LEN, RECORD_LEN};
use archive::{Archive, EntryId, EntryKind};
use bundle::{Bundle, Part, Source};
use host::layout::{SITE_PACKAGES, STDLIB};
use std::io::Write;

/// Packages of the standard library that take less of the archive are told of in one line.
const SHARE: u64 = 1000;

/// Something that takes room.
type Row = (u64, String);

/// Writes the parts of the executable, then what is in the archive; the largest first. `executable` is the file's own size, if
/// it is known.
///
/// # Errors
/// As [`Distributions::read`]; [`Error::Io`](crate::Error::Io) of `out`.
pub fn print<S: Source>(bundle: &Bundle<S>, executable: Option<u64>, out: &mut impl Write) -> Result<()> {
    let parts =
        Part::ALL.into_iter().filter_map(|part| Some((bundle.record(part)?.stored as u64, part.title().to_string())));
    let mut parts: Vec<Row> = parts.collect();
    if let Some(rest) = executable.and_then(|all| all.checked_sub(parts.iter().map(|(bytes, _)| bytes).sum())) {
        parts.push((rest, "the program that runs them".to_string()));
    }
    rows(parts, out)?;
    writeln!(out, "\nin the archive; what files share counts for each of them:")?;
    rows(in_archive(bundle.archive())?, out)
}

fn rows(rows: Vec<Row>, out: &mut impl Write) -> Result<()> {
    let mut sorted: Vec<Row> = Vec::new();
    for row in rows {
        let at = sorted.partition_point(|other| (row.0, &other.1) <= (other.0, &row.1));
        sorted.insert(at, row);
    }
    for (bytes, name) in sorted {
        writeln!(out, "{bytes:>12}  {name}")?;
    }
    Ok(())
}

fn in_archive(archive: &Archive) -> Result<Vec<Row>> {
    let inside = Distributions::read(archive)?;
    let mut rows: Vec<Row> = Vec::new();
    rows.extend(inside.list.iter().map(|one| (one.stored, format!("distribution {} {}", one.name, one.version))));
    rows.extend(inside.libraries.into_iter().map(|one| (one.stored, format!("library {}", one.name))));
    let taken: u64 = rows.iter().map(|(bytes, _)| bytes).sum();
    let [all, site, stdlib, licences] = ["", SITE_PACKAGES, STDLIB, LICENCES].map(|path| archive.find(path));
    let below = |folder: Option<EntryId>| folder.map_or(0, |folder| stored(archive, folder));
    let site = below(site);
    rows.push((site.saturating_sub(taken), "metadata that no distribution lists".to_string()));
    let (mut smaller, mut count) = (0, 0);
    for id in stdlib.into_iter().flat_map(|stdlib| archive.children(stdlib)) {
        let name = archive.entry(id).map(|entry| entry.name).unwrap_or_default();
        let bytes = stored(archive, id);
        if SITE_PACKAGES.rsplit('/').next() == Some(name) {
            continue;
        }
        if bytes < archive.bytes().len() as u64 / SHARE {
            (smaller, count) = (smaller + bytes, count + 1);
        } else {
            rows.push((bytes, format!("standard library {}", name.strip_suffix(".pyc").unwrap_or(name))));
        }
    }
    rows.push((smaller, format!("standard library, {count} smaller packages, modules and files")));
    rows.push((below(licences), "licences".to_string()));
    let rest = below(all).saturating_sub(below(stdlib) + below(licences));
    rows.push((rest, "other files".to_string()));
    let names = (0..archive.count()).filter_map(|id| archive.entry(id)).map(|entry| entry.name.len()).sum::<usize>();
    let index = HEADER_LEN + archive.count() as usize * RECORD_LEN + names + archive.dictionary().len();
    rows.push((index as u64, "names, and the dictionary of the compression".to_string()));
    rows.retain(|(bytes, _)| *bytes > 0);
    Ok(rows)
}

/// Bytes that a file takes, or all below a directory. No directory is deeper than the format allows.
fn stored(archive: &Archive, id: EntryId) -> u64 {
    match archive.entry(id) {
        Some(entry) if entry.kind == EntryKind::Directory => {
            archive.children(id).map(|child| stored(archive, child)).sum()
        }
        Some(entry) => entry.stored_len,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_archive;

    #[test]
    fn every_byte_of_the_archive_is_told_of_once() {
        let archive = test_archive(&[
            ("a-1.dist-info/METADATA", "Name: a\nVersion: 1\n"),
            ("a-1.dist-info/RECORD", "a/x.pyc,,\n"),
            ("a/x.pyc", "123"),
            ("b.pyc", "56789"),
        ]);
        let mut writer = archive::Writer::new(&[]).expect("a writer");
        writer.copy_from(&archive, "").expect("copied");
        writer.file(&format!("{LICENCES}/x.txt"), b"12345678901").expect("added");
        writer.file("pyapp.json", b"1234567890123").expect("added");
        let archive = Archive::open(writer.finish().0).expect("whole");
        let rows = in_archive(&archive).expect("told");
        assert_eq!(rows.iter().map(|(bytes, _)| bytes).sum::<u64>(), archive.bytes().len() as u64);
        let has = |bytes: u64, name: &str| rows.contains(&(bytes, name.to_string()));
        assert!(has(3, "distribution a 1") && has(5, "library b") && has(7, "standard library os"), "{rows:?}");
        assert!(has(11, "licences") && has(13, "other files"), "{rows:?}");
    }
}
