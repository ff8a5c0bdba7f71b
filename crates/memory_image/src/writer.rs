//! Writing an image.

use crate::{HEADER_CHECKED, HEADER_LEN, MAGIC, MAX_RUNS, Origin, PAGE, Run, Start, VERSION};
use archive::format::checksum;

/// Zero pages up to this many are stored rather than ending a run: each run is one more system call at start.
const GAP: usize = 4;

/// The image of `memory`, the whole linear memory of a guest.
///
/// # Panics
/// If the memory is not whole pages or larger than 4 GiB, which no linear memory is.
pub fn write(origin: Origin, memory: &[u8]) -> Vec<u8> {
    let (pages, rest) = memory.as_chunks::<PAGE>();
    assert!(rest.is_empty(), "a linear memory is whole pages");
    let mut gap = GAP;
    let mut runs = runs(pages, gap);
    // A memory with more holes than there can be mappings gets fewer, larger runs.
    while runs.len() > MAX_RUNS {
        gap *= 2;
        runs = self::runs(pages, gap);
    }
    let data: Vec<u8> =
        runs.iter().flat_map(|run| pages[run.first as usize..][..run.count as usize].as_flattened()).copied().collect();

    let mut image = Vec::new();
    image.extend_from_slice(&MAGIC);
    image.extend_from_slice(&VERSION.to_le_bytes());
    image.extend_from_slice(&u32::from(origin.start == Start::Resumed).to_le_bytes());
    image.extend_from_slice(&origin.module.to_le_bytes());
    image.extend_from_slice(&origin.archive.to_le_bytes());
    image.extend_from_slice(&u32::try_from(pages.len()).expect("at most 4 GiB").to_le_bytes());
    image.extend_from_slice(&u32::try_from(runs.len()).expect("at most 4 GiB").to_le_bytes());
    image.extend_from_slice(&checksum(&data).to_le_bytes());
    image.extend_from_slice(&[0; 8]);
    let mut table = Vec::new();
    for run in &runs {
        table.extend_from_slice(&run.first.to_le_bytes());
        table.extend_from_slice(&run.count.to_le_bytes());
    }
    let checked = checksum(&[&image[..HEADER_CHECKED], &table].concat());
    image.extend_from_slice(&checked.to_le_bytes());
    debug_assert_eq!(image.len(), HEADER_LEN);
    image.extend_from_slice(&table);
    image.resize(image.len().next_multiple_of(PAGE), 0);
    image.extend_from_slice(&data);
    image
}

/// The stretches of pages that are not zero, with gaps of up to `gap` zero pages taken in.
fn runs(pages: &[[u8; PAGE]], gap: usize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (number, page) in pages.iter().enumerate() {
        if page.iter().all(|byte| *byte == 0) {
            continue;
        }
        let number = number as u32;
        match runs.last_mut() {
            Some(run) if (number - (run.first + run.count)) as usize <= gap => run.count = number + 1 - run.first,
            _ => runs.push(Run { first: number, count: 1 }),
        }
    }
    runs
}
