//! The byte format, version 3. All integers are little-endian.
//!
//! ```text
//! header      72 bytes
//! records     48 bytes each, one per file, directory or symbolic link
//! names       UTF-8, not terminated, in record order
//! dictionary  a zstd dictionary shared by all compressed files (may be empty)
//! data        the stored bytes of each file and each link target, in record order
//! ```
//!
//! **Header**
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 8 | magic: [`MAGIC`] |
//! | 8 | 4 | format version: [`VERSION`] |
//! | 12 | 4 | number of records (at least 1: the root) |
//! | 16 | 8 | length of names, bytes |
//! | 24 | 8 | length of the dictionary, bytes |
//! | 32 | 8 | length of data, bytes |
//! | 40 | 8 | total size of the contents once expanded, bytes |
//! | 48 | 8 | XXH3-64 of records, names and dictionary |
//! | 56 | 8 | zero, reserved |
//! | 64 | 8 | XXH3-64 of the 64 header bytes before it |
//!
//! **Record**
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 4 | record number of the directory it lies in (the root names itself) |
//! | 4 | 4 | offset of its name in names |
//! | 8 | 2 | length of its name (0 for the root only) |
//! | 10 | 1 | kind: 0 directory, 1 stored file, 2 zstd file, 3 symbolic link |
//! | 11 | 1 | 1 if it is a file that may be executed, else 0 |
//! | 12 | 4 | directory: number of its first child; else 0 |
//! | 16 | 8 | directory: how many children; else offset of its bytes in data |
//! | 24 | 8 | how many bytes of data it takes (0 for a directory) |
//! | 32 | 8 | its size once expanded, bytes (0 for a directory) |
//! | 40 | 8 | XXH3-64 of its bytes as stored (0 for a directory) |
//!
//! **Order.** Record 0 is the root. All others are sorted by (directory's record number, name's bytes), strictly
//! rising, and a directory comes before what it holds. So the children of a directory are one contiguous run in
//! name order, found and listed by binary search, and a reader that checks the order has also checked that there are
//! no duplicates and no cycles. The tree `a/x`, `a/y`, `b` is:
//!
//! ```text
//! 0  (root)  dir   in 0  children 1..3
//! 1  a       dir   in 0  children 3..5
//! 2  b       file  in 0
//! 3  x       file  in 1
//! 4  y       file  in 1
//! ```
//!
//! The bytes of names and of data follow one another in record order without gaps, except that a file may share the bytes
//! of earlier ones, and the archive ends where data ends: every byte is covered by the header's checksum, the index's, or
//! that of a file. A zstd file is one frame, smaller than its contents, compressed with the dictionary if there is one.

/// First bytes of every archive. The high bit and the line ends expose a transfer that took it for text.
pub const MAGIC: [u8; 8] = *b"\x89PYAPP\r\n";
/// The version of the format that this crate writes, and the only one it reads.
pub const VERSION: u32 = 3;
/// Length of the header, bytes.
pub const HEADER_LEN: usize = 72;
/// How many of the header's bytes its own checksum covers.
pub const HEADER_CHECKED: usize = 64;
/// Length of one record, bytes.
pub const RECORD_LEN: usize = 48;
/// Longest name of one entry, bytes, as on common disks.
pub const MAX_NAME: usize = 255;
/// Longest target of a symbolic link, bytes (PATH_MAX of Linux).
pub const MAX_TARGET: u64 = 4096;
/// Largest expanded file, bytes. A reader sets memory aside by this field, so it is bounded.
pub const MAX_FILE: u64 = 1 << 30;
/// Most names in one path.
pub const MAX_DEPTH: u16 = 256;
/// Most records in one archive.
pub const MAX_RECORDS: u32 = 1 << 24;

/// The record's kind byte.
pub mod kind {
    /// A directory.
    pub const DIRECTORY: u8 = 0;
    /// A file whose bytes are stored as they are.
    pub const STORED: u8 = 1;
    /// A file stored as one zstd frame.
    pub const ZSTD: u8 = 2;
    /// A symbolic link; its bytes are the target.
    pub const SYMLINK: u8 = 3;
}

/// The checksum used throughout: XXH3, 64 bits, seed 0. It guards against damage, not against forgery: whoever can
/// change the archive can change the program around it.
pub fn checksum(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

/// One record, decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub parent: u32,
    pub name_offset: u32,
    pub name_len: u16,
    pub kind: u8,
    pub executable: u8,
    pub first_child: u32,
    /// Children of a directory, offset in data of anything else.
    pub place: u64,
    pub stored_len: u64,
    pub len: u64,
    pub checksum: u64,
}

impl Record {
    pub fn to_bytes(self) -> [u8; RECORD_LEN] {
        let mut bytes = [0; RECORD_LEN];
        bytes[0..4].copy_from_slice(&self.parent.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.name_offset.to_le_bytes());
        bytes[8..10].copy_from_slice(&self.name_len.to_le_bytes());
        bytes[10] = self.kind;
        bytes[11] = self.executable;
        bytes[12..16].copy_from_slice(&self.first_child.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.place.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.stored_len.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.len.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.checksum.to_le_bytes());
        bytes
    }

    pub fn from_bytes(bytes: &[u8; RECORD_LEN]) -> Record {
        Record {
            parent: u32_at(bytes, 0),
            name_offset: u32_at(bytes, 4),
            name_len: u16::from_le_bytes([bytes[8], bytes[9]]),
            kind: bytes[10],
            executable: bytes[11],
            first_child: u32_at(bytes, 12),
            place: u64_at(bytes, 16),
            stored_len: u64_at(bytes, 24),
            len: u64_at(bytes, 32),
            checksum: u64_at(bytes, 40),
        }
    }
}

/// The integer at `offset` of a fixed-size array; the offset is a constant of this format, inside the array.
pub(crate) fn u32_at<const N: usize>(bytes: &[u8; N], offset: usize) -> u32 {
    let mut raw = [0; 4];
    raw.copy_from_slice(&bytes[offset..offset + 4]);
    u32::from_le_bytes(raw)
}

/// As [`u32_at`], eight bytes.
pub(crate) fn u64_at<const N: usize>(bytes: &[u8; N], offset: usize) -> u64 {
    let mut raw = [0; 8];
    raw.copy_from_slice(&bytes[offset..offset + 8]);
    u64::from_le_bytes(raw)
}
