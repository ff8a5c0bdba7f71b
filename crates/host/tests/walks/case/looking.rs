//! The oracle on operations that look at something, open it or change what it is.

use super::grants::Access;
use super::op::{At, How, Shown};
use super::oracle::{Answer, Expected::Gives, Expected::Skip, Oracle, done, inode};
use super::tree::{Last, Owner, Spot, Thing};
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// What is put at the beginning of a file that is open for writing.
pub const WRITTEN: &[u8] = b"!";

impl Oracle<'_> {
    pub fn stat(&self, at: &At, follow: bool) -> Answer {
        let spot = self.existing(at, last(follow))?;
        let kind = spot.thing.kind().ok_or(vec!["ENOENT"])?;
        // The object at this very path of the tree, which the guest works on.
        let is_host = matches!(self.tree.owner(&spot.path), Owner::Host(_));
        Ok(Gives(Shown::Thing { kind, inode: if is_host { inode(&spot.path) } else { None } }))
    }

    pub fn read_link(&self, at: &At) -> Answer {
        let spot = self.existing(at, Last::FollowIfSlash)?;
        match (spot.thing, self.tree.owner(&spot.path)) {
            // It can be seen that something is there, and no more.
            (_, Owner::Host(Access::Make)) => Err(vec!["ENOENT", "EINVAL"]),
            (Thing::Link(target), _) => Ok(Gives(Shown::Text(target))),
            _ => Err(vec!["EINVAL"]),
        }
    }

    pub fn list(&self, at: &At) -> Answer {
        Ok(Gives(Shown::Names(self.tree.names(&self.folder(at)?.path))))
    }

    /// A folder that can be opened to be listed.
    pub fn folder(&self, at: &At) -> Result<Spot, Vec<&'static str>> {
        let spot = self.existing(at, Last::Follow)?;
        match (&spot.thing, self.tree.owner(&spot.path)) {
            (_, Owner::Host(Access::Make)) => Err(vec!["ENOENT"]),
            (Thing::Folder, _) => Ok(spot),
            _ => Err(vec!["ENOTDIR"]),
        }
    }

    pub fn open(&self, at: &At, how: How) -> Answer {
        let spot = self.walk(
            at,
            match (how.create, how.follow) {
                (true, true) if !how.exclusive => Last::FollowUnlessSlash,
                (true, _) => Last::Keep,
                (false, true) => Last::Follow,
                (false, false) => Last::FollowIfSlash,
            },
        )?;
        let owner = self.tree.owner(&spot.path);
        if spot.thing == Thing::Missing && !how.create {
            return Err(vec!["ENOENT"]);
        }
        let mut reasons = Vec::new();
        if how.create && spot.slash && spot.is_name {
            reasons.push("EISDIR");
        }
        let changes = how.write || how.truncate;
        match &spot.thing {
            Thing::Missing => match cannot_make(owner) {
                None => return Ok(Skip),
                Some(why) => reasons.extend(why),
            },
            _ if owner == Owner::Host(Access::Make) => reasons.push("ENOENT"),
            thing => {
                if how.exclusive {
                    reasons.push("EEXIST");
                }
                match thing {
                    Thing::Link(_) if how.directory => reasons.push("ENOTDIR"),
                    Thing::Link(_) => reasons.push("ELOOP"),
                    Thing::Folder if changes || how.create => reasons.push("EISDIR"),
                    Thing::File if how.directory || spot.slash => reasons.push("ENOTDIR"),
                    _ => {}
                }
                if changes {
                    reasons.extend(cannot_make(owner).unwrap_or_default());
                }
            }
        }
        if !reasons.is_empty() {
            return Err(reasons);
        }
        if spot.thing == Thing::Folder {
            return Ok(Gives(Shown::Done));
        }
        let path = self.twin(&spot.path);
        if spot.thing == Thing::Missing {
            fs::write(&path, "").expect("made");
        }
        if how.truncate {
            fs::File::options().write(true).open(&path).and_then(|file| file.set_len(0)).expect("cut");
        }
        let contents = fs::read(&path).expect("read");
        if how.write {
            let rest = contents.get(WRITTEN.len()..).unwrap_or_default();
            fs::write(&path, [WRITTEN, rest].concat()).expect("written");
        }
        Ok(Gives(if how.read { Shown::Contents(contents) } else { Shown::Done }))
    }

    pub fn set_times(&self, at: &At, follow: bool) -> Answer {
        let spot = self.existing(at, last(follow))?;
        match self.tree.owner(&spot.path) {
            Owner::Host(Access::Write) => Ok(Gives(Shown::Done)),
            Owner::Host(Access::Make | Access::None) => Err(vec!["EACCES"]),
            Owner::Host(Access::Read) | Owner::Archive => Err(vec!["EROFS"]),
            Owner::System | Owner::Guest => Ok(Skip),
        }
    }

    pub fn set_mode(&self, at: &At, mode: u32) -> Answer {
        let spot = self.existing(at, Last::Follow)?;
        match self.tree.owner(&spot.path) {
            Owner::Host(Access::Make) => Err(vec!["ENOENT"]),
            Owner::Host(Access::Write) => {
                done(fs::set_permissions(self.twin(&spot.path), fs::Permissions::from_mode(mode)))
            }
            Owner::Host(_) | Owner::Archive => Err(vec!["EROFS"]),
            Owner::System | Owner::Guest => Ok(Skip),
        }
    }

    /// Where a path leads, if something is there.
    fn existing(&self, at: &At, last: Last) -> Result<Spot, Vec<&'static str>> {
        let spot = self.walk(at, last)?;
        match spot.thing {
            Thing::Missing => Err(vec!["ENOENT"]),
            // Of what is on the way to a grant either comes first.
            Thing::File | Thing::Link(_) if spot.slash => match self.tree.owner(&spot.path) {
                Owner::Host(Access::Make) => Err(vec!["ENOTDIR", "ENOENT"]),
                _ => Err(vec!["ENOTDIR"]),
            },
            _ => Ok(spot),
        }
    }
}

/// What `lstat` and `stat` do with a link in the last place.
pub fn last(follow: bool) -> Last {
    if follow { Last::Follow } else { Last::FollowIfSlash }
}

/// Why something cannot be made or changed, by who has it; `None` if memory would be changed.
pub fn cannot_make(owner: Owner) -> Option<&'static [&'static str]> {
    Some(match owner {
        Owner::Host(Access::Write) => &[],
        Owner::Host(Access::Read) | Owner::Archive => &["EROFS"],
        // The way to what may be made is like a folder of the system's.
        Owner::Host(Access::Make | Access::None) | Owner::System => &["EACCES"],
        Owner::Guest => return None,
    })
}
