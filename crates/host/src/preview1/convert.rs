//! Arguments of calls as the VFS takes them.

use super::Result;
use super::types::{Errno, Fstflags, Lookupflags};
use wiggle::{GuestMemory, GuestPtr};

/// Access and modification time as `*_set_times` asks for them; `None` leaves a time as it is.
pub(super) fn times(now: u64, accessed: u64, modified: u64, flags: Fstflags) -> Result<(Option<u64>, Option<u64>)> {
    let one = |given: Fstflags, is_now: Fstflags, time: u64| match (flags.contains(given), flags.contains(is_now)) {
        (true, true) => Err(Errno::Inval),
        (true, false) => Ok(Some(time)),
        (false, true) => Ok(Some(now)),
        (false, false) => Ok(None),
    };
    Ok((one(Fstflags::ATIM, Fstflags::ATIM_NOW, accessed)?, one(Fstflags::MTIM, Fstflags::MTIM_NOW, modified)?))
}

pub(super) fn follows(flags: Lookupflags) -> bool {
    flags.contains(Lookupflags::SYMLINK_FOLLOW)
}

/// A path out of the guest's memory: bytes, as the host's own names are. A hostile length is refused before anything is copied.
pub(super) fn read_path(memory: &GuestMemory<'_>, pointer: GuestPtr<str>) -> Result<Vec<u8>> {
    if pointer.len() as usize > 4 * vfs::MAX_PATH {
        return Err(Errno::Nametoolong.into());
    }
    Ok(memory.as_cow(pointer.as_bytes())?.into_owned())
}
