//! The guest's tree as it must be: memory, and the twin where something is mounted. A path is walked in it name by name.

use super::grants::{Access, Grants};
use super::op::Kind;
use super::setting::Setting;
use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

/// Most links that are followed, as Linux has it.
const MAX_FOLLOWED: usize = 40;

/// What is at a path of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    Missing,
    File,
    Folder,
    Link(String),
}

impl Thing {
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Thing::Missing => None,
            Thing::File => Some(Kind::File),
            Thing::Folder => Some(Kind::Folder),
            Thing::Link(_) => Some(Kind::Link),
        }
    }
}

/// Who has a part of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The host; what may be done with it.
    Host(Access),
    /// The system: memory that cannot be written.
    System,
    /// The guest: memory that it may write.
    Guest,
    /// The archive.
    Archive,
}

/// What becomes of a link in the last place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    Follow,
    FollowIfSlash,
    FollowUnlessSlash,
    Keep,
}

/// Where a path leads.
#[derive(Clone, Debug)]
pub struct Spot {
    pub path: PathBuf,
    pub thing: Thing,
    /// The last component is a name, not `.` or `..`.
    pub is_name: bool,
    pub slash: bool,
}

impl Spot {
    pub fn is_link(&self) -> bool {
        matches!(self.thing, Thing::Link(_))
    }
}

pub struct Tree<'a> {
    pub setting: &'a Setting,
    memory: BTreeMap<PathBuf, (Thing, Owner)>,
}

impl<'a> Tree<'a> {
    pub fn new(setting: &'a Setting) -> Tree<'a> {
        let mut tree = Tree { setting, memory: BTreeMap::new() };
        for (path, owner) in [
            ("/", Owner::System),
            ("/dev", Owner::System),
            ("/home", Owner::System),
            ("/home/pyapp", Owner::Guest),
            ("/tmp", Owner::Guest),
            ("/vfs", Owner::Archive),
        ] {
            tree.memory.insert(path.into(), (Thing::Folder, owner));
        }
        for (name, target) in &setting.home_links {
            let path = Path::new("/home/pyapp").join(name);
            tree.memory.insert(path, (Thing::Link(target.clone()), Owner::Guest));
        }
        for mount in &tree.grants().mounts {
            tree.make_way(mount.parent().expect("below the tree"));
        }
        // The shorter name first: what lies below it is reached through it.
        let mut names: Vec<_> = tree.grants().all.iter().flat_map(|granted| &granted.names).collect();
        names.sort();
        for (named, path) in names {
            if let Some(folder) = tree.make_way(named.parent().expect("below the tree")) {
                let named = folder.join(named.file_name().expect("a name"));
                if !tree.grants().is_mounted(&named) {
                    let target = path.to_str().expect("UTF-8").to_string();
                    tree.memory.entry(named).or_insert((Thing::Link(target), Owner::System));
                }
            }
        }
        for folder in tree.grants().all.iter().flat_map(|granted| &granted.passed) {
            tree.make_way(folder);
        }
        tree.make_way(&setting.current_folder);
        tree
    }

    pub fn grants(&self) -> &'a Grants {
        &self.setting.grants
    }

    /// Makes the folders of a path in memory, as far as nothing is mounted there. Where it leads in memory.
    fn make_way(&mut self, path: &Path) -> Option<PathBuf> {
        let mut at = PathBuf::from("/");
        for name in path.components().skip(1) {
            let next = at.join(name);
            if self.grants().is_mounted(&next) {
                return None;
            }
            at = match self.memory.get(&next) {
                Some((Thing::Link(target), _)) => {
                    let target = PathBuf::from(target);
                    self.make_way(&target)?
                }
                Some(_) => next,
                None => {
                    self.memory.insert(next.clone(), (Thing::Folder, Owner::System));
                    next
                }
            };
        }
        Some(at)
    }

    /// What is at a path without links on the way.
    pub fn look(&self, path: &Path) -> Thing {
        if !self.grants().is_mounted(path) {
            return self.memory.get(path).map_or(Thing::Missing, |(thing, _)| thing.clone());
        }
        if self.grants().access(path) == Access::None {
            return Thing::Missing;
        }
        let path = self.setting.in_twin(path);
        match path.symlink_metadata() {
            Err(_) => Thing::Missing,
            Ok(found) if found.is_symlink() => {
                let target = fs::read_link(path).expect("read");
                Thing::Link(target.to_str().expect("UTF-8").to_string())
            }
            Ok(found) if found.is_dir() => Thing::Folder,
            Ok(_) => Thing::File,
        }
    }

    /// Who has what is at a path, or would have what is made there.
    pub fn owner(&self, path: &Path) -> Owner {
        if self.grants().is_mounted(path) {
            return Owner::Host(self.grants().access(path));
        }
        let above = path.ancestors().find_map(|path| self.memory.get(path));
        above.map_or(Owner::System, |(_, owner)| *owner)
    }

    /// What is in a folder.
    pub fn names(&self, folder: &Path) -> Vec<(String, Kind)> {
        let name = |path: &Path| path.file_name().map(|name| name.to_str().expect("UTF-8").to_string());
        let mut paths: Vec<PathBuf> = Vec::new();
        if self.grants().is_mounted(folder) {
            for entry in fs::read_dir(self.setting.in_twin(folder)).expect("listed") {
                paths.push(folder.join(entry.expect("listed").file_name()));
            }
        } else {
            paths.extend(self.memory.keys().chain(&self.grants().mounts).cloned());
            paths.retain(|path| path.parent() == Some(folder));
        }
        let mut names: Vec<_> = paths.iter().filter_map(|path| Some((name(path)?, self.look(path).kind()?))).collect();
        names.sort();
        names
    }

    /// Walks a path.
    pub fn walk(&self, start: &Path, path: &str, last: Last) -> Result<Spot, &'static str> {
        if path.is_empty() {
            return Err("ENOENT");
        }
        let mut at = if path.starts_with('/') { PathBuf::from("/") } else { start.to_path_buf() };
        let mut slash = path.ends_with('/');
        let mut rest: VecDeque<String> = names_of(path).collect();
        let mut followed = 0;
        while let Some(name) = rest.pop_front() {
            if self.look(&at) != Thing::Folder {
                return Err("ENOTDIR");
            }
            match name.as_str() {
                "." => {}
                ".." => {
                    at.pop();
                }
                _ => {
                    let next = at.join(&name);
                    let thing = self.look(&next);
                    let is_last = rest.is_empty();
                    let follows = match last {
                        _ if !is_last => true,
                        Last::Follow => true,
                        Last::FollowIfSlash => slash,
                        Last::FollowUnlessSlash => !slash,
                        Last::Keep => false,
                    };
                    match thing {
                        Thing::Link(target) if follows => {
                            followed += 1;
                            if followed > MAX_FOLLOWED {
                                return Err("ELOOP");
                            }
                            if target.starts_with('/') {
                                at = PathBuf::from("/");
                            }
                            slash |= is_last && target.ends_with('/');
                            for name in names_of(&target).collect::<Vec<_>>().into_iter().rev() {
                                rest.push_front(name);
                            }
                            continue;
                        }
                        thing if is_last => return Ok(Spot { path: next, thing, is_name: true, slash }),
                        Thing::Missing => return Err("ENOENT"),
                        _ => at = next,
                    }
                }
            }
            if rest.is_empty() {
                break;
            }
        }
        let thing = self.look(&at);
        Ok(Spot { path: at, thing, is_name: false, slash })
    }
}

fn names_of(path: &str) -> impl Iterator<Item = String> {
    path.split('/').filter(|name| !name.is_empty()).map(str::to_string)
}
