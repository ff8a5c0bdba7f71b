//! Files and folders that are there whole or not at all.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Lets `make` make a file or a folder under another name, and renames it to `path`. What fails leaves nothing behind.
///
/// # Errors
/// Those of `make`; if it cannot be renamed.
pub fn aside(path: &Path, make: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let mut work = path.as_os_str().to_owned();
    work.push(format!(".{}", std::process::id()));
    let work = PathBuf::from(work);
    let made = make(&work).with_context(|| format!("cannot make {}", work.display()));
    let placed =
        made.and_then(|()| fs::rename(&work, path).with_context(|| format!("cannot put it at {}", path.display())));
    if placed.is_err() {
        // It is one or the other, or not there; the first failure is the one to tell.
        let _ = fs::remove_file(&work).or_else(|_| fs::remove_dir_all(&work));
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn what_fails_leaves_nothing_behind_and_what_was_there_as_it_was() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("table");
        fs::write(&path, "old").expect("written");
        let half_file = |work: &Path| {
            fs::write(work, "half")?;
            bail!("no room")
        };
        let half_folder = |work: &Path| {
            fs::create_dir(work)?;
            fs::write(work.join("a"), "half")?;
            bail!("no room")
        };
        assert!(aside(&path, half_file).is_err() && aside(&path, half_folder).is_err());
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
        assert_eq!(fs::read_to_string(&path).expect("read"), "old");
        aside(&path, |work| Ok(fs::write(work, "new")?)).expect("written");
        assert_eq!(fs::read_to_string(&path).expect("read"), "new");
    }
}
