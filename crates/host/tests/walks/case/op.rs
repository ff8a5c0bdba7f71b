//! What a guest does, and what another process does meanwhile.

use super::disk::Change;
use super::input::Input;
use super::path::Paths;

/// How many directories a guest keeps open, beside `/` and the current one.
pub const KEPT: usize = 3;

/// A path, seen from an open directory: `/`, the current one, or one that is kept.
#[derive(Clone, Debug)]
pub struct At {
    pub slot: usize,
    pub path: String,
}

/// How to open.
#[derive(Clone, Copy, Debug)]
pub struct How {
    pub follow: bool,
    pub read: bool,
    pub write: bool,
    pub create: bool,
    pub exclusive: bool,
    pub truncate: bool,
    pub directory: bool,
}

#[derive(Clone, Debug)]
pub enum Op {
    Stat(At, bool),
    ReadLink(At),
    List(At),
    /// Opens, reads all, writes a little if it may.
    Open(At, How),
    MakeFolder(At),
    RemoveFolder(At),
    Unlink(At),
    Rename(At, At),
    Link(At, bool, At),
    Symlink(String, At),
    SetTimes(At, bool),
    SetMode(At, u32),
    /// Opens a directory and keeps it in a slot.
    Keep(At, usize),
    /// What another process does, at a path relative to the folder of the case.
    Outside(String, Change),
}

impl Op {
    /// An operation, seen from a folder so deep in the tree.
    pub fn any(input: &mut Input<'_>, paths: &mut Paths, depth: usize) -> Op {
        if input.one_in(8) {
            let (path, change) = Change::any(input, paths);
            return Op::Outside(path, change);
        }
        let at = |input: &mut Input<'_>| At { slot: input.below(2 + KEPT), path: paths.any(input, depth) };
        let old = |input: &mut Input<'_>| At { slot: input.below(2 + KEPT), path: paths.old(input, depth) };
        let new = |input: &mut Input<'_>| At { slot: input.below(2 + KEPT), path: paths.new_name(input, depth) };
        match input.below(24) {
            0 | 1 => Op::Stat(at(input), input.one_in(2)),
            2 => Op::ReadLink(at(input)),
            3 | 4 => Op::List(at(input)),
            5..=8 => {
                let flags = input.below(128);
                let bit = |number: usize| flags >> number & 1 == 1;
                let how = How {
                    follow: !bit(0),
                    read: !bit(1),
                    write: bit(2),
                    create: bit(3),
                    exclusive: bit(3) && bit(4),
                    truncate: bit(5),
                    directory: bit(6) && !bit(3),
                };
                Op::Open(if how.create { new(input) } else { old(input) }, how)
            }
            9 | 10 => Op::MakeFolder(new(input)),
            11 => Op::RemoveFolder(old(input)),
            12 => Op::Unlink(old(input)),
            13 | 14 => Op::Rename(old(input), new(input)),
            15..=17 => Op::Link(old(input), input.one_in(2), new(input)),
            18 | 19 => Op::Symlink(paths.any(input, depth), new(input)),
            20 => Op::SetTimes(at(input), input.one_in(2)),
            21 => Op::SetMode(at(input), input.one_of(&[0o700, 0o1700])),
            _ => Op::Keep(at(input), 2 + input.below(KEPT)),
        }
    }
}

impl Op {
    /// The paths that it names.
    pub fn paths(&self) -> Vec<&At> {
        match self {
            Op::Rename(old, new) | Op::Link(old, _, new) => vec![old, new],
            Op::Stat(at, _)
            | Op::ReadLink(at)
            | Op::List(at)
            | Op::Open(at, _)
            | Op::MakeFolder(at)
            | Op::RemoveFolder(at)
            | Op::Unlink(at)
            | Op::Symlink(_, at)
            | Op::SetTimes(at, _)
            | Op::SetMode(at, _)
            | Op::Keep(at, _) => vec![at],
            Op::Outside(..) => Vec::new(),
        }
    }
}

/// What an operation gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    Done,
    /// A file, a folder or a link. In memory only its kind counts.
    Thing {
        kind: Kind,
        inode: Option<u64>,
    },
    Text(String),
    /// Names and kinds, in order.
    Names(Vec<(String, Kind)>),
    Contents(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    File,
    Folder,
    Link,
}
