//! The descriptor table: small numbers to open file descriptions, which several numbers may share.
//!
//! A call that waits is made again, and is to go on with what it has waited on: its open file description is pinned meanwhile.
//!
//! A number may lead to something that was laid over what it led to: a guest's C library knows a directory by it, and its program
//! something else. Paths are seen from the directory, and all else is done with what lies above, until that is closed.

use super::OpenFile;
use crate::abi::MAX_DESCRIPTORS;
use crate::limits::Meter;
use crate::wasi::Result;
use crate::wasi::types::{Errno, Fd, Fdstat};
use policy::Resource;
use std::collections::BTreeMap;
use std::ops::Range;

/// The number of the guest's current directory, which is beyond all others.
const CURRENT_DIRECTORY: usize = MAX_DESCRIPTORS;

/// What a descriptor leads to.
type File = Box<dyn OpenFile>;

/// An open file description, and how many numbers and pins lead to it.
struct Open {
    file: File,
    numbers: usize,
}

/// What a call waits on: the number that it has named, and the place in `open` that it led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    number: usize,
    place: usize,
}

/// The table. Numbers are given lowest first.
#[derive(Default)]
pub(crate) struct Table {
    /// What each number leads to: a place in `open`.
    numbers: Vec<Option<usize>>,
    /// What was laid over that.
    above: BTreeMap<usize, usize>,
    /// What [`CURRENT_DIRECTORY`] leads to.
    current_directory: Option<usize>,
    open: Vec<Option<Open>>,
    /// What the call that is being made has waited on.
    followed: Option<Pin>,
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
        self.numbers[number] = Some(self.put(file));
        Ok((number as u32).into())
    }

    /// Gives a file this number, over what it leads to already.
    ///
    /// # Errors
    /// The file back, if the number is beyond all that there are.
    pub fn lay(&mut self, number: u32, file: File) -> std::result::Result<(), File> {
        let number = number as usize;
        if number >= self.end() {
            self.meter.reach(Resource::Descriptors);
            return Err(file);
        }
        let place = self.put(file);
        self.lead(number, place);
        Ok(())
    }

    /// Where an open file description is kept that has one number.
    fn put(&mut self, file: File) -> usize {
        let open = Some(Open { file, numbers: 1 });
        match self.open.iter().position(Option::is_none) {
            Some(place) => {
                self.open[place] = open;
                place
            }
            None => {
                self.open.push(open);
                self.open.len() - 1
            }
        }
    }

    /// Lets a number lead to a place. What it leads to stays below.
    fn lead(&mut self, number: usize, place: usize) {
        if self.numbers.len() <= number {
            self.numbers.resize(number + 1, None);
        }
        if self.numbers[number].is_some() {
            let former = self.above.insert(number, place);
            debug_assert!(former.is_none(), "the caller has closed it");
        } else {
            self.numbers[number] = Some(place);
        }
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
        self.join(place);
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
        self.join(place);
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
        let above = |number| self.above.get(&number).copied();
        let others = self.numbers.iter().enumerate();
        let others = others.filter_map(move |(number, place)| Some((number as u32, above(number).or(*place)?)));
        others
            .chain(current_directory)
            .filter_map(|(number, place)| Some((number, self.open[place].as_ref()?.file.identity())))
    }

    /// What a number leads to, or EBADF.
    pub fn get(&self, fd: Fd) -> Result<&dyn OpenFile> {
        let place = self.place(fd)?;
        self.open[place].as_ref().map(|open| &*open.file).ok_or_else(|| Errno::Badf.into())
    }

    /// What a path is seen from that begins at a number, whatever lies above it; or EBADF.
    pub fn directory(&self, fd: Fd) -> Result<&dyn OpenFile> {
        match self.below(fd) {
            Some(place) => self.open[place].as_ref().map(|open| &*open.file).ok_or_else(|| Errno::Badf.into()),
            None => self.get(fd),
        }
    }

    /// The status of what a number leads to, or EBADF. A C library looks there for the rights of what it opens in a directory: those are
    /// the directory's.
    pub fn status(&self, fd: Fd) -> Result<Fdstat> {
        let status = self.get(fd)?.status();
        if !self.above.contains_key(&index(fd)) {
            return Ok(status);
        }
        let fs_rights_inheriting = self.directory(fd)?.status().fs_rights_inheriting;
        Ok(Fdstat { fs_rights_inheriting, ..status })
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
        if let Some(place) = self.above.remove(&index(fd)) {
            return Ok(self.leave(place));
        }
        self.expect_free_to_go(fd)?;
        let place = self.place(fd)?;
        *self.numbers.get_mut(index(fd)).ok_or(Errno::Badf)? = None;
        Ok(self.leave(place))
    }

    /// Keeps what a number leads to open, whatever becomes of the number.
    ///
    /// # Errors
    /// EBADF.
    pub fn pin(&mut self, fd: Fd) -> Result<Pin> {
        let place = self.place(fd)?;
        self.join(place);
        Ok(Pin { number: index(fd), place })
    }

    /// Lets the number of a pin lead to what it keeps, or no number any more.
    pub fn follow(&mut self, pin: Option<Pin>) {
        self.followed = pin;
    }

    /// Gives a pin back; what it kept, if nothing else leads there.
    pub fn unpin(&mut self, pin: Pin) -> Option<File> {
        self.leave(pin.place)
    }

    /// One more leads to an open file description.
    fn join(&mut self, place: usize) {
        if let Some(open) = &mut self.open[place] {
            open.numbers += 1;
        }
    }

    /// What an open file description was, if the number or the pin that no longer leads there was the last.
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

    /// Moves `from`, which is not the current directory, to the number `to`, which must be free, but for what lies below; it may be one
    /// that was never used.
    ///
    /// # Errors
    /// EBADF, also if `to` is beyond all numbers, or one of them is kept.
    pub fn renumber(&mut self, from: Fd, to: Fd) -> Result<()> {
        let place = self.place(from)?;
        let to = index(to);
        if to >= self.end() || index(from) >= MAX_DESCRIPTORS {
            return Err(Errno::Badf.into());
        }
        if self.above.remove(&index(from)).is_none() {
            self.expect_free_to_go(from)?;
            self.numbers[index(from)] = None;
        }
        self.lead(to, place);
        Ok(())
    }

    fn expect_free_to_go(&self, fd: Fd) -> Result<()> {
        if self.kept.contains(&index(fd)) { Err(Errno::Badf.into()) } else { Ok(()) }
    }

    fn place(&self, fd: Fd) -> Result<usize> {
        let place = match index(fd) {
            number if self.followed.is_some_and(|pin| pin.number == number) => self.followed.map(|pin| pin.place),
            CURRENT_DIRECTORY => self.current_directory,
            number => self.above.get(&number).copied().or(self.below(fd)),
        };
        place.ok_or_else(|| Errno::Badf.into())
    }

    /// What a number leads to but for what was laid over it.
    fn below(&self, fd: Fd) -> Option<usize> {
        self.numbers.get(index(fd)).copied().flatten()
    }
}

fn index(fd: Fd) -> usize {
    u32::from(fd) as usize
}
