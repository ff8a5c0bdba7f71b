//! Writing an image.

use crate::format::{Extent, HEADER_CHECKED, HEADER_LEN, MAGIC, MAX_EXTENTS, Origin, PAGE, Source, Start, VERSION};
use crate::reader::Image;
use archive::format::checksum;

/// Zero pages up to this many are stored rather than ending an extent: each extent is one more system call at start.
const GAP: usize = 4;

/// The image of `memory`, the whole linear memory of a guest. With a base it refers to the pages that are in that one's
/// own extents at the same place, if they are worth an extent.
///
/// # Panics
/// If the memory is not whole pages or larger than 4 GiB, which no linear memory is.
pub fn write(origin: Origin, memory: &[u8], base: Option<&Image>) -> Vec<u8> {
    let (pages, rest) = memory.as_chunks::<PAGE>();
    assert!(rest.is_empty(), "a linear memory is whole pages");
    let mut gap = GAP;
    let mut extents = extents(pages, gap, base);
    // A memory with more holes than there can be mappings gets fewer, larger extents.
    while extents.len() > MAX_EXTENTS {
        gap *= 2;
        extents = self::extents(pages, gap, base);
    }
    let own = extents.iter().filter(|extent| extent.source == Source::Own);
    let data: Vec<u8> = own
        .flat_map(|extent| pages[extent.first as usize..][..extent.count as usize].as_flattened())
        .copied()
        .collect();

    let mut image = Vec::new();
    image.extend_from_slice(&MAGIC);
    image.extend_from_slice(&VERSION.to_le_bytes());
    image.extend_from_slice(&u32::from(origin.start == Start::Resumed).to_le_bytes());
    image.extend_from_slice(&origin.module.to_le_bytes());
    image.extend_from_slice(&origin.archive.to_le_bytes());
    image.extend_from_slice(&u32::try_from(pages.len()).expect("at most 4 GiB").to_le_bytes());
    image.extend_from_slice(&u32::try_from(extents.len()).expect("at most 4 GiB").to_le_bytes());
    image.extend_from_slice(&checksum(&data).to_le_bytes());
    image.extend_from_slice(&base.map_or(0, Image::pages_checksum).to_le_bytes());
    let mut table = Vec::new();
    for extent in &extents {
        table.extend_from_slice(&extent.first.to_le_bytes());
        table.extend_from_slice(&extent.count.to_le_bytes());
        table.extend_from_slice(&u32::from(extent.source == Source::Base).to_le_bytes());
    }
    let checked = checksum(&[&image[..HEADER_CHECKED], &table].concat());
    image.extend_from_slice(&checked.to_le_bytes());
    debug_assert_eq!(image.len(), HEADER_LEN);
    image.extend_from_slice(&table);
    image.resize(image.len().next_multiple_of(PAGE), 0);
    image.extend_from_slice(&data);
    image
}

/// The extents of pages that are not zero, with gaps of up to `gap` zero pages taken in. Where the base has more than `gap`
/// of these pages in a row, an extent of its own refers to them.
fn extents(pages: &[[u8; PAGE]], gap: usize, base: Option<&Image>) -> Vec<Extent> {
    let in_base =
        |number: u32| base.and_then(|base| base.own_page(number)).is_some_and(|page| page == pages[number as usize]);
    let mut extents = Vec::new();
    for (first, end) in nonzero(pages, gap) {
        let mut at = first;
        while at < end {
            let worth_an_extent =
                |first: u32| (first..=first + gap as u32).all(|number| number < end && in_base(number));
            let shared = (at..end).find(|number| worth_an_extent(*number)).unwrap_or(end);
            if shared > at {
                extents.push(Extent { first: at, count: shared - at, source: Source::Own });
            }
            at = (shared..end).find(|number| !in_base(*number)).unwrap_or(end);
            if at > shared {
                extents.push(Extent { first: shared, count: at - shared, source: Source::Base });
            }
        }
    }
    extents
}

/// First page and end of each row of pages that are not zero, with gaps of up to `gap` zero pages taken in.
fn nonzero(pages: &[[u8; PAGE]], gap: usize) -> Vec<(u32, u32)> {
    let mut nonzero: Vec<(u32, u32)> = Vec::new();
    for (number, page) in pages.iter().enumerate() {
        if page.iter().all(|byte| *byte == 0) {
            continue;
        }
        let number = number as u32;
        match nonzero.last_mut() {
            Some((_, end)) if (number - *end) as usize <= gap => *end = number + 1,
            _ => nonzero.push((number, number + 1)),
        }
    }
    nonzero
}
