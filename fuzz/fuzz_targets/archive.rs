//! Any bytes are refused or read, never a panic. The checksums of header and index are made to fit, or nothing behind
//! them would ever be reached.

#![forbid(unsafe_code)]
#![no_main]

use archive::{Archive, format};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut bytes = bytes.to_vec();
    seal(&mut bytes);
    let Ok(archive) = Archive::open(bytes) else { return };
    for index in 0..archive.count() {
        let path = archive.path(index);
        assert_eq!(archive.find(&path), Some(index), "{path}");
        for child in archive.children(index) {
            assert_eq!(archive.entry(child).map(|entry| entry.parent), Some(index));
        }
        // Damaged contents are an error; large ones are left out for speed.
        if archive.entry(index).is_some_and(|entry| entry.len < 1 << 20)
            && let Ok(contents) = archive.read(index)
        {
            assert_eq!(Some(contents.len() as u64), archive.entry(index).map(|entry| entry.len));
        }
    }
});

fn seal(bytes: &mut [u8]) {
    if bytes.len() < format::HEADER_LEN {
        return;
    }
    bytes[..8].copy_from_slice(&format::MAGIC);
    bytes[8..12].copy_from_slice(&format::VERSION.to_le_bytes());
    let u64_at = |bytes: &[u8], at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let count = u64::from(u32::from_le_bytes(bytes[12..16].try_into().unwrap()));
    let len = (count * format::RECORD_LEN as u64)
        .checked_add(u64_at(bytes, 16))
        .and_then(|len| len.checked_add(u64_at(bytes, 24)))
        .and_then(|len| usize::try_from(len).ok()?.checked_add(format::HEADER_LEN));
    if let Some(index) = len.and_then(|end| bytes.get(format::HEADER_LEN..end)) {
        let sum = format::checksum(index);
        bytes[48..56].copy_from_slice(&sum.to_le_bytes());
    }
    let sum = format::checksum(&bytes[..format::HEADER_CHECKED]);
    bytes[format::HEADER_CHECKED..format::HEADER_LEN].copy_from_slice(&sum.to_le_bytes());
}
