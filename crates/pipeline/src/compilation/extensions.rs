//! The extensions of the bundle: linked against what python.wasm offers, compiled one by one, and put together. Each is kept in the
//! cache under its own bytes, so that a change compiles the one that has changed.

use super::interpreter::Python;
use crate::context::Build;
use crate::error::{Error, Result};
use crate::inputs::Native;
use host::TrustedCode;
use host::extensions::Extensions;

/// What stands in the archive at the place of an extension.
pub(crate) const PLACEHOLDER: &[u8] = b"an extension, whose machine code is elsewhere in the executable\n";

impl Build {
    /// The extensions of the app for its target, and the interpreter with them as this machine runs it.
    ///
    /// # Errors
    /// [`Error::Libraries`] with every extension that cannot be linked; [`Error::Guest`]; [`Error::Io`].
    pub(crate) fn extensions(&self, python: Python, found: &[Native]) -> Result<(Python, Option<TrustedCode>)> {
        if found.is_empty() {
            return Ok((python, None));
        }
        let mut python = self.loaded(python.runtime, true)?;
        let (target, host) = (&self.settings().target, &self.settings().host);
        let code = self.linked_extensions(&python, found, target)?;
        let own = if host == target { code.clone() } else { self.linked_extensions(&python, found, host)? };
        let fail = |error: &dyn std::fmt::Display| Error::Guest(format!("the extensions do not load: {error:#}"));
        let extensions = Extensions::open(own).map_err(|error| fail(&error))?;
        python.program = python.program.with_extensions(extensions).map_err(|error| fail(&error))?;
        python.has_extensions = true;
        Ok((python, Some(code)))
    }

    #[cfg(feature = "compiler")]
    fn linked_extensions(&self, python: &Python, found: &[Native], target: &str) -> Result<TrustedCode> {
        use crate::error::Doing;
        use crate::hash::Key;
        use host::extensions::{Writer, prepare};
        use host::layout::SITE_PACKAGES;
        let fail = |error: &dyn std::fmt::Display| Error::Guest(format!("compiling extensions: {error:#}"));
        let compiler = self.cranelift_key()?.hex();
        let cache = self.cache();
        let (mut all, mut problems) = (Key::new().part("target", target), Vec::new());
        let interface = self.interface(&python.runtime.wasm)?;
        let mut writer = Writer::new(python.identity());
        for native in found {
            let wasm = std::fs::read(&native.place).doing("read", &native.place)?;
            let prepared = match prepare(&wasm, &interface) {
                Ok(prepared) => prepared,
                Err(refused) => {
                    problems.push(format!("{}: {}: {refused}", native.owner, native.place.display()));
                    continue;
                }
            };
            let key = Key::new().part("target", target).part("compiler", &compiler).part("code", &prepared.code);
            let code = cache.code("extension", key, || {
                cache.stage(&format!("compiling {} to machine code for {target}", native.path));
                let fail = |found| Error::Libraries(vec![format!("{}: {found}", native.place.display())]);
                self.translate(prepared.code, target, fail)
            })?;
            all = all.part(&native.path, &wasm);
            writer.add(&format!("{SITE_PACKAGES}/{}", native.path), &prepared.plan, code.bytes().to_vec());
        }
        if !problems.is_empty() {
            return Err(Error::Libraries(problems));
        }
        let all = all
            .part("compiler", compiler)
            .part("interface", interface.text())
            .part("identity", python.identity().to_le_bytes())
            .part("format", host::extensions::FORMAT);
        cache.code("extensions", all, || {
            writer.finish().ok_or_else(|| fail(&"expected at most 4 GiB of machine code, found more"))
        })
    }

    /// Without the feature `compiler` there are none.
    #[cfg(not(feature = "compiler"))]
    fn linked_extensions(&self, _: &Python, _: &[Native], _: &str) -> Result<TrustedCode> {
        Err(Error::Guest("expected the feature `compiler` of the crate pipeline, found it off; enable it".to_string()))
    }
}
