//! The calls that take paths: each goes to the VFS or to the host, as the tree says.

use super::convert::{follows, read_path, times};
use super::types::{Errno, Fd, Fdflags, Filestat, Fstflags, Lookupflags, Oflags, Rights, Timestamp};
use super::{Context, Result};
use crate::disk::HostFile;
use crate::files::{OpenFlags, of_metadata};
use crate::namespace::{Node, Place};
use crate::wasi::OrErrno;
use policy::Intent;
use vfs::{Follow, Ino, Kind, OpenOptions};
use wiggle::{GuestMemory, GuestPtr};

/// A path as a call names it: seen from an open directory.
type At = (Fd, GuestPtr<str>);

impl Context {
    /// Where a path leads, links in the last place followed as `follow` says.
    fn place(&self, fd: Fd, path: &[u8], follow: Follow, intent: Intent) -> Result<Place> {
        self.place_from(self.table.directory(fd)?.node()?, path, follow, intent)
    }

    fn place_from(&self, start: Node, path: &[u8], follow: Follow, intent: Intent) -> Result<Place> {
        let place = self.mounts.place(&self.vfs, start.clone(), path, follow);
        if place.is_err() {
            self.note_missing_way(&start, path, intent);
        }
        place
    }

    /// What the VFS answered; the policy's audit hears of a path that no grant covers.
    fn answered<T>(&self, at: Ino, path: &str, intent: Intent, answer: vfs::Result<T>) -> Result<T> {
        if let Err(error @ (vfs::Errno::NoEnt | vfs::Errno::Acces)) = answer {
            self.note_refused(at, path, intent, error);
        }
        answer.or_errno()
    }

    pub(super) fn make_directory(&mut self, memory: &GuestMemory<'_>, fd: Fd, path: GuestPtr<str>) -> Result<()> {
        let mode = self.new_mode.take();
        match self.place(fd, &read_path(memory, path)?, Follow::Never, Intent::Write)? {
            Place::Vfs(at, path) => {
                let made = self.vfs.make_directory(at, &path);
                self.answered(at, &path, Intent::MakeFolder, made)?;
                match mode {
                    Some(mode) => {
                        let ino = self.vfs.lookup(at, &path, false).or_errno()?;
                        self.vfs.set_mode(ino, mode).or_errno()
                    }
                    None => Ok(()),
                }
            }
            Place::Host(spot) => self.mounts.make_directory(&spot, mode),
        }
    }

    pub(super) fn stat_path(
        &mut self,
        memory: &GuestMemory<'_>,
        fd: Fd,
        flags: Lookupflags,
        path: GuestPtr<str>,
    ) -> Result<Filestat> {
        match self.place(fd, &read_path(memory, path)?, last_link(flags), Intent::Read)? {
            Place::Host(spot) => self.mounts.stat(&spot, &self.owners),
            Place::Vfs(at, path) => {
                let found = self.vfs.lookup(at, &path, follows(flags)).and_then(|ino| self.vfs.metadata(ino));
                let metadata = self.answered(at, &path, Intent::Read, found)?;
                match metadata.kind {
                    Kind::Descriptor(number) => self.table.get(self.named_descriptor(number)?)?.stat(&self.vfs),
                    _ => Ok(of_metadata(&metadata)),
                }
            }
        }
    }

    pub(super) fn set_path_times(
        &mut self,
        memory: &GuestMemory<'_>,
        fd: Fd,
        path: GuestPtr<str>,
        lookup: Lookupflags,
        (accessed, modified, flags): (Timestamp, Timestamp, Fstflags),
    ) -> Result<()> {
        let (accessed, modified) = times(self.vfs.now(), accessed, modified, flags)?;
        match self.place(fd, &read_path(memory, path)?, last_link(lookup), Intent::Write)? {
            Place::Host(spot) => self.mounts.set_times(&spot, accessed, modified),
            Place::Vfs(at, path) => {
                let found = self.vfs.lookup(at, &path, follows(lookup));
                let ino = self.answered(at, &path, Intent::Write, found)?;
                match self.vfs.kind(ino).or_errno()? {
                    Kind::Descriptor(number) => {
                        let fd = self.named_descriptor(number)?;
                        self.table.get_mut(fd)?.set_times(&mut self.vfs, accessed, modified)
                    }
                    _ => self.vfs.set_times(ino, accessed, modified).or_errno(),
                }
            }
        }
    }

    pub(super) fn link_path(&mut self, memory: &GuestMemory<'_>, old: At, follow: Lookupflags, new: At) -> Result<()> {
        let (old_path, new_path) = (read_path(memory, old.1)?, read_path(memory, new.1)?);
        let old_place = self.place(old.0, &old_path, last_link(follow), Intent::Read)?;
        let places = (old_place, self.place(new.0, &new_path, Follow::Never, Intent::Write)?);
        match places {
            (Place::Host(old), Place::Host(new)) => self.mounts.link(&old, &new),
            (Place::Vfs(old, old_path), Place::Vfs(new, new_path)) => {
                let linked = self.vfs.link(old, &old_path, follows(follow), new, &new_path);
                self.answered(new, &new_path, Intent::Write, linked)
            }
            _ => Err(Errno::Xdev.into()),
        }
    }

    pub(super) fn open_path(
        &mut self,
        memory: &GuestMemory<'_>,
        (fd, path): At,
        lookup: Lookupflags,
        oflags: Oflags,
        base: Rights,
        flags: Fdflags,
    ) -> Result<Fd> {
        // Of this call, whatever becomes of it.
        let mode = self.new_mode.take();
        let node = self.table.directory(fd)?.node()?;
        self.table.expect_room()?;
        let path = read_path(memory, path)?;
        if let Some(request) = self.request_of(&node, &path) {
            return self.request(request);
        }
        let options = OpenOptions {
            mode,
            follow: follows(lookup),
            create: oflags.contains(Oflags::CREAT),
            exclusive: oflags.contains(Oflags::EXCL),
            truncate: oflags.contains(Oflags::TRUNC),
            directory: oflags.contains(Oflags::DIRECTORY),
            read: base.intersects(Rights::FD_READ | Rights::FD_READDIR),
            write: base.contains(Rights::FD_WRITE),
        };
        let how = OpenFlags { options, flags, reads_files: base.contains(Rights::FD_READ) };
        let intent = if options.create || options.write { Intent::Write } else { Intent::Read };
        match self.place_from(node, &path, options.last_link(), intent)? {
            Place::Vfs(at, path) => {
                let opened = self.vfs.open(at, &path, options);
                let ino = self.answered(at, &path, intent, opened)?;
                self.open_inode(ino, how)
            }
            Place::Host(spot) => {
                let file: HostFile = self.mounts.open(&spot, how, &self.owners)?;
                // There is room: see above.
                self.insert(Box::new(file))
            }
        }
    }

    pub(super) fn read_link(&mut self, memory: &GuestMemory<'_>, fd: Fd, path: GuestPtr<str>) -> Result<Vec<u8>> {
        match self.place(fd, &read_path(memory, path)?, Follow::BeforeSlash, Intent::Read)? {
            Place::Host(spot) => self.mounts.read_link(&spot),
            Place::Vfs(at, path) => {
                let target = self.vfs.read_link(at, &path);
                self.answered(at, &path, Intent::Read, target).map(String::into_bytes)
            }
        }
    }

    pub(super) fn remove_directory(&mut self, memory: &GuestMemory<'_>, fd: Fd, path: GuestPtr<str>) -> Result<()> {
        match self.place(fd, &read_path(memory, path)?, Follow::Never, Intent::Write)? {
            Place::Host(spot) => self.mounts.remove_directory(&spot),
            Place::Vfs(at, path) => {
                let removed = self.vfs.remove_directory(at, &path);
                self.answered(at, &path, Intent::Write, removed)
            }
        }
    }

    pub(super) fn rename_path(&mut self, memory: &GuestMemory<'_>, old: At, new: At) -> Result<()> {
        let (old_path, new_path) = (read_path(memory, old.1)?, read_path(memory, new.1)?);
        let old_place = self.place(old.0, &old_path, Follow::Never, Intent::Write)?;
        let places = (old_place, self.place(new.0, &new_path, Follow::Never, Intent::Write)?);
        match places {
            (Place::Host(old), Place::Host(new)) => self.mounts.rename(&old, &new),
            (Place::Vfs(old, old_path), Place::Vfs(new, new_path)) => {
                let renamed = self.vfs.rename(old, &old_path, new, &new_path);
                self.answered(new, &new_path, Intent::Write, renamed)
            }
            _ => Err(Errno::Xdev.into()),
        }
    }

    pub(super) fn symlink_path(&mut self, memory: &GuestMemory<'_>, target: GuestPtr<str>, at: At) -> Result<()> {
        let (target, path) = (read_path(memory, target)?, read_path(memory, at.1)?);
        match self.place(at.0, &path, Follow::Never, Intent::Write)? {
            Place::Host(spot) => self.mounts.symlink(&target, &spot),
            Place::Vfs(at, path) => {
                let target = std::str::from_utf8(&target).map_err(|_| Errno::Ilseq)?;
                let made = self.vfs.symlink(target, at, &path);
                self.answered(at, &path, Intent::Write, made)
            }
        }
    }

    pub(super) fn unlink(&mut self, memory: &GuestMemory<'_>, fd: Fd, path: GuestPtr<str>) -> Result<()> {
        match self.place(fd, &read_path(memory, path)?, Follow::Never, Intent::Write)? {
            Place::Host(spot) => self.mounts.unlink(&spot),
            Place::Vfs(at, path) => {
                let unlinked = self.vfs.unlink(at, &path);
                self.answered(at, &path, Intent::Write, unlinked)
            }
        }
    }
}

/// What is done with a link in the last place.
fn last_link(flags: Lookupflags) -> Follow {
    if follows(flags) { Follow::Yes } else { Follow::BeforeSlash }
}
