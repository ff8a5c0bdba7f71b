//! The descriptor table: small numbers to open file descriptions, which several numbers may share.

use super::Result;
use super::pipes::End;
use super::streams::Stream;
use crate::abi::MAX_DESCRIPTORS;
use vfs::{Ino, Kind};
use wasmtime_wasi::p1::types::{self, Errno};

/// The number of the guest's current directory, which is beyond all others.
const CURRENT_DIRECTORY: usize = MAX_DESCRIPTORS;

/// What a descriptor stands for.
pub(super) enum Descriptor {
    /// stdin, stdout or stderr.
    Stream(Stream),
    /// A file or directory of the VFS.
    Memory(MemoryFile),
    /// An end of a pipe or of a pair of sockets.
    Pipe(End),
    /// A file or directory of a granted host folder: wasmtime-wasi's number for it, and whether it is the folder
    /// itself. Only [`super::Context`] makes these numbers, so none of the guest's can reach wasmtime-wasi.
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

/// An open file description, and how many numbers lead to it.
struct Open {
    descriptor: Descriptor,
    numbers: usize,
}

/// The table. Numbers are given lowest first.
#[derive(Default)]
pub(super) struct Table {
    /// What each number leads to: a place in `open`.
    numbers: Vec<Option<usize>>,
    /// What [`CURRENT_DIRECTORY`] leads to.
    current_directory: Option<usize>,
    open: Vec<Option<Open>>,
}

impl Table {
    /// Gives a descriptor the lowest free number.
    ///
    /// # Errors
    /// The descriptor back, if the table is full.
    pub fn insert(&mut self, descriptor: Descriptor) -> std::result::Result<types::Fd, Descriptor> {
        let Some(number) = self.free_number(0) else { return Err(descriptor) };
        let open = Some(Open { descriptor, numbers: 1 });
        let place = match self.open.iter().position(Option::is_none) {
            Some(place) => {
                self.open[place] = open;
                place
            }
            None => {
                self.open.push(open);
                self.open.len() - 1
            }
        };
        self.numbers[number] = Some(place);
        Ok((number as u32).into())
    }

    /// Gives the open file description behind a number another number: the lowest free one from `least` on.
    ///
    /// # Errors
    /// EBADF, EINVAL (`least` is beyond all numbers), EMFILE.
    pub fn duplicate(&mut self, fd: types::Fd, least: u32) -> Result<types::Fd> {
        let place = self.place(fd)?;
        if least as usize >= MAX_DESCRIPTORS {
            return Err(Errno::Inval.into());
        }
        let number = self.free_number(least as usize).ok_or(Errno::Mfile)?;
        self.numbers[number] = Some(place);
        if let Some(open) = &mut self.open[place] {
            open.numbers += 1;
        }
        Ok((number as u32).into())
    }

    /// The lowest free number from `least` on, with room made for it.
    fn free_number(&mut self, least: usize) -> Option<usize> {
        if self.numbers.len() < least {
            self.numbers.resize(least, None);
        }
        let number = match self.numbers[least..].iter().position(Option::is_none) {
            Some(free) => least + free,
            None => self.numbers.len(),
        };
        if number == self.numbers.len() {
            if number >= MAX_DESCRIPTORS {
                return None;
            }
            self.numbers.push(None);
        }
        Some(number)
    }

    /// Whether one more would fit; asked before opening, so that a full table does not truncate or create a file.
    ///
    /// # Errors
    /// EMFILE.
    pub fn expect_room(&self) -> Result<()> {
        let full = self.numbers.len() >= MAX_DESCRIPTORS && self.numbers.iter().all(Option::is_some);
        if full { Err(Errno::Mfile.into()) } else { Ok(()) }
    }

    /// Makes what `fd` leads to the current directory. Its number, which cannot be closed or given to anything else, and what
    /// the former one was, if nothing else leads there.
    ///
    /// # Errors
    /// EBADF.
    pub fn set_current_directory(&mut self, fd: types::Fd) -> Result<(types::Fd, Option<Descriptor>)> {
        let place = self.place(fd)?;
        if let Some(open) = &mut self.open[place] {
            open.numbers += 1;
        }
        let former = self.current_directory.replace(place).and_then(|former| self.leave(former));
        Ok(((CURRENT_DIRECTORY as u32).into(), former))
    }

    /// The numbers in use, rising, and what each leads to: equal as long as it is the same.
    pub fn numbers(&self) -> impl Iterator<Item = (u32, String)> {
        let current_directory = self.current_directory.map(|place| (CURRENT_DIRECTORY as u32, place));
        let others = self.numbers.iter().enumerate().filter_map(|(number, place)| Some((number as u32, (*place)?)));
        others.chain(current_directory).filter_map(|(number, place)| {
            let what = match &self.open[place].as_ref()?.descriptor {
                Descriptor::Stream(stream) => format!("stream {place}, {:?}", stream.fdstat().fs_flags),
                Descriptor::Memory(file) => format!("inode {}, {:?}", file.ino.get(), file.flags),
                Descriptor::Pipe(end) => format!("pipe {}, {:?}", end.filestat().ino, end.flags),
                Descriptor::Host { inner, .. } => format!("host descriptor {inner}"),
            };
            Some((number, what))
        })
    }

    /// What a number stands for, or EBADF.
    pub fn get(&self, fd: types::Fd) -> Result<&Descriptor> {
        let place = self.place(fd)?;
        self.open[place].as_ref().map(|open| &open.descriptor).ok_or_else(|| Errno::Badf.into())
    }

    /// As [`Table::get`], to be changed.
    pub fn get_mut(&mut self, fd: types::Fd) -> Result<&mut Descriptor> {
        let place = self.place(fd)?;
        self.open[place].as_mut().map(|open| &mut open.descriptor).ok_or_else(|| Errno::Badf.into())
    }

    /// Takes a number out, or EBADF; what it stood for, if it was the last that led there.
    pub fn remove(&mut self, fd: types::Fd) -> Result<Option<Descriptor>> {
        let place = self.place(fd)?;
        *self.numbers.get_mut(index(fd)).ok_or(Errno::Badf)? = None;
        Ok(self.leave(place))
    }

    /// What an open file description was, if the number that no longer leads there was the last.
    fn leave(&mut self, place: usize) -> Option<Descriptor> {
        let slot = &mut self.open[place];
        if let Some(open) = slot {
            open.numbers -= 1;
            if open.numbers > 0 {
                return None;
            }
        }
        slot.take().map(|open| open.descriptor)
    }

    /// Moves `from`, which is not the current directory, to the number `to`, which must be free; it may be one that was never
    /// used.
    ///
    /// # Errors
    /// EBADF, also if `to` is beyond all numbers.
    pub fn renumber(&mut self, from: types::Fd, to: types::Fd) -> Result<()> {
        let place = self.place(from)?;
        let to = index(to);
        if to >= MAX_DESCRIPTORS || index(from) >= MAX_DESCRIPTORS {
            return Err(Errno::Badf.into());
        }
        if self.numbers.len() <= to {
            self.numbers.resize(to + 1, None);
        }
        debug_assert!(self.numbers[to].is_none(), "the caller has closed it");
        self.numbers[to] = Some(place);
        self.numbers[index(from)] = None;
        Ok(())
    }

    fn place(&self, fd: types::Fd) -> Result<usize> {
        let place = match index(fd) {
            CURRENT_DIRECTORY => self.current_directory,
            number => self.numbers.get(number).copied().flatten(),
        };
        place.ok_or_else(|| Errno::Badf.into())
    }
}

fn index(fd: types::Fd) -> usize {
    u32::from(fd) as usize
}
