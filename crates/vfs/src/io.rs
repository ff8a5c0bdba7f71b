//! Reading, writing and resizing files that are held open.

use crate::content::MAX_SIZE;
use crate::errno::{Errno, Result};
use crate::node::{Body, Ino, Kind};
use crate::tree::Vfs;

impl Vfs {
    /// Fills `buffer` from `offset` on and returns how many bytes there were; 0 at the end and beyond it. A file of
    /// the base must be held open.
    ///
    /// # Errors
    /// `IsDir`, `Inval` (not a file), `Io` (a damaged archive), `NoEnt`.
    pub fn read(&mut self, ino: Ino, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        match self.kind(ino)? {
            Kind::Directory => return Err(Errno::IsDir),
            Kind::Symlink | Kind::Device(_) | Kind::Descriptor(_) | Kind::Mount(_) => return Err(Errno::Inval),
            Kind::File => {}
        }
        if let Some(index) = ino.base_index() {
            return self.base.as_mut().ok_or(Errno::NoEnt)?.read(index, offset, buffer);
        }
        let now = self.now();
        let node = self.node_mut(ino)?;
        // relatime: readers must not cost a clock update each, but a changed file shows that it was read.
        if node.times.accessed <= node.times.modified {
            node.times.accessed = now;
        }
        match &node.body {
            Body::File(content) => Ok(content.read(offset, buffer)),
            _ => Err(Errno::Inval),
        }
    }

    /// All bytes of a file. A file of the base must be held open.
    ///
    /// # Errors
    /// As [`read`](Self::read); `FBig` if a file of the scratch, with its holes, is larger than the scratch may be.
    pub fn contents(&mut self, ino: Ino) -> Result<Vec<u8>> {
        let size = self.metadata(ino)?.size;
        if ino.base_index().is_none() && size > self.limits().bytes {
            return Err(Errno::FBig);
        }
        let mut contents = vec![0; usize::try_from(size).map_err(|_| Errno::FBig)?];
        let read = self.read(ino, 0, &mut contents)?;
        contents.truncate(read);
        Ok(contents)
    }

    /// Writes as much of `data` at `offset` as the scratch still takes, and returns how much that was; a gap before
    /// it reads as zeros.
    ///
    /// # Errors
    /// `NoSpc` if not one byte fits, `FBig`, `RoFs`, `IsDir`, `Inval` (not a file), `NoEnt`.
    pub fn write(&mut self, ino: Ino, offset: u64, data: &[u8]) -> Result<usize> {
        self.content_mut(ino)?;
        if data.is_empty() {
            return Ok(0);
        }
        if offset >= MAX_SIZE {
            return Err(Errno::FBig);
        }
        let data = &data[..data.len().min((MAX_SIZE - offset).min(usize::MAX as u64) as usize)];
        let fits = self.fitting(ino, offset, data.len())?;
        let data = &data[..fits];
        let cost = self.content_mut(ino)?.cost(offset, fits as u64);
        self.charge(cost)?;
        self.content_mut(ino)?.write(offset, data);
        self.touch(ino);
        Ok(fits)
    }

    /// How many of `len` bytes at `offset` the limit still allows: at least one.
    fn fitting(&mut self, ino: Ino, offset: u64, len: usize) -> Result<usize> {
        let free = self.free_bytes();
        let content = self.content_mut(ino)?;
        if content.cost(offset, len as u64) <= free {
            return Ok(len);
        }
        // Cost rises with length, so the longest that fits is found by halving.
        let (mut fits, mut too_long) = (0, len);
        while too_long - fits > 1 {
            let middle = fits + (too_long - fits) / 2;
            if content.cost(offset, middle as u64) <= free { fits = middle } else { too_long = middle }
        }
        if fits == 0 { Err(self.refuse_bytes()) } else { Ok(fits) }
    }

    /// Cuts or extends a file to `size` bytes; what is added reads as zeros and takes no memory.
    ///
    /// # Errors
    /// `FBig`, `RoFs`, `IsDir`, `Inval` (not a file), `NoEnt`.
    pub fn set_size(&mut self, ino: Ino, size: u64) -> Result<()> {
        if size > MAX_SIZE {
            return Err(Errno::FBig);
        }
        let content = self.content_mut(ino)?;
        let before = content.allocated();
        content.set_size(size);
        let after = content.allocated();
        self.release_bytes(before - after);
        self.touch(ino);
        Ok(())
    }

    /// Makes sure that `len` bytes at `offset` can be written later without `NoSpc`, extending the file if need be.
    ///
    /// # Errors
    /// `NoSpc` (then nothing has changed), `FBig`, `RoFs`, `IsDir`, `Inval` (not a file), `NoEnt`.
    pub fn allocate(&mut self, ino: Ino, offset: u64, len: u64) -> Result<()> {
        let end = offset.checked_add(len).filter(|end| *end <= MAX_SIZE).ok_or(Errno::FBig)?;
        // Pages cannot hold more than the scratch may, so this bounds the walk over them.
        if len > self.free_bytes().saturating_add(self.content_mut(ino)?.allocated()) {
            return Err(self.refuse_bytes());
        }
        let cost = self.content_mut(ino)?.cost(offset, len);
        self.charge(cost)?;
        let content = self.content_mut(ino)?;
        content.reserve(offset, len);
        if end > content.size() {
            content.set_size(end);
        }
        self.touch(ino);
        Ok(())
    }
}
