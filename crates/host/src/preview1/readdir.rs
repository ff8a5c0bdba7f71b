//! Listings.

use super::types::{self, Dircookie, Size};
use super::{Context, Result};
use crate::files;
use crate::wasi::OrErrno;
use vfs::Ino;
use wiggle::{GuestMemory, GuestPtr, GuestType};

impl Context {
    /// Writes a directory's entries behind `cookie` into the guest's buffer; the last one is cut where the buffer
    /// ends, which tells the guest that there are more.
    pub(super) fn list(
        &self,
        memory: &mut GuestMemory<'_>,
        directory: Ino,
        buffer: GuestPtr<u8>,
        len: Size,
        cookie: Dircookie,
    ) -> Result<Size> {
        let mut used = 0u32;
        for entry in self.vfs.read_dir(directory, cookie).or_errno()? {
            let head = types::Dirent {
                d_next: entry.cookie,
                d_ino: entry.ino.get(),
                d_namlen: entry.name.len() as u32,
                d_type: files::filetype(entry.kind),
            };
            for part in [&dirent_bytes(&head)[..], entry.name.as_bytes()] {
                let fits = part.len().min((len - used) as usize);
                memory.copy_from_slice(&part[..fits], buffer.add(used)?.as_array(fits as u32))?;
                used += fits as u32;
            }
            if used == len {
                break;
            }
        }
        Ok(used)
    }
}

/// A directory entry as it lies in the guest's memory: 24 bytes, little-endian, padded.
fn dirent_bytes(head: &types::Dirent) -> [u8; 24] {
    debug_assert_eq!(types::Dirent::guest_size(), 24);
    let mut bytes = [0; 24];
    bytes[0..8].copy_from_slice(&head.d_next.to_le_bytes());
    bytes[8..16].copy_from_slice(&head.d_ino.to_le_bytes());
    bytes[16..20].copy_from_slice(&head.d_namlen.to_le_bytes());
    bytes[20] = head.d_type as u8;
    bytes
}
