//! The parts of the executable that are not files of the app: machine code and memory images, as they are or compressed,
//! and `parts.json`, which says how they are stored. `src/assets.rs` reads it.

use crate::cache::{Cache, write_aside};
use crate::error::{Doing, Result};
use crate::hash;
use crate::project::{Project, Size};
use archive::format::checksum;
use serde_json::json;
use std::path::Path;

/// The machine code.
pub const CODE: &str = "python.code";
/// The memory before any instruction has run.
pub const BASE_IMAGE: &str = "base.image";
/// The memory behind the initialised interpreter with the app imported; empty without a snapshot.
pub const SNAPSHOT: &str = "snapshot.image";
/// How they are stored, beside the archive.
pub const INDEX: &str = "parts.json";

const LEVEL: i32 = 19;

/// Writes the parts into `out`, and the index of them into `assets`.
///
/// # Errors
/// [`crate::Error::Io`].
pub fn write(
    project: &Project,
    cache: &Cache,
    out: &Path,
    assets: &Path,
    code: &[u8],
    base_image: &[u8],
    app_image: Option<&[u8]>,
) -> Result<()> {
    // What is the same for every app is compressed once. The pages of the app's image are much like those of the cold one.
    let once = |bytes: &[u8]| {
        cache.blob(&format!("zstd{LEVEL}-{}", &hash::of_bytes(bytes)[..16]), || {
            cache.stage("compressing machine code and data");
            compress(bytes, &[])
        })
    };
    let upon_cold = |bytes: &[u8]| compress(bytes, base_image);
    let mut index = serde_json::Map::new();
    let mut write = |name: &str, bytes: &[u8], pack: &dyn Fn(&[u8]) -> Result<Vec<u8>>| -> Result<()> {
        let packed = match project.size {
            Size::Fast => None,
            Size::Small => Some(pack(bytes)?),
        };
        let stored = packed.as_deref().unwrap_or(bytes);
        let record = json!({
            "zstd": packed.is_some(),
            "stored": stored.len(),
            "len": bytes.len(),
            "xxh3": format!("{:016x}", checksum(stored)),
        });
        index.insert(name.to_string(), record);
        write_aside(&out.join(name), &[stored])
    };
    write(CODE, code, &once)?;
    write(BASE_IMAGE, base_image, &once)?;
    match app_image {
        Some(image) => write(SNAPSHOT, image, &upon_cold)?,
        None => write_aside(&out.join(SNAPSHOT), &[])?,
    }
    let index = json!({ "entry": project.entry.text(), "parts": index });
    write_aside(&assets.join(INDEX), &[format!("{index:#}\n").as_bytes()])
}

/// One zstd frame that may refer to `base`, which whoever expands it must have.
fn compress(bytes: &[u8], base: &[u8]) -> Result<Vec<u8>> {
    zstd::bulk::Compressor::with_dictionary(LEVEL, base)
        .and_then(|mut compressor| compressor.compress(bytes))
        .doing("compress", Path::new("machine code and images"))
}
