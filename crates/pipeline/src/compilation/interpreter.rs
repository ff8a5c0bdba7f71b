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
    /// Whether it has extensions.
    pub has_extensions: bool,
}

impl Build {
    /// The interpreter without OpenSSL, which compiles; found in the cache, or made.
    ///
    /// # Errors
    /// [`Error::Runtime`] if the runtime cannot be had, or cannot be resumed from an image of its memory; [`Error::Step`] if
    /// the recipe fails; [`Error::Guest`] if it does not compile or load; [`Error::Io`].
    pub fn python(&self) -> Result<Python> {
        let runtime = self.runtime()?;
        self.loaded(runtime, false)
    }

    /// The interpreter with OpenSSL; found in the cache, or made.
    ///
    /// # Errors
    /// As [`Build::python`].
    pub fn python_with_openssl(&self) -> Result<Python> {
        let runtime = self.runtime()?.with_openssl()?;
        self.loaded(runtime, false)
    }

    /// The interpreter of this runtime; for extensions, or without.
    pub(super) fn loaded(&self, runtime: Runtime, for_extensions: bool) -> Result<Python> {
        let (target, host) = (&self.settings().target, &self.settings().host);
        let machine = self.machine_code(&runtime.wasm, target, for_extensions)?;
        let own_code = match host == target {
            true => machine.code.clone(),
            false => self.machine_code(&runtime.wasm, host, for_extensions)?.code,
        };
        let fail = |error: String| Error::Guest(format!("python.wasm does not load: {error}"));
        let image = Image::open(machine.base_image.clone()).map_err(|error| fail(error.to_string()))?;
        let program = Program::load(&own_code, Some(Arc::new(image)), &mut Timing::start());
        let program = program.map_err(|error| fail(format!("{error:#}")))?;
        Ok(Python { runtime, code: machine.code, base_image: machine.base_image, program, has_extensions: false })
    }
}

impl Python {
    /// The identity of its module.
    #[cfg(feature = "compiler")]
    pub(crate) fn identity(&self) -> u64 {
        self.program.identity().unwrap_or_default()
    }

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
    #[cfg(feature = "compiler")]
    use crate::compilation::machine_code::MachineCode;

    #[test]
    fn a_version_is_told_as_python_tells_it() {
        assert_eq!(hexversion("3.13.5"), Some(0x030d_05f0));
        assert_eq!(hexversion("3.13"), None);
    }

    /// A build takes what the recipe has made from the cache, hence this stands in for both.
    #[test]
    #[cfg(feature = "compiler")]
    fn another_python_is_refused_and_the_recipes_is_taken() {
        let test = crate::common::test_build::TestBuild::new();
        let python = |status: u32| {
            let wasm = format!(
                r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
                (memory (export "memory") 1) (global (mut i32) (i32.const 4096))
                (func (export "_start") (call $exit (i32.const {status}))))"#
            );
            let build = test.open_with_compiler();
            let machine = build.machine_code(&wat::parse_str(wasm).expect("valid"), &test.settings().target, false);
            let MachineCode { code, base_image } = machine.expect("compiled");
            let image = Arc::new(Image::open(base_image.clone()).expect("whole"));
            let program = Program::load(&code, Some(image), &mut Timing::start()).expect("loaded");
            let (folder, version) = (test.path("runtime"), "3.13.5".to_string());
            let runtime =
                Runtime { folder, wasm: Vec::new(), version, exclude: Vec::new(), log: None, has_openssl: false };
            Python { runtime, code, base_image, program, has_extensions: false }
        };
        let stdlib = archive::Writer::new(b"").expect("a writer").finish().0;
        let stdlib = Archive::open(stdlib).expect("an archive");
        for status in [0, 0x030d_04f0] {
            let error = python(status).check(&stdlib).expect_err("refused").to_string();
            let expected = format!(
                "expected CPython 3.13.5 with pyapp's entry (status 0x30d05f0), found status {status:#x} ; build it by this \
                 recipe"
            );
            assert!(error.ends_with(&expected), "{error}");
        }
        python(0x030d_05f0).check(&stdlib).expect("taken");
    }
}
