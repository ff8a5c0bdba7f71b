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

    /// Whether [`Tree::leap`] is worth asking about a path that begins with this name.
    fn can_leap(&self, _directory: &Self::Node, _name: &[u8]) -> bool {
        false
    }

    /// What a path of names, one slash between two, leads to from a directory, if the tree can tell at once and no link is on the
    /// way: what [`Tree::child`] would come to, name by name. `None` means nothing: they are looked up one by one.
    fn leap(&self, _directory: &Self::Node, _path: &[u8]) -> Option<Self::Node> {
        None
    }

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
    let mut walk = Walk { tree, at: start, fence, depth: 0, followed: 0, text: Vec::new(), next: 0, leaps: true };
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
    /// A path; what is still to be walked of it begins at `next`, in front of a slash or a name.
    text: Vec<u8>,
    next: usize,
    /// No leap has failed in this path: what made it fail lies in front of the next ones, too.
    leaps: bool,
}

impl<T: Tree> Walk<'_, T> {
    /// Puts a path in front of what is still to be walked; an absolute one goes back to the root.
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
        self.text = [path, &self.text[self.next..]].concat();
        self.next = 0;
        self.leaps = true;
        Ok(())
    }

    fn run(mut self, follow: Follow) -> Result<Resolved<T::Node>, T::Error> {
        loop {
            self.next += self.text[self.next..].iter().take_while(|byte| **byte == b'/').count();
            if self.leap()? {
                continue;
            }
            let (component, behind) = first(&self.text[self.next..]);
            if component.is_empty() {
                // Nothing but slashes.
                return Ok(Resolved { slash: true, ..self.here(Last::Dot) });
            }
            let is_last = behind.iter().all(|byte| *byte == b'/');
            let slash = is_last && !behind.is_empty();
            self.tree.expect_searchable(&self.at)?;
            self.next += component.len();
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
            let node = self.tree.child(&self.at, component, is_last)?;
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
                return Ok(Resolved { parent: self.at, last: Last::Name(component.to_vec()), node, slash });
            }
            self.at = node.ok_or(Errno::NoEnt)?;
            self.depth += 1;
        }
    }

    /// Goes through the names in front of the last one at once, if there are some and the tree can.
    fn leap(&mut self) -> Result<bool, T::Error> {
        let rest = &self.text[self.next..];
        let last = rest.iter().rposition(|byte| *byte != b'/').unwrap_or(0);
        let Some(end) = rest[..last].iter().rposition(|byte| *byte == b'/') else { return Ok(false) };
        if !self.leaps || !self.tree.can_leap(&self.at, first(rest).0) {
            return Ok(false);
        }
        self.tree.expect_searchable(&self.at)?;
        let names = rest[..end].split(|byte| *byte == b'/');
        let names = names.take_while(|name| !matches!(**name, [] | [b'.'] | [b'.', b'.']));
        let (count, len) = names.fold((0, 0), |(count, len), name| (count + 1, len + name.len() + 1));
        if count < 2 {
            return Ok(false);
        }
        let node = self.tree.leap(&self.at, &rest[..len - 1]);
        self.leaps = node.is_some();
        if let Some(node) = node {
            self.at = node;
            self.depth += count;
            self.next += len;
        }
        Ok(self.leaps)
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

/// The first name of a path, and what is behind it.
fn first(path: &[u8]) -> (&[u8], &[u8]) {
    path.split_at(path.iter().position(|byte| *byte == b'/').unwrap_or(path.len()))
}
