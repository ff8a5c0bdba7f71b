//! Whether the entry exists, asked of the finished archive itself: `check_entry.py` in the very CPython, over the very
//! archive.

use crate::compilation::Python;
use crate::context::Build;
use crate::error::{Error, Result};
use crate::inputs::{Commands, Entry};
use archive::Archive;
use host::layout;
use vfs::Limits;

pub(super) const SCRIPT: &str = include_str!("check_entry.py");

impl Build {
    /// Checks that the project's entry, or each of its commands, is in the archive.
    ///
    /// # Errors
    /// [`Error::Project`] naming the key if it is not; [`Error::Guest`].
    pub(crate) fn check_entry(&self, python: &Python, archive: &Archive) -> Result<()> {
        let project = self.project();
        let said = project.place("entry");
        let Some(Commands { list, default }) = &project.commands else {
            return self.check(python, archive, &project.entry, &said);
        };
        for (name, entry) in list {
            let place = format!("{}, [project.scripts] {name}", project.file.display());
            self.check(python, archive, entry, &place)?;
        }
        default.iter().try_for_each(|entry| self.check(python, archive, entry, &said))
    }

    fn check(&self, python: &Python, archive: &Archive, entry: &Entry, place: &str) -> Result<()> {
        let no_room = |error| Error::Guest(format!("the file system of the checking CPython: {error}"));
        let builder = layout::python_context(archive.clone(), Limits::default()).map_err(no_room)?;
        let script = self.project().script.as_ref().map(|_| "--script");
        let builder = builder.arguments(["python3", "-I", "-S", "-c", SCRIPT, &entry.module]);
        let builder = builder.arguments(entry.function.as_deref().or(script));
        let (status, said, _) = python.run(builder)?;
        match status {
            0 => Ok(()),
            1 if script.is_some() && !said.contains("Traceback") => Err(Error::Project {
                place: self.project().file.display().to_string(),
                message: said.trim().to_string(),
            }),
            1 if !said.contains("Traceback") => Err(Error::Project {
                place: place.to_string(),
                message: format!("{}; correct the entry or the libs", said.trim()),
            }),
            _ => Err(Error::Guest(format!("the check of the entry ended with status {status}: {}", said.trim()))),
        }
    }
}
