//! The parts of the executable that are not files of the app: machine code and memory images, as they are or compressed,
//! and `parts.json`, which says how they are stored. `src/parts.rs` reads it.

use crate::cache::{Cache, write_aside};
use crate::error::{Doing, Result};
use crate::hash;
use crate::project::{Project, Size};
use archive::format::checksum;
use serde_json::{Value, json};
use std::path::Path;

/// The machine code.
pub const CODE: &str = "python.code";
/// The memory before any instruction has run.
pub const COLD_IMAGE: &str = "cold.image";
/// The memory behind the initialised interpreter with the app imported; empty without a snapshot.
pub const APP_IMAGE: &str = "app.image";
/// How they are stored, beside the archive.
pub const INDEX: &str = "parts.json";

/// Of what is the same for every app, and so is compressed once.
const SHARED_LEVEL: i32 = 19;
/// Of what is compressed at each build: the levels above take several times as long for a few per cent.
const OWN_LEVEL: i32 = 12;

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
    cold_image: &[u8],
    app_image: Option<&[u8]>,
) -> Result<()> {
    let shared = |bytes: &[u8]| {
        cache.blob(&format!("zstd-{}", &hash::of_bytes(bytes)[..16]), || {
            cache.stage("compressing machine code and data");
            compress(bytes, SHARED_LEVEL)
        })
    };
    let mut index = serde_json::Map::new();
    let mut write = |name: &str, bytes: &[u8], pack: &dyn Fn(&[u8]) -> Result<Vec<u8>>| -> Result<()> {
        let packed = match project.size {
            Size::Fast => None,
            Size::Small => Some(pack(bytes)?),
        };
        let stored = packed.as_deref().unwrap_or(bytes);
        index.insert(name.to_string(), record(packed.is_some(), stored, bytes));
        write_aside(&out.join(name), &[stored])
    };
    write(CODE, code, &shared)?;
    write(COLD_IMAGE, cold_image, &shared)?;
    match app_image {
        Some(image) => write(APP_IMAGE, image, &|bytes| compress(bytes, OWN_LEVEL))?,
        None => write_aside(&out.join(APP_IMAGE), &[])?,
    }
    let index = json!({ "entry": project.entry.text(), "parts": index });
    write_aside(&assets.join(INDEX), &[format!("{index:#}\n").as_bytes()])
}

fn record(packed: bool, stored: &[u8], whole: &[u8]) -> Value {
    json!({
        "zstd": packed,
        "stored": stored.len(),
        "len": whole.len(),
        "xxh3": format!("{:016x}", checksum(stored)),
    })
}

fn compress(bytes: &[u8], level: i32) -> Result<Vec<u8>> {
    zstd::bulk::compress(bytes, level).doing("compress", Path::new("machine code and images"))
}
