//! The oracle on operations that make, move and take away names.

use super::grants::Access;
use super::looking::{cannot_make, last};
use super::op::At;
use super::oracle::{Answer, Expected::Anything, Expected::Skip, Oracle, done};
use super::tree::{Last, Owner, Spot, Thing};
use std::fs;
use std::os::unix::fs::symlink;

type Reasons = Vec<&'static str>;

impl Oracle<'_> {
    pub fn make_folder(&self, at: &At) -> Answer {
        let spot = self.walk(at, Last::Keep)?;
        if !spot.is_name || spot.thing != Thing::Missing {
            return Err(vec!["EEXIST"]);
        }
        match self.tree.owner(&spot.path) {
            Owner::Host(Access::Make) => {}
            owner => match cannot_make(owner) {
                Some([]) => {}
                Some(why) => return Err(why.to_vec()),
                None => return Ok(Skip),
            },
        }
        done(fs::create_dir(self.twin(&spot.path)))
    }

    pub fn remove_folder(&self, at: &At) -> Answer {
        let spot = self.walk(at, Last::Keep)?;
        match spot.thing {
            Thing::Folder => {}
            Thing::Missing => return Err(vec!["ENOENT"]),
            _ => return Err(vec!["ENOTDIR"]),
        }
        let mut reasons = self.cannot_take(&spot);
        if !spot.is_name {
            reasons.extend(["EINVAL", "ENOTEMPTY"]);
        }
        if !reasons.is_empty() {
            return Err(reasons);
        }
        done(fs::remove_dir(self.twin(&spot.path)))
    }

    pub fn unlink(&self, at: &At) -> Answer {
        let spot = self.walk(at, Last::Keep)?;
        match spot.thing {
            Thing::Missing => return Err(vec!["ENOENT"]),
            Thing::Folder => return Err(vec!["EISDIR"]),
            _ => {}
        }
        let mut reasons = self.cannot_take(&spot);
        if spot.slash {
            reasons.push("ENOTDIR");
        }
        match self.tree.owner(&spot.path) {
            Owner::Guest => Ok(Skip),
            _ if !reasons.is_empty() => Err(reasons),
            _ => done(fs::remove_file(self.twin(&spot.path))),
        }
    }

    pub fn rename(&self, old: &At, new: &At) -> Answer {
        let (old, new) = self.both((old, Last::Keep), (new, Last::Keep))?;
        let owners = [&old, &new].map(|spot| self.tree.owner(&spot.path));
        let mut reasons = across(owners);
        if !old.is_name || !new.is_name {
            reasons.push("EBUSY");
        }
        match old.thing {
            Thing::Missing => reasons.push("ENOENT"),
            Thing::Folder => {}
            _ if old.slash || new.slash => reasons.push("ENOTDIR"),
            _ => {}
        }
        reasons.extend(self.cannot_take(&old));
        for spot in [&old, &new] {
            let is_folder = old.thing == Thing::Folder || spot.thing == Thing::Folder;
            if is_folder && self.tree.grants().are_looked_for_at(&spot.path) {
                reasons.push("EBUSY");
            }
        }
        if old.is_link() {
            reasons.extend(self.cannot_be_a_link(&new));
        }
        reasons.extend(match new.thing {
            Thing::Missing => cannot_make(owners[1]).unwrap_or_default().to_vec(),
            _ => self.cannot_take(&new),
        });
        if !owners.iter().any(|owner| matches!(owner, Owner::Host(_))) {
            if owners == [Owner::Guest; 2] {
                return Ok(Skip);
            }
            // Onto itself it stays as it is.
            if old.path == new.path {
                return Ok(Anything);
            }
            // Which comes first is not what is looked at here.
            reasons.extend(["EINVAL", "ENOTEMPTY", "EISDIR", "ENOTDIR", "EXDEV"]);
        }
        if !reasons.is_empty() {
            return Err(reasons);
        }
        done(fs::rename(self.twin(&old.path), self.twin(&new.path)))
    }

    pub fn link(&self, old: &At, follow: bool, new: &At) -> Answer {
        let (old, new) = self.both((old, last(follow)), (new, Last::Keep))?;
        let owners = [&old, &new].map(|spot| self.tree.owner(&spot.path));
        let mut reasons = across(owners);
        match old.thing {
            Thing::Missing => reasons.push("ENOENT"),
            Thing::Folder => reasons.push("EPERM"),
            _ if old.slash => reasons.push("ENOTDIR"),
            _ => {}
        }
        reasons.extend(cannot_be_new(&new));
        if old.is_link() {
            reasons.extend(self.cannot_be_a_link(&new));
        }
        // With a second name a file that may only be read could be written.
        if let Owner::Host(_) = owners[0] {
            reasons.extend(cannot_make(owners[0]).unwrap_or_default());
        }
        self.made(owners[1], reasons, || fs::hard_link(self.twin(&old.path), self.twin(&new.path)))
    }

    pub fn symlink(&self, target: &str, at: &At) -> Answer {
        let empty: &[_] = if target.is_empty() { &["ENOENT"] } else { &[] };
        let spot = self.walk(at, Last::Keep).map_err(|reasons| [&reasons, empty].concat())?;
        let reasons = [&cannot_be_new(&spot), empty, &self.cannot_be_a_link(&spot)].concat();
        self.made(self.tree.owner(&spot.path), reasons, || symlink(target, self.twin(&spot.path)))
    }

    /// Where two paths lead, or the reasons why either leads nowhere.
    fn both(&self, one: (&At, Last), other: (&At, Last)) -> Result<(Spot, Spot), Reasons> {
        let (found, others) = (self.walk(one.0, one.1), self.walk(other.0, other.1));
        let mut reasons: Reasons =
            [&found, &others].into_iter().filter_map(|found| found.as_ref().err()).flatten().copied().collect();
        if let (Ok(one), Ok(other)) = (found, others) {
            return Ok((one, other));
        }
        // In the archive nothing can be given a name, so nobody needs to look where the path leads.
        if self.begins_in_archive(one.0) || self.begins_in_archive(other.0) {
            reasons.push("EXDEV");
        }
        Err(reasons)
    }

    /// Makes a name in the twin, unless there are reasons against it.
    fn made(&self, owner: Owner, mut reasons: Reasons, make: impl FnOnce() -> std::io::Result<()>) -> Answer {
        match cannot_make(owner) {
            None if reasons.is_empty() => return Ok(Skip),
            why => reasons.extend(why.unwrap_or_default()),
        }
        if reasons.is_empty() { done(make()) } else { Err(reasons) }
    }

    /// Why a link cannot be put somewhere: where a grant is looked for it would widen the next run.
    fn cannot_be_a_link(&self, spot: &Spot) -> Reasons {
        if self.tree.grants().is_no_place_for_links(&spot.path) { vec!["EPERM"] } else { Vec::new() }
    }

    /// Why a name that is there cannot be taken away.
    fn cannot_take(&self, spot: &Spot) -> Reasons {
        if spot.thing == Thing::Missing {
            return Vec::new();
        }
        let is_mount = spot.thing == Thing::Folder && self.tree.grants().mounts.contains(&spot.path);
        let mut reasons = if is_mount { vec!["EBUSY"] } else { Vec::new() };
        reasons.extend(match self.tree.owner(&spot.path) {
            owner @ Owner::Host(_) => cannot_make(owner).unwrap_or_default(),
            Owner::Archive => &["EROFS", "EBUSY", "EACCES"],
            Owner::System | Owner::Guest => &["EACCES", "EPERM", "EBUSY", "ENOTEMPTY"],
        });
        reasons
    }
}

/// Why a name cannot be given to something new, whoever has the folder.
fn cannot_be_new(spot: &Spot) -> Reasons {
    match spot.thing {
        Thing::Missing if spot.slash => vec!["ENOENT"],
        Thing::Missing => Vec::new(),
        Thing::Folder => vec!["EEXIST"],
        _ if spot.slash => vec!["EEXIST", "ENOTDIR"],
        _ => vec!["EEXIST"],
    }
}

/// From the host into memory or back nothing moves.
fn across(owners: [Owner; 2]) -> Reasons {
    let [one, other] = owners.map(|owner| match owner {
        Owner::Host(_) => 0,
        Owner::System | Owner::Guest => 1,
        Owner::Archive => 2,
    });
    if one == other { Vec::new() } else { vec!["EXDEV"] }
}
