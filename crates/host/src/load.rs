//! Copying a folder of the host into the VFS: for tools and the build, never for a running app.

use archive::format::MAX_FILE;
use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use vfs::{Errno, Ino, OpenOptions, Vfs};

/// Why a folder could not be copied.
#[derive(Debug)]
pub struct LoadError {
    path: PathBuf,
    reason: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot copy {} into memory: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for LoadError {}

/// Of a file that its owner may execute, whatever else its mode on the host allows.
const EXECUTABLE_MODE: u16 = 0o755;

/// Copies what `folder` holds into `directory`, in name order. Symbolic links stay links, and what may be executed stays so;
/// times and the rest of modes are not kept.
///
/// # Errors
/// The first entry that cannot be read, is not valid UTF-8, is a special file, is larger than a file of an archive may be,
/// or does not fit into the VFS.
pub fn load_folder(vfs: &mut Vfs, directory: Ino, folder: &Path) -> Result<(), LoadError> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let mut entries = entries.map_err(|error| fail(folder, &error))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().into_string();
        let name = name.map_err(|_| fail(&entry.path(), &"its name is not valid UTF-8"))?;
        load_entry(vfs, directory, &name, &entry.path())?;
    }
    Ok(())
}

/// Copies one file, link or folder of the host into `directory` as `name`.
///
/// # Errors
/// As [`load_folder`].
pub fn load_entry(vfs: &mut Vfs, directory: Ino, name: &str, path: &Path) -> Result<(), LoadError> {
    let metadata = fs::symlink_metadata(path).map_err(|error| fail(path, &error))?;
    let kind = metadata.file_type();
    if kind.is_dir() {
        vfs.make_directory(directory, name).map_err(|error| fail(path, &error))?;
        let inner = vfs.lookup(directory, name, false).map_err(|error| fail(path, &error))?;
        load_folder(vfs, inner, path)
    } else if kind.is_symlink() {
        let target = fs::read_link(path).map_err(|error| fail(path, &error))?;
        let target = target.to_str().ok_or_else(|| fail(path, &"its target is not valid UTF-8"))?;
        vfs.symlink(target, directory, name).map_err(|error| fail(path, &error))
    } else if kind.is_file() {
        if metadata.len() > MAX_FILE {
            return Err(fail(path, &format!("expected at most {MAX_FILE} bytes, found {}", metadata.len())));
        }
        let contents = fs::read(path).map_err(|error| fail(path, &error))?;
        write_file(vfs, directory, name, &contents).map_err(|error| fail(path, &error))?;
        if metadata.permissions().mode() & 0o100 != 0 {
            let file = vfs.lookup(directory, name, false).map_err(|error| fail(path, &error))?;
            vfs.set_mode(file, EXECUTABLE_MODE).map_err(|error| fail(path, &error))?;
        }
        Ok(())
    } else {
        Err(fail(path, &"it is neither a file, a folder nor a symbolic link"))
    }
}

fn fail(path: &Path, reason: &dyn fmt::Display) -> LoadError {
    LoadError { path: path.into(), reason: reason.to_string() }
}

/// Puts a new file into a directory of the VFS.
///
/// # Errors
/// As [`Vfs::open`] and [`Vfs::write`]; `NoSpc` if it does not fit whole.
pub fn write_file(vfs: &mut Vfs, directory: Ino, name: &str, contents: &[u8]) -> vfs::Result<()> {
    let options = OpenOptions { create: true, exclusive: true, write: true, ..OpenOptions::default() };
    let ino = vfs.open(directory, name, options)?;
    let written = vfs.write(ino, 0, contents);
    vfs.close(ino);
    if written? == contents.len() { Ok(()) } else { Err(Errno::NoSpc) }
}
