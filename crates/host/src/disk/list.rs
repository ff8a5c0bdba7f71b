//! Listings of folders of the host. They go by the system's own cookies, so nothing is kept between two calls.

use super::stat::filetype;
use crate::namespace::{Folder, Mounts};
use crate::wasi::types::{self, Dircookie};
use crate::wasi::{OrErrno, Result};
use rustix::fs::{RawDir, SeekFrom};
use std::mem::MaybeUninit;

/// Least and most bytes that the system is asked for at once: an entry takes up to 280, and a guest's buffer of any size must not
/// cost the host as much.
const BUFFER: std::ops::RangeInclusive<usize> = 1024..=32 * 1024;

/// One entry.
pub(crate) struct Entry {
    pub head: types::Dirent,
    pub name: Vec<u8>,
}

impl Folder {
    /// The entries behind `cookie` (0 for all), some of them: about as many as a buffer of `len` bytes takes; none at the end, and
    /// none of a folder that has been removed.
    ///
    /// # Errors
    /// The system's.
    pub fn entries(&self, cookie: Dircookie, len: usize) -> Result<Vec<Entry>> {
        rustix::fs::seek(self, SeekFrom::Start(cookie)).or_errno()?;
        let mut buffer = vec![MaybeUninit::uninit(); len.clamp(*BUFFER.start(), *BUFFER.end())];
        let mut directory = RawDir::new(self, &mut buffer);
        let mut entries = Vec::new();
        while let Some(entry) = directory.next() {
            let entry = match entry {
                Err(rustix::io::Errno::NOENT) => break,
                entry => entry.or_errno()?,
            };
            let name = entry.file_name().to_bytes().to_vec();
            let head = types::Dirent {
                d_next: entry.next_entry_cookie(),
                d_ino: entry.ino(),
                d_namlen: name.len() as u32,
                d_type: filetype(entry.file_type()),
            };
            entries.push(Entry { head, name });
            if directory.is_buffer_empty() {
                break;
            }
        }
        Ok(entries)
    }
}

impl Mounts {
    /// A mount as an entry of the directory that it is in; `None` if nothing is there, such as an output that is still to be made, or
    /// if it cannot be looked at: the others are listed all the same.
    pub fn entry(&self, number: u32, name: &str, cookie: Dircookie) -> Option<types::Dirent> {
        self.look_up(number).ok().flatten().map(|found| types::Dirent {
            d_next: cookie,
            d_ino: found.stat.st_ino,
            d_namlen: name.len() as u32,
            d_type: filetype(found.kind()),
        })
    }
}
