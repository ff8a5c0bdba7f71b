//! What each operation must give. It says so before the guest makes the call, and then does the same to the twin.

use super::disk::look_at_all;
use super::op::{At, KEPT, Op, Shown};
use super::setting::Setting;
use super::tree::{Last, Spot, Tree};
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What an operation must give.
#[derive(Debug)]
pub enum Expected {
    /// This.
    Gives(Shown),
    /// An error; where there are several reasons, any of them.
    Fails(Vec<&'static str>),
    /// The oracle does not say. Nothing may change.
    Anything,
    /// It would change memory, which is not what is looked at here.
    Skip,
}

/// What an operation must give, or the reasons why it fails.
pub type Answer = Result<Expected, Vec<&'static str>>;

/// A directory that is kept open.
struct Kept {
    path: PathBuf,
    /// In the twin, where it is open: its number is given to nothing else.
    folder: Option<File>,
}

pub struct Oracle<'a> {
    pub tree: Tree<'a>,
    kept: Vec<Kept>,
}

impl<'a> Oracle<'a> {
    pub fn new(setting: &'a Setting) -> Oracle<'a> {
        let kept = (0..2 + KEPT).map(|_| Kept { path: "/".into(), folder: None }).collect();
        let mut oracle = Oracle { tree: Tree::new(setting), kept };
        for slot in 1..2 + KEPT {
            oracle.keep(slot, &setting.current_folder);
        }
        oracle
    }

    /// A path of the guest's tree, in the twin.
    pub fn twin(&self, path: &Path) -> PathBuf {
        self.tree.setting.in_twin(path)
    }

    fn keep(&mut self, slot: usize, path: &Path) {
        let is_host = self.tree.grants().is_mounted(path);
        let folder = is_host.then(|| File::open(self.twin(path)).expect("opened"));
        self.kept[slot] = Kept { path: path.to_path_buf(), folder };
    }

    /// Where a kept directory is now; the guest may have moved it. `None` if it has been removed.
    fn start(&self, kept: &Kept) -> Option<PathBuf> {
        let Some(folder) = &kept.folder else { return Some(kept.path.clone()) };
        let number = folder.metadata().expect("it is open").ino();
        if inode(&self.twin(&kept.path)) == Some(number) {
            return Some(kept.path.clone());
        }
        let (path, _) = look_at_all(&self.tree.setting.twin).into_iter().find(|(_, entry)| entry.inode == number)?;
        Some(self.tree.setting.tree.join(path))
    }

    /// Where a path leads.
    pub fn walk(&self, at: &At, last: Last) -> Result<Spot, Vec<&'static str>> {
        let start = self.start(&self.kept[at.slot]).expect("asked before");
        self.tree.walk(&start, &at.path, last).map_err(|error| vec![error])
    }

    pub fn begins_in_archive(&self, at: &At) -> bool {
        self.kept[at.slot].path.starts_with("/vfs")
    }

    /// What an operation must give; if it is to succeed, it is done in the twin.
    pub fn expect(&mut self, op: &Op) -> Expected {
        for at in op.paths() {
            if self.start(&self.kept[at.slot]).is_none() {
                // What a removed folder is the system's own file system says. Nothing can be made in it.
                let leaves = |at: &At| at.path.starts_with('/') || at.path.split('/').any(|name| name == "..");
                let is_left = op.paths().into_iter().any(leaves) || matches!(op, Op::Keep(..));
                return if is_left { Expected::Skip } else { Expected::Anything };
            }
        }
        let answer = match op {
            Op::Stat(at, follow) => self.stat(at, *follow),
            Op::ReadLink(at) => self.read_link(at),
            Op::List(at) => self.list(at),
            Op::Open(at, how) => self.open(at, *how),
            Op::MakeFolder(at) => self.make_folder(at),
            Op::RemoveFolder(at) => self.remove_folder(at),
            Op::Unlink(at) => self.unlink(at),
            Op::Rename(old, new) => self.rename(old, new),
            Op::Link(old, follow, new) => self.link(old, *follow, new),
            Op::Symlink(target, at) => self.symlink(target, at),
            Op::SetTimes(at, follow) => self.set_times(at, *follow),
            Op::SetMode(at, mode) => self.set_mode(at, *mode),
            Op::Keep(at, slot) => self.folder(at).map(|spot| {
                self.keep(*slot, &spot.path);
                Expected::Gives(Shown::Done)
            }),
            Op::Outside(..) => return Expected::Skip,
        };
        answer.unwrap_or_else(Expected::Fails)
    }
}

/// What the system said to the oracle's own call.
pub fn done(result: io::Result<()>) -> Answer {
    let error = match result {
        Ok(()) => return Ok(Expected::Gives(Shown::Done)),
        Err(error) => error,
    };
    Err(vec![match error.kind() {
        io::ErrorKind::AlreadyExists => "EEXIST",
        io::ErrorKind::NotFound => "ENOENT",
        io::ErrorKind::NotADirectory => "ENOTDIR",
        io::ErrorKind::IsADirectory => "EISDIR",
        io::ErrorKind::DirectoryNotEmpty => "ENOTEMPTY",
        io::ErrorKind::InvalidInput => "EINVAL",
        _ => panic!("unexpected: {error}"),
    }])
}

/// The number of what is at a path, links not followed.
pub fn inode(path: &Path) -> Option<u64> {
    path.symlink_metadata().ok().map(|found| found.ino())
}
