//! The preview1 calls. Each goes to the open file description that its descriptor leads to, to the VFS, or, for a granted host
//! folder only, to wasmtime-wasi with wasmtime-wasi's own number.

use super::convert::{follows, read_path, times};
use super::types::{
    Advice, CiovecArray, Clockid, Dircookie, Errno, Event, Exitcode, Fd, Fdflags, Fdstat, Filedelta, Filesize,
    Filestat, Fstflags, IovecArray, Lookupflags, Oflags, Prestat, PrestatDir, Riflags, Rights, Roflags, Sdflags,
    Siflags, Signal, Size, Subscription, Timestamp, Whence,
};
use super::{Context, Result};
use crate::files::{Attempt, HostFolder, OpenFlags, of_metadata};
use crate::wasi::{Exit, OrErrno};
use rustix::time::ClockId;
use std::io::SeekFrom;
use vfs::{Ino, Kind, OpenOptions};
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wiggle::{GuestMemory, GuestPtr};

type Memory<'a, 'b> = &'a mut GuestMemory<'b>;

/// How many random bytes are asked for at once: wasmtime-wasi sets memory aside for them.
const RANDOM_CHUNK: Size = 64 * 1024;

/// Where a path call goes.
enum Directory {
    Vfs(Ino),
    Host(Fd),
}

impl Context {
    fn directory(&self, fd: Fd) -> Result<Directory> {
        let file = self.table.get(fd)?;
        match file.delegate() {
            Some(inner) => Ok(Directory::Host(inner)),
            None => file.directory().map(Directory::Vfs),
        }
    }
}

/// Goes on in wasmtime-wasi if the descriptor is one of a host folder.
macro_rules! delegate {
    ($context:ident, $fd:ident, $inner:ident => $call:expr) => {
        let inner = $context.table.get($fd)?.delegate();
        if let Some($inner) = inner {
            return $call;
        }
    };
}

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

    async fn fd_advise(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        offset: Filesize,
        len: Filesize,
        advice: Advice,
    ) -> Result<()> {
        delegate!(self, fd, inner => self.host.fd_advise(memory, inner, offset, len, advice).await);
        self.table.get_mut(fd)?.advise(offset, len)
    }

    fn fd_allocate(&mut self, memory: Memory<'_, '_>, fd: Fd, offset: Filesize, len: Filesize) -> Result<()> {
        delegate!(self, fd, inner => self.host.fd_allocate(memory, inner, offset, len));
        self.table.get_mut(fd)?.allocate(&mut self.vfs, offset, len)
    }

    async fn fd_close(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<()> {
        let Some(file) = self.table.remove(fd)? else { return Ok(()) };
        match file.delegate() {
            Some(inner) => self.host.fd_close(memory, inner).await?,
            None => file.close(&mut self.vfs),
        }
        Ok(())
    }

    async fn fd_datasync(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<()> {
        delegate!(self, fd, inner => self.host.fd_datasync(memory, inner).await);
        self.table.get_mut(fd)?.sync()
    }

    async fn fd_sync(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<()> {
        delegate!(self, fd, inner => self.host.fd_sync(memory, inner).await);
        self.table.get_mut(fd)?.sync()
    }

    async fn fd_fdstat_get(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<Fdstat> {
        delegate!(self, fd, inner => self.host.fd_fdstat_get(memory, inner).await);
        Ok(self.table.get(fd)?.status())
    }

    fn fd_fdstat_set_flags(&mut self, memory: Memory<'_, '_>, fd: Fd, flags: Fdflags) -> Result<()> {
        delegate!(self, fd, inner => self.host.fd_fdstat_set_flags(memory, inner, flags));
        self.table.get_mut(fd)?.set_flags(flags)
    }

    fn fd_fdstat_set_rights(&mut self, memory: Memory<'_, '_>, fd: Fd, base: Rights, inheriting: Rights) -> Result<()> {
        delegate!(self, fd, inner => self.host.fd_fdstat_set_rights(memory, inner, base, inheriting));
        Err(Errno::Notsup.into())
    }

    async fn fd_filestat_get(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<Filestat> {
        delegate!(self, fd, inner => self.host.fd_filestat_get(memory, inner).await);
        self.table.get(fd)?.stat(&self.vfs)
    }

    async fn fd_filestat_set_size(&mut self, memory: Memory<'_, '_>, fd: Fd, size: Filesize) -> Result<()> {
        delegate!(self, fd, inner => self.host.fd_filestat_set_size(memory, inner, size).await);
        self.table.get_mut(fd)?.set_size(&mut self.vfs, size)
    }

    async fn fd_filestat_set_times(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        atim: Timestamp,
        mtim: Timestamp,
        flags: Fstflags,
    ) -> Result<()> {
        delegate!(self, fd, inner => self.host.fd_filestat_set_times(memory, inner, atim, mtim, flags).await);
        let (accessed, modified) = times(self.vfs.now(), atim, mtim, flags)?;
        self.table.get_mut(fd)?.set_times(&mut self.vfs, accessed, modified)
    }

    async fn fd_read(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: IovecArray) -> Result<Size> {
        delegate!(self, fd, inner => self.host.fd_read(memory, inner, iovs).await);
        if self.table.get(fd)?.is_random() {
            return self.draw(memory, iovs);
        }
        self.read(memory, fd, iovs, |file, vfs, buffer| file.read(vfs, buffer))
    }

    async fn fd_pread(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: IovecArray, offset: Filesize) -> Result<Size> {
        delegate!(self, fd, inner => self.host.fd_pread(memory, inner, iovs, offset).await);
        if self.table.get(fd)?.is_random() {
            return self.draw(memory, iovs);
        }
        self.read_at(memory, fd, iovs, offset)
    }

    async fn fd_write(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: CiovecArray) -> Result<Size> {
        delegate!(self, fd, inner => self.host.fd_write(memory, inner, iovs).await);
        self.write(memory, fd, iovs)
    }

    async fn fd_pwrite(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: CiovecArray, offset: Filesize) -> Result<Size> {
        delegate!(self, fd, inner => self.host.fd_pwrite(memory, inner, iovs, offset).await);
        self.write_at(memory, fd, iovs, offset)
    }

    fn fd_prestat_get(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<Prestat> {
        delegate!(self, fd, inner => self.host.fd_prestat_get(memory, inner));
        let path = self.table.get(fd)?.preopen().ok_or(Errno::Badf)?;
        Ok(Prestat::Dir(PrestatDir { pr_name_len: path.len() as u32 }))
    }

    fn fd_prestat_dir_name(&mut self, memory: Memory<'_, '_>, fd: Fd, buffer: GuestPtr<u8>, len: Size) -> Result<()> {
        delegate!(self, fd, inner => self.host.fd_prestat_dir_name(memory, inner, buffer, len));
        let path = self.table.get(fd)?.preopen().ok_or(Errno::Notdir)?;
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

    async fn fd_seek(&mut self, memory: Memory<'_, '_>, fd: Fd, delta: Filedelta, whence: Whence) -> Result<Filesize> {
        delegate!(self, fd, inner => self.host.fd_seek(memory, inner, delta, whence).await);
        let file = self.table.get_mut(fd)?;
        match (whence, u64::try_from(delta)) {
            (Whence::Set, Ok(offset)) => file.seek(&mut self.vfs, SeekFrom::Start(offset)),
            // What cannot be sought at all says so first.
            (Whence::Set, Err(_)) => file.seek(&mut self.vfs, SeekFrom::Current(0)).and(Err(Errno::Inval.into())),
            (Whence::Cur, _) => file.seek(&mut self.vfs, SeekFrom::Current(delta)),
            (Whence::End, _) => file.seek(&mut self.vfs, SeekFrom::End(delta)),
        }
    }

    fn fd_tell(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<Filesize> {
        delegate!(self, fd, inner => self.host.fd_tell(memory, inner));
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
        delegate!(self, fd, inner => self.host.fd_readdir(memory, inner, buffer, len, cookie).await);
        self.list(memory, self.table.get(fd)?.listing()?, buffer, len, cookie)
    }

    async fn path_create_directory(&mut self, memory: Memory<'_, '_>, fd: Fd, path: GuestPtr<str>) -> Result<()> {
        match self.directory(fd)? {
            Directory::Host(inner) => self.host.path_create_directory(memory, inner, path).await,
            Directory::Vfs(at) => self.vfs.make_directory(at, &read_path(memory, path)?).or_errno(),
        }
    }

    async fn path_filestat_get(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        flags: Lookupflags,
        path: GuestPtr<str>,
    ) -> Result<Filestat> {
        match self.directory(fd)? {
            Directory::Host(inner) => self.host.path_filestat_get(memory, inner, flags, path).await,
            Directory::Vfs(at) => {
                let path = read_path(memory, path)?;
                let ino = self.vfs.lookup(at, &path, follows(flags)).or_errno()?;
                let metadata = self.vfs.metadata(ino).or_errno()?;
                match metadata.kind {
                    Kind::Descriptor(number) => self.fd_filestat_get(memory, self.named_descriptor(number)?).await,
                    _ => Ok(of_metadata(&metadata)),
                }
            }
        }
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
        match self.directory(fd)? {
            Directory::Host(inner) => {
                self.host.path_filestat_set_times(memory, inner, lookup, path, atim, mtim, flags).await
            }
            Directory::Vfs(at) => {
                let (accessed, modified) = times(self.vfs.now(), atim, mtim, flags)?;
                let path = read_path(memory, path)?;
                let ino = self.vfs.lookup(at, &path, follows(lookup)).or_errno()?;
                match self.vfs.metadata(ino).or_errno()?.kind {
                    Kind::Descriptor(number) => {
                        let fd = self.named_descriptor(number)?;
                        self.fd_filestat_set_times(memory, fd, atim, mtim, flags).await
                    }
                    _ => self.vfs.set_times(ino, accessed, modified).or_errno(),
                }
            }
        }
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
        match (self.directory(old_fd)?, self.directory(new_fd)?) {
            (Directory::Host(old), Directory::Host(new)) => {
                self.host.path_link(memory, old, flags, old_path, new, new_path).await
            }
            (Directory::Vfs(old), Directory::Vfs(new)) => {
                let (old_path, new_path) = (read_path(memory, old_path)?, read_path(memory, new_path)?);
                self.vfs.link(old, &old_path, follows(flags), new, &new_path).or_errno()
            }
            _ => Err(Errno::Xdev.into()),
        }
    }

    async fn path_open(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        lookup: Lookupflags,
        path: GuestPtr<str>,
        oflags: Oflags,
        base: Rights,
        inheriting: Rights,
        flags: Fdflags,
    ) -> Result<Fd> {
        let directory = self.directory(fd)?;
        self.table.expect_room()?;
        match directory {
            Directory::Vfs(at) => {
                let options = OpenOptions {
                    follow: follows(lookup),
                    create: oflags.contains(Oflags::CREAT),
                    exclusive: oflags.contains(Oflags::EXCL),
                    truncate: oflags.contains(Oflags::TRUNC),
                    directory: oflags.contains(Oflags::DIRECTORY),
                    read: base.intersects(Rights::FD_READ | Rights::FD_READDIR),
                    write: base.contains(Rights::FD_WRITE),
                };
                self.open(at, &read_path(memory, path)?, OpenFlags { options, flags })
            }
            Directory::Host(inner) => {
                let opened = self.host.path_open(memory, inner, lookup, path, oflags, base, inheriting, flags).await?;
                // There is room: see above.
                self.insert(Box::new(HostFolder(opened)))
            }
        }
    }

    async fn path_readlink(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        path: GuestPtr<str>,
        buffer: GuestPtr<u8>,
        len: Size,
    ) -> Result<Size> {
        match self.directory(fd)? {
            Directory::Host(inner) => self.host.path_readlink(memory, inner, path, buffer, len).await,
            Directory::Vfs(at) => {
                let target = self.vfs.read_link(at, &read_path(memory, path)?).or_errno()?;
                let told = &target.as_bytes()[..target.len().min(len as usize)];
                memory.copy_from_slice(told, buffer.as_array(told.len() as u32))?;
                Ok(told.len() as u32)
            }
        }
    }

    async fn path_remove_directory(&mut self, memory: Memory<'_, '_>, fd: Fd, path: GuestPtr<str>) -> Result<()> {
        match self.directory(fd)? {
            Directory::Host(inner) => self.host.path_remove_directory(memory, inner, path).await,
            Directory::Vfs(at) => self.vfs.remove_directory(at, &read_path(memory, path)?).or_errno(),
        }
    }

    async fn path_rename(
        &mut self,
        memory: Memory<'_, '_>,
        old_fd: Fd,
        old_path: GuestPtr<str>,
        new_fd: Fd,
        new_path: GuestPtr<str>,
    ) -> Result<()> {
        match (self.directory(old_fd)?, self.directory(new_fd)?) {
            (Directory::Host(old), Directory::Host(new)) => {
                self.host.path_rename(memory, old, old_path, new, new_path).await
            }
            (Directory::Vfs(old), Directory::Vfs(new)) => {
                let (old_path, new_path) = (read_path(memory, old_path)?, read_path(memory, new_path)?);
                self.vfs.rename(old, &old_path, new, &new_path).or_errno()
            }
            _ => Err(Errno::Xdev.into()),
        }
    }

    async fn path_symlink(
        &mut self,
        memory: Memory<'_, '_>,
        target: GuestPtr<str>,
        fd: Fd,
        path: GuestPtr<str>,
    ) -> Result<()> {
        match self.directory(fd)? {
            Directory::Host(inner) => self.host.path_symlink(memory, target, inner, path).await,
            Directory::Vfs(at) => {
                let (target, path) = (read_path(memory, target)?, read_path(memory, path)?);
                self.vfs.symlink(&target, at, &path).or_errno()
            }
        }
    }

    async fn path_unlink_file(&mut self, memory: Memory<'_, '_>, fd: Fd, path: GuestPtr<str>) -> Result<()> {
        match self.directory(fd)? {
            Directory::Host(inner) => self.host.path_unlink_file(memory, inner, path).await,
            Directory::Vfs(at) => self.vfs.unlink(at, &read_path(memory, path)?).or_errno(),
        }
    }

    /// The sockets there are come in pairs and do not listen.
    fn sock_accept(&mut self, _: Memory<'_, '_>, fd: Fd, _: Fdflags) -> Result<Fd> {
        self.table.get(fd)?.expect_socket()?;
        Err(Errno::Inval.into())
    }

    fn sock_recv(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        iovs: IovecArray,
        flags: Riflags,
    ) -> Result<(Size, Roflags)> {
        self.table.get(fd)?.expect_socket()?;
        let peek = flags.contains(Riflags::RECV_PEEK);
        let mut peeked = false;
        let read =
            self.read(memory, fd, iovs, |file, vfs, buffer| match (peek, std::mem::replace(&mut peeked, true)) {
                (false, _) => file.read(vfs, buffer),
                (true, false) => file.peek(buffer),
                // It stays there, so the next buffer would get the same.
                (true, true) => Ok(Attempt::Done(0)),
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
