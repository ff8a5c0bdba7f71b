//! A folder that nobody but the user who builds can write to: machine code that lies there may be run.

use crate::error::{Doing, Error, Result};
use host::TrustedCode;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder that is not open to all.
pub struct OwnFolder(PathBuf);

impl OwnFolder {
    /// Opens a folder that is there; `what` names it for people, as in "environment variable PYAPP_CACHE".
    ///
    /// # Errors
    /// [`Error::Project`] if everybody can write to it; [`Error::Io`].
    pub fn open(folder: &Path, what: &str) -> Result<OwnFolder> {
        if is_open_to_all(folder)? {
            return Err(Error::Project {
                place: what.to_string(),
                message: format!(
                    "expected a folder that only its owner can write to, as code from it is run, found {} open to all; \
                     chmod o-w it or name another",
                    folder.display()
                ),
            });
        }
        Ok(OwnFolder(folder.to_path_buf()))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The machine code, as it is or compressed, in a file of this folder that a build has written.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn code(&self, file: &str) -> Result<TrustedCode> {
        let path = self.0.join(file);
        Ok(self.vouch(fs::read(&path).doing("read", &path)?))
    }

    /// For bytes that a build has just made, or has read from this folder.
    #[allow(unsafe_code, reason = "the build side's one place to vouch for machine code")]
    pub(crate) fn vouch(&self, bytes: Vec<u8>) -> TrustedCode {
        // SAFETY: the bytes come from the compiler, which this process has just called, or from a folder into which builds
        // put what the compiler has made, and which nobody but the user who runs this can write to (checked by `open`). Who
        // can write there can as well change the sources that this user builds and runs. A file that is merely damaged or
        // of another version is told by the hash in front of it, or by wasmtime's header.
        unsafe { TrustedCode::new(bytes) }
    }
}

#[cfg(unix)]
fn is_open_to_all(folder: &Path) -> Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(folder).doing("look at", folder)?.permissions().mode() & 0o002 != 0)
}

#[cfg(not(unix))]
fn is_open_to_all(_: &Path) -> Result<bool> {
    Ok(false)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_all_can_write_to_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder");
        OwnFolder::open(folder.path(), "it").expect("opened");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("changed");
        let error = OwnFolder::open(folder.path(), "it").err().expect("refused").to_string();
        assert!(
            error.contains("only its owner can write to") && error.ends_with("chmod o-w it or name another"),
            "{error}"
        );
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o775)).expect("changed");
        OwnFolder::open(folder.path(), "it").expect("opened as it asks for");
    }
}
