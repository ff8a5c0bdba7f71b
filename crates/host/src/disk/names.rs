//! Making, moving and taking away names in folders of the host.

use super::file::{by_own_path, mode_on_disk, timestamps};
use super::stat::Owners;
use crate::abi::DIRECTORY_MODE;
use crate::namespace::{Mounts, Spot};
use crate::wasi::types::{Errno, Filestat};
use crate::wasi::{OrErrno, Result};
use policy::{Access, Intent};
use rustix::fs::{AtFlags, FileType, chmod};
use vfs::{Last, MAX_PATH};

impl Mounts {
    /// What `stat` shows of a place.
    ///
    /// # Errors
    /// ENOENT, ENOTDIR.
    pub fn stat(&self, spot: &Spot, owners: &Owners) -> Result<Filestat> {
        // Asked for what is missing, too: the audit hears of it.
        let access = self.policy().look_at(&spot.path());
        let found = spot.existing()?;
        // A folder on the way to one that is still to be made can be seen, or programs would try to make it again.
        if access == Access::None {
            return Err(Errno::Noent.into());
        }
        Ok(owners.show(&found.stat, access != Access::Write))
    }

    /// Makes a folder. From the usual mode the user's umask takes its part; one that was asked for is given.
    ///
    /// # Errors
    /// EEXIST, EROFS, EACCES, and the system's.
    pub fn make_directory(&self, spot: &Spot, asked: Option<u16>) -> Result<()> {
        if spot.found.is_some() {
            return Err(Errno::Exist.into());
        }
        self.expect(&spot.path(), Intent::MakeFolder)?;
        self.quota.take_name()?;
        let mode = mode_on_disk(asked.unwrap_or(DIRECTORY_MODE), true);
        rustix::fs::mkdirat(&spot.folder, spot.name.as_slice(), mode).or_errno()?;
        if asked.is_some()
            && let Ok(made) = spot.folder.enter(&spot.name)
        {
            // It is made, whether the disk knows modes or not.
            let _ = by_own_path(&made, |path| chmod(path, mode));
        }
        Ok(())
    }

    /// Sets the times of what is at a place.
    ///
    /// # Errors
    /// ENOENT, EROFS, and the system's.
    pub fn set_times(&self, spot: &Spot, accessed: Option<u64>, modified: Option<u64>) -> Result<()> {
        spot.existing()?;
        self.expect(&spot.path(), Intent::Write)?;
        let times = timestamps(accessed, modified);
        rustix::fs::utimensat(&spot.folder, spot.name.as_slice(), &times, AtFlags::SYMLINK_NOFOLLOW).or_errno()
    }

    /// The target of the symbolic link at a place.
    ///
    /// # Errors
    /// ENOENT, EINVAL (no link).
    pub fn read_link(&self, spot: &Spot) -> Result<Vec<u8>> {
        let found = spot.existing()?;
        self.expect(&spot.path(), Intent::Read)?;
        Ok(found.target()?.ok_or(Errno::Inval)?)
    }

    /// Makes a symbolic link. What it says is walked in the guest's own tree, so any text will do.
    ///
    /// # Errors
    /// ENOENT (no target), EEXIST, EROFS, EPERM (an absolute target, if there is no tree around the folder; in place of what was
    /// granted, or where a key's grant is looked for), and the system's.
    pub fn symlink(&self, target: &[u8], spot: &Spot) -> Result<()> {
        if target.is_empty() {
            return Err(Errno::Noent.into());
        }
        if target.len() >= MAX_PATH {
            return Err(Errno::Nametoolong.into());
        }
        self.expect_vacant(spot)?;
        if target.starts_with(b"/") && self.is_confined(&spot.folder) {
            return Err(Errno::Perm.into());
        }
        self.expect(&spot.path(), Intent::Write)?;
        self.expect_no_grant(spot)?;
        self.quota.take_name()?;
        rustix::fs::symlinkat(target, &spot.folder, spot.name.as_slice()).or_errno()
    }

    /// Gives a file a second name. It must be allowed to write to it under both, or a file that may only be read could be written
    /// by its second name.
    ///
    /// # Errors
    /// ENOENT, EEXIST, EPERM (a folder), EROFS, and the system's.
    pub fn link(&self, old: &Spot, new: &Spot) -> Result<()> {
        let found = old.existing()?;
        self.expect_vacant(new)?;
        if found.kind() == FileType::Directory {
            return Err(Errno::Perm.into());
        }
        self.expect(&old.path(), Intent::Write)?;
        self.expect(&new.path(), Intent::Write)?;
        if found.kind() == FileType::Symlink {
            self.expect_no_grant(new)?;
        }
        self.quota.take_name()?;
        let (from, to) = (old.name.as_slice(), new.name.as_slice());
        rustix::fs::linkat(&old.folder, from, &new.folder, to, AtFlags::empty()).or_errno()?;
        self.expect_no_link(new)
    }

    /// Moves a name, replacing what is there.
    ///
    /// # Errors
    /// ENOENT, EBUSY (`.`, `..`, a mount point, a folder by whose name a key's grant is looked for), EROFS, EPERM (a link in place of
    /// what was granted, or there), and the system's.
    pub fn rename(&self, old: &Spot, new: &Spot) -> Result<()> {
        if !matches!((&old.last, &new.last), (Last::Name(_), Last::Name(_))) {
            return Err(Errno::Busy.into());
        }
        let kind = old.found.as_ref().ok_or(Errno::Noent)?.kind();
        if kind != FileType::Directory && (old.slash || new.slash) {
            return Err(Errno::Notdir.into());
        }
        for spot in [old, new] {
            let is_folder = spot.kind() == Some(FileType::Directory);
            let has_folder = kind == FileType::Directory || is_folder;
            if (is_folder && spot.is_mount) || (has_folder && self.policy().leads_to_a_key(&spot.path())) {
                return Err(Errno::Busy.into());
            }
            self.expect(&spot.path(), Intent::Write)?;
        }
        if kind == FileType::Symlink {
            self.expect_no_grant(new)?;
        }
        rustix::fs::renameat(&old.folder, old.name.as_slice(), &new.folder, new.name.as_slice()).or_errno()?;
        self.expect_no_link(new)
    }

    /// Takes the name of anything but a folder away.
    ///
    /// # Errors
    /// ENOENT, EISDIR, EROFS, and the system's.
    pub fn unlink(&self, spot: &Spot) -> Result<()> {
        match spot.found.as_ref().ok_or(Errno::Noent)?.kind() {
            FileType::Directory => return Err(Errno::Isdir.into()),
            _ if spot.slash => return Err(Errno::Notdir.into()),
            _ => {}
        }
        self.expect(&spot.path(), Intent::Write)?;
        rustix::fs::unlinkat(&spot.folder, spot.name.as_slice(), AtFlags::empty()).or_errno()
    }

    /// Removes an empty folder.
    ///
    /// # Errors
    /// ENOENT, ENOTDIR, EINVAL (`.`), ENOTEMPTY, EBUSY (one that was granted), EROFS, and the system's.
    pub fn remove_directory(&self, spot: &Spot) -> Result<()> {
        if spot.found.as_ref().ok_or(Errno::Noent)?.kind() != FileType::Directory {
            return Err(Errno::Notdir.into());
        }
        match spot.last {
            // A mount point. (A file that was granted for writing may come and go, as programs that write a new one aside and
            // rename it do.)
            Last::Name(_) if spot.is_mount => return Err(Errno::Busy.into()),
            Last::Name(_) => {}
            Last::Dot => return Err(Errno::Inval.into()),
            Last::DotDot => return Err(Errno::Notempty.into()),
        }
        self.expect(&spot.path(), Intent::Write)?;
        rustix::fs::unlinkat(&spot.folder, spot.name.as_slice(), AtFlags::REMOVEDIR).or_errno()
    }

    fn expect_vacant(&self, spot: &Spot) -> Result<()> {
        match (&spot.found, &spot.last) {
            (None, Last::Name(_)) if spot.slash => Err(Errno::Noent.into()),
            (None, Last::Name(_)) => Ok(()),
            (Some(found), _) if spot.slash && found.kind() != FileType::Directory => Err(Errno::Notdir.into()),
            _ => Err(Errno::Exist.into()),
        }
    }

    /// A link in place of what was granted, or where the next run looks for what a key grants, would give it what the link leads to.
    /// For the same reason no folder is moved to or from there. (Other folders move, so their paths are asked for.)
    fn expect_no_grant(&self, spot: &Spot) -> Result<()> {
        if self.is_no_place_for_links(spot) { Err(Errno::Perm.into()) } else { Ok(()) }
    }

    /// As [`Mounts::expect_no_grant`], of what was no link when it was looked at: another process may have put one there since.
    fn expect_no_link(&self, spot: &Spot) -> Result<()> {
        if !self.is_no_place_for_links(spot) {
            return Ok(());
        }
        match spot.folder.look_up(&spot.name).or_errno()? {
            Some(found) if found.kind() == FileType::Symlink => {
                rustix::fs::unlinkat(&spot.folder, spot.name.as_slice(), AtFlags::empty()).or_errno()?;
                Err(Errno::Perm.into())
            }
            _ => Ok(()),
        }
    }

    fn is_no_place_for_links(&self, spot: &Spot) -> bool {
        let path = spot.folder.path_now(&spot.name);
        self.policy().is_granted_itself(&path) || self.policy().leads_to_a_key(&path)
    }
}
