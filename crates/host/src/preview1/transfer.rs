//! Reading into the buffers of a guest and writing from them.

use super::types::{self, CiovecArray, Errno, Fd, Filetype, IovecArray, Roflags, Size};
use super::{Context, Result};
use crate::context::Resumption;
use crate::files::{Attempt, Interest, OpenFile, Receiving, Wait};
use crate::network::{MOST_BYTES, MOST_OF_DATAGRAM};
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
            return self.wait_with(fd, Wait::Work(work), 0);
        }
        let file = self.table.get_mut(fd)?;
        if file.keeps_messages() {
            return self.receive(memory, fd, iovs, Receiving::default()).map(|(read, _)| read);
        }
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
                Ok(Attempt::WouldWait(wait)) => return self.wait_on(fd, Interest::Read, wait, 0),
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// As [`Context::read`], but waits until the buffers are full or there will be no more.
    pub(super) fn read_whole(&mut self, memory: &mut GuestMemory<'_>, fd: Fd, iovs: IovecArray) -> Result<Size> {
        let total = expect_total(iovs.iter().map(|iov| Ok(memory.read(iov?)?.buf_len)))?;
        // What this call has read before it had to wait.
        let mut done = self.resumption.map_or(0, |resumption| resumption.written);
        let mut skip = done;
        let file = self.table.get_mut(fd)?;
        for iov in iovs.iter() {
            let iov = memory.read(iov?)?;
            let mut start = skip.min(iov.buf_len);
            skip -= start;
            // A buffer may lie over the list and change it.
            while start < iov.buf_len && done < total {
                let buffer = iov.buf.add(start)?.as_array((iov.buf_len - start).min(total - done));
                let buffer = memory.as_slice_mut(buffer)?.ok_or(Errno::Notsup)?;
                match file.read(&mut self.vfs, buffer) {
                    Ok(Attempt::Done(0)) => return Ok(done),
                    Ok(Attempt::Done(read)) => {
                        start += read as u32;
                        done += read as u32;
                    }
                    // What was read is told first.
                    Ok(Attempt::WouldWait(_)) if done > 0 && self.is_interrupted() => return Ok(done),
                    Ok(Attempt::WouldWait(wait)) => return self.wait_on(fd, Interest::Read, wait, done),
                    Err(_) if done > 0 => return Ok(done),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(done)
    }

    /// Receives one datagram into all of the buffers; what has no room in them is lost, which the flags say.
    pub(super) fn receive(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        iovs: IovecArray,
        how: Receiving,
    ) -> Result<(Size, Roflags)> {
        let total = expect_total(iovs.iter().map(|iov| Ok(memory.read(iov?)?.buf_len)))?;
        // The guest is not to see what is dropped, so it is received elsewhere.
        let mut bytes = vec![0; (total as usize).min(MOST_OF_DATAGRAM)];
        let received = match self.table.get_mut(fd)?.network_socket()?.receive(&mut bytes, how)? {
            Attempt::Done(received) => received,
            Attempt::WouldWait(wait) => return Ok((self.wait_on(fd, Interest::Read, wait, 0)?, Roflags::empty())),
        };
        let mut left = &bytes[..received.bytes];
        for iov in iovs.iter() {
            let iov = memory.read(iov?)?;
            let (here, rest) = left.split_at(left.len().min(iov.buf_len as usize));
            memory.copy_from_slice(here, iov.buf.as_array(here.len() as u32))?;
            left = rest;
        }
        let is_cut = received.whole > received.bytes;
        Ok((received.bytes as u32, if is_cut { Roflags::RECV_DATA_TRUNCATED } else { Roflags::empty() }))
    }

    /// Sends all of the buffers as one message; of one to a stream as much as is sent at once.
    fn send(&mut self, memory: &GuestMemory<'_>, fd: Fd, iovs: CiovecArray, total: u32) -> Result<Size> {
        let is_stream = self.table.get(fd)?.status().fs_filetype == Filetype::SocketStream;
        if total as usize > MOST_BYTES && !is_stream {
            return Err(Errno::Msgsize.into());
        }
        let mut message = Vec::with_capacity((total as usize).min(MOST_BYTES));
        for iov in iovs.iter() {
            let iov = memory.read(iov?)?;
            let len = iov.buf_len.min((MOST_BYTES - message.len()) as u32);
            message.extend_from_slice(&memory.as_cow(iov.buf.as_array(len))?);
        }
        match self.table.get_mut(fd)?.write(&mut self.vfs, &message)? {
            Attempt::Done(sent) => Ok(sent as u32),
            Attempt::WouldWait(wait) => self.wait_on(fd, Interest::Write, wait, 0),
        }
    }

    /// Writes the buffers in order: all of them, if that takes no more than waiting for the host.
    pub(super) fn write(&mut self, memory: &GuestMemory<'_>, fd: Fd, iovs: CiovecArray) -> Result<Size> {
        // What this call has written before it had to wait.
        let before = self.resumption.map_or(0, |resumption| resumption.written);
        let file = self.table.get_mut(fd)?;
        let total = expect_total(iovs.iter().map(|iov| Ok(memory.read(iov?)?.buf_len)))?;
        if file.keeps_messages() {
            return self.send(memory, fd, iovs, total);
        }
        if total == 0 {
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
                    Ok(Attempt::WouldWait(wait)) => return self.wait_on(fd, Interest::Write, wait, done),
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

    /// As [`Context::wait`], for a file of a descriptor and no longer than it waits by its own settings: after that the call ends with
    /// what is done.
    ///
    /// # Errors
    /// EAGAIN: it has waited, and nothing is done. Also as [`Context::wait`].
    fn wait_on(&mut self, fd: Fd, interest: Interest, wait: Wait, done: u32) -> Result<u32> {
        match self.impatient(fd, interest, wait)? {
            Some(wait) => self.wait_with(fd, wait, done),
            None if done > 0 => Ok(done),
            None => Err(Errno::Again.into()),
        }
    }

    /// A wait that ends when the file of a descriptor wants to wait no longer; `None` if that is now.
    pub(super) fn impatient(&self, fd: Fd, interest: Interest, wait: Wait) -> Result<Option<Wait>> {
        let Some(patience) = self.table.get(fd)?.patience(interest) else { return Ok(Some(wait)) };
        let start = self.resumption.map_or_else(Instant::now, |resumption| resumption.start);
        // A time that the host's clock cannot tell never comes.
        let Some(until) = start.checked_add(patience) else { return Ok(Some(wait)) };
        match wait {
            _ if until <= Instant::now() => Ok(None),
            Wait::Host { files, pipes, .. } => Ok(Some(Wait::Host { files, until: Some(until), pipes })),
            wait => Ok(Some(wait)),
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
        let (start, pin) =
            self.resumption.map_or_else(|| (Instant::now(), None), |resumption| (resumption.start, resumption.pin));
        self.waiting = Some((wait, Resumption { start, written, interrupted: false, worked: None, pin }));
        // Nobody is told: see link.rs.
        Err(Errno::Again.into())
    }

    /// As [`Context::wait`], for a call on the file of a descriptor: it goes on with that file, even if another thread closes the
    /// descriptor meanwhile, and has another file under its number. So it is on Linux.
    ///
    /// # Errors
    /// EBADF. Also as [`Context::wait`].
    pub(super) fn wait_with<T>(&mut self, fd: Fd, wait: Wait, written: u32) -> Result<T> {
        let ended = self.wait(wait, written);
        if let Some((_, resumption)) = &mut self.waiting
            && resumption.pin.is_none()
        {
            resumption.pin = Some(self.table.pin(fd)?);
        }
        ended
    }
}

/// What buffers of these lengths hold together; EINVAL if it is more than a call can tell: `ssize_t` has 31 bits for it.
fn expect_total(mut lengths: impl Iterator<Item = Result<u32>>) -> Result<u32> {
    let total = lengths.try_fold(0u64, |total, length| length.map(|length| total + u64::from(length)))?;
    Ok(i32::try_from(total).map_err(|_| Errno::Inval)?.unsigned_abs())
}
