//! `extract`: files to disk.

use super::{find, guest_path};
use anyhow::{Context, Result, bail};
use archive::{Archive, EntryId, EntryKind};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Writes everything below `path` into `folder`, which must not exist; it is there whole or not at all. Symbolic links in the archive are refused, as they could lead anywhere on this disk.
pub fn write(archive: &Archive, path: &str, folder: &Path, out: &mut impl Write) -> Result<()> {
    let start = find(archive, path)?;
    // Without a slash behind the name, which would ask what a link there leads to.
    let folder = folder.components().as_path();
    if folder.symlink_metadata().is_ok() {
        bail!("{}: expected a folder that does not exist yet, found something; name another", folder.display());
    }
    let files = aside::make(folder, |work| write_entry(archive, start, work))?;
    writeln!(out, "{}: {files} files", folder.display())?;
    Ok(())
}

fn write_entry(archive: &Archive, index: EntryId, target: &Path) -> Result<u64> {
    let entry = archive.entry(index).context("an entry that was just listed")?;
    match entry.kind {
        EntryKind::Directory => {
            fs::create_dir(target).with_context(|| format!("cannot create {}", target.display()))?;
            let mut files = 0;
            for child in archive.children(index) {
                let name = archive.entry(child).context("an entry that was just listed")?.name;
                files += write_entry(archive, child, &target.join(name))?;
            }
            Ok(files)
        }
        EntryKind::File => {
            let contents = archive.read(index)?;
            let mode = if entry.executable { 0o777 } else { 0o666 };
            let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(target);
            file.and_then(|mut file| file.write_all(&contents))
                .with_context(|| format!("cannot write {}", target.display()))?;
            Ok(1)
        }
        EntryKind::Symlink => {
            bail!("{}: expected files and directories, found a symbolic link", guest_path(archive, index))
        }
    }
}
