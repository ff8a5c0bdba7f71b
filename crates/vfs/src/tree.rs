//! The VFS itself: its nodes, its roots, its accounts.

use crate::base::Base;
use crate::content::Content;
use crate::errno::{Errno, Result};
use crate::node::{Body, Directory, Ino, InoMap, Kind, Metadata, Node, Times};
use archive::Archive;

/// What a name costs the host beside its own bytes: it lies in two maps.
const NAME_OVERHEAD: u64 = 192;

/// What a name is charged.
pub(crate) fn name_cost(name: &str) -> u64 {
    2 * name.len() as u64 + NAME_OVERHEAD
}

/// How much a guest may put into the scratch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of contents, names and link targets together, with what keeping them costs the host: some hundred bytes
    /// for each name and each 64 KiB of contents.
    pub bytes: u64,
    /// Files, directories and symbolic links together; a hard link is a name, which counts as bytes.
    pub files: u64,
}

impl Default for Limits {
    /// 256 MiB and 65,536 files.
    fn default() -> Self {
        Limits { bytes: 256 << 20, files: 65_536 }
    }
}

/// What `..` at a root and absolute link targets mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootKind {
    /// The root of a whole tree, as `/` is: `..` stays there, absolute targets start there.
    Slash,
    /// A directory that a guest is confined to, as WASI has it: `..` above the directory that a walk begins in,
    /// absolute paths and absolute link targets are `EPERM`.
    Confined,
}

/// An in-memory file system. See the crate's documentation.
pub struct Vfs {
    pub(crate) nodes: InoMap<Node>,
    pub(crate) roots: InoMap<RootKind>,
    pub(crate) base: Option<Base>,
    next_ino: u64,
    limits: Limits,
    used: Limits,
    /// Whether bytes, and whether files, were refused.
    refused: (bool, bool),
    clock: fn() -> u64,
}

impl Vfs {
    /// An empty VFS whose times come from the system's clock.
    pub fn new(limits: Limits) -> Vfs {
        Vfs::with_clock(limits, system_clock)
    }

    /// An empty VFS whose times come from `clock`: nanoseconds since 1970-01-01 UTC.
    pub fn with_clock(limits: Limits, clock: fn() -> u64) -> Vfs {
        Vfs {
            nodes: InoMap::default(),
            roots: InoMap::default(),
            base: None,
            next_ino: Ino::SCRATCH,
            limits,
            used: Limits { bytes: 0, files: 0 },
            refused: (false, false),
            clock,
        }
    }

    /// Makes a new, empty root directory.
    ///
    /// # Errors
    /// `NoSpc`.
    pub fn add_root(&mut self, kind: RootKind) -> Result<Ino> {
        let ino = Ino(self.next_ino);
        let root = self.add_node(Body::Directory(Directory::new(ino)))?;
        debug_assert_eq!(root, ino);
        if let Some(node) = self.nodes.get_mut(&root) {
            node.links = 2;
        }
        self.roots.insert(root, kind);
        Ok(root)
    }

    /// Mounts an archive as `name` in a scratch directory and returns the mounted root.
    ///
    /// ```
    /// use archive::{Archive, Writer};
    /// use vfs::{Errno, Limits, OpenOptions, RootKind, Vfs};
    ///
    /// let mut writer = Writer::new(&[])?;
    /// writer.file("lib/a.txt", b"text")?;
    /// let mut vfs = Vfs::new(Limits::default());
    /// let root = vfs.add_root(RootKind::Slash)?;
    /// vfs.mount(root, "vfs", Archive::open(writer.finish().0)?)?;
    ///
    /// let file = vfs.open(root, "/vfs/lib/a.txt", OpenOptions { read: true, ..OpenOptions::default() })?;
    /// assert_eq!(vfs.contents(file)?, b"text");
    /// assert_eq!(vfs.write(file, 0, b"new"), Err(Errno::RoFs));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `Exist` if the name is taken, `Busy` if there is a base already, `NotDir` or `RoFs` if `directory` is not a
    /// directory of the scratch, `NoSpc`.
    pub fn mount(&mut self, directory: Ino, name: &str, archive: Archive) -> Result<Ino> {
        if self.base.is_some() {
            return Err(Errno::Busy);
        }
        if self.directory_mut(directory)?.names.contains_key(name) {
            return Err(Errno::Exist);
        }
        self.charge(name_cost(name))?;
        let root = Ino::of_base(Archive::ROOT);
        self.directory_mut(directory)?.insert(name, root);
        self.node_mut(directory)?.links += 1;
        self.base = Some(Base::new(archive, directory));
        Ok(root)
    }

    /// What `stat` shows of an inode.
    ///
    /// # Errors
    /// `NoEnt` if it no longer exists.
    pub fn metadata(&self, ino: Ino) -> Result<Metadata> {
        if let Some(index) = ino.base_index() {
            return self.base()?.metadata(index);
        }
        if let Some(number) = ino.descriptor() {
            let times = Times { accessed: 0, modified: 0, changed: 0 };
            return Ok(Metadata { ino, kind: Kind::Descriptor(number), mode: 0o700, size: 0, links: 1, times });
        }
        let node = self.node(ino)?;
        let size = match &node.body {
            Body::File(content) => content.size(),
            Body::Symlink(target) => target.len() as u64,
            Body::Directory(_) | Body::Device(_) | Body::Mount(_) => 0,
        };
        Ok(Metadata { ino, kind: node.kind(), mode: node.mode, size, links: node.links, times: node.times })
    }

    /// Sets the times of an inode, nanoseconds since 1970-01-01 UTC; `None` leaves one as it is.
    ///
    /// # Errors
    /// `NoEnt`, `RoFs`, `Perm` (a directory of the system's).
    pub fn set_times(&mut self, ino: Ino, accessed: Option<u64>, modified: Option<u64>) -> Result<()> {
        let now = self.now();
        let node = self.node_mut(ino)?;
        if node.is_systems && matches!(node.body, Body::Directory(_)) {
            return Err(Errno::Perm);
        }
        let times = &mut node.times;
        times.accessed = accessed.unwrap_or(times.accessed);
        times.modified = modified.unwrap_or(times.modified);
        times.changed = now;
        Ok(())
    }

    /// Sets the permission bits of an inode; others than 0o7777 are left out.
    ///
    /// # Errors
    /// `NoEnt`, `RoFs`, `Perm` (it belongs to the system).
    pub fn set_mode(&mut self, ino: Ino, mode: u16) -> Result<()> {
        let node = self.node_mut(ino)?;
        if node.is_systems {
            return Err(Errno::Perm);
        }
        node.mode = mode & 0o7777;
        self.touch_metadata(ino);
        Ok(())
    }

    /// Gives a node of the scratch to the system, with the mode that it then keeps. A directory that may not be written keeps
    /// its names, too.
    ///
    /// # Errors
    /// `NoEnt`, `RoFs`.
    pub fn give_to_system(&mut self, ino: Ino, mode: u16) -> Result<()> {
        self.set_mode(ino, mode)?;
        self.node_mut(ino)?.is_systems = true;
        Ok(())
    }

    /// Whether an inode is the root of a whole tree, as `/` is.
    pub fn is_slash(&self, ino: Ino) -> bool {
        self.roots.get(&ino) == Some(&RootKind::Slash)
    }

    /// How much the scratch may hold.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// What the scratch holds now.
    pub fn used(&self) -> Limits {
        self.used
    }

    /// The clock's time, nanoseconds since 1970-01-01 UTC.
    pub fn now(&self) -> u64 {
        (self.clock)()
    }

    /// Which files of the archive have been read so far: their paths, relative to its root, in the archive's order.
    pub fn files_read(&self) -> Vec<String> {
        self.base.iter().flat_map(Base::expanded).collect()
    }

    pub(crate) fn base(&self) -> Result<&Base> {
        self.base.as_ref().ok_or(Errno::NoEnt)
    }

    pub(crate) fn node(&self, ino: Ino) -> Result<&Node> {
        self.nodes.get(&ino).ok_or(Errno::NoEnt)
    }

    /// A node to be changed: the base has none.
    pub(crate) fn node_mut(&mut self, ino: Ino) -> Result<&mut Node> {
        if ino.base_index().is_some() {
            return Err(Errno::RoFs);
        }
        self.nodes.get_mut(&ino).ok_or(Errno::NoEnt)
    }

    pub(crate) fn directory(&self, ino: Ino) -> Result<&Directory> {
        match &self.node(ino)?.body {
            Body::Directory(directory) => Ok(directory),
            _ => Err(Errno::NotDir),
        }
    }

    pub(crate) fn directory_mut(&mut self, ino: Ino) -> Result<&mut Directory> {
        match &mut self.node_mut(ino)?.body {
            Body::Directory(directory) => Ok(directory),
            _ => Err(Errno::NotDir),
        }
    }

    /// What an inode is: as [`Vfs::metadata`] has it, without looking for more.
    ///
    /// # Errors
    /// `NoEnt`.
    pub fn kind(&self, ino: Ino) -> Result<Kind> {
        match (ino.base_index(), ino.descriptor()) {
            (Some(index), _) => self.base()?.kind(index),
            (None, Some(number)) => Ok(Kind::Descriptor(number)),
            (None, None) => Ok(self.node(ino)?.kind()),
        }
    }

    /// Whether a directory has been removed while it was held open: nothing can be made in it any more.
    pub(crate) fn is_gone(&self, directory: Ino) -> bool {
        self.nodes.get(&directory).is_some_and(|node| node.links == 0)
    }

    /// Makes a node that has no name yet.
    pub(crate) fn add_node(&mut self, body: Body) -> Result<Ino> {
        let bytes = match &body {
            Body::Symlink(target) => target.len() as u64,
            _ => 0,
        };
        if self.used.files >= self.limits.files {
            self.refused.1 = true;
            return Err(Errno::NoSpc);
        }
        self.charge(bytes)?;
        self.used.files += 1;
        let now = self.now();
        let ino = Ino(self.next_ino);
        self.next_ino += 1;
        let times = Times { accessed: now, modified: now, changed: now };
        let mode = body.usual_mode();
        self.nodes.insert(ino, Node { body, links: 1, mode, opens: 0, times, is_systems: false });
        Ok(ino)
    }

    /// Frees a node that has neither names nor holders left.
    pub(crate) fn reap(&mut self, ino: Ino) {
        if self.nodes.get(&ino).is_some_and(|node| node.links == 0 && node.opens == 0)
            && let Some(node) = self.nodes.remove(&ino)
        {
            self.used.files -= 1;
            self.release_bytes(match &node.body {
                Body::File(content) => content.allocated(),
                Body::Symlink(target) => target.len() as u64,
                Body::Directory(_) | Body::Device(_) | Body::Mount(_) => 0,
            });
        }
    }

    /// Sets bytes of the scratch's allowance aside.
    pub(crate) fn charge(&mut self, bytes: u64) -> Result<()> {
        match self.used.bytes.checked_add(bytes) {
            Some(used) if used <= self.limits.bytes => {
                self.used.bytes = used;
                Ok(())
            }
            _ => Err(self.refuse_bytes()),
        }
    }

    /// `NoSpc`, which is noted.
    pub(crate) fn refuse_bytes(&mut self) -> Errno {
        self.refused.0 = true;
        Errno::NoSpc
    }

    /// Whether something did not fit for its bytes.
    pub fn has_refused_bytes(&self) -> bool {
        self.refused.0
    }

    /// Whether a file, directory or symbolic link was one too many.
    pub fn has_refused_files(&self) -> bool {
        self.refused.1
    }

    pub(crate) fn free_bytes(&self) -> u64 {
        self.limits.bytes.saturating_sub(self.used.bytes)
    }

    pub(crate) fn release_bytes(&mut self, bytes: u64) {
        self.used.bytes = self.used.bytes.saturating_sub(bytes);
    }

    /// Marks contents as changed now.
    pub(crate) fn touch(&mut self, ino: Ino) {
        let now = self.now();
        if let Some(node) = self.nodes.get_mut(&ino) {
            node.times.modified = now;
            node.times.changed = now;
        }
    }

    /// Marks metadata as changed now.
    pub(crate) fn touch_metadata(&mut self, ino: Ino) {
        let now = self.now();
        if let Some(node) = self.nodes.get_mut(&ino) {
            node.times.changed = now;
        }
    }

    pub(crate) fn content_mut(&mut self, ino: Ino) -> Result<&mut Content> {
        match &mut self.node_mut(ino)?.body {
            Body::File(content) => Ok(content),
            Body::Directory(_) => Err(Errno::IsDir),
            Body::Symlink(_) | Body::Device(_) | Body::Mount(_) => Err(Errno::Inval),
        }
    }
}

fn system_clock() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    // A clock before 1970 is no reason to fail.
    now.map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
}
