//! The preview1 calls. Each goes to the open file description that its descriptor leads to, or, with a path, to `paths.rs`;
//! arguments, environment, clocks and random numbers are wasmtime-wasi's.

use super::convert::times;
use super::types::{
    Advice, CiovecArray, Clockid, Dircookie, Errno, Event, Exitcode, Fd, Fdflags, Fdstat, Filedelta, Filesize,
    Filestat, Fstflags, IovecArray, Lookupflags, Oflags, Prestat, PrestatDir, Riflags, Rights, Roflags, Sdflags,
    Siflags, Signal, Size, Subscription, Timestamp, Whence,
};
use super::{Context, Result};
use crate::files::{Attempt, Receiving};
use crate::wasi::Exit;
use rustix::time::ClockId;
use std::io::SeekFrom;
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wiggle::{GuestMemory, GuestPtr};

type Memory<'a, 'b> = &'a mut GuestMemory<'b>;

/// How many random bytes are asked for at once: wasmtime-wasi sets memory aside for them.
const RANDOM_CHUNK: Size = 64 * 1024;

impl WasiSnapshotPreview1 for Context {
    fn set_hostcall_fuel(&mut self, fuel: usize) {
        self.host.set_hostcall_fuel(fuel);
    }

    fn args_get(&mut self, memory: Memory<'_, '_>, argv: GuestPtr<GuestPtr<u8>>, buffer: GuestPtr<u8>) -> Result<()> {
        self.host.args_get(memory, argv, buffer)
    }

    fn args_sizes_get(&mut self, memory: Memory<'_, '_>) -> Result<(Size, Size)> {
        self.host.args_sizes_get(memory)
    }

    fn environ_get(
        &mut self,
        memory: Memory<'_, '_>,
        environ: GuestPtr<GuestPtr<u8>>,
        buffer: GuestPtr<u8>,
    ) -> Result<()> {
        self.host.environ_get(memory, environ, buffer)
    }

    fn environ_sizes_get(&mut self, memory: Memory<'_, '_>) -> Result<(Size, Size)> {
        self.host.environ_sizes_get(memory)
    }

    fn clock_res_get(&mut self, memory: Memory<'_, '_>, id: Clockid) -> Result<Timestamp> {
        match id {
            Clockid::Realtime | Clockid::Monotonic => self.host.clock_res_get(memory, id),
            Clockid::ProcessCputimeId | Clockid::ThreadCputimeId => Ok(1),
        }
    }

    fn clock_time_get(&mut self, memory: Memory<'_, '_>, id: Clockid, precision: Timestamp) -> Result<Timestamp> {
        match (&mut self.deterministic, id) {
            (Some(deterministic), _) => Ok(deterministic.time()),
            (None, Clockid::Realtime | Clockid::Monotonic) => self.host.clock_time_get(memory, id, precision),
            // wasmtime-wasi has no clocks of these kinds.
            (None, Clockid::ProcessCputimeId) => Ok(cpu_time(ClockId::ProcessCPUTime)),
            (None, Clockid::ThreadCputimeId) => Ok(cpu_time(ClockId::ThreadCPUTime)),
        }
    }

    fn random_get(&mut self, memory: Memory<'_, '_>, buffer: GuestPtr<u8>, len: Size) -> Result<()> {
        let Some(deterministic) = &mut self.deterministic else {
            for start in (0..len).step_by(RANDOM_CHUNK as usize) {
                self.host.random_get(memory, buffer.add(start)?, (len - start).min(RANDOM_CHUNK))?;
            }
            return Ok(());
        };
        for start in (0..len).step_by(8) {
            let chunk = buffer.add(start)?.as_array((len - start).min(8));
            memory.copy_from_slice(&deterministic.next()[..chunk.len() as usize], chunk)?;
        }
        Ok(())
    }

    fn sched_yield(&mut self, _: Memory<'_, '_>) -> Result<()> {
        std::thread::yield_now();
        Ok(())
    }

    /// Ends the guest with any status; wasmtime-wasi's own traps from 126 on, which Python programs use.
    fn proc_exit(&mut self, _: Memory<'_, '_>, status: Exitcode) -> wasmtime::Error {
        Exit(status).into()
    }

    fn proc_raise(&mut self, memory: Memory<'_, '_>, signal: Signal) -> Result<()> {
        self.host.proc_raise(memory, signal)
    }

    async fn poll_oneoff(
        &mut self,
        memory: Memory<'_, '_>,
        subscriptions: GuestPtr<Subscription>,
        events: GuestPtr<Event>,
        count: Size,
    ) -> Result<Size> {
        self.poll(memory, subscriptions, events, count)
    }

    async fn fd_advise(&mut self, _: Memory<'_, '_>, fd: Fd, offset: Filesize, len: Filesize, _: Advice) -> Result<()> {
        self.table.get_mut(fd)?.advise(offset, len)
    }

    fn fd_allocate(&mut self, _: Memory<'_, '_>, fd: Fd, offset: Filesize, len: Filesize) -> Result<()> {
        self.table.get_mut(fd)?.allocate(&mut self.vfs, offset, len)
    }

    async fn fd_close(&mut self, _: Memory<'_, '_>, fd: Fd) -> Result<()> {
        if let Some(file) = self.table.remove(fd)? {
            file.close(&mut self.vfs);
        }
        Ok(())
    }

    async fn fd_datasync(&mut self, _: Memory<'_, '_>, fd: Fd) -> Result<()> {
        self.sync(fd, true)
    }

    async fn fd_sync(&mut self, _: Memory<'_, '_>, fd: Fd) -> Result<()> {
        self.sync(fd, false)
    }

    async fn fd_fdstat_get(&mut self, _: Memory<'_, '_>, fd: Fd) -> Result<Fdstat> {
        self.table.status(fd)
    }

    fn fd_fdstat_set_flags(&mut self, _: Memory<'_, '_>, fd: Fd, flags: Fdflags) -> Result<()> {
        self.table.get_mut(fd)?.set_flags(flags)
    }

    fn fd_fdstat_set_rights(&mut self, _: Memory<'_, '_>, _: Fd, _: Rights, _: Rights) -> Result<()> {
        Err(Errno::Notsup.into())
    }

    async fn fd_filestat_get(&mut self, _: Memory<'_, '_>, fd: Fd) -> Result<Filestat> {
        self.table.get(fd)?.stat(&self.vfs)
    }

    async fn fd_filestat_set_size(&mut self, _: Memory<'_, '_>, fd: Fd, size: Filesize) -> Result<()> {
        self.table.get_mut(fd)?.set_size(&mut self.vfs, size)
    }

    async fn fd_filestat_set_times(
        &mut self,
        _: Memory<'_, '_>,
        fd: Fd,
        atim: Timestamp,
        mtim: Timestamp,
        flags: Fstflags,
    ) -> Result<()> {
        let (accessed, modified) = times(self.vfs.now(), atim, mtim, flags)?;
        self.table.get_mut(fd)?.set_times(&mut self.vfs, accessed, modified)
    }

    async fn fd_read(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: IovecArray) -> Result<Size> {
        if self.table.get(fd)?.is_random() {
            return self.draw(memory, iovs);
        }
        self.read(memory, fd, iovs, None, |file, vfs, buffer| file.read(vfs, buffer))
    }

    async fn fd_pread(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: IovecArray, offset: Filesize) -> Result<Size> {
        if self.table.get(fd)?.is_random() {
            return self.draw(memory, iovs);
        }
        self.read_at(memory, fd, iovs, offset)
    }

    async fn fd_write(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: CiovecArray) -> Result<Size> {
        self.write(memory, fd, iovs)
    }

    async fn fd_pwrite(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: CiovecArray, offset: Filesize) -> Result<Size> {
        self.write_at(memory, fd, iovs, offset)
    }

    fn fd_prestat_get(&mut self, _: Memory<'_, '_>, fd: Fd) -> Result<Prestat> {
        let path = self.table.directory(fd)?.preopen().ok_or(Errno::Badf)?;
        Ok(Prestat::Dir(PrestatDir { pr_name_len: path.len() as u32 }))
    }

    fn fd_prestat_dir_name(&mut self, memory: Memory<'_, '_>, fd: Fd, buffer: GuestPtr<u8>, len: Size) -> Result<()> {
        let path = self.table.directory(fd)?.preopen().ok_or(Errno::Notdir)?;
        if path.len() > len as usize {
            return Err(Errno::Nametoolong.into());
        }
        Ok(memory.copy_from_slice(path.as_bytes(), buffer.as_array(path.len() as u32))?)
    }

    async fn fd_renumber(&mut self, memory: Memory<'_, '_>, from: Fd, to: Fd) -> Result<()> {
        self.table.get(from)?;
        if from == to {
            return Ok(());
        }
        // Preview1 wants `to` to be open; dup2() is happy with any number.
        if self.table.get(to).is_ok() {
            self.fd_close(memory, to).await?;
        }
        self.table.renumber(from, to)
    }

    async fn fd_seek(&mut self, _: Memory<'_, '_>, fd: Fd, delta: Filedelta, whence: Whence) -> Result<Filesize> {
        let file = self.table.get_mut(fd)?;
        match (whence, u64::try_from(delta)) {
            (Whence::Set, Ok(offset)) => file.seek(&mut self.vfs, SeekFrom::Start(offset)),
            // What cannot be sought at all says so first.
            (Whence::Set, Err(_)) => file.seek(&mut self.vfs, SeekFrom::Current(0)).and(Err(Errno::Inval.into())),
            (Whence::Cur, _) => file.seek(&mut self.vfs, SeekFrom::Current(delta)),
            (Whence::End, _) => file.seek(&mut self.vfs, SeekFrom::End(delta)),
        }
    }

    fn fd_tell(&mut self, _: Memory<'_, '_>, fd: Fd) -> Result<Filesize> {
        self.table.get_mut(fd)?.seek(&mut self.vfs, SeekFrom::Current(0))
    }

    async fn fd_readdir(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        buffer: GuestPtr<u8>,
        len: Size,
        cookie: Dircookie,
    ) -> Result<Size> {
        self.list(memory, fd, buffer, len, cookie)
    }

    async fn path_create_directory(&mut self, memory: Memory<'_, '_>, fd: Fd, path: GuestPtr<str>) -> Result<()> {
        self.make_directory(memory, fd, path)
    }

    async fn path_filestat_get(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        flags: Lookupflags,
        path: GuestPtr<str>,
    ) -> Result<Filestat> {
        self.stat_path(memory, fd, flags, path)
    }

    async fn path_filestat_set_times(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        lookup: Lookupflags,
        path: GuestPtr<str>,
        atim: Timestamp,
        mtim: Timestamp,
        flags: Fstflags,
    ) -> Result<()> {
        self.set_path_times(memory, fd, path, lookup, (atim, mtim, flags))
    }

    async fn path_link(
        &mut self,
        memory: Memory<'_, '_>,
        old_fd: Fd,
        flags: Lookupflags,
        old_path: GuestPtr<str>,
        new_fd: Fd,
        new_path: GuestPtr<str>,
    ) -> Result<()> {
        self.link_path(memory, (old_fd, old_path), flags, (new_fd, new_path))
    }

    async fn path_open(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        lookup: Lookupflags,
        path: GuestPtr<str>,
        oflags: Oflags,
        base: Rights,
        _: Rights,
        flags: Fdflags,
    ) -> Result<Fd> {
        self.open_path(memory, (fd, path), lookup, oflags, base, flags)
    }

    async fn path_readlink(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        path: GuestPtr<str>,
        buffer: GuestPtr<u8>,
        len: Size,
    ) -> Result<Size> {
        let target = self.read_link(memory, fd, path)?;
        let told = &target[..target.len().min(len as usize)];
        memory.copy_from_slice(told, buffer.as_array(told.len() as u32))?;
        Ok(told.len() as u32)
    }

    async fn path_remove_directory(&mut self, memory: Memory<'_, '_>, fd: Fd, path: GuestPtr<str>) -> Result<()> {
        self.remove_directory(memory, fd, path)
    }

    async fn path_rename(
        &mut self,
        memory: Memory<'_, '_>,
        old_fd: Fd,
        old_path: GuestPtr<str>,
        new_fd: Fd,
        new_path: GuestPtr<str>,
    ) -> Result<()> {
        self.rename_path(memory, (old_fd, old_path), (new_fd, new_path))
    }

    async fn path_symlink(
        &mut self,
        memory: Memory<'_, '_>,
        target: GuestPtr<str>,
        fd: Fd,
        path: GuestPtr<str>,
    ) -> Result<()> {
        self.symlink_path(memory, target, (fd, path))
    }

    async fn path_unlink_file(&mut self, memory: Memory<'_, '_>, fd: Fd, path: GuestPtr<str>) -> Result<()> {
        self.unlink(memory, fd, path)
    }

    fn sock_accept(&mut self, _: Memory<'_, '_>, fd: Fd, flags: Fdflags) -> Result<Fd> {
        self.accept(fd, flags)
    }

    fn sock_recv(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        iovs: IovecArray,
        flags: Riflags,
    ) -> Result<(Size, Roflags)> {
        let file = self.table.get(fd)?;
        file.expect_socket()?;
        let peek = flags.contains(Riflags::RECV_PEEK);
        if file.keeps_messages() {
            return self.receive(memory, fd, iovs, Receiving { peek, ..Receiving::default() });
        }
        // What stays there cannot be waited for: it is there already.
        if flags.contains(Riflags::RECV_WAITALL) && !peek {
            return Ok((self.read_whole(memory, fd, iovs)?, Roflags::empty()));
        }
        let mut peeked = false;
        let read = self.read(memory, fd, iovs, None, |file, vfs, buffer| {
            match (peek, std::mem::replace(&mut peeked, true)) {
                (false, _) => file.read(vfs, buffer),
                (true, false) => file.peek(buffer),
                // It stays there, so the next buffer would get the same.
                (true, true) => Ok(Attempt::Done(0)),
            }
        })?;
        Ok((read, Roflags::empty()))
    }

    fn sock_send(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: CiovecArray, _: Siflags) -> Result<Size> {
        self.table.get(fd)?.expect_socket()?;
        self.write(memory, fd, iovs)
    }

    fn sock_shutdown(&mut self, _: Memory<'_, '_>, fd: Fd, how: Sdflags) -> Result<()> {
        self.table.get_mut(fd)?.shut_down(how)
    }
}

/// What a clock shows, nanoseconds.
fn cpu_time(clock: ClockId) -> Timestamp {
    let time = rustix::time::clock_gettime(clock);
    time.tv_sec.cast_unsigned() * 1_000_000_000 + time.tv_nsec.cast_unsigned()
}
