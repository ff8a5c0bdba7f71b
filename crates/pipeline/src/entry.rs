//! Whether the entry exists, asked of the finished bundle itself: `check_entry.py` in the very CPython, over the very
//! archive.

use crate::build_guest::run;
use crate::error::{Error, Result};
use crate::project::Project;
use archive::Archive;
use host::{Program, layout};
use vfs::Limits;

const SCRIPT: &str = include_str!("check_entry.py");

/// Checks that the project's entry is in the archive.
///
/// # Errors
/// [`Error::Project`] naming the key if it is not; [`Error::Guest`].
pub fn check(program: &Program, archive: Archive, project: &Project) -> Result<()> {
    let no_room = |error| Error::Guest(format!("the file system of the checking CPython: {error}"));
    let mut builder = layout::python_context(archive, Limits::default()).map_err(no_room)?;
    for argument in ["python3", "-I", "-S", "-c", SCRIPT, &project.entry.module].into_iter().map(str::to_string) {
        builder = builder.argument(argument);
    }
    if let Some(function) = &project.entry.function {
        builder = builder.argument(function);
    }
    let (status, said, _) = run(program, builder)?;
    match status {
        0 => Ok(()),
        1 if !said.contains("Traceback") => Err(Error::Project {
            place: format!("{}, [tool.pyapp] entry", project.file.display()),
            message: format!("{}; correct the entry or the libs", said.trim()),
        }),
        _ => Err(Error::Guest(format!("the check of the entry ended with status {status}: {}", said.trim()))),
    }
}
