//! Making the file.

use crate::format::{Error, HEADER_CHECKED, HEADER_LEN, LONGEST, MAGIC, VERSION};
use archive::format::checksum;

/// Quick rather than small: it is made in each build.
const LEVEL: i32 = 3;

/// The bytes of the file for sources: their paths, as tracebacks have them, strictly rising, and their texts. `identity` is
/// that of the archive that was made from them.
///
/// # Errors
/// [`Error::Form`] if they are longer than the format allows; [`Error::Io`] if they cannot be compressed.
pub fn write(identity: u64, sources: &[(String, String)]) -> Result<Vec<u8>, Error> {
    let mut expanded = Vec::new();
    for (path, text) in sources {
        for part in [path, text] {
            let len = u32::try_from(part.len()).map_err(|_| too_long(part.len() as u64))?;
            expanded.extend(len.to_le_bytes());
        }
        expanded.extend(path.as_bytes());
        expanded.extend(text.as_bytes());
    }
    if expanded.len() as u64 > LONGEST {
        return Err(too_long(expanded.len() as u64));
    }
    let frame = zstd::bulk::compress(&expanded, LEVEL)?;
    let mut bytes = Vec::with_capacity(HEADER_LEN + frame.len());
    bytes.extend(MAGIC);
    for field in [VERSION, identity, expanded.len() as u64, checksum(&frame)] {
        bytes.extend(field.to_le_bytes());
    }
    let sum = checksum(&bytes[..HEADER_CHECKED]);
    bytes.extend(sum.to_le_bytes());
    bytes.extend(frame);
    Ok(bytes)
}

fn too_long(found: u64) -> Error {
    Error::Form(format!("expected at most {LONGEST} bytes of sources, found {found}"))
}
