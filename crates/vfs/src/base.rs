//! The read-only base: an archive as inodes. Files are expanded when first read and dropped when last closed.

use crate::errno::{Errno, Result};
use crate::node::{Ino, Kind, Metadata, Times};
use archive::{Archive, EntryId, EntryKind};
use std::collections::{BTreeSet, HashMap};

/// 1980-01-01 UTC, nanoseconds since 1970: the archive keeps no times, and this is the earliest that a zip file made
/// from it can hold.
const TIME: u64 = 315_532_800_000_000_000;

pub(crate) struct Base {
    pub archive: Archive,
    /// The scratch directory that it is mounted in: where `..` leads at its root.
    pub mounted_in: Ino,
    /// Files that are held open.
    open: HashMap<EntryId, Open>,
    /// Files that were ever expanded.
    expanded: BTreeSet<EntryId>,
}

#[derive(Default)]
struct Open {
    holders: u64,
    contents: Option<Box<[u8]>>,
}

impl Base {
    pub fn new(archive: Archive, mounted_in: Ino) -> Base {
        Base { archive, mounted_in, open: HashMap::new(), expanded: BTreeSet::new() }
    }

    pub fn kind(&self, index: EntryId) -> Result<Kind> {
        self.archive.entry(index).map(|entry| kind(entry.kind)).ok_or(Errno::NoEnt)
    }

    pub fn metadata(&self, index: EntryId) -> Result<Metadata> {
        let entry = self.archive.entry(index).ok_or(Errno::NoEnt)?;
        let links = match entry.kind {
            EntryKind::Directory => 2 + self.count_subdirectories(index),
            _ => 1,
        };
        let mode = match entry.kind {
            EntryKind::Directory => 0o755,
            EntryKind::File if entry.executable => 0o755,
            EntryKind::File => 0o644,
            EntryKind::Symlink => 0o777,
        };
        let times = Times { accessed: TIME, modified: TIME, changed: TIME };
        Ok(Metadata { ino: Ino::of_base(index), kind: kind(entry.kind), mode, size: entry.len, links, times })
    }

    fn count_subdirectories(&self, index: EntryId) -> u64 {
        let is_directory = |child: &EntryId| self.kind(*child) == Ok(Kind::Directory);
        self.archive.children(index).filter(is_directory).count() as u64
    }

    /// Where `..` leads from a directory of the base.
    pub fn parent(&self, index: EntryId) -> Ino {
        match self.archive.entry(index) {
            Some(entry) if index != Archive::ROOT => Ino::of_base(entry.parent),
            _ => self.mounted_in,
        }
    }

    pub fn target(&self, index: EntryId) -> Result<String> {
        let bytes = self.archive.read(index).map_err(|_| Errno::Io)?;
        String::from_utf8(bytes.into_owned()).map_err(|_| Errno::Io)
    }

    pub fn hold(&mut self, index: EntryId) {
        self.open.entry(index).or_default().holders += 1;
    }

    pub fn let_go(&mut self, index: EntryId) {
        if let Some(open) = self.open.get_mut(&index) {
            open.holders -= 1;
            if open.holders == 0 {
                self.open.remove(&index);
            }
        }
    }

    /// Paths of the files that were ever expanded, relative to the base.
    pub fn expanded(&self) -> impl Iterator<Item = String> {
        self.expanded.iter().map(|index| self.archive.path(*index))
    }

    /// Fills `buffer` from `offset` on; returns how many bytes there were.
    pub fn read(&mut self, index: EntryId, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let contents = match self.open.get_mut(&index) {
            Some(Open { contents: Some(contents), .. }) => contents,
            Some(open) => {
                let contents = self.archive.read(index).map_err(|_| Errno::Io)?;
                self.expanded.insert(index);
                open.contents.insert(contents.into_owned().into_boxed_slice())
            }
            None => return Err(Errno::Inval),
        };
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(contents.len());
        let there = (contents.len() - start).min(buffer.len());
        buffer[..there].copy_from_slice(&contents[start..start + there]);
        Ok(there)
    }
}

fn kind(kind: EntryKind) -> Kind {
    match kind {
        EntryKind::Directory => Kind::Directory,
        EntryKind::File => Kind::File,
        EntryKind::Symlink => Kind::Symlink,
    }
}
