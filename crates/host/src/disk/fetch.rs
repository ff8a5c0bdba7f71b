//! Reading ahead of a guest: what is not in the system's memory yet is brought there while other threads run, so that the read
//! itself does not wait for the disk.

use crate::files::Work;
use crate::namespace::Folder;
use rustix::io::ReadWriteFlags;
use std::io::IoSliceMut;
use std::sync::Arc;

/// Most bytes that are fetched at once.
const MOST: usize = 1 << 20;

impl Folder {
    /// The work that brings `len` bytes of a file here; `at` is where, if not where the last read or write ended. `None` if they seem
    /// to be here, or the system does not say.
    pub fn fetch(self: &Arc<Folder>, at: Option<u64>, len: usize) -> Option<Work> {
        let at = at.or_else(|| rustix::fs::tell(self).ok())?;
        let is_away = preadv2_nowait(self, at) == Err(rustix::io::Errno::AGAIN);
        let file = self.clone();
        is_away.then(|| {
            Work::new(move || {
                let mut buffer = vec![0; len.min(MOST)];
                // What fails here fails in the read itself, too.
                let _ = rustix::io::pread(&file, &mut buffer, at);
                Ok(())
            })
        })
    }
}

/// Reads one byte, if that needs no waiting.
#[cfg(target_os = "linux")]
fn preadv2_nowait(file: &Folder, at: u64) -> rustix::io::Result<usize> {
    rustix::io::preadv2(file, &mut [IoSliceMut::new(&mut [0])], at, ReadWriteFlags::NOWAIT)
}

#[cfg(not(target_os = "linux"))]
fn preadv2_nowait(_: &Folder, _: u64) -> rustix::io::Result<usize> {
    Ok(0)
}
