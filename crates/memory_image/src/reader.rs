//! Reading an image: header and table are checked when it is opened, the pages when someone asks for it.

use crate::{HEADER_CHECKED, HEADER_LEN, MAGIC, MAX_PAGES, MAX_RUNS, Origin, PAGE, RUN_LEN, Run, Start, VERSION};
use archive::format::checksum;
use std::borrow::Cow;
use std::fmt;

/// Why an image cannot be used: one line with what was expected and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageError(String);

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "memory image: {}; it is damaged or of another build, build again", self.0)
    }
}

impl std::error::Error for ImageError {}

/// An image whose header and table have been checked.
pub struct Image {
    bytes: Cow<'static, [u8]>,
    origin: Origin,
    memory_pages: u32,
    runs: Vec<Run>,
    pages_checksum: u64,
    /// Offset of the first page.
    data: usize,
}

impl Image {
    /// Checks header and table, in time that depends on the number of runs only.
    ///
    /// # Errors
    /// [`ImageError`] naming the field that is not as it must be.
    pub fn open(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Image, ImageError> {
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
        if count > MAX_RUNS {
            return fail(format!("expected at most {MAX_RUNS} runs, found {count}"));
        }
        let Some(table) = bytes.get(HEADER_LEN..HEADER_LEN + count * RUN_LEN) else {
            return fail(format!("expected a table of {count} runs, found {} bytes in all", bytes.len()));
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
        if u64_at(48) != 0 {
            return fail(format!("expected zero in the reserved field, found {:x}", u64_at(48)));
        }
        let runs: Vec<Run> = table
            .as_chunks::<RUN_LEN>()
            .0
            .iter()
            .map(|run| Run { first: u32::from_le_bytes(array(run, 0)), count: u32::from_le_bytes(array(run, 4)) })
            .collect();
        let mut end = 0;
        let mut stored = 0;
        for (number, run) in runs.iter().enumerate() {
            let next = run.first.checked_add(run.count).filter(|next| *next <= memory_pages);
            match next {
                Some(next) if run.count > 0 && (run.first > end || number == 0) => end = next,
                _ => {
                    return fail(format!(
                        "expected run {number} behind the one before it and in memory, found {run:?}"
                    ));
                }
            }
            stored += run.count as usize;
        }
        let data = (HEADER_LEN + table.len()).next_multiple_of(PAGE);
        if bytes.len() != data + stored * PAGE {
            return fail(format!("expected {} bytes, found {}", data + stored * PAGE, bytes.len()));
        }
        let origin = Origin { start, module: u64_at(16), archive: u64_at(24) };
        let pages_checksum = u64_at(40);
        Ok(Image { origin, memory_pages, runs, pages_checksum, data, bytes })
    }

    /// What it belongs to.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Checks that runs begin in that way, and that a resumed one will see the archive that its memory was made over; a
    /// cold one may see any.
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

    /// Size of the image, bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The image's bytes, if they live as long as the process.
    pub fn static_bytes(&self) -> Option<&'static [u8]> {
        match self.bytes {
            Cow::Borrowed(bytes) => Some(bytes),
            Cow::Owned(_) => None,
        }
    }

    /// Checks every page against the checksum.
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

    /// The stretches that are stored: offset in memory, offset of the first byte in the image, bytes.
    pub fn stretches(&self) -> impl Iterator<Item = (usize, usize, &[u8])> {
        let mut at = self.data;
        self.runs.iter().map(move |run| {
            let (offset, len) = (at, run.count as usize * PAGE);
            at += len;
            (run.first as usize * PAGE, offset, &self.bytes[offset..offset + len])
        })
    }
}

/// `N` bytes at an offset that the caller knows to lie inside.
fn array<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[offset..offset + N]);
    array
}
