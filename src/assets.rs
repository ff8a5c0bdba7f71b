//! What `build.rs` made, embedded. The crate `bundle` says what each part is (`pipeline::parts`).

use anyhow::{Context, Result, bail, ensure};
use archive::Archive;
use host::PageAligned;
use include_dir::{Dir, include_dir};
use memory_image::{Image, Start};
use serde_json::Value;
use std::sync::Arc;

/// Embeds a file of the build at a page boundary of its own, so that it can be used where it lies. Its type names the
/// length because a static behind a reference to a slice puts it into the executable twice.
macro_rules! embed {
    ($static:ident, $name:literal) => {
        static $static: PageAligned<[u8; include_bytes!(concat!(env!("OUT_DIR"), "/", $name)).len()]> =
            PageAligned(*include_bytes!(concat!(env!("OUT_DIR"), "/", $name)));
    };
}

embed!(CODE, "python.code");
embed!(BASE_IMAGE, "base.image");
embed!(SNAPSHOT, "snapshot.image");

/// Longest part once expanded, bytes: an image of 4 GiB of memory with its header and table.
const MAX_PART: usize = (4 << 30) + (1 << 20);

/// The built assets that are files.
static ASSETS: Dir<'_> = include_dir!("$OUT_DIR/assets");

/// A part of the executable that is not a file of the app.
pub struct Part {
    /// What it is, for people.
    pub title: &'static str,
    name: &'static str,
    stored: &'static PageAligned<[u8]>,
    /// The image that it was written upon, and compressed upon if it is compressed.
    base: Option<&'static Part>,
}

/// The machine code of python.wasm.
pub const MACHINE_CODE: Part = Part { title: "machine code", name: "python.code", stored: &CODE, base: None };
/// The memory before any instruction has run.
pub const COLD: Part = Part { title: "base image", name: "base.image", stored: &BASE_IMAGE, base: None };
/// The memory behind the initialised interpreter with the app imported.
pub const APP: Part = Part { title: "snapshot", name: "snapshot.image", stored: &SNAPSHOT, base: Some(&COLD) };

/// What the build wrote down about the parts, and the entry.
pub struct Index(Value);

impl Index {
    /// Reads it.
    ///
    /// # Errors
    /// If the executable is damaged.
    pub fn read() -> Result<Index> {
        let file = ASSETS.get_file("parts.json").context("this executable was built without its parts.json")?;
        Ok(Index(serde_json::from_slice(file.contents()).context("parts.json in this executable")?))
    }

    /// What starts: `pkg.mod` or `pkg.mod:function`.
    ///
    /// # Errors
    /// If the executable is damaged.
    pub fn entry(&self) -> Result<&str> {
        self.0["entry"].as_str().context("expected an entry in parts.json, found none")
    }

    /// Whether the executable has that part: there is no image of the app without a snapshot.
    pub fn has(&self, part: &Part) -> bool {
        self.0["parts"].get(part.name).is_some()
    }

    /// Whether a part has to be expanded.
    pub fn is_compressed(&self, part: &Part) -> bool {
        self.record(part).is_ok_and(|record| record.zstd)
    }

    /// The machine code, expanded if it is stored compressed.
    ///
    /// # Errors
    /// If it is not as long as the build says, or does not expand.
    pub fn code(&self) -> Result<&'static PageAligned<[u8]>> {
        self.bytes(&MACHINE_CODE, &[])
    }

    /// A memory image, with the one that it was written upon.
    ///
    /// # Errors
    /// If one of them is not as long as the build says, does not expand, or is no image.
    pub fn image(&self, part: &Part) -> Result<Image> {
        let base = part.base.map(|base| self.image(base)).transpose()?.map(Arc::new);
        let bytes = self.bytes(part, base.as_deref().map_or(&[], Image::bytes))?;
        Ok(Image::open_with_base(&bytes.0, base)?)
    }

    /// A part where it lies; if it is stored compressed, expanded upon the base that it was compressed upon, and kept for as
    /// long as the process.
    fn bytes(&self, part: &Part, base: &[u8]) -> Result<&'static PageAligned<[u8]>> {
        let record = self.record(part)?;
        if !record.zstd {
            return Ok(part.stored);
        }
        // At most as long as the build says, which is at most what a memory can hold.
        let room = if record.len <= MAX_PART { PageAligned::zeroed(record.len) } else { None };
        let Some(mut expanded) = room else {
            bail!("{}: expected room for its {} bytes, found too little memory", part.title, record.len);
        };
        let found = zstd::bulk::Decompressor::with_dictionary(base)
            .and_then(|mut decompressor| decompressor.decompress_to_buffer(&part.stored.0, &mut expanded.0))
            .with_context(|| format!("the {} in this executable does not expand", part.title))?;
        ensure!(found == record.len, "{}: expected {} bytes, found {found}", part.title, record.len);
        Ok(Box::leak(expanded))
    }

    /// Checks a part's stored bytes, all of them, against the build's checksum. Returns how many.
    ///
    /// # Errors
    /// With the checksum expected and found.
    pub fn verify(&self, part: &Part) -> Result<usize> {
        let record = self.record(part)?;
        let found = format!("{:016x}", archive::format::checksum(&part.stored.0));
        ensure!(found == record.xxh3, "{}: expected checksum {}, found {found}", part.title, record.xxh3);
        Ok(record.stored)
    }

    fn record(&self, part: &Part) -> Result<Record<'_>> {
        let value = &self.0["parts"][part.name];
        let number = |key: &str| value[key].as_u64().and_then(|number| usize::try_from(number).ok());
        let fields = (value["zstd"].as_bool(), number("stored"), number("len"), value["xxh3"].as_str());
        let (Some(zstd), Some(stored), Some(len), Some(xxh3)) = fields else {
            bail!("expected {} in parts.json, found {value}", part.name);
        };
        let found = part.stored.0.len();
        ensure!(stored == found, "{}: expected {stored} bytes, found {found}", part.title);
        Ok(Record { zstd, stored, len, xxh3 })
    }
}

struct Record<'a> {
    zstd: bool,
    stored: usize,
    len: usize,
    xxh3: &'a str,
}

impl Part {
    /// How runs from it begin, if it is a memory image.
    pub fn start(&self) -> Start {
        if self.name == APP.name { Start::Resumed } else { Start::Cold }
    }

    /// Whether it is a memory image, which has a checksum of its own.
    pub fn is_image(&self) -> bool {
        self.name != MACHINE_CODE.name
    }

    /// Bytes that it takes in the executable.
    pub fn size(&self) -> usize {
        self.stored.0.len()
    }
}

/// The file system.
///
/// # Errors
/// If the executable is damaged.
pub fn archive() -> Result<Archive> {
    let file = ASSETS.get_file("app.archive").context("this executable was built without its archive")?;
    Archive::open(file.contents()).context("the archive in this executable")
}

/// What is bundled, as the build wrote it down.
///
/// # Errors
/// If the executable is damaged.
pub fn manifest(archive: &Archive) -> Result<Value> {
    let path = host::layout::MANIFEST;
    let index = archive.find(path).with_context(|| format!("expected {path} in the archive, found no such file"))?;
    serde_json::from_slice(&archive.read(index)?).with_context(|| path.to_string())
}
