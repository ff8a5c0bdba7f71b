//! Files that a build leaves beside the executable, and a copy of each among the parts: they are a part of neither.

use crate::context::Build;
use crate::error::{Doing, Result};
use std::path::{Path, PathBuf};

impl Build {
    /// Writes a file; where it is: beside the executable, if cargo's folders are as they always were.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub(super) fn write_beside(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let out = &self.settings().out;
        let own = out.join(name);
        aside::write(&own, &[bytes]).doing("write", &own)?;
        let Some(folder) = folder_of_executables(out) else { return Ok(own) };
        let beside = folder.join(name);
        aside::write(&beside, &[bytes]).doing("write", &beside)?;
        Ok(beside)
    }
}

/// Where cargo puts the executable of the package whose build script has the folder `out`: `PROFILE/build/NAME-HASH/out`.
fn folder_of_executables(out: &Path) -> Option<&Path> {
    let build = out.parent()?.parent()?;
    let is_it = out.file_name()? == "out" && build.file_name()? == "build";
    build.parent().filter(|_| is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_found_from_cargos_folder() {
        let found = |out: &'static str| folder_of_executables(Path::new(out)).and_then(Path::to_str);
        assert_eq!(found("/x/target/release/build/pyapp-0123/out"), Some("/x/target/release"));
        for out in ["/tmp/x", "/out", "out", "/x/build/out", "/x/building/y/out"] {
            assert_eq!(found(out), None, "{out}");
        }
    }
}
