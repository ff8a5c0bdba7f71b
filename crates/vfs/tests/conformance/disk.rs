//! Operations, and what carries them out: the VFS, or a folder of the host through the same system calls.

use crate::remove_all::remove_all;
use rustix::fs::{self as host, AtFlags, CWD, Mode, OFlags};
use rustix::io::Errno as HostErrno;
use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use vfs::{Errno, Ino, Kind, Limits, OpenOptions, RootKind, Vfs};

/// One operation. Paths count from the disk's root; `slot` names an open file.
#[derive(Clone, Debug)]
pub enum Op {
    Mkdir(String),
    Rmdir(String),
    Unlink(String),
    Rename(String, String),
    Link(String, String, bool),
    Symlink(String, String),
    Readlink(String),
    Stat(String, bool),
    List(String),
    Open { path: String, flags: Flags, slot: u8 },
    Read { slot: u8, offset: u64, len: usize },
    Write { slot: u8, offset: u64, data: Vec<u8> },
    SetSize { slot: u8, size: u64 },
    StatOpen(u8),
    Close(u8),
}

/// How to open, in the words of `open(2)`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    pub write: bool,
    pub create: bool,
    pub exclusive: bool,
    pub truncate: bool,
    pub directory: bool,
    pub nofollow: bool,
}

/// What an operation gave: text that both disks word in the same way, or an errno's name.
pub type Outcome = Result<String, String>;

pub trait Disk {
    fn apply(&mut self, op: &Op) -> Outcome;
}

/// The VFS under test.
pub struct Memory {
    vfs: Vfs,
    root: Ino,
    open: BTreeMap<u8, (Ino, bool)>,
}

impl Memory {
    pub fn new() -> Memory {
        let mut vfs = Vfs::new(Limits { bytes: 1 << 24, files: 1 << 12 });
        let root = vfs.add_root(RootKind::Slash).expect("a root");
        Memory { vfs, root, open: BTreeMap::new() }
    }

    fn slot(&self, slot: u8) -> Result<(Ino, bool), String> {
        self.open.get(&slot).copied().ok_or("closed".to_string())
    }

    /// Nothing is left behind: what is held and what has a name is all there is.
    pub fn used_after_removing_everything(mut self) -> Limits {
        for (ino, _) in std::mem::take(&mut self.open).into_values() {
            self.vfs.close(ino);
        }
        remove_all(&mut self.vfs, self.root);
        self.vfs.used()
    }
}

fn describe(kind: Kind, size: u64, links: u64) -> String {
    match kind {
        Kind::Directory => format!("directory, {links} links"),
        Kind::File => format!("file of {size}, {links} links"),
        Kind::Symlink => format!("link of {size}, {links} links"),
        Kind::Device(_) | Kind::Descriptor(_) | Kind::Mount(_) => "device".to_string(),
    }
}

fn done(result: Result<(), Errno>) -> Outcome {
    result.map(|()| "done".to_string()).map_err(|errno| errno.to_string())
}

impl Disk for Memory {
    fn apply(&mut self, op: &Op) -> Outcome {
        let (vfs, root) = (&mut self.vfs, self.root);
        let name = |errno: Errno| errno.to_string();
        match op {
            Op::Mkdir(path) => done(vfs.make_directory(root, path)),
            Op::Rmdir(path) => done(vfs.remove_directory(root, path)),
            Op::Unlink(path) => done(vfs.unlink(root, path)),
            Op::Rename(path, new) => done(vfs.rename(root, path, root, new)),
            Op::Link(path, new, follow) => done(vfs.link(root, path, *follow, root, new)),
            Op::Symlink(target, path) => done(vfs.symlink(target, root, path)),
            Op::Readlink(path) => vfs.read_link(root, path).map_err(name),
            Op::Stat(path, follow) => {
                let metadata = vfs.lookup(root, path, *follow).and_then(|ino| vfs.metadata(ino)).map_err(name)?;
                Ok(describe(metadata.kind, metadata.size, metadata.links))
            }
            Op::List(path) => {
                let directory = vfs.lookup(root, path, true).map_err(name)?;
                let entries = vfs.read_dir(directory, 0).map_err(name)?;
                let mut entries: Vec<String> =
                    entries.map(|entry| format!("{} {:?}", entry.name, entry.kind)).collect();
                entries.sort();
                Ok(entries.join(", "))
            }
            Op::Open { path, flags, slot } => {
                if self.open.contains_key(slot) {
                    return Err("taken".to_string());
                }
                let options = OpenOptions {
                    follow: !flags.nofollow,
                    create: flags.create,
                    exclusive: flags.exclusive,
                    truncate: flags.truncate,
                    directory: flags.directory,
                    read: true,
                    write: flags.write,
                    mode: None,
                };
                let ino = vfs.open(root, path, options).map_err(name)?;
                self.open.insert(*slot, (ino, flags.write));
                Ok("open".to_string())
            }
            Op::Read { slot, offset, len } => {
                let (ino, _) = self.slot(*slot)?;
                let mut buffer = vec![0; *len];
                let read = self.vfs.read(ino, *offset, &mut buffer).map_err(name)?;
                Ok(format!("{:?}", &buffer[..read]))
            }
            Op::Write { slot, offset, data } => match self.slot(*slot)? {
                // Access modes belong to descriptors, which `guest` keeps.
                (_, false) => Err("EBADF".to_string()),
                (ino, true) => self.vfs.write(ino, *offset, data).map(|n| n.to_string()).map_err(name),
            },
            Op::SetSize { slot, size } => match self.slot(*slot)? {
                (_, false) => Err("EINVAL".to_string()),
                (ino, true) => done(self.vfs.set_size(ino, *size)),
            },
            Op::StatOpen(slot) => {
                let metadata = self.vfs.metadata(self.slot(*slot)?.0).map_err(name)?;
                Ok(describe(metadata.kind, metadata.size, metadata.links))
            }
            Op::Close(slot) => {
                let (ino, _) = self.open.remove(slot).ok_or("closed".to_string())?;
                self.vfs.close(ino);
                Ok("done".to_string())
            }
        }
    }
}

/// A temporary folder of the host.
pub struct Host {
    _folder: tempfile::TempDir,
    root: OwnedFd,
    open: BTreeMap<u8, OwnedFd>,
}

impl Host {
    pub fn new() -> Host {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // In a folder of its own: `..` from it stays inside what is removed afterwards.
        let inner = folder.path().join("root");
        std::fs::create_dir(&inner).expect("created");
        let root = host::openat(CWD, &inner, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty()).expect("opened");
        Host { _folder: folder, root, open: BTreeMap::new() }
    }
}

fn host_name(errno: HostErrno) -> String {
    match errno {
        HostErrno::EXIST => "EEXIST".to_string(),
        HostErrno::NOENT => "ENOENT".to_string(),
        HostErrno::NOTDIR => "ENOTDIR".to_string(),
        HostErrno::ISDIR => "EISDIR".to_string(),
        HostErrno::NOTEMPTY => "ENOTEMPTY".to_string(),
        HostErrno::INVAL => "EINVAL".to_string(),
        HostErrno::LOOP => "ELOOP".to_string(),
        HostErrno::PERM => "EPERM".to_string(),
        HostErrno::BUSY => "EBUSY".to_string(),
        HostErrno::BADF => "EBADF".to_string(),
        HostErrno::NAMETOOLONG => "ENAMETOOLONG".to_string(),
        HostErrno::FBIG => "EFBIG".to_string(),
        other => other.to_string(),
    }
}

fn host_done(result: rustix::io::Result<()>) -> Outcome {
    result.map(|()| "done".to_string()).map_err(host_name)
}

fn host_describe(stat: &host::Stat) -> String {
    let kind = match host::FileType::from_raw_mode(stat.st_mode) {
        host::FileType::Directory => Kind::Directory,
        host::FileType::Symlink => Kind::Symlink,
        _ => Kind::File,
    };
    describe(kind, stat.st_size as u64, stat.st_nlink)
}

impl Disk for Host {
    fn apply(&mut self, op: &Op) -> Outcome {
        let root = &self.root;
        let mode = Mode::from_raw_mode(0o755);
        match op {
            Op::Mkdir(path) => host_done(host::mkdirat(root, path, mode)),
            Op::Rmdir(path) => host_done(host::unlinkat(root, path, AtFlags::REMOVEDIR)),
            Op::Unlink(path) => host_done(host::unlinkat(root, path, AtFlags::empty())),
            Op::Rename(path, new) => host_done(host::renameat(root, path, root, new)),
            Op::Link(path, new, follow) => {
                let flags = if *follow { AtFlags::SYMLINK_FOLLOW } else { AtFlags::empty() };
                host_done(host::linkat(root, path, root, new, flags))
            }
            Op::Symlink(target, path) => host_done(host::symlinkat(target, root, path)),
            Op::Readlink(path) => {
                let target = host::readlinkat(root, path, Vec::new()).map_err(host_name)?;
                Ok(target.into_string().expect("UTF-8"))
            }
            Op::Stat(path, follow) => {
                let flags = if *follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
                host::statat(root, path, flags).map(|stat| host_describe(&stat)).map_err(host_name)
            }
            Op::List(path) => {
                let flags = OFlags::RDONLY | OFlags::DIRECTORY;
                let directory = host::openat(root, path, flags, Mode::empty()).map_err(host_name)?;
                let entries = host::Dir::read_from(directory).map_err(host_name)?;
                let mut entries: Vec<String> = entries
                    .map(|entry| {
                        let entry = entry.expect("listed");
                        let kind = match entry.file_type() {
                            host::FileType::Directory => Kind::Directory,
                            host::FileType::Symlink => Kind::Symlink,
                            _ => Kind::File,
                        };
                        format!("{} {kind:?}", entry.file_name().to_str().expect("UTF-8"))
                    })
                    .collect();
                entries.sort();
                Ok(entries.join(", "))
            }
            Op::Open { path, flags, slot } => {
                if self.open.contains_key(slot) {
                    return Err("taken".to_string());
                }
                let mut oflags = if flags.write { OFlags::RDWR } else { OFlags::RDONLY };
                oflags.set(OFlags::CREATE, flags.create);
                oflags.set(OFlags::EXCL, flags.exclusive && flags.create);
                oflags.set(OFlags::TRUNC, flags.truncate);
                oflags.set(OFlags::DIRECTORY, flags.directory);
                oflags.set(OFlags::NOFOLLOW, flags.nofollow);
                let file = host::openat(root, path, oflags, Mode::from_raw_mode(0o644)).map_err(host_name)?;
                self.open.insert(*slot, file);
                Ok("open".to_string())
            }
            Op::Read { slot, offset, len } => {
                let file = self.open.get(slot).ok_or("closed".to_string())?;
                let mut buffer = vec![0; *len];
                let read = rustix::io::pread(file, &mut buffer[..], *offset).map_err(host_name)?;
                Ok(format!("{:?}", &buffer[..read]))
            }
            Op::Write { slot, offset, data } => {
                let file = self.open.get(slot).ok_or("closed".to_string())?;
                rustix::io::pwrite(file, data, *offset).map(|n| n.to_string()).map_err(host_name)
            }
            Op::SetSize { slot, size } => {
                let file = self.open.get(slot).ok_or("closed".to_string())?;
                host_done(host::ftruncate(file, *size))
            }
            Op::StatOpen(slot) => {
                let file = self.open.get(slot).ok_or("closed".to_string())?;
                host::fstat(file).map(|stat| host_describe(&stat)).map_err(host_name)
            }
            Op::Close(slot) => {
                self.open.remove(slot).ok_or("closed".to_string())?;
                Ok("done".to_string())
            }
        }
    }
}
