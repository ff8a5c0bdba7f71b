//! Walking a path, as POSIX's pathname resolution and Linux say.

use crate::errno::{Errno, Result};
use crate::node::{Body, Ino, Kind};
use crate::permissions::SEARCH;
use crate::tree::{RootKind, Vfs};

/// Most bytes of one name.
pub const MAX_NAME: usize = archive::format::MAX_NAME;
/// Most bytes of a path, and of a symbolic link's target.
pub const MAX_PATH: usize = 4096;
/// Most symbolic links followed in one walk (Linux: 40).
pub const MAX_FOLLOWED: u32 = 40;

/// What to do with a symbolic link in the last place. Links before it are always followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Follow {
    /// Follow it.
    Yes,
    /// Only if a slash comes after it, as `lstat` does.
    BeforeSlash,
    /// Follow it unless a slash comes after it: `open` refuses to create something with a slash behind it before it
    /// looks what is there.
    ToCreate,
    /// Never: the caller means the name itself, as `unlink` does.
    Never,
}

/// The last component of a path, once links are followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    Name(String),
    /// `.`, or a path that is nothing but slashes.
    Dot,
    DotDot,
}

/// Where a path leads.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    /// The directory that holds the last component.
    pub parent: Ino,
    pub last: Last,
    /// What is there, if anything.
    pub node: Option<Ino>,
    /// The path ended in a slash: only a directory will do.
    pub slash: bool,
}

impl Resolved {
    /// What is there, or `NoEnt`; `NotDir` if a slash asked for a directory and it is none.
    pub fn existing(&self, vfs: &Vfs) -> Result<Ino> {
        let ino = self.node.ok_or(Errno::NoEnt)?;
        if self.slash && vfs.kind(ino)? != Kind::Directory {
            return Err(Errno::NotDir);
        }
        Ok(ino)
    }
}

impl Vfs {
    /// The inode that `path`, walked from `directory`, leads to. A link in the last place is followed if `follow`,
    /// or if a slash comes after it.
    ///
    /// # Errors
    /// `NoEnt`, `NotDir`, `Acces`, `Loop`, `NameTooLong`, `Inval` (a NUL), `Perm` (out of a confined root), `Io`.
    pub fn lookup(&self, directory: Ino, path: &str, follow: bool) -> Result<Ino> {
        let follow = if follow { Follow::Yes } else { Follow::BeforeSlash };
        self.resolve(directory, path, follow)?.existing(self)
    }

    pub(crate) fn resolve(&self, directory: Ino, path: &str, follow: Follow) -> Result<Resolved> {
        if path.is_empty() {
            return Err(Errno::NoEnt);
        }
        let fence = match self.root_of(directory)? {
            (root, RootKind::Slash) => Fence::Stay(root),
            (_, RootKind::Confined) => Fence::Refuse(directory),
        };
        let mut walk = Walk { vfs: self, at: directory, fence, followed: 0, pending: Vec::new() };
        walk.push(path)?;
        walk.run(follow)
    }

    /// The child of a directory by name.
    pub(crate) fn child(&self, directory: Ino, name: &str) -> Result<Option<Ino>> {
        match directory.base_index() {
            Some(index) => Ok(self.base()?.archive.lookup(index, name).map(Ino::of_base)),
            None => {
                let directory = self.directory(directory)?;
                if directory.is_of_descriptors {
                    Ok(descriptor(name))
                } else {
                    Ok(directory.names.get(name).map(|slot| slot.ino))
                }
            }
        }
    }

    /// Where `..` leads. A root is its own parent.
    pub(crate) fn parent(&self, directory: Ino) -> Result<Ino> {
        match directory.base_index() {
            Some(index) => Ok(self.base()?.parent(index)),
            None => Ok(self.directory(directory)?.parent),
        }
    }

    /// The path of a directory from its root, beginning with a slash.
    ///
    /// # Errors
    /// `NoEnt` if it has been removed, `NotDir`, `NameTooLong` if no call would take it.
    pub fn path(&self, directory: Ino) -> Result<String> {
        let mut names = Vec::new();
        let mut len = 0;
        let mut at = directory;
        while !self.roots.contains_key(&at) {
            let parent = self.parent(at)?;
            let name = self.name_in(parent, at)?;
            len += 1 + name.len();
            if len >= MAX_PATH {
                return Err(Errno::NameTooLong);
            }
            names.push(name);
            at = parent;
        }
        if names.is_empty() {
            return Ok("/".to_string());
        }
        Ok(names.iter().rev().flat_map(|name| ["/", name]).collect())
    }

    /// The name of an inode in a directory.
    fn name_in(&self, directory: Ino, ino: Ino) -> Result<String> {
        if self.is_gone(ino) {
            return Err(Errno::NoEnt);
        }
        let name =
            self.read_dir(directory, 0)?.find(|entry| entry.ino == ino && entry.name != "." && entry.name != "..");
        name.map(|entry| entry.name.to_string()).ok_or(Errno::NoEnt)
    }

    /// The target of a symbolic link.
    pub(crate) fn target(&self, link: Ino) -> Result<String> {
        if self.kind(link)? != Kind::Symlink {
            return Err(Errno::Inval);
        }
        if let Some(index) = link.base_index() {
            return self.base()?.target(index);
        }
        match &self.node(link)?.body {
            Body::Symlink(target) => Ok(target.to_string()),
            _ => Err(Errno::Inval),
        }
    }

    /// The root that a directory lies under, and its kind.
    pub(crate) fn root_of(&self, directory: Ino) -> Result<(Ino, RootKind)> {
        let mut at = directory;
        loop {
            if let Some(kind) = self.roots.get(&at) {
                return Ok((at, *kind));
            }
            at = self.parent(at)?;
        }
    }
}

/// What the name of a descriptor leads to: its number as it is written, without leading zeros.
fn descriptor(name: &str) -> Option<Ino> {
    let number: u32 = name.parse().ok()?;
    (number.to_string() == name).then(|| Ino::of_descriptor(number))
}

/// What may not be left.
#[derive(Clone, Copy)]
enum Fence {
    /// A whole tree's root: `..` stays there, absolute paths start there.
    Stay(Ino),
    /// The directory that the walk began in: WASI's capabilities reach no further than the descriptor at hand.
    Refuse(Ino),
}

struct Walk<'a> {
    vfs: &'a Vfs,
    at: Ino,
    fence: Fence,
    followed: u32,
    /// Components still to walk, the next one last. An empty one stands for a trailing slash.
    pending: Vec<String>,
}

impl Walk<'_> {
    /// Puts a path in front of what is pending; an absolute one goes back to the root.
    fn push(&mut self, path: &str) -> Result<()> {
        if path.contains('\0') {
            return Err(Errno::Inval);
        }
        if path.len() >= MAX_PATH {
            return Err(Errno::NameTooLong);
        }
        if path.starts_with('/') {
            match self.fence {
                Fence::Stay(root) => self.at = root,
                Fence::Refuse(_) => return Err(Errno::Perm),
            }
        }
        if path.ends_with('/') && self.pending.is_empty() {
            self.pending.push(String::new());
        }
        let components = path.split('/').filter(|component| !component.is_empty());
        self.pending.extend(components.rev().map(str::to_string));
        Ok(())
    }

    fn run(mut self, follow: Follow) -> Result<Resolved> {
        loop {
            let Some(component) = self.pending.pop() else {
                return Ok(self.here(Last::Dot));
            };
            if component.is_empty() {
                // Nothing but slashes, or a slash behind `.` or `..`.
                return Ok(Resolved { slash: true, ..self.here(Last::Dot) });
            }
            let slash = self.pending.last().is_some_and(String::is_empty);
            let is_last = self.pending.is_empty() || slash;
            if self.vfs.kind(self.at)? != Kind::Directory {
                return Err(Errno::NotDir);
            }
            self.vfs.expect_allowed(self.at, SEARCH)?;
            if component == "." || component == ".." {
                let last = if component == "." { Last::Dot } else { Last::DotDot };
                if last == Last::DotDot {
                    self.at = self.up()?;
                }
                if is_last {
                    return Ok(Resolved { slash, ..self.here(last) });
                }
                continue;
            }
            if component.len() > MAX_NAME {
                return Err(Errno::NameTooLong);
            }
            let node = self.vfs.child(self.at, &component)?;
            let follow_here = match follow {
                _ if !is_last => true,
                Follow::Yes => true,
                Follow::BeforeSlash => slash,
                Follow::ToCreate => !slash,
                Follow::Never => false,
            };
            if let Some(link) = node
                && follow_here
                && self.vfs.kind(link)? == Kind::Symlink
            {
                self.follow(link)?;
                continue;
            }
            if is_last {
                return Ok(Resolved { parent: self.at, last: Last::Name(component), node, slash });
            }
            self.at = node.ok_or(Errno::NoEnt)?;
        }
    }

    fn follow(&mut self, link: Ino) -> Result<()> {
        self.followed += 1;
        if self.followed > MAX_FOLLOWED {
            return Err(Errno::Loop);
        }
        let target = self.vfs.target(link)?;
        if target.is_empty() {
            return Err(Errno::NoEnt);
        }
        self.push(&target)
    }

    fn up(&self) -> Result<Ino> {
        match self.fence {
            Fence::Stay(root) if self.at == root => Ok(root),
            Fence::Refuse(start) if self.at == start => Err(Errno::Perm),
            _ => self.vfs.parent(self.at),
        }
    }

    fn here(&self, last: Last) -> Resolved {
        Resolved { parent: self.at, last, node: Some(self.at), slash: false }
    }
}
