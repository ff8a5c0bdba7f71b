//! Any bytes are refused or read, never a panic, with a base or without. The header's checksum is made to fit, or nothing
//! behind it would ever be reached.

#![forbid(unsafe_code)]
#![no_main]

use archive::format::checksum;
use libfuzzer_sys::fuzz_target;
use memory_image::{Image, MAGIC, Origin, Start, VERSION, write};
use std::sync::{Arc, LazyLock};

/// An image of two runs.
static BASE: LazyLock<Arc<Image>> = LazyLock::new(|| {
    let mut memory = vec![0; 32 * 4096];
    memory[..8 * 4096].fill(1);
    memory[16 * 4096..24 * 4096].fill(2);
    let origin = Origin { start: Start::Cold, module: 0, archive: 0 };
    Arc::new(Image::open(write(origin, &memory, None)).expect("what was written"))
});

fuzz_target!(|bytes: &[u8]| {
    let mut bytes = bytes.to_vec();
    seal(&mut bytes);
    let Ok(image) = Image::open_with_base(bytes, Some(BASE.clone())) else { return };
    let mut end = 0;
    for (address, extent) in image.extents() {
        assert!(address >= end && !extent.is_empty());
        end = address + extent.len();
    }
    assert!(end <= image.memory_size());
    let _ = image.verify();
});

fn seal(bytes: &mut Vec<u8>) {
    if bytes.len() < 64 {
        return;
    }
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
    // Without a base or with this one, which is known by the checksum of its pages.
    let base = if bytes[48] % 2 == 0 { &[0; 8] } else { &BASE.bytes()[40..48] };
    bytes[48..56].copy_from_slice(base);
    // Few runs, and as many pages as they ask for if these are few: or no input would ever fit its own table.
    let runs = usize::from(bytes[36] % 8);
    bytes[36..40].copy_from_slice(&(runs as u32).to_le_bytes());
    let Some(table) = bytes.get(64..64 + runs * 12) else { return };
    let own = table.chunks(12).filter(|run| run[8] == 0);
    let pages: u64 = own.map(|run| u64::from(u32::from_le_bytes([run[4], run[5], run[6], run[7]]))).sum();
    let sum = checksum(&[&bytes[..56], table].concat());
    bytes[56..64].copy_from_slice(&sum.to_le_bytes());
    if pages <= 64 {
        bytes.resize((64 + runs * 12).next_multiple_of(4096) + pages as usize * 4096, 0x55);
    }
}
