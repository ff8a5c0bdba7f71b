//! The reading side: [`Archive::open`] checks header and index once, [`Archive::read`] checks a file when it is read.

use crate::error::Error;
use crate::format::{
    HEADER_CHECKED, HEADER_LEN, MAGIC, MAX_DEPTH, MAX_FILE, MAX_NAME, MAX_RECORDS, MAX_TARGET, RECORD_LEN, Record,
    VERSION, checksum, kind, u32_at, u64_at,
};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Number of a record: an entry's name inside one archive. The root is [`Archive::ROOT`].
pub type EntryId = u32;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A directory.
    Directory,
    /// A regular file.
    File,
    /// A symbolic link.
    Symlink,
}

/// One entry of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Last component of its path; empty for the root.
    pub name: &'a str,
    /// What it is.
    pub kind: EntryKind,
    /// Whether it is a file that may be executed.
    pub executable: bool,
    /// The directory it lies in; the root lies in itself.
    pub parent: EntryId,
    /// Bytes once expanded; for a link the length of its target, for a directory 0.
    pub len: u64,
    /// Bytes that it takes in the archive.
    pub stored_len: u64,
}

/// An archive whose header and index have been checked. Cheap to clone: clones share the bytes.
#[derive(Clone)]
pub struct Archive {
    bytes: Arc<Cow<'static, [u8]>>,
    records: Range<usize>,
    names: Range<usize>,
    dictionary: Range<usize>,
    data: Range<usize>,
    count: u32,
    decoder: Arc<OnceLock<zstd::dict::DecoderDictionary<'static>>>,
}

impl Archive {
    /// The root directory's number.
    pub const ROOT: EntryId = 0;

    /// Checks header and index and takes the archive over. Time is linear in the number of entries; no file is
    /// expanded.
    ///
    /// # Errors
    /// Any [`Error`] but `Expand`: what is wrong with header or index.
    pub fn open(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Archive, Error> {
        let bytes = bytes.into();
        let header: &[u8; HEADER_LEN] = match bytes.first_chunk() {
            Some(header) => header,
            None if bytes.get(..8).is_some_and(|found| found == MAGIC) => {
                return Err(Error::Length { expected: HEADER_LEN as u64, got: bytes.len() as u64 });
            }
            None => return Err(Error::Magic { got: bytes[..bytes.len().min(8)].to_vec() }),
        };
        if header[..8] != MAGIC {
            return Err(Error::Magic { got: header[..8].to_vec() });
        }
        let version = u32_at(header, 8);
        if version != VERSION {
            return Err(Error::Version { got: version });
        }
        expect_checksum("header", u64_at(header, HEADER_CHECKED), &header[..HEADER_CHECKED])?;

        let count = u32_at(header, 12);
        if count == 0 || count > MAX_RECORDS {
            return Err(Error::Index { record: count, rule: "between 1 record and the format's limit" });
        }
        // Lengths come from the file: add them where they cannot overflow, compare before slicing.
        let lengths = [(count as u64) * RECORD_LEN as u64, u64_at(header, 16), u64_at(header, 24), u64_at(header, 32)];
        let total = lengths.iter().try_fold(HEADER_LEN as u64, |sum, len| sum.checked_add(*len));
        if total != Some(bytes.len() as u64) {
            return Err(Error::Length { expected: total.unwrap_or(u64::MAX), got: bytes.len() as u64 });
        }
        let mut at = HEADER_LEN;
        let [records, names, dictionary, data] = lengths.map(|len| {
            let start = at;
            at += len as usize;
            start..at
        });
        expect_checksum("index", u64_at(header, 48), &bytes[records.start..dictionary.end])?;

        let (bytes, decoder) = (Arc::new(bytes), Arc::default());
        let archive = Archive { bytes, records, names, dictionary, data, count, decoder };
        archive.check_index(u64_at(&archive.header(), 40))?;
        Ok(archive)
    }

    /// How many entries there are, the root included.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// What tells this archive from others: the checksum of its header, which covers that of the index, which covers that
    /// of each file.
    pub fn identity(&self) -> u64 {
        u64_at(&self.header(), HEADER_CHECKED)
    }

    /// The whole archive as it is stored.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The entry with that number, if there is one.
    pub fn entry(&self, index: EntryId) -> Option<Entry<'_>> {
        let record = self.record(index)?;
        let kind = match record.kind {
            kind::DIRECTORY => EntryKind::Directory,
            kind::SYMLINK => EntryKind::Symlink,
            _ => EntryKind::File,
        };
        let name = self.name(&record).unwrap_or_default();
        let executable = record.executable != 0;
        Some(Entry { name, kind, executable, parent: record.parent, len: record.len, stored_len: record.stored_len })
    }

    /// The children of a directory, in name order; empty for anything else.
    pub fn children(&self, directory: EntryId) -> Range<EntryId> {
        match self.record(directory) {
            Some(record) if record.kind == kind::DIRECTORY => {
                // open() has checked that the run lies inside the table.
                record.first_child..record.first_child + record.place as u32
            }
            _ => 0..0,
        }
    }

    /// The child of `directory` with that name.
    pub fn lookup(&self, directory: EntryId, name: &str) -> Option<EntryId> {
        let Range { start: mut low, end: mut high } = self.children(directory);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.name_bytes(&self.record(middle)?)?.cmp(name.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// The entry at a slash-separated path from the root; `""` is the root. Links are not followed.
    pub fn find(&self, path: &str) -> Option<EntryId> {
        path.split('/').filter(|name| !name.is_empty()).try_fold(Self::ROOT, |at, name| self.lookup(at, name))
    }

    /// The path of an entry from the root, without a leading slash.
    pub fn path(&self, index: EntryId) -> String {
        let mut names = Vec::new();
        let mut at = index;
        while let Some(entry) = self.entry(at).filter(|_| at != Self::ROOT) {
            names.push(entry.name);
            at = entry.parent;
        }
        names.reverse();
        names.join("/")
    }

    /// The expanded bytes of a file, or the target of a link, checked against the checksum.
    ///
    /// # Errors
    /// [`Error::Checksum`], [`Error::Expand`] or [`Error::Dictionary`] if the bytes are damaged;
    /// [`Error::Index`] if `index` is a directory or out of range.
    pub fn read(&self, index: EntryId) -> Result<Cow<'_, [u8]>, Error> {
        let record = match self.record(index) {
            Some(record) if record.kind != kind::DIRECTORY => record,
            _ => return Err(Error::Index { record: index, rule: "a file or a link, to read its contents" }),
        };
        let stored = self.stored(index)?;
        let got = checksum(stored);
        if got != record.checksum {
            return Err(Error::Checksum { what: self.path(index), expected: record.checksum, got });
        }
        match record.kind {
            kind::ZSTD => Ok(Cow::Owned(self.expand(index, stored, record.len)?)),
            _ => Ok(Cow::Borrowed(stored)),
        }
    }

    /// Reads every file against its checksum.
    ///
    /// # Errors
    /// The first error in record order.
    pub fn verify(&self) -> Result<(), Error> {
        for index in 0..self.count {
            if self.record(index).is_some_and(|record| record.kind != kind::DIRECTORY) {
                self.read(index)?;
            }
        }
        Ok(())
    }

    /// The dictionary that the compressed files share; may be empty.
    pub fn dictionary(&self) -> &[u8] {
        &self.bytes[self.dictionary.clone()]
    }

    /// A record and its bytes as they lie in the archive, for a writer that copies them.
    pub(crate) fn raw(&self, index: EntryId) -> Result<(Record, &[u8]), Error> {
        let record = self.record(index).ok_or(Error::Index { record: index, rule: "a record of this archive" })?;
        Ok((record, self.stored(index)?))
    }

    fn stored(&self, index: EntryId) -> Result<&[u8], Error> {
        let outside = Error::Index { record: index, rule: "bytes that lie inside the archive's data" };
        let record = self.record(index).ok_or(outside.clone())?;
        if record.kind == kind::DIRECTORY {
            return Ok(&[]);
        }
        let data = &self.bytes[self.data.clone()];
        let end = record.place.checked_add(record.stored_len).filter(|end| *end <= data.len() as u64);
        end.and_then(|end| data.get(record.place as usize..end as usize)).ok_or(outside)
    }

    fn expand(&self, index: EntryId, frame: &[u8], len: u64) -> Result<Vec<u8>, Error> {
        let fail = |reason: String| Error::Expand { path: self.path(index), reason };
        let mut decompressor = if self.dictionary.is_empty() {
            zstd::bulk::Decompressor::new()
        } else {
            // Preparing a dictionary that zstd does not take panics, loading it says so: ask first.
            if self.decoder.get().is_none() {
                zstd::bulk::Decompressor::with_dictionary(self.dictionary()).map_err(|_| Error::Dictionary)?;
            }
            let decoder = self.decoder.get_or_init(|| zstd::dict::DecoderDictionary::copy(self.dictionary()));
            zstd::bulk::Decompressor::with_prepared_dictionary(decoder)
        }
        .map_err(|_| Error::Dictionary)?;
        // `len` is at most MAX_FILE, checked by open(): the memory set aside here is bounded.
        let contents = decompressor.decompress(frame, len as usize).map_err(|error| fail(error.to_string()))?;
        if contents.len() as u64 != len {
            return Err(fail(format!("expected {len} bytes, found {}", contents.len())));
        }
        Ok(contents)
    }

    fn header(&self) -> [u8; HEADER_LEN] {
        let mut header = [0; HEADER_LEN];
        header.copy_from_slice(&self.bytes[..HEADER_LEN]);
        header
    }

    fn record(&self, index: EntryId) -> Option<Record> {
        let at = (index as usize).checked_mul(RECORD_LEN)?;
        self.bytes[self.records.clone()].get(at..)?.first_chunk().map(Record::from_bytes)
    }

    fn name(&self, record: &Record) -> Option<&str> {
        std::str::from_utf8(self.name_bytes(record)?).ok()
    }

    fn name_bytes(&self, record: &Record) -> Option<&[u8]> {
        let start = record.name_offset as usize;
        self.bytes[self.names.clone()].get(start..start + record.name_len as usize)
    }

    /// Checks every rule of the format's index, so that the methods above can rely on it.
    fn check_index(&self, expanded: u64) -> Result<(), Error> {
        let mut names_end = 0u64;
        let mut data_end = 0u64;
        let mut total = 0u64;
        let mut next_child = 1u64;
        let mut previous: Option<(u32, &str)> = None;
        // Depth of each record seen so far: whoever walks the tree may do so by recursion.
        let mut depths: Vec<u16> = Vec::with_capacity(self.count as usize);
        for index in 0..self.count {
            let broken = |rule| Error::Index { record: index, rule };
            let record = self.record(index).ok_or(broken("to lie inside the table"))?;
            if record.kind > kind::SYMLINK {
                return Err(broken("a kind from 0 to 3"));
            }
            let is_file = matches!(record.kind, kind::STORED | kind::ZSTD);
            if record.executable > u8::from(is_file) {
                return Err(broken("0 or, for a file, 1 to say whether it may be executed"));
            }
            if u64::from(record.name_offset) != names_end {
                return Err(broken("names to follow one another without gaps"));
            }
            names_end += u64::from(record.name_len);
            let name = self.name(&record).ok_or(broken("a UTF-8 name inside the names"))?;

            if index == Self::ROOT {
                if record.kind != kind::DIRECTORY || record.parent != 0 || !name.is_empty() {
                    return Err(broken("a root directory without a name"));
                }
            } else {
                if !valid_name(name) {
                    return Err(broken("a name of 1 to 255 bytes without '/' and NUL, not '.' or '..'"));
                }
                let parent = self.record(record.parent).filter(|_| record.parent < index);
                let parent = parent.ok_or(broken("a directory that comes before what it holds"))?;
                let run = u64::from(parent.first_child)..u64::from(parent.first_child).saturating_add(parent.place);
                if parent.kind != kind::DIRECTORY || !run.contains(&u64::from(index)) {
                    return Err(broken("to lie in its directory's run of children"));
                }
                let key = (record.parent, name);
                if previous.is_some_and(|previous| previous >= key) {
                    return Err(broken("strictly rising order by directory and name"));
                }
                previous = Some(key);
            }
            // A parent comes first, so its depth is known; the root has none.
            let depth =
                if index == Self::ROOT { 0 } else { depths.get(record.parent as usize).map_or(0, |depth| depth + 1) };
            if depth > MAX_DEPTH {
                return Err(broken("directories nested within the format's limit"));
            }
            depths.push(depth);

            if record.kind == kind::DIRECTORY {
                if record.stored_len != 0 || record.len != 0 || record.checksum != 0 {
                    return Err(broken("no contents in a directory"));
                }
                // Runs follow one another in directory order, so together they are exactly the table.
                if u64::from(record.first_child) != next_child {
                    return Err(broken("runs of children to follow one another"));
                }
                next_child = next_child.saturating_add(record.place);
            } else {
                let end = record.place.saturating_add(record.stored_len);
                let is_shared = record.place < end && end <= data_end;
                if record.first_child != 0 || !(record.place == data_end || is_shared) {
                    return Err(broken(
                        "contents to follow one another without gaps, or to be shared with earlier ones",
                    ));
                }
                data_end = data_end.max(end);
                total = total.saturating_add(record.len);
                if record.len > MAX_FILE || (record.kind == kind::SYMLINK && record.len > MAX_TARGET) {
                    return Err(broken("contents within the format's limits"));
                }
                if record.kind == kind::ZSTD && record.stored_len >= record.len {
                    return Err(broken("compressed contents smaller than expanded"));
                }
                if record.kind != kind::ZSTD && record.len != record.stored_len {
                    return Err(broken("stored contents as long as they are said to be"));
                }
            }
        }
        let end = |rule| Error::Index { record: self.count, rule };
        if next_child != u64::from(self.count) {
            return Err(end("every record to be the child of one directory"));
        }
        if names_end != self.names.len() as u64 || data_end != self.data.len() as u64 || total != expanded {
            return Err(end("names, data and the total size to add up"));
        }
        Ok(())
    }
}

/// Whether a string can name an entry.
pub(crate) fn valid_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len()) && name != "." && name != ".." && !name.contains(['/', '\0'])
}

fn expect_checksum(what: &str, expected: u64, bytes: &[u8]) -> Result<(), Error> {
    let got = checksum(bytes);
    if got == expected { Ok(()) } else { Err(Error::Checksum { what: what.to_string(), expected, got }) }
}
