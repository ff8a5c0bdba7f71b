//! What is written can be read; what is damaged is refused.

use super::*;

const ORIGIN: Origin = Origin { start: Start::Resumed, module: 0x1234, archive: 0x5678 };

/// 64 pages: one in front, two with a small gap between them, one behind a large gap, the last.
fn memory() -> Vec<u8> {
    let mut memory = vec![0; 64 * PAGE];
    for (page, value) in [(0, 1), (10, 2), (13, 3), (40, 4), (63, 5)] {
        memory[page * PAGE + page] = value;
    }
    memory
}

fn restore(image: &Image) -> Vec<u8> {
    let mut memory = vec![0; image.memory_size()];
    for (offset, _, bytes) in image.stretches() {
        memory[offset..offset + bytes.len()].copy_from_slice(bytes);
    }
    memory
}

#[test]
fn a_memory_comes_back_and_zero_pages_are_not_stored() {
    let image = Image::open(write(ORIGIN, &memory())).expect("whole");
    assert_eq!(image.origin(), ORIGIN);
    assert!(restore(&image) == memory());
    image.verify().expect("whole");
    // Header and table; pages 0, 10 to 13, 40, 63.
    assert_eq!(image.size(), PAGE + 7 * PAGE);
    assert_eq!(image.stretches().map(|(offset, ..)| offset / PAGE).collect::<Vec<_>>(), [0, 10, 40, 63]);
    assert!(image.stretches().all(|(_, offset, _)| offset % PAGE == 0));
}

#[test]
fn an_empty_memory_is_an_image_too() {
    let image = Image::open(write(Origin { start: Start::Cold, ..ORIGIN }, &[])).expect("whole");
    assert_eq!((image.memory_size(), image.origin().start), (0, Start::Cold));
    assert_eq!(image.stretches().count(), 0);
}

#[test]
fn a_resumed_image_belongs_to_its_archive() {
    let image = |start| Image::open(write(Origin { start, ..ORIGIN }, &memory())).expect("whole");
    image(Start::Resumed).expect(Start::Resumed, 0x5678).expect("its own");
    assert!(image(Start::Resumed).expect(Start::Resumed, 0x5679).is_err());
    assert!(image(Start::Resumed).expect(Start::Cold, 0x5678).is_err());
    assert!(image(Start::Cold).expect(Start::Resumed, 0x5678).is_err());
    image(Start::Cold).expect(Start::Cold, 1).expect("any");
}

#[test]
fn every_damage_is_found_and_none_panics() {
    let whole = write(ORIGIN, &memory());
    for len in (0..200).chain([PAGE - 1, PAGE, PAGE + 1, whole.len() - 1]) {
        assert!(Image::open(whole[..len].to_vec()).is_err(), "cut to {len}");
    }
    let mut longer = whole.clone();
    longer.push(0);
    assert!(Image::open(longer).is_err());
    for byte in (0..64 + 4 * 8).chain(PAGE..whole.len()) {
        let mut damaged = whole.clone();
        damaged[byte] ^= 0x10;
        let found = Image::open(damaged).and_then(|image| image.verify());
        assert!(found.is_err(), "byte {byte}");
    }
}

/// A header whose checksum is right but whose contents are not: what an attacker would write.
fn forged(change: impl FnOnce(&mut Vec<u8>)) -> Result<Image, ImageError> {
    let mut bytes = write(ORIGIN, &memory());
    change(&mut bytes);
    let sum = archive::format::checksum(&[&bytes[..HEADER_CHECKED], &bytes[64..64 + 4 * 8]].concat());
    bytes[HEADER_CHECKED..64].copy_from_slice(&sum.to_le_bytes());
    Image::open(bytes)
}

#[test]
fn a_forged_table_is_refused() {
    let set = |offset: usize, value: u32| {
        move |bytes: &mut Vec<u8>| bytes[offset..offset + 4].copy_from_slice(&value.to_le_bytes())
    };
    forged(|_| ()).expect("only its checksum was made again");
    for (what, offset, value) in [
        ("start", 12, 2),
        ("memory smaller than the runs", 32, 48),
        ("memory of no whole unit", 32, 65),
        ("memory over 4 GiB", 32, MAX_PAGES + 1),
        ("a run that overlaps the one before", 64 + 8, 0),
        ("a run that touches the one before", 64 + 8, 1),
        ("an empty run", 64 + 4, 0),
        ("a run that wraps around", 64 + 3 * 8 + 4, u32::MAX),
        ("reserved", 48, 1),
    ] {
        assert!(forged(set(offset, value)).is_err(), "{what}");
    }
}
