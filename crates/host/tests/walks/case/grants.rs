//! What a run is granted, by the rules alone: the oracle asks nothing of the crate `policy`.
//!
//! - An argument, or what stands behind its first `=`, grants what it leads to for the system, if it exists; for writing also if
//!   it does not.
//! - What is granted is mounted at its real path; of what is missing the outermost folder.
//! - The folders above are there and hold the way only. So is the name by which something was granted: as a link; and what the
//!   name passes and leaves by `..`.
//! - A link below a folder that a key lets the app write, which leads away from there, grants nothing: the app may have made it.
//!   In place of what is granted, or of a folder above what a key grants, it can make none; from or to what a key grants, and
//!   folders above, it can move no folder.

use std::collections::BTreeSet;
use std::fs::canonicalize;
use std::path::{Component, Path, PathBuf};

/// What may be done with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    None,
    /// It is the way to something that may be made.
    Make,
    Read,
    Write,
}

/// Something that is granted.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The path as it was written, made absolute.
    written: PathBuf,
    pub path: PathBuf,
    access: Access,
    /// A key grants it, and not an argument.
    is_key: bool,
    /// Names that lead elsewhere, and where.
    pub names: Vec<(PathBuf, PathBuf)>,
    /// Folders that are passed.
    pub passed: Vec<PathBuf>,
}

/// What an absolute path grants, if anything.
pub fn granted(path: &Path, access: Access, is_key: bool) -> Option<Granted> {
    let path: PathBuf = path.components().collect();
    let real = match canonicalize(&path) {
        Ok(real) => real,
        Err(_) if access == Access::Write => real_path_of_missing(&path)?,
        Err(_) => return None,
    };
    let (mut names, mut passed) = (Vec::new(), Vec::new());
    let mut named = PathBuf::from("/");
    for component in path.components() {
        match component {
            Component::Normal(name) => named.push(name),
            Component::ParentDir => {
                let folder = canonicalize(&named).expect("it leads on");
                names.push((named, folder.clone()));
                named = folder.parent().unwrap_or(Path::new("/")).to_path_buf();
                passed.push(folder);
            }
            _ => {}
        }
    }
    names.push((named, real.clone()));
    names.retain(|(named, path)| named != path);
    Some(Granted { written: path, path: real, access, is_key, names, passed })
}

impl Granted {
    /// Whether the app may have made a link that this grant follows; it may write to these folders.
    pub fn may_be_planted(&self, writable: &[PathBuf]) -> bool {
        let links = links_on(&self.written, &mut 40);
        let is_planted = |folder: &PathBuf| {
            let is_below = |link: &PathBuf| link != folder && link.starts_with(folder);
            !self.path.starts_with(folder) && links.iter().any(is_below)
        };
        writable.iter().any(is_planted)
    }
}

/// The links that the system follows on the way of a path, as many as it follows.
fn links_on(path: &Path, left: &mut usize) -> Vec<PathBuf> {
    let (mut found, mut at) = (Vec::new(), PathBuf::from("/"));
    for component in path.components() {
        let next = match component {
            Component::Normal(name) => at.join(name),
            Component::ParentDir => at.parent().unwrap_or(Path::new("/")).to_path_buf(),
            _ => continue,
        };
        if let Ok(target) = next.read_link()
            && *left > 0
        {
            *left -= 1;
            found.extend(links_on(&at.join(target), left));
            found.push(next.clone());
        }
        at = canonicalize(&next).unwrap_or(next);
    }
    found
}

/// Where the system would put something that is missing.
fn real_path_of_missing(path: &Path) -> Option<PathBuf> {
    let mut at = PathBuf::from("/");
    let mut rest = path.components().skip(1);
    while let Some(component) = rest.next() {
        if !at.is_dir() {
            return None;
        }
        let next = at.join(component);
        match canonicalize(&next) {
            Ok(real) => at = real,
            Err(_) if next.symlink_metadata().is_ok() => return rest.next().is_none().then_some(next),
            Err(_) => {
                let names: PathBuf = rest.collect();
                let leaves = names.components().any(|component| component == Component::ParentDir);
                return (!leaves).then(|| next.components().chain(names.components()).collect());
            }
        }
    }
    None
}

/// The grants of a run.
pub struct Grants {
    pub all: Vec<Granted>,
    /// Folders above what may be written that were missing when the run began.
    to_be_made: BTreeSet<PathBuf>,
    pub mounts: BTreeSet<PathBuf>,
}

impl Grants {
    pub fn new(all: Vec<Granted>) -> Grants {
        let missing = |path: &Path| -> Vec<PathBuf> {
            let above = path.ancestors().skip(1).take_while(|folder| folder.symlink_metadata().is_err());
            above.map(Path::to_path_buf).collect()
        };
        let mut outermost: Vec<PathBuf> =
            all.iter().map(|granted| missing(&granted.path).pop().unwrap_or(granted.path.clone())).collect();
        outermost.sort();
        let mut mounts: BTreeSet<PathBuf> = BTreeSet::new();
        for path in outermost {
            if !mounts.iter().any(|mount| path.starts_with(mount)) {
                mounts.insert(path);
            }
        }
        let written = all.iter().filter(|granted| granted.access == Access::Write);
        let to_be_made = written.flat_map(|granted| missing(&granted.path)).collect();
        Grants { all, to_be_made, mounts }
    }

    /// What may be done with a real path.
    pub fn access(&self, path: &Path) -> Access {
        let granted = self.all.iter().filter(|granted| path.starts_with(&granted.path)).map(|granted| granted.access);
        let made = self.to_be_made.contains(path).then_some(Access::Make);
        granted.chain(made).max().unwrap_or(Access::None)
    }

    /// Whether no link may come to a path: in place of what is granted, or where a key's is looked for.
    pub fn is_no_place_for_links(&self, path: &Path) -> bool {
        self.all.iter().any(|granted| granted.path == path) || self.are_looked_for_at(path)
    }

    /// Whether a path is one of a key's, or lies above one.
    pub fn are_looked_for_at(&self, path: &Path) -> bool {
        self.all.iter().any(|granted| granted.is_key && granted.path.starts_with(path))
    }

    /// Whether a path is, or lies below, something that is mounted.
    pub fn is_mounted(&self, path: &Path) -> bool {
        self.mounts.iter().any(|mount| path.starts_with(mount))
    }
}
