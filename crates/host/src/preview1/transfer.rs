//! Reading into the buffers of a guest and writing from them.

use super::types::{self, CiovecArray, Errno, Fd, IovecArray, Size};
use super::{Context, Result};
use crate::context::Resumption;
use crate::files::{Attempt, OpenFile, Wait};
use std::time::Instant;
use vfs::Vfs;
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wiggle::GuestMemory;

impl Context {
    /// Fills the buffers in order, until one is not filled whole, or more would have to be waited for. `at` is where in the file,
    /// if not where the last read or write ended.
    pub(super) fn read(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        iovs: IovecArray,
        at: Option<u64>,
        mut read: impl FnMut(&mut dyn OpenFile, &mut Vfs, &mut [u8]) -> Result<Attempt>,
    ) -> Result<Size> {
        let total = expect_total(iovs.iter().map(|iov| Ok(memory.read(iov?)?.buf_len)))?;
        if self.threaded
            && self.resumption.is_none()
            && let Some(work) = self.table.get(fd)?.host_file().and_then(|file| file.fetch(at, total as usize))
        {
            return self.wait(Wait::Work(work), 0);
        }
        let file = self.table.get_mut(fd)?;
        if total == 0 {
            // There is still something to refuse.
            return read(file, &mut self.vfs, &mut []).map(|_| 0);
        }
        let mut done = 0u32;
        for iov in iovs.iter() {
            let iov = memory.read(iov?)?;
            // A buffer may lie over the list and change it.
            let len = iov.buf_len.min(total - done);
            if len == 0 {
                continue;
            }
            let buffer = memory.as_slice_mut(iov.buf.as_array(len))?.ok_or(Errno::Notsup)?;
            match read(file, &mut self.vfs, buffer) {
                Ok(Attempt::Done(read)) => {
                    done += read as u32;
                    if read < len as usize {
                        break;
                    }
                }
                // What was read is told first.
                Ok(Attempt::WouldWait(_)) | Err(_) if done > 0 => break,
                Ok(Attempt::WouldWait(wait)) => return self.wait(wait, 0),
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// Writes the buffers in order: all of them, if that takes no more than waiting for the host.
    pub(super) fn write(&mut self, memory: &GuestMemory<'_>, fd: Fd, iovs: CiovecArray) -> Result<Size> {
        // What this call has written before it had to wait.
        let before = self.resumption.map_or(0, |resumption| resumption.written);
        let file = self.table.get_mut(fd)?;
        if expect_total(iovs.iter().map(|iov| Ok(memory.read(iov?)?.buf_len)))? == 0 {
            return file.write(&mut self.vfs, &[]).map(|_| 0);
        }
        let (mut done, mut skip) = (before, before as usize);
        for iov in iovs.iter() {
            let iov = memory.read(iov?)?;
            let data = memory.as_cow(iov.buf.as_array(iov.buf_len))?;
            let mut data = &data[skip.min(iov.buf_len as usize)..];
            skip = skip.saturating_sub(iov.buf_len as usize);
            while !data.is_empty() {
                match file.write(&mut self.vfs, data) {
                    Ok(Attempt::Done(written)) => {
                        done += written as u32;
                        data = &data[written..];
                        if written == 0 {
                            return Ok(done);
                        }
                    }
                    // What was written is told first, as a disk that becomes full does. A trap ends the guest.
                    Ok(Attempt::WouldWait(_)) if done > 0 && self.is_interrupted() => return Ok(done),
                    Ok(Attempt::WouldWait(wait)) => return self.wait(wait, done),
                    Err(error) if done > 0 => return error.downcast().map(|_: Errno| done).map_err(types::Error::trap),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(done)
    }

    /// Fills the buffers with random numbers, which have no end.
    pub(super) fn draw(&mut self, memory: &mut GuestMemory<'_>, iovs: IovecArray) -> Result<Size> {
        let total = expect_total(iovs.iter().map(|iov| Ok(memory.read(iov?)?.buf_len)))?;
        let mut done = 0u32;
        for iov in iovs.iter() {
            let iov = memory.read(iov?)?;
            let len = iov.buf_len.min(total - done);
            self.random_get(memory, iov.buf, len)?;
            done += len;
        }
        Ok(done)
    }

    /// Reads at an offset, as [`Context::read`].
    pub(super) fn read_at(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        iovs: IovecArray,
        mut offset: u64,
    ) -> Result<Size> {
        self.read(memory, fd, iovs, Some(offset), |file, vfs, buffer| {
            let read = file.read_at(vfs, buffer, offset)?;
            offset += read as u64;
            Ok(Attempt::Done(read))
        })
    }

    /// Writes at an offset.
    pub(super) fn write_at(
        &mut self,
        memory: &GuestMemory<'_>,
        fd: Fd,
        iovs: CiovecArray,
        offset: u64,
    ) -> Result<Size> {
        let file = self.table.get_mut(fd)?;
        if expect_total(iovs.iter().map(|iov| Ok(memory.read(iov?)?.buf_len)))? == 0 {
            return file.write_at(&mut self.vfs, &[], offset).map(|_| 0);
        }
        let mut done = 0u32;
        for iov in iovs.iter() {
            let iov = memory.read(iov?)?;
            let data = memory.as_cow(iov.buf.as_array(iov.buf_len))?;
            match file.write_at(&mut self.vfs, &data, offset + u64::from(done)) {
                Ok(written) => {
                    done += written as u32;
                    if written < data.len() {
                        break;
                    }
                }
                Err(_) if done > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// Brings what was written to a file onto its disk, while other threads run.
    pub(super) fn sync(&mut self, fd: Fd, data_only: bool) -> Result<()> {
        if let Some(result) = self.resumption.and_then(|resumption| resumption.worked) {
            return result.map_err(Into::into);
        }
        match self.table.get(fd)?.sync(data_only)? {
            Some(work) if self.threaded => self.wait(Wait::Work(work), 0),
            Some(work) => work.run(),
            None => Ok(()),
        }
    }

    fn is_interrupted(&self) -> bool {
        self.resumption.is_some_and(|resumption| resumption.interrupted)
    }

    /// Ends this attempt of a call, which will be made again when `wait` is over; `written` bytes are done by then.
    ///
    /// # Errors
    /// EINTR: a signal has come while it waited.
    pub(super) fn wait<T>(&mut self, wait: Wait, written: u32) -> Result<T> {
        if self.is_interrupted() {
            return Err(Errno::Intr.into());
        }
        let start = self.resumption.map_or_else(Instant::now, |resumption| resumption.start);
        self.waiting = Some((wait, Resumption { start, written, interrupted: false, worked: None }));
        // Nobody is told: see link.rs.
        Err(Errno::Again.into())
    }
}

/// What buffers of these lengths hold together; EINVAL if it is more than a call can tell: `ssize_t` has 31 bits for it.
fn expect_total(mut lengths: impl Iterator<Item = Result<u32>>) -> Result<u32> {
    let total = lengths.try_fold(0u64, |total, length| length.map(|length| total + u64::from(length)))?;
    Ok(i32::try_from(total).map_err(|_| Errno::Inval)?.unsigned_abs())
}
