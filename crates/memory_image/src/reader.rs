//! Reading an image: header and table are checked when it is opened, the pages when someone asks for it.

use crate::format::{
    EXTENT_LEN, Extent, HEADER_CHECKED, HEADER_LEN, MAGIC, MAX_EXTENTS, MAX_PAGES, Origin, PAGE, Source, Start, VERSION,
};
use archive::format::checksum;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// What helps against a damaged part of an executable. Cargo does not look at what it has built: to build again is not enough.
pub const REMEDY: &str = "copy it again, or build it anew after cargo clean";

/// Why an image cannot be used: one line with what was expected and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageError(String);

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "memory image: {}; it is damaged or of another build: {REMEDY}", self.0)
    }
}

impl std::error::Error for ImageError {}

/// An image whose header and table have been checked.
pub struct Image {
    bytes: Cow<'static, [u8]>,
    origin: Origin,
    memory_pages: u32,
    extents: Vec<Extent>,
    /// Where the bytes of each extent lie, in this image or in the base.
    places: Vec<Range<usize>>,
    pages_checksum: u64,
    base: Option<Arc<Image>>,
    /// Offset of the first page.
    data: usize,
}

impl Image {
    /// Checks header and table of an image without a base, in time that depends on the number of extents only.
    ///
    /// # Errors
    /// [`ImageError`] naming the field that is not as it must be.
    pub fn open(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Image, ImageError> {
        Image::open_with_base(bytes, None)
    }

    /// As [`Image::open`], for an image that may refer to pages of `base`.
    ///
    /// # Errors
    /// [`ImageError`] naming the field that is not as it must be, or if it refers to another base.
    pub fn open_with_base(bytes: impl Into<Cow<'static, [u8]>>, base: Option<Arc<Image>>) -> Result<Image, ImageError> {
        let bytes = bytes.into();
        let fail = |what: String| Err(ImageError(what));
        let Some(header) = bytes.first_chunk::<HEADER_LEN>() else {
            return fail(format!("expected at least {HEADER_LEN} bytes, found {}", bytes.len()));
        };
        let u32_at = |offset: usize| u32::from_le_bytes(array(header, offset));
        let u64_at = |offset: usize| u64::from_le_bytes(array(header, offset));
        if header[..8] != MAGIC {
            return fail(format!("expected the magic {MAGIC:02x?}, found {:02x?}", &header[..8]));
        }
        if u32_at(8) != VERSION {
            return fail(format!("expected version {VERSION}, found {}", u32_at(8)));
        }
        let count = u32_at(36) as usize;
        if count > MAX_EXTENTS {
            return fail(format!("expected at most {MAX_EXTENTS} extents, found {count}"));
        }
        let Some(table) = bytes.get(HEADER_LEN..HEADER_LEN + count * EXTENT_LEN) else {
            return fail(format!("expected a table of {count} extents, found {} bytes in all", bytes.len()));
        };
        let found = checksum(&[&header[..HEADER_CHECKED], table].concat());
        if found != u64_at(HEADER_CHECKED) {
            return fail(format!(
                "expected checksum {:016x} of the header, found {found:016x}",
                u64_at(HEADER_CHECKED)
            ));
        }
        let start = match u32_at(12) {
            0 => Start::Cold,
            1 => Start::Resumed,
            other => return fail(format!("expected start 0 or 1, found {other}")),
        };
        let memory_pages = u32_at(32);
        // WebAssembly counts memory in units of 16 of these pages.
        if memory_pages > MAX_PAGES || memory_pages % 16 != 0 {
            return fail(format!("expected a multiple of 16 up to {MAX_PAGES} pages of memory, found {memory_pages}"));
        }
        let base = match (u64_at(48), base) {
            (0, _) => None,
            (expected, Some(base)) if base.pages_checksum == expected => Some(base),
            (expected, base) => {
                let found = base.map_or("none".to_string(), |base| format!("{:016x}", base.pages_checksum));
                return fail(format!("expected the base whose pages have the checksum {expected:016x}, found {found}"));
            }
        };
        let extents = read_extents(table, memory_pages)?;
        let data = (HEADER_LEN + table.len()).next_multiple_of(PAGE);
        let (places, end) = places(&extents, data, base.as_deref())?;
        if bytes.len() != end {
            return fail(format!("expected {end} bytes, found {}", bytes.len()));
        }
        let origin = Origin { start, module: u64_at(16), archive: u64_at(24) };
        if let Some(base) = base.as_ref().filter(|base| base.origin.module != origin.module) {
            let (expected, found) = (origin.module, base.origin.module);
            return fail(format!("expected a base of module {expected:016x}, found {found:016x}"));
        }
        let pages_checksum = u64_at(40);
        Ok(Image { origin, memory_pages, extents, places, pages_checksum, base, data, bytes })
    }

    /// What it belongs to.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Checks that runs begin in that way, and that a resumed one will see the archive that its memory was made over; a
    /// cold run may see any.
    ///
    /// # Errors
    /// [`ImageError`] with what was expected and found.
    pub fn expect(&self, start: Start, archive: u64) -> Result<(), ImageError> {
        let Origin { start: found, archive: own, .. } = self.origin;
        if found != start {
            return Err(ImageError(format!("expected a {start:?} start, found {found:?}")));
        }
        if start == Start::Resumed && own != archive {
            return Err(ImageError(format!("expected archive {own:016x} with it, found {archive:016x}")));
        }
        Ok(())
    }

    /// Size of the memory, bytes.
    pub fn memory_size(&self) -> usize {
        self.memory_pages as usize * PAGE
    }

    /// The image as it is stored, without its base.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// As [`Image::bytes`], if they live as long as the process.
    pub fn static_bytes(&self) -> Option<&'static [u8]> {
        match self.bytes {
            Cow::Borrowed(bytes) => Some(bytes),
            Cow::Owned(_) => None,
        }
    }

    /// Checks every page against the checksum; those of a base have one of their own there.
    ///
    /// # Errors
    /// [`ImageError`] with the checksum expected and found.
    pub fn verify(&self) -> Result<(), ImageError> {
        let found = checksum(&self.bytes[self.data..]);
        if found == self.pages_checksum {
            return Ok(());
        }
        Err(ImageError(format!("expected checksum {:016x} of the pages, found {found:016x}", self.pages_checksum)))
    }

    /// The extents of the memory that are not zero: offset in memory, bytes.
    pub fn extents(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.each(|image| Some(&image.bytes)).flatten()
    }

    /// As [`Image::extents`], if the bytes of all of them live as long as the process.
    pub fn static_extents(&self) -> Option<Vec<(usize, &'static [u8])>> {
        self.each(Image::static_bytes).collect()
    }

    /// Every extent, cut from what `bytes` gives for the image that has it.
    fn each<'a, 'b>(
        &'a self,
        bytes: impl Fn(&'a Image) -> Option<&'b [u8]>,
    ) -> impl Iterator<Item = Option<(usize, &'b [u8])>> {
        self.extents.iter().zip(&self.places).map(move |(extent, place)| {
            let image = match extent.source {
                Source::Own => self,
                Source::Base => self.base.as_deref()?,
            };
            Some((extent.first as usize * PAGE, &bytes(image)?[place.clone()]))
        })
    }

    /// The XXH3-64 of its pages, by which an image that refers to it knows it.
    pub(crate) fn pages_checksum(&self) -> u64 {
        self.pages_checksum
    }

    /// A page of its own extents.
    pub(crate) fn own_page(&self, number: u32) -> Option<&[u8]> {
        self.own_pages(number, 1).map(|place| &self.bytes[place])
    }

    /// Where the bytes of pages lie that are all in one of its own extents.
    fn own_pages(&self, first: u32, count: u32) -> Option<Range<usize>> {
        let behind = self.extents.partition_point(|extent| extent.first <= first);
        let (extent, place) = (self.extents.get(behind.checked_sub(1)?)?, &self.places[behind - 1]);
        let skipped = first - extent.first;
        if extent.source != Source::Own || count > extent.count.checked_sub(skipped)? {
            return None;
        }
        let start = place.start + skipped as usize * PAGE;
        Some(start..start + count as usize * PAGE)
    }
}

/// The table of extents, which rise, lie in memory, and are as long as they can be.
fn read_extents(table: &[u8], memory_pages: u32) -> Result<Vec<Extent>, ImageError> {
    let mut extents: Vec<Extent> = Vec::new();
    for entry in table.as_chunks::<EXTENT_LEN>().0 {
        let number = extents.len();
        let [first, count, source] = [0, 4, 8].map(|offset| u32::from_le_bytes(array(entry, offset)));
        let source = match source {
            0 => Source::Own,
            1 => Source::Base,
            other => return Err(ImageError(format!("expected source 0 or 1 of extent {number}, found {other}"))),
        };
        let extent = Extent { first, count, source };
        let inside = count > 0 && first.checked_add(count).is_some_and(|end| end <= memory_pages);
        let behind = extents.last().is_none_or(|last| {
            let end = last.first + last.count;
            first > end || (first == end && source != last.source)
        });
        if !inside || !behind {
            return Err(ImageError(format!(
                "expected extent {number} behind the one before it and in memory, found {extent:?}"
            )));
        }
        extents.push(extent);
    }
    Ok(extents)
}

/// Where the bytes of each extent lie, and where the image ends; its own pages begin at `data`.
fn places(extents: &[Extent], data: usize, base: Option<&Image>) -> Result<(Vec<Range<usize>>, usize), ImageError> {
    let mut end = data;
    let place = |extent: &Extent| match extent.source {
        Source::Own => {
            let start = end;
            end += extent.count as usize * PAGE;
            Ok(start..end)
        }
        Source::Base => base
            .and_then(|base| base.own_pages(extent.first, extent.count))
            .ok_or_else(|| ImageError(format!("expected a base with pages of its own at {extent:?}, found none"))),
    };
    let places = extents.iter().map(place).collect::<Result<_, _>>()?;
    Ok((places, end))
}

/// `N` bytes at an offset that the caller knows to lie inside.
fn array<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[offset..offset + N]);
    array
}
