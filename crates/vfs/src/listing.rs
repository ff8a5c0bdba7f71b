//! Listing directories.

use crate::errno::{Errno, Result};
use crate::node::{DirEntry, FIRST_SERIAL, Ino, Kind};
use crate::tree::Vfs;
use std::ops::Bound;

impl Vfs {
    /// How many files lie below a directory of the scratch, and the path of the first of them, from the root.
    ///
    /// # Errors
    /// `NotDir`, `NoEnt`, `NameTooLong`.
    pub fn files_below(&self, directory: Ino) -> Result<(u64, Option<String>)> {
        let (mut count, mut first) = (0, None);
        let mut pending = vec![directory];
        while let Some(at) = pending.pop() {
            for (name, slot) in &self.directory(at)?.names {
                match self.kind(slot.ino)? {
                    Kind::Directory if slot.ino.base_index().is_none() => pending.push(slot.ino),
                    Kind::File => {
                        count += 1;
                        if first.is_none() {
                            first = Some(format!("{}/{name}", self.path(at)?.trim_end_matches('/')));
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok((count, first))
    }

    /// The entries of a directory behind `cookie` (0 for all), `.` and `..` first. Entries that are made or removed
    /// meanwhile never hide or double others.
    ///
    /// # Errors
    /// `NotDir`, `NoEnt`.
    pub fn read_dir(&self, directory: Ino, cookie: u64) -> Result<Box<dyn Iterator<Item = DirEntry<'_>> + '_>> {
        if self.kind(directory)? != Kind::Directory {
            return Err(Errno::NotDir);
        }
        let parent = if self.roots.contains_key(&directory) { directory } else { self.directory_above(directory)? };
        let dots = [(".", directory, 1), ("..", parent, 2)];
        let dots = dots.into_iter().filter(move |(_, _, own)| *own > cookie).map(|(name, ino, cookie)| DirEntry {
            name,
            ino,
            kind: Kind::Directory,
            cookie,
        });
        // A removed directory lists nothing, not even itself.
        if self.is_gone(directory) {
            return Ok(Box::new(std::iter::empty()));
        }
        if let Some(index) = directory.base_index() {
            let base = self.base()?;
            let children = base.archive.children(index);
            // Cookie FIRST_SERIAL + n belongs to child n.
            let skip = cookie.saturating_sub(FIRST_SERIAL - 1).min(u64::from(u32::MAX)) as u32;
            let start = children.start.saturating_add(skip).min(children.end);
            let entries = (start..children.end).filter_map(move |child| {
                let cookie = FIRST_SERIAL + u64::from(child - children.start);
                let name = base.archive.entry(child)?.name;
                Some(DirEntry { name, ino: Ino::of_base(child), kind: base.kind(child).ok()?, cookie })
            });
            return Ok(Box::new(dots.chain(entries)));
        }
        let contents = self.directory(directory)?;
        let entries = contents.order.range((Bound::Excluded(cookie), Bound::Unbounded));
        let entries = entries.filter_map(move |(serial, name)| {
            let ino = contents.names.get(name)?.ino;
            Some(DirEntry { name, ino, kind: self.kind(ino).ok()?, cookie: *serial })
        });
        Ok(Box::new(dots.chain(entries)))
    }
}
