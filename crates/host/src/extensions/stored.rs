//! All extensions of a bundle as one part: a directory, the plans, and the machine code, each at a page boundary of its own.
//!
//! All integers are little-endian.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 8 | magic |
//! | 8 | 4 | format version |
//! | 12 | 4 | zero |
//! | 16 | 8 | identity of the interpreter's module, whose slots and addresses the plans have |
//! | 24 | 4 | number of extensions |
//! | 28 | 4 | zero |
//! | 32 | 24 each | directory, rising by path: offset and length of the path, of the plan, of the machine code |
//!
//! Machine code can only be vouched for by whoever made it: the whole part is a [`TrustedCode`].

use super::plan::Plan;
use crate::machine::TrustedCode;
use std::fmt;
use std::ops::Range;

const MAGIC: [u8; 8] = *b"\x89PYEXT\r\n";
const VERSION: u32 = 1;
const HEADER_LEN: usize = 32;
const ENTRY_LEN: usize = 24;

/// The extensions of a bundle, by number, rising by path.
pub struct Extensions {
    code: TrustedCode,
    /// Of the interpreter's module.
    identity: u64,
    entries: Vec<Entry>,
}

struct Entry {
    path: String,
    plan: Range<usize>,
    code: Range<usize>,
}

/// Why a part could not be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged(&'static str);

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected extensions as a build stores them, found {}", self.0)
    }
}

impl std::error::Error for Damaged {}

impl Extensions {
    /// Reads the directory; plans are read when they are asked for.
    ///
    /// # Errors
    /// [`Damaged`] if it is none.
    pub fn open(code: TrustedCode) -> Result<Extensions, Damaged> {
        let bytes = code.bytes();
        let header = bytes.first_chunk::<HEADER_LEN>().ok_or(Damaged("too few bytes"))?;
        let word = |at: usize| u32::from_le_bytes(std::array::from_fn(|index| header[at + index]));
        if header[..8] != MAGIC || word(8) != VERSION {
            return Err(Damaged("another format"));
        }
        let count = word(24) as usize;
        let identity = u64::from(word(16)) | u64::from(word(20)) << 32;
        let directory = count.checked_mul(ENTRY_LEN).and_then(|len| bytes[HEADER_LEN..].get(..len));
        let entries = directory.ok_or(Damaged("a directory that is cut off"))?.as_chunks::<ENTRY_LEN>().0;
        let entries = entries.iter().map(|entry| Entry::read(entry, bytes)).collect::<Option<Vec<_>>>();
        let entries = entries.ok_or(Damaged("an entry that leads nowhere"))?;
        if !entries.is_sorted_by(|one, next| one.path < next.path) {
            return Err(Damaged("paths that do not rise"));
        }
        Ok(Extensions { code, identity, entries })
    }

    /// The identity of the interpreter's module that they were linked for.
    pub fn identity(&self) -> u64 {
        self.identity
    }

    /// Their paths in the archive, by number.
    pub fn paths(&self) -> impl ExactSizeIterator<Item = &str> {
        self.entries.iter().map(|entry| entry.path.as_str())
    }

    /// The number of the one with this path in the archive.
    pub(crate) fn find(&self, path: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()
    }

    /// The plan of one, if it is not damaged.
    pub(crate) fn plan(&self, number: usize) -> Option<Plan> {
        Plan::read(self.code.bytes().get(self.entries.get(number)?.plan.clone())?)
    }

    /// All the code, and where in it that of one is.
    pub(crate) fn code(&self, number: usize) -> Option<(&TrustedCode, Range<usize>)> {
        Some((&self.code, self.entries.get(number)?.code.clone()))
    }
}

impl Entry {
    fn read(entry: &[u8; ENTRY_LEN], bytes: &[u8]) -> Option<Entry> {
        let word = |number: usize| u32::from_le_bytes(std::array::from_fn(|index| entry[4 * number + index])) as usize;
        let range = |number: usize| {
            let (start, len) = (word(number), word(number + 1));
            let range = start..start.checked_add(len)?;
            bytes.get(range.clone()).map(|_| range)
        };
        let path = String::from_utf8(bytes[range(0)?].to_vec()).ok()?;
        Some(Entry { path, plan: range(2)?, code: range(4)? })
    }
}

/// Puts extensions together.
#[cfg(feature = "linker")]
pub struct Writer {
    identity: u64,
    entries: std::collections::BTreeMap<String, (Vec<u8>, Vec<u8>)>,
}

#[cfg(feature = "linker")]
impl Writer {
    /// For an interpreter's module of this identity.
    pub fn new(identity: u64) -> Writer {
        Writer { identity, entries: std::collections::BTreeMap::new() }
    }

    /// Adds one with its path in the archive.
    pub fn add(&mut self, path: &str, plan: &Plan, code: Vec<u8>) {
        let mut words = Vec::new();
        plan.write(&mut words);
        self.entries.insert(path.to_string(), (words, code));
    }

    /// The part; `None` if it would have more than 4 GiB.
    pub fn finish(self) -> Option<Vec<u8>> {
        const PAGE: usize = 4096;
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&0u32.to_le_bytes());
        bytes.extend_from_slice(&self.identity.to_le_bytes());
        bytes.extend_from_slice(&u32::try_from(self.entries.len()).ok()?.to_le_bytes());
        bytes.resize(HEADER_LEN + ENTRY_LEN * self.entries.len(), 0);
        let mut directory = Vec::new();
        let mut place = |bytes: &mut Vec<u8>, piece: &[u8], align: usize| {
            bytes.resize(bytes.len().next_multiple_of(align), 0);
            directory.extend_from_slice(&u32::try_from(bytes.len()).ok()?.to_le_bytes());
            directory.extend_from_slice(&u32::try_from(piece.len()).ok()?.to_le_bytes());
            bytes.extend_from_slice(piece);
            Some(())
        };
        for (path, (plan, code)) in &self.entries {
            place(&mut bytes, path.as_bytes(), 1)?;
            place(&mut bytes, plan, 1)?;
            place(&mut bytes, code, PAGE)?;
        }
        bytes[HEADER_LEN..HEADER_LEN + directory.len()].copy_from_slice(&directory);
        u32::try_from(bytes.len()).ok().map(|_| bytes)
    }
}
