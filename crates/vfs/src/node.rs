//! What the VFS is made of: inode numbers, node kinds, metadata.

use crate::content::Content;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// Number of an inode: never zero, never used again for another file while the VFS lives. Numbers below
/// 2³² belong to the read-only base, those from 2⁶² on are names of descriptors, all others belong to the scratch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ino(pub(crate) u64);

impl Ino {
    pub(crate) const SCRATCH: u64 = 1 << 32;
    /// From here on: names of descriptors.
    const DESCRIPTORS: u64 = 1 << 62;

    /// The number that `stat` shows.
    pub fn get(self) -> u64 {
        self.0
    }

    /// Whether it belongs to the read-only base.
    pub fn is_read_only(self) -> bool {
        self.0 < Self::SCRATCH
    }

    pub(crate) fn of_descriptor(number: u32) -> Ino {
        Ino(Self::DESCRIPTORS + u64::from(number))
    }

    /// The descriptor's number, if it is the name of one.
    pub(crate) fn descriptor(self) -> Option<u32> {
        u32::try_from(self.0.checked_sub(Self::DESCRIPTORS)?).ok()
    }

    pub(crate) fn of_base(index: archive::EntryId) -> Ino {
        Ino(u64::from(index) + 1)
    }

    /// The archive's index behind the number, if it belongs to the base.
    pub(crate) fn base_index(self) -> Option<archive::EntryId> {
        if self.0 < Self::SCRATCH { archive::EntryId::try_from(self.0.checked_sub(1)?).ok() } else { None }
    }
}

/// What the VFS keeps by inode numbers. It gives them out itself, one after the other: nobody can choose them so that they collide,
/// which is what the standard library's slower hash is for.
pub(crate) type InoMap<T> = HashMap<Ino, T, BuildHasherDefault<InoHasher>>;

/// Hashes inode numbers: a product with an odd number spreads them over the upper bits and keeps them apart in the lower ones.
#[derive(Clone, Default)]
pub(crate) struct InoHasher(u64);

impl Hasher for InoHasher {
    fn write_u64(&mut self, number: u64) {
        self.0 = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0 ^ u64::from(*byte));
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What an inode is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A regular file.
    File,
    /// A symbolic link.
    Symlink,
    /// A character device. What it does is the business of whoever opens it; here it can be named only.
    Device(Device),
    /// A name in a directory of descriptors: it stands for the descriptor of that number, if there is one, which is known
    /// to whoever keeps the descriptors.
    Descriptor(u32),
    /// Where something of another file system begins: the number is that of whoever serves it. It is a leaf here.
    Mount(u32),
}

/// Which character device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// `/dev/null`.
    Null,
    /// `/dev/zero`.
    Zero,
    /// `/dev/full`.
    Full,
    /// `/dev/random` and `/dev/urandom`.
    Random,
    /// `/dev/tty`.
    Terminal,
}

/// Times of a file, nanoseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// Last read (as with Linux's relatime: brought up to date when older than the last change).
    pub accessed: u64,
    /// Last change of the contents.
    pub modified: u64,
    /// Last change of contents or metadata.
    pub changed: u64,
}

/// What `stat` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The inode's number.
    pub ino: Ino,
    /// What it is.
    pub kind: Kind,
    /// Permission bits, at most 0o7777; those of the owner count.
    pub mode: u16,
    /// Bytes; for a link the length of its target, for a directory 0.
    pub size: u64,
    /// Names that lead to it; for a directory two and one for each directory in it, as on a disk.
    pub links: u64,
    /// Its times.
    pub times: Times,
}

/// One name in a directory, as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry<'a> {
    /// The name; `.` and `..` are listed too.
    pub name: &'a str,
    /// What it leads to.
    pub ino: Ino,
    /// What that is.
    pub kind: Kind,
    /// Hand this to [`crate::Vfs::read_dir`] to go on behind this entry.
    pub cookie: u64,
}

/// A writable node.
#[derive(Debug)]
pub(crate) struct Node {
    pub body: Body,
    pub links: u64,
    pub mode: u16,
    /// Descriptors that hold it open; it lives while there are links or holders.
    pub opens: u64,
    pub times: Times,
    /// It belongs to the system: its mode stays.
    pub is_systems: bool,
}

#[derive(Debug)]
pub(crate) enum Body {
    Directory(Directory),
    File(Content),
    Symlink(Box<str>),
    Device(Device),
    Mount(u32),
}

/// A writable directory. Every name has a serial number that grows and is never used twice: a listing goes by it, so
/// what is created or removed meanwhile never hides or doubles another entry.
#[derive(Debug)]
pub(crate) struct Directory {
    pub parent: Ino,
    pub names: BTreeMap<Box<str>, Slot>,
    pub order: BTreeMap<u64, Box<str>>,
    pub next_serial: u64,
    /// Its names are the numbers of descriptors, and others cannot be made.
    pub is_of_descriptors: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub ino: Ino,
    pub serial: u64,
}

/// Cookies 1 and 2 are `.` and `..`.
pub(crate) const FIRST_SERIAL: u64 = 3;

impl Directory {
    pub fn new(parent: Ino) -> Directory {
        let (names, order) = (BTreeMap::new(), BTreeMap::new());
        Directory { parent, names, order, next_serial: FIRST_SERIAL, is_of_descriptors: false }
    }

    pub fn insert(&mut self, name: &str, ino: Ino) {
        let serial = self.next_serial;
        self.next_serial += 1;
        if let Some(old) = self.names.insert(name.into(), Slot { ino, serial }) {
            self.order.remove(&old.serial);
        }
        self.order.insert(serial, name.into());
    }

    pub fn remove(&mut self, name: &str) {
        if let Some(old) = self.names.remove(name) {
            self.order.remove(&old.serial);
        }
    }
}

impl Body {
    /// The permission bits of something new.
    pub fn usual_mode(&self) -> u16 {
        match self {
            Body::Directory(_) => 0o755,
            Body::File(_) => 0o644,
            Body::Symlink(_) => 0o777,
            Body::Device(_) => 0o666,
            Body::Mount(_) => 0o777,
        }
    }
}

impl Node {
    pub fn kind(&self) -> Kind {
        match self.body {
            Body::Directory(_) => Kind::Directory,
            Body::File(_) => Kind::File,
            Body::Symlink(_) => Kind::Symlink,
            Body::Device(device) => Kind::Device(device),
            Body::Mount(number) => Kind::Mount(number),
        }
    }
}
