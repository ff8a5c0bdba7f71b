//! The format, version 2.
//!
//! All integers are little-endian. A page is 4096 bytes. An extent is a row of pages.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 8 | magic: [`MAGIC`] |
//! | 8 | 4 | format version: [`VERSION`] |
//! | 12 | 4 | how a run begins: 0 cold, 1 resumed |
//! | 16 | 8 | identity of the module that the memory belongs to |
//! | 24 | 8 | identity of the archive that the memory was made over; 0 in a base image |
//! | 32 | 4 | size of the memory, pages; a multiple of 16, which is a page of WebAssembly |
//! | 36 | 4 | number of extents |
//! | 40 | 8 | XXH3-64 of the pages |
//! | 48 | 8 | the base's XXH3-64 of its pages; 0 without a base |
//! | 56 | 8 | XXH3-64 of the 56 bytes before it and the table of extents |
//! | 64 | 12 each | table of extents: first page (4), how many pages (4), whose they are (4): 0 own, 1 the base's |
//! | … | | zero up to a multiple of 4096 |
//! | … | 4096 each | the pages of the own extents, in order |
//!
//! Extents rise strictly and lie inside the memory; what no extent covers is zero. An extent of the base's pages has what
//! the base has at the same place, in one of the base's own extents. The pages begin at a page boundary, so that an image
//! that does so too can be mapped, page by page.

/// First bytes of every image.
pub const MAGIC: [u8; 8] = *b"\x89PYIMG\r\n";
/// The version of the format that this crate writes, and the only one it reads.
pub const VERSION: u32 = 2;
/// The unit of an image, bytes.
pub const PAGE: usize = 4096;
/// Length of the header in front of the table, bytes.
pub(crate) const HEADER_LEN: usize = 64;
/// How many of the header's bytes its checksum covers.
pub(crate) const HEADER_CHECKED: usize = 56;
/// Length of one extent in the table, bytes.
pub(crate) const EXTENT_LEN: usize = 12;
/// Most extents: each is a mapping of its own, of which Linux lets a process have 65,530.
pub(crate) const MAX_EXTENTS: usize = 16_384;
/// Most pages of a memory: 4 GiB.
pub(crate) const MAX_PAGES: u32 = 1 << 20;

/// How a run that starts from an image begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At `_start`, like any command.
    Cold,
    /// Where the initialisation ended.
    Resumed,
}

/// What an image belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// How a run begins.
    pub start: Start,
    /// Identity of the module (the crate `host` gives it when it splits a module).
    pub module: u64,
    /// Identity of the archive ([`archive::Archive::identity`]); 0 in a base image.
    pub archive: u64,
}

/// A row of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub first: u32,
    pub count: u32,
    pub source: Source,
}

/// Whose the pages of an extent are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Own,
    Base,
}
