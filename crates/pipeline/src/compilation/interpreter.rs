//! The interpreter of a build: python.wasm, compiled, loaded, and checked to be the CPython that it should be.

use crate::context::Build;
use crate::error::{Error, Result};
use crate::guest;
use crate::runtime::Runtime;
use archive::Archive;
use host::{Context, ContextBuilder, Program, Timing, TrustedCode, abi, layout};
use memory_image::Image;
use std::sync::Arc;
use vfs::Limits;

/// An app that ends with the version as its exit status. Only `wasm/src/pyapp.c` runs it: a stock CPython would take no
/// notice and end with 0.
const ENTRY: &str = "sys:hexversion.__index__";

/// The interpreter that goes into the executable, and that compiles, checks and makes the snapshot.
pub struct Python {
    /// What it was made from.
    pub runtime: Runtime,
    /// Its machine code for the target, without data.
    pub code: TrustedCode,
    /// The image of its data: its memory before any instruction has run.
    pub base_image: Vec<u8>,
    /// As this machine runs it.
    pub program: Program,
}

impl Build {
    /// The interpreter; found in the cache, or made.
    ///
    /// # Errors
    /// [`Error::Runtime`] if the runtime cannot be had, or cannot be resumed from an image of its memory; [`Error::Step`] if
    /// the recipe fails; [`Error::Guest`] if it does not compile or load; [`Error::Io`].
    pub fn python(&self) -> Result<Python> {
        let (target, host) = (&self.settings().target, &self.settings().host);
        let runtime = self.runtime()?;
        let machine = self.machine_code(&runtime.wasm, target)?;
        let own_code = if host == target { machine.code.clone() } else { self.machine_code(&runtime.wasm, host)?.code };
        let fail = |error: String| Error::Guest(format!("python.wasm does not load: {error}"));
        let image = Image::open(machine.base_image.clone()).map_err(|error| fail(error.to_string()))?;
        let program = Program::load(&own_code, Some(Arc::new(image)), &mut Timing::start());
        let program = program.map_err(|error| fail(format!("{error:#}")))?;
        Ok(Python { runtime, code: machine.code, base_image: machine.base_image, program })
    }
}

impl Python {
    /// Runs it to its end; its exit status, what it said, and what is left of its context.
    ///
    /// # Errors
    /// [`Error::Guest`] if it trapped, hung or could not be started.
    pub(crate) fn run(&self, builder: ContextBuilder) -> Result<(u32, String, Context)> {
        let (status, said, context) = guest::run(&self.program, builder, &|_| ())?;
        Ok((status, said.text, context))
    }

    /// Runs it once on its compiled standard library.
    ///
    /// # Errors
    /// [`Error::Runtime`] if it is another version or has another entry; [`Error::Guest`] if it does not run.
    pub(crate) fn check(&self, stdlib: &Archive) -> Result<()> {
        let fail = |error| Error::Guest(format!("the file system of the checking CPython: {error}"));
        let builder = layout::python_context(stdlib.clone(), Limits::default()).map_err(fail)?;
        let (status, said, _) = self.run(builder.argument("python3").variable(abi::ENTRY_VARIABLE, ENTRY))?;
        let expected = hexversion(&self.runtime.version);
        if Some(status) == expected {
            return Ok(());
        }
        Err(Error::Runtime(format!(
            "Python runtime {}: expected CPython {} with pyapp's entry (status {:#x}), found status {status:#x} {}; \
             build it by this recipe",
            self.runtime.folder.display(),
            self.runtime.version,
            expected.unwrap_or_default(),
            said.trim(),
        )))
    }
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
