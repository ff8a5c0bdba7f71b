//! A guest that makes the calls: those of preview1 themselves, on a memory that is only a buffer.

use super::looking::WRITTEN;
use super::op::{At, How, KEPT, Kind, Op, Shown};
use host::Context;
use host::abi::{DEVICE, MAX_DESCRIPTORS};
use std::pin::pin;
use wasmtime_wasi::p1::types::{Error, Fd, Fdflags, Filetype, Fstflags, Lookupflags, Oflags, Rights};
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wasmtime_wasi::runtime::poll_noop;
use wiggle::{GuestMemory, GuestPtr};

/// Descriptor of `/`; that of the archive comes before it.
const ROOT: u32 = 4;
/// That of the current directory, in which all slots begin but the first.
const CURRENT: u32 = MAX_DESCRIPTORS as u32;
/// Where things lie in the guest's memory.
const FIRST_PATH: u32 = 0;
const SECOND_PATH: u32 = 8192;
const VECTOR: u32 = 16384;
const BUFFER: u32 = 16400;
const BUFFER_LEN: u32 = 4096;
const SIZE: usize = 32768;

type Answer<T> = Result<T, Error>;

pub struct Guest {
    context: Context,
    memory: Vec<u8>,
    /// Open directories: `/`, the current one, and what is kept.
    slots: [Fd; 2 + KEPT],
}

/// Makes a call, which never waits.
macro_rules! call {
    ($guest:ident, $call:ident($($argument:expr),*)) => {{
        let mut memory = GuestMemory::Unshared(&mut $guest.memory);
        let mut call = pin!($guest.context.$call(&mut memory, $($argument),*));
        poll_noop(call.as_mut()).expect("ready at once")
    }};
}

impl Guest {
    pub fn new(context: Context) -> Guest {
        let mut slots = [CURRENT.into(); 2 + KEPT];
        slots[0] = ROOT.into();
        Guest { context, memory: vec![0; SIZE], slots }
    }

    /// Carries an operation out.
    pub fn apply(&mut self, op: &Op) -> Result<Shown, String> {
        self.carry_out(op).map_err(|error| match error.downcast() {
            Ok(errno) => format!("E{}", format!("{errno:?}").to_uppercase()),
            Err(trap) => panic!("a trap: {trap}"),
        })
    }

    fn carry_out(&mut self, op: &Op) -> Answer<Shown> {
        match op {
            Op::Stat(path, follow) => {
                let (fd, path) = (self.fd(path), self.put(FIRST_PATH, &path.path));
                let found = call!(self, path_filestat_get(fd, lookup(*follow), path))?;
                Ok(Shown::Thing { kind: kind(found.filetype), inode: Some(found.ino) })
            }
            Op::ReadLink(path) => {
                let (fd, path) = (self.fd(path), self.put(FIRST_PATH, &path.path));
                let len = call!(self, path_readlink(fd, path, GuestPtr::new(BUFFER), BUFFER_LEN))?;
                Ok(Shown::Text(String::from_utf8(self.buffer(len).to_vec()).expect("UTF-8")))
            }
            Op::List(path) => {
                let fd = self.open(self.fd(path), &path.path, true, Oflags::DIRECTORY, Rights::FD_READDIR)?;
                let names = self.names(fd);
                self.close(fd);
                names.map(Shown::Names)
            }
            Op::Open(path, how) => self.open_file(self.fd(path), &path.path, *how),
            Op::MakeFolder(path) => {
                let (fd, path) = (self.fd(path), self.put(FIRST_PATH, &path.path));
                call!(self, path_create_directory(fd, path)).map(|()| Shown::Done)
            }
            Op::RemoveFolder(path) => {
                let (fd, path) = (self.fd(path), self.put(FIRST_PATH, &path.path));
                call!(self, path_remove_directory(fd, path)).map(|()| Shown::Done)
            }
            Op::Unlink(path) => {
                let (fd, path) = (self.fd(path), self.put(FIRST_PATH, &path.path));
                call!(self, path_unlink_file(fd, path)).map(|()| Shown::Done)
            }
            Op::Rename(old, new) => {
                let fds = (self.fd(old), self.fd(new));
                let (old, new) = (self.put(FIRST_PATH, &old.path), self.put(SECOND_PATH, &new.path));
                call!(self, path_rename(fds.0, old, fds.1, new)).map(|()| Shown::Done)
            }
            Op::Link(old, follow, new) => {
                let fds = (self.fd(old), self.fd(new));
                let (old, new) = (self.put(FIRST_PATH, &old.path), self.put(SECOND_PATH, &new.path));
                call!(self, path_link(fds.0, lookup(*follow), old, fds.1, new)).map(|()| Shown::Done)
            }
            Op::Symlink(target, path) => {
                let fd = self.fd(path);
                let (target, path) = (self.put(FIRST_PATH, target), self.put(SECOND_PATH, &path.path));
                call!(self, path_symlink(target, fd, path)).map(|()| Shown::Done)
            }
            Op::SetTimes(path, follow) => {
                let (fd, path) = (self.fd(path), self.put(FIRST_PATH, &path.path));
                let flags = Fstflags::ATIM | Fstflags::MTIM;
                let set = call!(self, path_filestat_set_times(fd, lookup(*follow), path, 1, 1, flags));
                set.map(|()| Shown::Done)
            }
            Op::SetMode(path, mode) => {
                let fd = self.open(self.fd(path), &path.path, true, Oflags::empty(), Rights::empty())?;
                let request = format!("{DEVICE}chmod/{}/{mode:o}", u32::from(fd));
                let answer = self.open(ROOT.into(), &request, true, Oflags::empty(), Rights::empty());
                self.close(fd);
                self.close(answer?);
                Ok(Shown::Done)
            }
            Op::Keep(path, slot) => {
                let fd = self.open(self.fd(path), &path.path, true, Oflags::DIRECTORY, Rights::FD_READDIR)?;
                let former = std::mem::replace(&mut self.slots[*slot], fd);
                if u32::from(former) != CURRENT {
                    self.close(former);
                }
                Ok(Shown::Done)
            }
            Op::Outside(..) => unreachable!("another process does that"),
        }
    }

    /// Opens, reads all if it may, and writes a little if it may. What it may not it tries.
    fn open_file(&mut self, at: Fd, path: &str, how: How) -> Answer<Shown> {
        let flags = [
            (how.create, Oflags::CREAT),
            (how.exclusive, Oflags::EXCL),
            (how.truncate, Oflags::TRUNC),
            (how.directory, Oflags::DIRECTORY),
        ];
        let flags = flags.iter().filter(|(wanted, _)| *wanted).fold(Oflags::empty(), |all, (_, flag)| all | *flag);
        let mut rights = if how.read { Rights::FD_READ } else { Rights::empty() };
        rights.set(Rights::FD_WRITE, how.write);
        let fd = self.open(at, path, how.follow, flags, rights)?;
        let found = call!(self, fd_filestat_get(fd))?;
        let is_file = found.filetype == Filetype::RegularFile;
        let vector = GuestPtr::new((VECTOR, 1));
        self.put_vector(BUFFER_LEN);
        let contents = match call!(self, fd_pread(fd, vector, 0)) {
            Ok(len) if is_file && how.read => Shown::Contents(self.buffer(len).to_vec()),
            Err(_) if !is_file || !how.read => Shown::Done,
            read => panic!("{found:?}, opened with {how:?}, gives {read:?}"),
        };
        self.put_vector(WRITTEN.len() as u32);
        self.memory[BUFFER as usize..][..WRITTEN.len()].copy_from_slice(WRITTEN);
        let vector = GuestPtr::new((VECTOR, 1));
        let written = call!(self, fd_pwrite(fd, vector, 0));
        assert_eq!(written.is_ok(), is_file && how.write, "{found:?}, opened with {how:?}: {written:?}");
        if !how.write {
            let cut = call!(self, fd_filestat_set_size(fd, 0));
            assert!(cut.is_err(), "{found:?}, opened with {how:?}, could be cut");
        }
        // Whether this is allowed is seen by what has changed in the end.
        let _ = call!(self, fd_filestat_set_times(fd, 1, 1, Fstflags::ATIM | Fstflags::MTIM));
        self.close(fd);
        Ok(contents)
    }

    /// The names in a directory and what they lead to, without `.` and `..`, in order.
    fn names(&mut self, fd: Fd) -> Answer<Vec<(String, Kind)>> {
        let (mut names, mut cookie) = (Vec::new(), 0);
        loop {
            let len = call!(self, fd_readdir(fd, GuestPtr::new(BUFFER), BUFFER_LEN, cookie))?;
            let listed = self.buffer(len);
            let mut rest = listed;
            while let Some((head, behind)) = rest.split_at_checked(24) {
                let number = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().expect("8 bytes"));
                let Some((name, behind)) = behind.split_at_checked(number(16) as u32 as usize) else { break };
                let name = String::from_utf8(name.to_vec()).expect("UTF-8");
                if name != "." && name != ".." {
                    names.push((name, kind(Filetype::try_from(head[20]).expect("a type"))));
                }
                (cookie, rest) = (number(0), behind);
            }
            if len < BUFFER_LEN {
                names.sort();
                return Ok(names);
            }
        }
    }

    fn open(&mut self, at: Fd, path: &str, follow: bool, flags: Oflags, rights: Rights) -> Answer<Fd> {
        let path = self.put(FIRST_PATH, path);
        call!(self, path_open(at, lookup(follow), path, flags, rights, Rights::empty(), Fdflags::empty()))
    }

    fn close(&mut self, fd: Fd) {
        call!(self, fd_close(fd)).expect("it is open");
    }

    fn fd(&self, at: &At) -> Fd {
        self.slots[at.slot]
    }

    /// Puts a text into the guest's memory.
    fn put(&mut self, at: u32, text: &str) -> GuestPtr<str> {
        self.memory[at as usize..][..text.len()].copy_from_slice(text.as_bytes());
        GuestPtr::new((at, text.len() as u32))
    }

    /// Puts the one vector there that stands for so much of the buffer.
    fn put_vector(&mut self, len: u32) {
        let vector = [BUFFER.to_le_bytes(), len.to_le_bytes()].concat();
        self.memory[VECTOR as usize..][..vector.len()].copy_from_slice(&vector);
    }

    fn buffer(&self, len: u32) -> &[u8] {
        &self.memory[BUFFER as usize..][..len as usize]
    }
}

fn lookup(follow: bool) -> Lookupflags {
    if follow { Lookupflags::SYMLINK_FOLLOW } else { Lookupflags::empty() }
}

fn kind(filetype: Filetype) -> Kind {
    match filetype {
        Filetype::RegularFile => Kind::File,
        Filetype::Directory => Kind::Folder,
        Filetype::SymbolicLink => Kind::Link,
        other => panic!("neither file nor folder nor link: {other:?}"),
    }
}
