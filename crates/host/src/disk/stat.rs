//! What `stat` shows of a file of the host. preview1 has no place for modes, owners and blocks: modes ride in the device number,
//! blocks behind the number of links, and device and owners are told once each, by a number that stands for the three. Blocks are
//! only told where grants are: a command that has nothing but preopens knows WASI alone, and takes all of it for links.

use crate::abi::{DEVICE_MARK, FIRST_HOST_DEVICE, USER};
use crate::wasi::types;
use rustix::fs::{FileType, Stat};
use std::sync::{Mutex, PoisonError};

/// Most combinations of device and owners that are told apart; those beyond show as the last.
const MAX_OWNERS: usize = 4096;

/// A device and the owners of a file on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub device: u64,
    pub user: u32,
    pub group: u32,
    /// The guest may only read it.
    pub read_only: bool,
}

/// What a guest has been told of owners.
#[derive(Debug)]
pub(crate) struct Owners {
    /// The combinations, each by its place.
    known: Mutex<Vec<Owner>>,
    tells_blocks: bool,
    /// Whoever runs the guest: asked for once, as each `stat` needs them.
    user: u32,
    group: u32,
}

impl Owners {
    /// `tells_blocks`: behind the number of links.
    pub fn new(tells_blocks: bool) -> Owners {
        let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        Owners { known: Mutex::default(), tells_blocks, user, group }
    }

    fn number(&self, owner: Owner) -> u64 {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let place = known.iter().position(|one| *one == owner).unwrap_or_else(|| {
            if known.len() < MAX_OWNERS {
                known.push(owner);
            }
            known.len() - 1
        });
        FIRST_HOST_DEVICE + place as u64
    }

    /// What a device's number stands for.
    pub fn get(&self, number: u64) -> Option<Owner> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(usize::try_from(number.checked_sub(FIRST_HOST_DEVICE)?).ok()?).copied()
    }

    /// What `stat` shows.
    pub fn show(&self, stat: &Stat, read_only: bool) -> types::Filestat {
        let number = self.number(Owner {
            device: stat.st_dev,
            user: guests(stat.st_uid, self.user),
            group: guests(stat.st_gid, self.group),
            read_only,
        });
        let links = u64::from(u32::try_from(stat.st_nlink).unwrap_or(u32::MAX));
        let blocks = if self.tells_blocks { u32::try_from(stat.st_blocks).unwrap_or(u32::MAX) } else { 0 };
        types::Filestat {
            dev: u64::from(DEVICE_MARK) << 32 | u64::from(stat.st_mode & 0xffff) << 16 | number,
            ino: stat.st_ino,
            filetype: filetype(FileType::from_raw_mode(stat.st_mode)),
            nlink: u64::from(blocks) << 32 | links,
            size: stat.st_size.cast_unsigned(),
            atim: time(stat.st_atime, stat.st_atime_nsec),
            mtim: time(stat.st_mtime, stat.st_mtime_nsec),
            ctim: time(stat.st_ctime, stat.st_ctime_nsec),
        }
    }
}

/// Whoever runs the guest is the guest's own user.
fn guests(id: u32, own: u32) -> u32 {
    if id == own { USER } else { id }
}

pub(super) fn filetype(kind: FileType) -> types::Filetype {
    match kind {
        FileType::Directory => types::Filetype::Directory,
        FileType::RegularFile => types::Filetype::RegularFile,
        FileType::Symlink => types::Filetype::SymbolicLink,
        FileType::CharacterDevice => types::Filetype::CharacterDevice,
        FileType::BlockDevice => types::Filetype::BlockDevice,
        FileType::Socket => types::Filetype::SocketStream,
        FileType::Fifo | FileType::Unknown => types::Filetype::Unknown,
    }
}

/// Nanoseconds since 1970, as a signed number in an unsigned one: the guest takes it apart as it was.
fn time(seconds: i64, nanoseconds: u64) -> u64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds as i64).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_told_once_each_and_their_number_is_bounded() {
        let owners = Owners::new(true);
        let owner = |user| Owner { device: 7, user, group: 1, read_only: false };
        let first = owners.number(owner(1));
        assert_eq!(owners.number(owner(2)), first + 1);
        assert_eq!(owners.number(owner(1)), first);
        assert_eq!(owners.get(first + 1), Some(owner(2)));
        assert_eq!(owners.get(first + 2), None);
        assert_eq!(owners.get(0), None);
        for user in 0..2 * MAX_OWNERS as u32 {
            assert!(owners.number(owner(user)) < FIRST_HOST_DEVICE + MAX_OWNERS as u64);
        }
    }

    #[test]
    fn times_before_1970_are_kept() {
        assert_eq!(time(-1, 500_000_000).cast_signed(), -500_000_000);
    }
}
