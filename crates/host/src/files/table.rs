//! The descriptor table: small numbers to open file descriptions, which several numbers may share.

use super::OpenFile;
use crate::abi::MAX_DESCRIPTORS;
use crate::limits::Meter;
use crate::wasi::Result;
use crate::wasi::types::{Errno, Fd};
use policy::Resource;
use std::ops::Range;

/// The number of the guest's current directory, which is beyond all others.
const CURRENT_DIRECTORY: usize = MAX_DESCRIPTORS;

/// What a descriptor leads to.
type File = Box<dyn OpenFile>;

/// An open file description, and how many numbers lead to it.
struct Open {
    file: File,
    numbers: usize,
}

/// The table. Numbers are given lowest first.
#[derive(Default)]
pub(crate) struct Table {
    /// What each number leads to: a place in `open`.
    numbers: Vec<Option<usize>>,
    /// What [`CURRENT_DIRECTORY`] leads to.
    current_directory: Option<usize>,
    open: Vec<Option<Open>>,
    /// Numbers that stay as they are.
    kept: Range<usize>,
    meter: Meter,
}

impl Table {
    /// One that holds as many as the meter says.
    pub fn new(meter: Meter) -> Table {
        Table { meter, ..Table::default() }
    }

    /// All numbers are below this.
    fn end(&self) -> usize {
        self.meter.most(Resource::Descriptors, MAX_DESCRIPTORS)
    }

    /// Gives a file the lowest free number.
    ///
    /// # Errors
    /// The file back, if the table is full.
    pub fn insert(&mut self, file: File) -> std::result::Result<Fd, File> {
        let Some(number) = self.free_number(0) else { return Err(file) };
        let open = Some(Open { file, numbers: 1 });
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
    pub fn duplicate(&mut self, fd: Fd, least: u32) -> Result<Fd> {
        let place = self.place(fd)?;
        if least as usize >= self.end() {
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
            if number >= self.end() {
                self.meter.reach(Resource::Descriptors);
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
        let full = self.numbers.len() >= self.end() && self.numbers.iter().all(Option::is_some);
        if full {
            self.meter.reach(Resource::Descriptors);
        }
        if full { Err(Errno::Mfile.into()) } else { Ok(()) }
    }

    /// Makes what `fd` leads to the current directory. Its number, which cannot be closed or given to anything else, and what
    /// the former one was, if nothing else leads there.
    ///
    /// # Errors
    /// EBADF.
    pub fn set_current_directory(&mut self, fd: Fd) -> Result<(Fd, Option<File>)> {
        let place = self.place(fd)?;
        if let Some(open) = &mut self.open[place] {
            open.numbers += 1;
        }
        let former = self.current_directory.replace(place).and_then(|former| self.leave(former));
        Ok(((CURRENT_DIRECTORY as u32).into(), former))
    }

    /// The number of the current directory.
    ///
    /// # Errors
    /// EINVAL: there is none.
    pub fn current_directory(&self) -> Result<Fd> {
        self.current_directory.ok_or(Errno::Inval)?;
        Ok((CURRENT_DIRECTORY as u32).into())
    }

    /// Begins in a directory that has no other number.
    pub fn begin_in(&mut self, file: File) {
        let open = Some(Open { file, numbers: 1 });
        self.open.push(open);
        self.current_directory = Some(self.open.len() - 1);
    }

    /// The numbers in use, rising, and what each leads to: equal as long as it is the same.
    pub fn numbers(&self) -> impl Iterator<Item = (u32, String)> {
        let current_directory = self.current_directory.map(|place| (CURRENT_DIRECTORY as u32, place));
        let others = self.numbers.iter().enumerate().filter_map(|(number, place)| Some((number as u32, (*place)?)));
        others
            .chain(current_directory)
            .filter_map(|(number, place)| Some((number, self.open[place].as_ref()?.file.identity())))
    }

    /// What a number leads to, or EBADF.
    pub fn get(&self, fd: Fd) -> Result<&dyn OpenFile> {
        let place = self.place(fd)?;
        self.open[place].as_ref().map(|open| &*open.file).ok_or_else(|| Errno::Badf.into())
    }

    /// As [`Table::get`], to be changed.
    pub fn get_mut(&mut self, fd: Fd) -> Result<&mut dyn OpenFile> {
        let place = self.place(fd)?;
        match &mut self.open[place] {
            Some(open) => Ok(&mut *open.file),
            None => Err(Errno::Badf.into()),
        }
    }

    /// Keeps these numbers as they are: none of them can be taken out, moved or given to anything else.
    pub fn keep(&mut self, numbers: Range<u32>) {
        self.kept = numbers.start as usize..numbers.end as usize;
    }

    /// Takes a number out, or EBADF; what it led to, if it was the last that led there.
    pub fn remove(&mut self, fd: Fd) -> Result<Option<File>> {
        self.expect_free_to_go(fd)?;
        let place = self.place(fd)?;
        *self.numbers.get_mut(index(fd)).ok_or(Errno::Badf)? = None;
        Ok(self.leave(place))
    }

    /// What an open file description was, if the number that no longer leads there was the last.
    fn leave(&mut self, place: usize) -> Option<File> {
        let slot = &mut self.open[place];
        if let Some(open) = slot {
            open.numbers -= 1;
            if open.numbers > 0 {
                return None;
            }
        }
        slot.take().map(|open| open.file)
    }

    /// Moves `from`, which is not the current directory, to the number `to`, which must be free; it may be one that was never
    /// used.
    ///
    /// # Errors
    /// EBADF, also if `to` is beyond all numbers, or one of them is kept.
    pub fn renumber(&mut self, from: Fd, to: Fd) -> Result<()> {
        self.expect_free_to_go(from)?;
        let place = self.place(from)?;
        let to = index(to);
        if to >= self.end() || index(from) >= MAX_DESCRIPTORS {
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

    fn expect_free_to_go(&self, fd: Fd) -> Result<()> {
        if self.kept.contains(&index(fd)) { Err(Errno::Badf.into()) } else { Ok(()) }
    }

    fn place(&self, fd: Fd) -> Result<usize> {
        let place = match index(fd) {
            CURRENT_DIRECTORY => self.current_directory,
            number => self.numbers.get(number).copied().flatten(),
        };
        place.ok_or_else(|| Errno::Badf.into())
    }
}

fn index(fd: Fd) -> usize {
    u32::from(fd) as usize
}
