//! Listings.

use super::types::{self, Dircookie, Errno, Fd, Size};
use super::{Context, Result};
use crate::abi::MAX_DESCRIPTORS;
use crate::files;
use crate::namespace::{Folder, Node};
use crate::wasi::OrErrno;
use vfs::{DirEntry, Ino, Kind};
use wiggle::{GuestMemory, GuestPtr, GuestType};

/// The cookie of descriptor 0 in a listing: the VFS's own entries, `.` and `..`, have 1 and 2.
const FIRST_COOKIE: Dircookie = 3;

impl Context {
    /// Writes a directory's entries behind `cookie` into the guest's buffer; the last one is cut where the buffer
    /// ends, which tells the guest that there are more.
    pub(super) fn list(
        &self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        buffer: GuestPtr<u8>,
        len: Size,
        cookie: Dircookie,
    ) -> Result<Size> {
        let directory = match self.table.get(fd)?.listing()? {
            Node::Vfs(directory) => directory,
            Node::Folder(folder) => return self.list_folder(memory, &folder, buffer, len, cookie),
            Node::Name(_) => return Err(Errno::Badf.into()),
        };
        let descriptors = self.descriptor_entries(directory, cookie);
        let descriptors = descriptors.iter().map(|(name, ino, number)| DirEntry {
            name,
            ino: *ino,
            kind: Kind::Descriptor(*number),
            cookie: FIRST_COOKIE + u64::from(*number),
        });
        let mut used = 0u32;
        for entry in self.vfs.read_dir(directory, cookie).or_errno()?.chain(descriptors) {
            let head = match entry.kind {
                Kind::Mount(number) => self.mounts.entry(number, entry.name, entry.cookie),
                _ => Some(head_of(&entry)),
            };
            let Some(head) = head else { continue };
            used += put(memory, buffer.add(used)?, len - used, &head, entry.name.as_bytes())?;
            if used == len {
                break;
            }
        }
        Ok(used)
    }

    /// As [`Context::list`], of a folder of the host.
    fn list_folder(
        &self,
        memory: &mut GuestMemory<'_>,
        folder: &Folder,
        buffer: GuestPtr<u8>,
        len: Size,
        mut cookie: Dircookie,
    ) -> Result<Size> {
        let mut used = 0u32;
        // The guest takes a buffer that is not full for the end.
        while used < len {
            let entries = folder.entries(cookie, (len - used) as usize)?;
            if entries.is_empty() {
                break;
            }
            for entry in entries {
                if used == len {
                    break;
                }
                used += put(memory, buffer.add(used)?, len - used, &entry.head, &entry.name)?;
                cookie = entry.head.d_next;
            }
        }
        Ok(used)
    }

    /// The names, inodes and numbers of the guest's descriptors, if the directory is one of descriptors.
    fn descriptor_entries(&self, directory: Ino, cookie: Dircookie) -> Vec<(String, Ino, u32)> {
        if !self.vfs.is_of_descriptors(directory) {
            return Vec::new();
        }
        let numbers = (0..MAX_DESCRIPTORS as u32).filter(|number| FIRST_COOKIE + u64::from(*number) > cookie);
        let numbers = numbers.filter(|number| self.named_descriptor(*number).is_ok());
        let entry = |number: u32| {
            let name = number.to_string();
            let ino = self.vfs.lookup(directory, &name, false).ok()?;
            Some((name, ino, number))
        };
        numbers.filter_map(entry).collect()
    }
}

/// An entry of the VFS.
fn head_of(entry: &DirEntry<'_>) -> types::Dirent {
    types::Dirent {
        d_next: entry.cookie,
        d_ino: entry.ino.get(),
        d_namlen: entry.name.len() as u32,
        d_type: files::filetype(entry.kind),
    }
}

/// Writes an entry, as much of it as fits into `room` bytes; how much that was.
fn put(
    memory: &mut GuestMemory<'_>,
    buffer: GuestPtr<u8>,
    room: Size,
    head: &types::Dirent,
    name: &[u8],
) -> Result<Size> {
    let mut used = 0u32;
    for part in [&dirent_bytes(head)[..], name] {
        let fits = part.len().min((room - used) as usize);
        memory.copy_from_slice(&part[..fits], buffer.add(used)?.as_array(fits as u32))?;
        used += fits as u32;
    }
    Ok(used)
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
