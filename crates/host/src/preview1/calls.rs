//! The preview1 calls. Each looks at what the descriptor stands for and goes to the VFS, to a stream, or, for a
//! granted host folder only, to wasmtime-wasi with wasmtime-wasi's own number.

use super::buffers::{read_into_first, write_first};
use super::convert::{self, OrErrno};
use super::memory_files::FileAt;
use super::pipes::End;
use super::table::Descriptor;
use super::{Context, Exit, Result};
use rustix::time::ClockId;
use std::io::SeekFrom;
use vfs::{Ino, Kind};
use wasmtime_wasi::p1::types::{
    Advice, CiovecArray, Clockid, Dircookie, Errno, Event, Exitcode, Fd, Fdflags, Fdstat, Filedelta, Filesize,
    Filestat, Fstflags, IovecArray, Lookupflags, Oflags, Prestat, PrestatDir, Riflags, Rights, Roflags, Sdflags,
    Siflags, Signal, Size, Subscription, Timestamp, Whence,
};
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wiggle::{GuestMemory, GuestPtr};

type Memory<'a, 'b> = &'a mut GuestMemory<'b>;

/// Where a path call goes.
enum Directory {
    Memory(Ino),
    Host(Fd),
}

impl Context {
    fn directory(&self, fd: Fd) -> Result<Directory> {
        match self.table.get(fd)? {
            Descriptor::Memory(file) => Ok(Directory::Memory(file.directory()?)),
            Descriptor::Host { inner, .. } => Ok(Directory::Host((*inner).into())),
            Descriptor::Stream(_) | Descriptor::Pipe(_) => Err(Errno::Notdir.into()),
        }
    }
}

/// Goes on in wasmtime-wasi if the descriptor is one of a host folder; else the value is the descriptor.
macro_rules! unless_host {
    ($guest:ident, $fd:ident, $inner:ident => $call:expr) => {
        match $guest.table.get($fd)? {
            Descriptor::Host { inner, .. } => {
                let $inner: Fd = (*inner).into();
                return $call;
            }
            _ => $guest.table.get_mut($fd)?,
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
        match (&mut self.fixed, id) {
            (Some(fixed), _) => Ok(fixed.time()),
            (None, Clockid::Realtime | Clockid::Monotonic) => self.host.clock_time_get(memory, id, precision),
            // wasmtime-wasi has no clocks of these kinds.
            (None, Clockid::ProcessCputimeId) => Ok(cpu_time(ClockId::ProcessCPUTime)),
            (None, Clockid::ThreadCputimeId) => Ok(cpu_time(ClockId::ThreadCPUTime)),
        }
    }

    fn random_get(&mut self, memory: Memory<'_, '_>, buffer: GuestPtr<u8>, len: Size) -> Result<()> {
        let Some(fixed) = &mut self.fixed else { return self.host.random_get(memory, buffer, len) };
        for start in (0..len).step_by(8) {
            let chunk = buffer.add(start)?.as_array((len - start).min(8));
            memory.copy_from_slice(&fixed.next()[..chunk.len() as usize], chunk)?;
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
        match unless_host!(self, fd, inner => self.host.fd_advise(memory, inner, offset, len, advice).await) {
            Descriptor::Stream(_) | Descriptor::Pipe(_) => Err(Errno::Spipe.into()),
            // Memory needs no advice; wasmtime-wasi takes none for directories.
            Descriptor::Memory(file) if file.kind == Kind::Directory => Err(Errno::Badf.into()),
            _ if offset.checked_add(len).is_none_or(|end| end > i64::MAX as u64) => Err(Errno::Inval.into()),
            _ => Ok(()),
        }
    }

    fn fd_allocate(&mut self, memory: Memory<'_, '_>, fd: Fd, offset: Filesize, len: Filesize) -> Result<()> {
        match unless_host!(self, fd, inner => self.host.fd_allocate(memory, inner, offset, len)) {
            Descriptor::Stream(_) | Descriptor::Pipe(_) => Err(Errno::Spipe.into()),
            Descriptor::Memory(file) => {
                let ino = file.writable()?;
                if len == 0 {
                    return Err(Errno::Inval.into());
                }
                self.vfs.allocate(ino, offset, len).or_errno()
            }
            Descriptor::Host { .. } => Err(Errno::Badf.into()),
        }
    }

    async fn fd_close(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<()> {
        // A program that closes all that may be open would take the file system away from its own C library.
        if self.preopens.contains(&fd.into()) {
            return Err(Errno::Badf.into());
        }
        match self.table.remove(fd)? {
            Some(Descriptor::Memory(file)) => {
                self.vfs.close(file.ino);
                Ok(())
            }
            Some(Descriptor::Host { inner, .. }) => self.host.fd_close(memory, inner.into()).await,
            Some(Descriptor::Stream(_) | Descriptor::Pipe(_)) | None => Ok(()),
        }
    }

    async fn fd_datasync(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<()> {
        match unless_host!(self, fd, inner => self.host.fd_datasync(memory, inner).await) {
            Descriptor::Stream(stream) => stream.sync(),
            Descriptor::Pipe(_) => Err(Errno::Inval.into()),
            _ => Ok(()),
        }
    }

    async fn fd_sync(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<()> {
        match unless_host!(self, fd, inner => self.host.fd_sync(memory, inner).await) {
            Descriptor::Stream(stream) => stream.sync(),
            Descriptor::Pipe(_) => Err(Errno::Inval.into()),
            _ => Ok(()),
        }
    }

    async fn fd_fdstat_get(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<Fdstat> {
        match unless_host!(self, fd, inner => self.host.fd_fdstat_get(memory, inner).await) {
            Descriptor::Stream(stream) => Ok(stream.fdstat()),
            Descriptor::Memory(file) => Ok(file.fdstat()),
            Descriptor::Pipe(end) => Ok(end.fdstat()),
            Descriptor::Host { .. } => Err(Errno::Badf.into()),
        }
    }

    fn fd_fdstat_set_flags(&mut self, memory: Memory<'_, '_>, fd: Fd, flags: Fdflags) -> Result<()> {
        match unless_host!(self, fd, inner => self.host.fd_fdstat_set_flags(memory, inner, flags)) {
            Descriptor::Memory(file) => {
                if flags.intersects(Fdflags::DSYNC | Fdflags::SYNC | Fdflags::RSYNC) {
                    return Err(Errno::Inval.into());
                }
                file.flags = flags;
                Ok(())
            }
            Descriptor::Pipe(end) => {
                end.flags = flags & Fdflags::NONBLOCK;
                Ok(())
            }
            Descriptor::Stream(stream) => {
                stream.set_flags(flags);
                Ok(())
            }
            Descriptor::Host { .. } => Err(Errno::Badf.into()),
        }
    }

    fn fd_fdstat_set_rights(&mut self, memory: Memory<'_, '_>, fd: Fd, base: Rights, inheriting: Rights) -> Result<()> {
        unless_host!(self, fd, inner => self.host.fd_fdstat_set_rights(memory, inner, base, inheriting));
        Err(Errno::Notsup.into())
    }

    async fn fd_filestat_get(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<Filestat> {
        match unless_host!(self, fd, inner => self.host.fd_filestat_get(memory, inner).await) {
            Descriptor::Stream(stream) => Ok(stream.filestat()),
            Descriptor::Memory(file) => Ok(convert::filestat(&self.vfs.metadata(file.ino).or_errno()?)),
            Descriptor::Pipe(end) => Ok(end.filestat()),
            Descriptor::Host { .. } => Err(Errno::Badf.into()),
        }
    }

    async fn fd_filestat_set_size(&mut self, memory: Memory<'_, '_>, fd: Fd, size: Filesize) -> Result<()> {
        match unless_host!(self, fd, inner => self.host.fd_filestat_set_size(memory, inner, size).await) {
            Descriptor::Memory(file) => {
                // A file that is not open for writing is EINVAL here, as ftruncate has it.
                let ino = match file.writable() {
                    Err(_) if file.kind == Kind::File => return Err(Errno::Inval.into()),
                    result => result?,
                };
                self.vfs.set_size(ino, size).or_errno()
            }
            Descriptor::Stream(stream) => stream.set_size(size),
            _ => Err(Errno::Inval.into()),
        }
    }

    async fn fd_filestat_set_times(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        atim: Timestamp,
        mtim: Timestamp,
        flags: Fstflags,
    ) -> Result<()> {
        match unless_host!(self, fd, inner => self.host.fd_filestat_set_times(memory, inner, atim, mtim, flags).await) {
            Descriptor::Memory(file) => {
                let (accessed, modified) = convert::times(self.vfs.now(), atim, mtim, flags)?;
                self.vfs.set_times(file.ino, accessed, modified).or_errno()
            }
            _ => Err(Errno::Badf.into()),
        }
    }

    async fn fd_read(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: IovecArray) -> Result<Size> {
        match unless_host!(self, fd, inner => self.host.fd_read(memory, inner, iovs).await) {
            Descriptor::Stream(stream) => read_into_first(memory, iovs, |buffer| stream.read(buffer)),
            Descriptor::Pipe(end) => read_into_first(memory, iovs, |buffer| end.read(buffer, false)),
            Descriptor::Memory(file) => {
                let at = FileAt { ino: file.file()?, offset: file.offset };
                if !file.read {
                    return Err(Errno::Badf.into());
                }
                let read = self.memory_read(memory, &at, iovs)?;
                self.advance(fd, at.offset + u64::from(read))?;
                Ok(read)
            }
            Descriptor::Host { .. } => Err(Errno::Badf.into()),
        }
    }

    async fn fd_pread(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: IovecArray, offset: Filesize) -> Result<Size> {
        match unless_host!(self, fd, inner => self.host.fd_pread(memory, inner, iovs, offset).await) {
            Descriptor::Memory(file) => {
                let at = FileAt { ino: file.file()?, offset: valid_offset(offset)? };
                if !file.read {
                    return Err(Errno::Badf.into());
                }
                self.memory_read(memory, &at, iovs)
            }
            Descriptor::Stream(stream) => {
                let offset = valid_offset(offset)?;
                read_into_first(memory, iovs, |buffer| stream.read_at(buffer, offset))
            }
            _ => Err(Errno::Spipe.into()),
        }
    }

    async fn fd_write(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: CiovecArray) -> Result<Size> {
        match unless_host!(self, fd, inner => self.host.fd_write(memory, inner, iovs).await) {
            Descriptor::Stream(stream) => write_first(memory, iovs, |data| stream.write(data)),
            Descriptor::Pipe(end) => write_first(memory, iovs, |data| end.write(data)),
            Descriptor::Memory(file) => {
                let ino = file.writable()?;
                let append = file.flags.contains(Fdflags::APPEND);
                let offset = if append { self.vfs.metadata(ino).or_errno()?.size } else { file.offset };
                let written = self.memory_write(memory, &FileAt { ino, offset }, iovs)?;
                self.advance(fd, offset + u64::from(written))?;
                Ok(written)
            }
            Descriptor::Host { .. } => Err(Errno::Badf.into()),
        }
    }

    async fn fd_pwrite(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: CiovecArray, offset: Filesize) -> Result<Size> {
        match unless_host!(self, fd, inner => self.host.fd_pwrite(memory, inner, iovs, offset).await) {
            Descriptor::Memory(file) => {
                let (ino, mut offset) = (file.writable()?, valid_offset(offset)?);
                // As on Linux, appending wins over the offset.
                if file.flags.contains(Fdflags::APPEND) {
                    offset = self.vfs.metadata(ino).or_errno()?.size;
                }
                self.memory_write(memory, &FileAt { ino, offset }, iovs)
            }
            Descriptor::Stream(stream) => {
                let offset = valid_offset(offset)?;
                write_first(memory, iovs, |data| stream.write_at(data, offset))
            }
            _ => Err(Errno::Spipe.into()),
        }
    }

    fn fd_prestat_get(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<Prestat> {
        match self.table.get(fd)? {
            Descriptor::Host { inner, preopen: true } => self.host.fd_prestat_get(memory, (*inner).into()),
            Descriptor::Memory(file) => match &file.preopen {
                Some(path) => Ok(Prestat::Dir(PrestatDir { pr_name_len: path.len() as u32 })),
                None => Err(Errno::Badf.into()),
            },
            _ => Err(Errno::Badf.into()),
        }
    }

    fn fd_prestat_dir_name(&mut self, memory: Memory<'_, '_>, fd: Fd, buffer: GuestPtr<u8>, len: Size) -> Result<()> {
        match self.table.get(fd)? {
            Descriptor::Host { inner, preopen: true } => {
                self.host.fd_prestat_dir_name(memory, (*inner).into(), buffer, len)
            }
            Descriptor::Memory(file) => match &file.preopen {
                Some(path) if path.len() > len as usize => Err(Errno::Nametoolong.into()),
                Some(path) => Ok(memory.copy_from_slice(path.as_bytes(), buffer.as_array(path.len() as u32))?),
                None => Err(Errno::Notdir.into()),
            },
            _ => Err(Errno::Notdir.into()),
        }
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
        match unless_host!(self, fd, inner => self.host.fd_seek(memory, inner, delta, whence).await) {
            Descriptor::Stream(stream) => stream.seek(match whence {
                Whence::Set => SeekFrom::Start(u64::try_from(delta).map_err(|_| Errno::Inval)?),
                Whence::Cur => SeekFrom::Current(delta),
                Whence::End => SeekFrom::End(delta),
            }),
            Descriptor::Memory(file) => {
                // wasmtime-wasi: a directory has no offset.
                let ino = file.file().map_err(|_| Errno::Badf)?;
                let start = match whence {
                    Whence::Set => 0,
                    Whence::Cur => file.offset,
                    Whence::End => self.vfs.metadata(ino).or_errno()?.size,
                };
                let offset = start.checked_add_signed(delta).ok_or(Errno::Inval)?;
                self.advance(fd, valid_offset(offset)?)
            }
            Descriptor::Pipe(_) => Err(Errno::Spipe.into()),
            Descriptor::Host { .. } => Err(Errno::Badf.into()),
        }
    }

    fn fd_tell(&mut self, memory: Memory<'_, '_>, fd: Fd) -> Result<Filesize> {
        match unless_host!(self, fd, inner => self.host.fd_tell(memory, inner)) {
            Descriptor::Stream(stream) => stream.seek(SeekFrom::Current(0)),
            Descriptor::Memory(file) => file.file().map(|_| file.offset).map_err(|_| Errno::Badf.into()),
            Descriptor::Pipe(_) => Err(Errno::Spipe.into()),
            Descriptor::Host { .. } => Err(Errno::Badf.into()),
        }
    }

    async fn fd_readdir(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        buffer: GuestPtr<u8>,
        len: Size,
        cookie: Dircookie,
    ) -> Result<Size> {
        match self.directory(fd)? {
            Directory::Host(inner) => self.host.fd_readdir(memory, inner, buffer, len, cookie).await,
            // Opened to walk through it only.
            Directory::Memory(_) if matches!(self.table.get(fd)?, Descriptor::Memory(file) if !file.read) => {
                Err(Errno::Badf.into())
            }
            Directory::Memory(directory) => self.memory_readdir(memory, directory, buffer, len, cookie),
        }
    }

    async fn path_create_directory(&mut self, memory: Memory<'_, '_>, fd: Fd, path: GuestPtr<str>) -> Result<()> {
        match self.directory(fd)? {
            Directory::Host(inner) => self.host.path_create_directory(memory, inner, path).await,
            Directory::Memory(at) => self.vfs.make_directory(at, &convert::path(memory, path)?).or_errno(),
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
            Directory::Memory(at) => {
                let path = convert::path(memory, path)?;
                let ino = self.vfs.lookup(at, &path, convert::follows(flags)).or_errno()?;
                Ok(convert::filestat(&self.vfs.metadata(ino).or_errno()?))
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
            Directory::Memory(at) => {
                let (accessed, modified) = convert::times(self.vfs.now(), atim, mtim, flags)?;
                let path = convert::path(memory, path)?;
                let ino = self.vfs.lookup(at, &path, convert::follows(lookup)).or_errno()?;
                self.vfs.set_times(ino, accessed, modified).or_errno()
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
            (Directory::Memory(old), Directory::Memory(new)) => {
                let (old_path, new_path) = (convert::path(memory, old_path)?, convert::path(memory, new_path)?);
                self.vfs.link(old, &old_path, convert::follows(flags), new, &new_path).or_errno()
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
            Directory::Memory(at) => {
                let path = convert::path(memory, path)?;
                self.memory_open(at, &path, convert::follows(lookup), oflags, base, flags)
            }
            Directory::Host(inner) => {
                let opened = self.host.path_open(memory, inner, lookup, path, oflags, base, inheriting, flags).await?;
                match self.table.insert(Descriptor::Host { inner: opened.into(), preopen: false }) {
                    Ok(fd) => Ok(fd),
                    Err(_) => {
                        self.host.fd_close(memory, opened).await?;
                        Err(Errno::Mfile.into())
                    }
                }
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
            Directory::Memory(at) => {
                let target = self.vfs.read_link(at, &convert::path(memory, path)?).or_errno()?;
                let told = &target.as_bytes()[..target.len().min(len as usize)];
                memory.copy_from_slice(told, buffer.as_array(told.len() as u32))?;
                Ok(told.len() as u32)
            }
        }
    }

    async fn path_remove_directory(&mut self, memory: Memory<'_, '_>, fd: Fd, path: GuestPtr<str>) -> Result<()> {
        match self.directory(fd)? {
            Directory::Host(inner) => self.host.path_remove_directory(memory, inner, path).await,
            Directory::Memory(at) => self.vfs.remove_directory(at, &convert::path(memory, path)?).or_errno(),
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
            (Directory::Memory(old), Directory::Memory(new)) => {
                let (old_path, new_path) = (convert::path(memory, old_path)?, convert::path(memory, new_path)?);
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
            Directory::Memory(at) => {
                let (target, path) = (convert::path(memory, target)?, convert::path(memory, path)?);
                self.vfs.symlink(&target, at, &path).or_errno()
            }
        }
    }

    async fn path_unlink_file(&mut self, memory: Memory<'_, '_>, fd: Fd, path: GuestPtr<str>) -> Result<()> {
        match self.directory(fd)? {
            Directory::Host(inner) => self.host.path_unlink_file(memory, inner, path).await,
            Directory::Memory(at) => self.vfs.unlink(at, &convert::path(memory, path)?).or_errno(),
        }
    }

    /// The sockets there are come in pairs and do not listen.
    fn sock_accept(&mut self, _: Memory<'_, '_>, fd: Fd, _: Fdflags) -> Result<Fd> {
        self.socket(fd)?;
        Err(Errno::Inval.into())
    }

    fn sock_recv(
        &mut self,
        memory: Memory<'_, '_>,
        fd: Fd,
        iovs: IovecArray,
        flags: Riflags,
    ) -> Result<(Size, Roflags)> {
        let (socket, peek) = (self.socket(fd)?, flags.contains(Riflags::RECV_PEEK));
        let read = read_into_first(memory, iovs, |buffer| socket.read(buffer, peek))?;
        Ok((read, Roflags::empty()))
    }

    fn sock_send(&mut self, memory: Memory<'_, '_>, fd: Fd, iovs: CiovecArray, _: Siflags) -> Result<Size> {
        let socket = self.socket(fd)?;
        write_first(memory, iovs, |data| socket.write(data))
    }

    fn sock_shutdown(&mut self, _: Memory<'_, '_>, fd: Fd, how: Sdflags) -> Result<()> {
        self.socket(fd)?.shut_down(how);
        Ok(())
    }
}

impl Context {
    fn socket(&self, fd: Fd) -> Result<&End> {
        match self.table.get(fd)? {
            Descriptor::Pipe(end) => end.expect_socket().map(|()| end),
            _ => Err(Errno::Notsock.into()),
        }
    }

    /// Moves the offset of a file of the VFS. A device has none: it stays at 0.
    fn advance(&mut self, fd: Fd, offset: u64) -> Result<u64> {
        match self.table.get_mut(fd)? {
            Descriptor::Memory(file) if file.kind == Kind::File => {
                file.offset = offset;
                Ok(offset)
            }
            _ => Ok(0),
        }
    }
}

/// What a clock shows, nanoseconds.
fn cpu_time(clock: ClockId) -> Timestamp {
    let time = rustix::time::clock_gettime(clock);
    time.tv_sec.cast_unsigned() * 1_000_000_000 + time.tv_nsec.cast_unsigned()
}

/// Offsets are signed in POSIX: one that is not would be negative there.
fn valid_offset(offset: u64) -> Result<u64> {
    if offset <= i64::MAX as u64 { Ok(offset) } else { Err(Errno::Inval.into()) }
}
