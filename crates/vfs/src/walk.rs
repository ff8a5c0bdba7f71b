//! Walking a path, as POSIX's pathname resolution and Linux say, over any [`Tree`]: the VFS alone, or one that goes on in
//! folders of the host.

use crate::errno::Errno;

/// Most bytes of one name.
pub const MAX_NAME: usize = archive::format::MAX_NAME;
/// Most bytes of a path, and of a symbolic link's target.
pub const MAX_PATH: usize = 4096;
/// Most symbolic links followed in one walk (Linux: 40).
pub const MAX_FOLLOWED: u32 = 40;

/// What a walk goes over. Names are bytes, as they are on a disk.
pub trait Tree {
    /// Something in it: a directory, a file, a link.
    type Node: Clone;
    /// How looking at it can fail.
    type Error: From<Errno>;

    /// What may not be left by a walk that begins in `start`.
    ///
    /// # Errors
    /// The tree's.
    fn fence(&self, start: &Self::Node) -> Result<Fence<Self::Node>, Self::Error>;

    /// Whether a node is the root that a [`Fence::Stay`] names.
    fn is_root(&self, node: &Self::Node, root: &Self::Node) -> bool;

    /// Fails unless names may be looked up in a node: `NotDir`, `Acces`.
    ///
    /// # Errors
    /// The tree's.
    fn expect_searchable(&self, node: &Self::Node) -> Result<(), Self::Error>;

    /// What a name in a directory leads to; links are not followed. `is_last`: nobody will ask it for names of its own.
    ///
    /// # Errors
    /// The tree's.
    fn child(&self, directory: &Self::Node, name: &[u8], is_last: bool) -> Result<Option<Self::Node>, Self::Error>;

    /// Where `..` leads.
    ///
    /// # Errors
    /// The tree's.
    fn parent(&self, directory: &Self::Node) -> Result<Self::Node, Self::Error>;

    /// The target, if it is a symbolic link.
    ///
    /// # Errors
    /// The tree's.
    fn link(&self, node: &Self::Node) -> Result<Option<Vec<u8>>, Self::Error>;
}

/// What may not be left.
#[derive(Clone, Debug)]
pub enum Fence<N> {
    /// A whole tree's root: `..` stays there, absolute paths start there.
    Stay(N),
    /// The directory that the walk began in: WASI's capabilities reach no further than the descriptor at hand.
    Refuse,
}

/// What to do with a symbolic link in the last place. Links before it are always followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
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
pub enum Last {
    /// A name.
    Name(Vec<u8>),
    /// `.`, or a path that is nothing but slashes.
    Dot,
    /// `..`
    DotDot,
}

/// Where a path leads.
#[derive(Clone, Debug)]
pub struct Resolved<N> {
    /// The directory that holds the last component; for `.` and `..` what they lead to.
    pub parent: N,
    /// The last component.
    pub last: Last,
    /// What is there, if anything.
    pub node: Option<N>,
    /// The path ended in a slash: only a directory will do.
    pub slash: bool,
}

/// Walks `path` from `start`.
///
/// # Errors
/// `NoEnt`, `NotDir`, `Loop`, `NameTooLong`, `Inval` (a NUL), `Perm` (out of [`Fence::Refuse`]), and the tree's.
pub fn walk<T: Tree>(tree: &T, start: T::Node, path: &[u8], follow: Follow) -> Result<Resolved<T::Node>, T::Error> {
    if path.is_empty() {
        return Err(Errno::NoEnt.into());
    }
    let fence = tree.fence(&start)?;
    let mut walk = Walk { tree, at: start, fence, depth: 0, followed: 0, pending: Vec::new() };
    walk.push(path)?;
    walk.run(follow)
}

struct Walk<'a, T: Tree> {
    tree: &'a T,
    at: T::Node,
    fence: Fence<T::Node>,
    /// How far `at` lies below where the walk began.
    depth: usize,
    followed: u32,
    /// Components still to walk, the next one last. An empty one stands for a trailing slash.
    pending: Vec<Vec<u8>>,
}

impl<T: Tree> Walk<'_, T> {
    /// Puts a path in front of what is pending; an absolute one goes back to the root.
    fn push(&mut self, path: &[u8]) -> Result<(), T::Error> {
        if path.contains(&0) {
            return Err(Errno::Inval.into());
        }
        if path.len() >= MAX_PATH {
            return Err(Errno::NameTooLong.into());
        }
        if path.starts_with(b"/") {
            match &self.fence {
                Fence::Stay(root) => self.at = root.clone(),
                Fence::Refuse => return Err(Errno::Perm.into()),
            }
        }
        if path.ends_with(b"/") && self.pending.is_empty() {
            self.pending.push(Vec::new());
        }
        let components = path.split(|byte| *byte == b'/').filter(|component| !component.is_empty());
        self.pending.extend(components.rev().map(<[u8]>::to_vec));
        Ok(())
    }

    fn run(mut self, follow: Follow) -> Result<Resolved<T::Node>, T::Error> {
        loop {
            let Some(component) = self.pending.pop() else {
                return Ok(self.here(Last::Dot));
            };
            if component.is_empty() {
                // Nothing but slashes, or a slash behind `.` or `..`.
                return Ok(Resolved { slash: true, ..self.here(Last::Dot) });
            }
            let slash = self.pending.last().is_some_and(Vec::is_empty);
            let is_last = self.pending.is_empty() || slash;
            self.tree.expect_searchable(&self.at)?;
            if component == b"." || component == b".." {
                let last = if component == b"." { Last::Dot } else { Last::DotDot };
                if last == Last::DotDot {
                    self.up()?;
                }
                if is_last {
                    return Ok(Resolved { slash, ..self.here(last) });
                }
                continue;
            }
            if component.len() > MAX_NAME {
                return Err(Errno::NameTooLong.into());
            }
            let node = self.tree.child(&self.at, &component, is_last)?;
            let follow_here = match follow {
                _ if !is_last => true,
                Follow::Yes => true,
                Follow::BeforeSlash => slash,
                Follow::ToCreate => !slash,
                Follow::Never => false,
            };
            if follow_here
                && let Some(node) = &node
                && let Some(target) = self.tree.link(node)?
            {
                self.follow(&target)?;
                continue;
            }
            if is_last {
                return Ok(Resolved { parent: self.at, last: Last::Name(component), node, slash });
            }
            self.at = node.ok_or(Errno::NoEnt)?;
            self.depth += 1;
        }
    }

    fn follow(&mut self, target: &[u8]) -> Result<(), T::Error> {
        self.followed += 1;
        if self.followed > MAX_FOLLOWED {
            return Err(Errno::Loop.into());
        }
        if target.is_empty() {
            return Err(Errno::NoEnt.into());
        }
        self.push(target)
    }

    fn up(&mut self) -> Result<(), T::Error> {
        match &self.fence {
            Fence::Stay(root) if self.tree.is_root(&self.at, root) => return Ok(()),
            Fence::Refuse if self.depth == 0 => return Err(Errno::Perm.into()),
            _ => {}
        }
        self.at = self.tree.parent(&self.at)?;
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    fn here(&self, last: Last) -> Resolved<T::Node> {
        Resolved { parent: self.at.clone(), last, node: Some(self.at.clone()), slash: false }
    }
}
