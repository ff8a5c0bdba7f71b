//! Whether python.wasm is the CPython that it should be: the right version, with pyapp's own entry.

use crate::build_guest::run;
use crate::error::{Error, Result};
use crate::runtime::Runtime;
use archive::Archive;
use host::{Program, layout};
use vfs::Limits;

/// An app that ends with the version as its exit status. Only `wasm/src/pyapp.c` runs it: a stock CPython would take no
/// notice and end with 0.
const ENTRY: &str = "sys:hexversion.__index__";

/// Runs the interpreter once on its compiled standard library.
///
/// # Errors
/// [`Error::Runtime`] if it is another version or has another entry; [`Error::Guest`] if it does not run.
pub fn check(program: &Program, runtime: &Runtime, stdlib: Archive) -> Result<()> {
    let fail = |error| Error::Guest(format!("the file system of the checking CPython: {error}"));
    let builder = layout::python_context(stdlib, Limits::default()).map_err(fail)?;
    let builder = builder.argument("python3").variable(layout::ENTRY_VARIABLE, ENTRY);
    let (status, said, _) = run(program, builder)?;
    let expected = hexversion(&runtime.version);
    if Some(status) == expected {
        return Ok(());
    }
    Err(Error::Runtime(format!(
        "Python runtime {}: expected CPython {} with pyapp's entry (status {:#x}), found status {status:#x} {}; \
         build it by this recipe",
        runtime.folder.display(),
        runtime.version,
        expected.unwrap_or_default(),
        said.trim(),
    )))
}

/// `sys.hexversion` of a final release.
fn hexversion(version: &str) -> Option<u32> {
    let mut parts = version.split('.').map(|part| part.parse::<u8>().ok());
    let (major, minor, micro) = (parts.next()??, parts.next()??, parts.next()??);
    Some(u32::from_be_bytes([major, minor, micro, 0xf0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_told_as_python_tells_it() {
        assert_eq!(hexversion("3.13.5"), Some(0x030d_05f0));
        assert_eq!(hexversion("3.13"), None);
    }
}
