//! What is written can be read; what is damaged is refused.

use crate::format::{EXTENT_LEN, HEADER_CHECKED, MAX_PAGES};
use crate::*;
use std::sync::Arc;

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
    for (offset, bytes) in image.extents() {
        memory[offset..offset + bytes.len()].copy_from_slice(bytes);
    }
    memory
}

#[test]
fn a_memory_comes_back_and_zero_pages_are_not_stored() {
    let image = Image::open(write(ORIGIN, &memory(), None)).expect("whole");
    assert_eq!(image.origin(), ORIGIN);
    assert!(restore(&image) == memory());
    image.verify().expect("whole");
    // Header and table; pages 0, 10 to 13, 40, 63.
    assert_eq!(image.bytes().len(), PAGE + 7 * PAGE);
    assert_eq!(image.extents().map(|(offset, ..)| offset / PAGE).collect::<Vec<_>>(), [0, 10, 40, 63]);
    let start = image.bytes().as_ptr().addr();
    assert!(image.extents().all(|(_, bytes)| (bytes.as_ptr().addr() - start).is_multiple_of(PAGE)));
}

#[test]
fn an_empty_memory_is_an_image_too() {
    let image = Image::open(write(Origin { start: Start::Cold, ..ORIGIN }, &[], None)).expect("whole");
    assert_eq!((image.memory_size(), image.origin().start), (0, Start::Cold));
    assert_eq!(image.extents().count(), 0);
}

#[test]
fn a_resumed_image_belongs_to_its_archive() {
    let image = |start| Image::open(write(Origin { start, ..ORIGIN }, &memory(), None)).expect("whole");
    image(Start::Resumed).expect(Start::Resumed, 0x5678).expect("its own");
    assert!(image(Start::Resumed).expect(Start::Resumed, 0x5679).is_err());
    assert!(image(Start::Resumed).expect(Start::Cold, 0x5678).is_err());
    assert!(image(Start::Cold).expect(Start::Resumed, 0x5678).is_err());
    image(Start::Cold).expect(Start::Cold, 1).expect("any");
}

#[test]
fn every_damage_is_found_and_none_panics() {
    let whole = write(ORIGIN, &memory(), None);
    for len in (0..200).chain([PAGE - 1, PAGE, PAGE + 1, whole.len() - 1]) {
        assert!(Image::open(whole[..len].to_vec()).is_err(), "cut to {len}");
    }
    let mut longer = whole.clone();
    longer.push(0);
    assert!(Image::open(longer).is_err());
    for byte in (0..64 + 4 * EXTENT_LEN).chain(PAGE..whole.len()) {
        let mut damaged = whole.clone();
        damaged[byte] ^= 0x10;
        let found = Image::open(damaged).and_then(|image| image.verify());
        assert!(found.is_err(), "byte {byte}");
    }
}

/// A header whose checksum is right but whose contents are not: what an attacker would write.
fn forged(change: impl FnOnce(&mut Vec<u8>)) -> Result<Image, ImageError> {
    let mut bytes = write(ORIGIN, &memory(), None);
    change(&mut bytes);
    let sum = archive::format::checksum(&[&bytes[..HEADER_CHECKED], &bytes[64..64 + 4 * EXTENT_LEN]].concat());
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
        ("memory smaller than the extents", 32, 48),
        ("memory of no whole unit", 32, 65),
        ("memory over 4 GiB", 32, MAX_PAGES + 1),
        ("an extent that overlaps the one before", 64 + EXTENT_LEN, 0),
        ("an extent that touches the one before", 64 + EXTENT_LEN, 1),
        ("an empty extent", 64 + 4, 0),
        ("an extent that wraps around", 64 + 3 * EXTENT_LEN + 4, u32::MAX),
        ("a base that was not given", 48, 1),
        ("pages of no base", 64 + 8, 1),
        ("pages of neither", 64 + 8, 2),
    ] {
        assert!(forged(set(offset, value)).is_err(), "{what}");
    }
}

/// 64 pages, of which 12 from the tenth on, and 3 from the fortieth on, are not zero.
fn base() -> Arc<Image> {
    let mut memory = vec![0; 64 * PAGE];
    for page in (10..22).chain(40..43) {
        memory[page * PAGE] = page as u8;
    }
    Arc::new(Image::open(write(Origin { start: Start::Cold, ..ORIGIN }, &memory, None)).expect("whole"))
}

/// What [`base`] holds with page 21 written, and pages beside and behind that it has not.
fn changed() -> Vec<u8> {
    let mut memory = restore(&base());
    for page in [9, 21, 22, 60] {
        memory[page * PAGE] = 0xff;
    }
    memory
}

#[test]
fn pages_of_the_base_are_referred_to_where_that_saves_many() {
    let image = Image::open_with_base(write(ORIGIN, &changed(), Some(&base())), Some(base())).expect("whole");
    assert!(restore(&image) == changed());
    image.verify().expect("whole");
    // 10 to 20 are the base's; 40 to 42 are too, but too few.
    let extents =
        |image: &Image| image.extents().map(|(at, bytes)| (at / PAGE, bytes.len() / PAGE)).collect::<Vec<_>>();
    assert_eq!(extents(&image), [(9, 1), (10, 11), (21, 2), (40, 3), (60, 1)]);
    assert_eq!(image.bytes().len(), PAGE + 7 * PAGE);
}

#[test]
fn another_base_or_none_is_refused() {
    let bytes = write(ORIGIN, &changed(), Some(&base()));
    let refused = |base| Image::open_with_base(bytes.clone(), base).err().expect("refused").to_string();
    assert!(refused(None).contains("found none"));
    // The same pages with other bytes, and the same bytes for another module.
    let cold = Origin { start: Start::Cold, ..ORIGIN };
    let mut memory = restore(&base());
    memory[10 * PAGE] += 1;
    let other = write(cold, &memory, None);
    assert!(refused(Some(Arc::new(Image::open(other).expect("whole")))).contains("expected the base whose pages"));
    let other = write(Origin { module: 7, ..cold }, &restore(&base()), None);
    assert!(refused(Some(Arc::new(Image::open(other).expect("whole")))).contains("expected a base of module"));
    // An image that refers to nothing may be given one.
    Image::open_with_base(write(ORIGIN, &memory, None), Some(base())).expect("whole");
}

/// An image with an extent of its own, page 0, and one of its base's.
fn forged_upon(base: Arc<Image>, first: u32, count: u32) -> Result<Image, ImageError> {
    let mut bytes = write(ORIGIN, &changed(), Some(&base));
    bytes[36..40].copy_from_slice(&2u32.to_le_bytes());
    let table: Vec<u8> = [0, 1, 0, first, count, 1].into_iter().flat_map(u32::to_le_bytes).collect();
    bytes[64..64 + 2 * EXTENT_LEN].copy_from_slice(&table);
    bytes.truncate(2 * PAGE);
    let sum = archive::format::checksum(&[&bytes[..HEADER_CHECKED], &table].concat());
    bytes[HEADER_CHECKED..64].copy_from_slice(&sum.to_le_bytes());
    Image::open_with_base(bytes, Some(base))
}

#[test]
fn a_run_of_pages_that_the_base_has_not_is_refused() {
    let upon_base = Image::open_with_base(write(ORIGIN, &changed(), Some(&base())), Some(base())).expect("whole");
    let upon_base = Arc::new(upon_base);
    for (what, base, first, count) in [
        ("zero there", base(), 23, 1),
        ("in front of it", base(), 8, 2),
        ("reaching behind it", base(), 12, 20),
        ("that are its base's", upon_base.clone(), 12, 2),
    ] {
        let error = forged_upon(base, first, count).err().expect(what).to_string();
        assert!(error.contains("expected a base with pages of its own"), "{what}: {error}");
    }
    forged_upon(base(), 12, 10).expect("pages 12 to 21, which it has");
    forged_upon(upon_base, 21, 2).expect("pages that it has of its own");
}

#[test]
fn extents_are_static_only_if_all_are() {
    let leak = |bytes: Vec<u8>| -> &'static [u8] { Vec::leak(bytes) };
    let cold = Origin { start: Start::Cold, ..ORIGIN };
    let fixed = Arc::new(Image::open(leak(write(cold, &restore(&base()), None))).expect("whole"));
    let bytes = leak(write(ORIGIN, &changed(), Some(&base())));
    let extents = |base| {
        let image = Image::open_with_base(bytes, Some(base)).expect("whole");
        image.static_extents().map(|extents| extents.len())
    };
    assert_eq!((extents(fixed), extents(base())), (Some(5), None));
}
