//! The descriptor table: small numbers to what they stand for.

use super::Result;
use super::streams::Stream;
use vfs::{Ino, Kind};
use wasmtime_wasi::p1::types::{self, Errno};

/// Most descriptors open at once; one more is EMFILE.
const MAX_DESCRIPTORS: usize = 8192;

/// What a descriptor stands for.
pub(super) enum Descriptor {
    /// stdin, stdout or stderr.
    Stream(Stream),
    /// A file or directory of the VFS.
    Memory(MemoryFile),
    /// A file or directory of a granted host folder: wasmtime-wasi's number for it, and whether it is the folder
    /// itself. Only [`super::Guest`] makes these numbers, so none of the guest's can reach wasmtime-wasi.
    Host { inner: u32, preopen: bool },
}

/// An open file description of the VFS.
pub(super) struct MemoryFile {
    pub ino: Ino,
    pub kind: Kind,
    pub offset: u64,
    pub read: bool,
    pub write: bool,
    pub flags: types::Fdflags,
    /// The guest path, if it is a preopen.
    pub preopen: Option<String>,
}

/// The table. Numbers are given lowest first.
#[derive(Default)]
pub(super) struct Table {
    slots: Vec<Option<Descriptor>>,
}

impl Table {
    /// Gives a descriptor the lowest free number.
    ///
    /// # Errors
    /// The descriptor back, if the table is full.
    pub fn insert(&mut self, descriptor: Descriptor) -> std::result::Result<types::Fd, Descriptor> {
        let number = match self.slots.iter().position(Option::is_none) {
            Some(number) => number,
            None if self.slots.len() < MAX_DESCRIPTORS => {
                self.slots.push(None);
                self.slots.len() - 1
            }
            None => return Err(descriptor),
        };
        self.slots[number] = Some(descriptor);
        Ok((number as u32).into())
    }

    /// Whether one more would fit; asked before opening, so that a full table does not truncate or create a file.
    ///
    /// # Errors
    /// EMFILE.
    pub fn expect_room(&self) -> Result<()> {
        let full = self.slots.len() >= MAX_DESCRIPTORS && self.slots.iter().all(Option::is_some);
        if full { Err(Errno::Mfile.into()) } else { Ok(()) }
    }

    /// The numbers in use, rising.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().enumerate().filter(|(_, slot)| slot.is_some()).map(|(number, _)| number as u32)
    }

    /// What a number stands for, or EBADF.
    pub fn get(&self, fd: types::Fd) -> Result<&Descriptor> {
        self.slots.get(index(fd)).and_then(Option::as_ref).ok_or_else(|| Errno::Badf.into())
    }

    /// As [`Table::get`], to be changed.
    pub fn get_mut(&mut self, fd: types::Fd) -> Result<&mut Descriptor> {
        self.slots.get_mut(index(fd)).and_then(Option::as_mut).ok_or_else(|| Errno::Badf.into())
    }

    /// Takes a descriptor out, or EBADF.
    pub fn remove(&mut self, fd: types::Fd) -> Result<Descriptor> {
        self.slots.get_mut(index(fd)).and_then(Option::take).ok_or_else(|| Errno::Badf.into())
    }

    /// Moves `from` to the number `to`, which must be free.
    pub fn renumber(&mut self, from: types::Fd, to: types::Fd) -> Result<()> {
        let descriptor = self.remove(from)?;
        match self.slots.get_mut(index(to)) {
            Some(slot) => {
                *slot = Some(descriptor);
                Ok(())
            }
            None => Err(Errno::Badf.into()),
        }
    }
}

fn index(fd: types::Fd) -> usize {
    u32::from(fd) as usize
}
