//! python.wasm, split and compiled ahead of time. Kept in the cache: it depends on python.wasm, wasmtime and the target only,
//! so a change in a library never compiles it again.

use crate::context::Build;
use crate::error::{Error, Result};
use host::TrustedCode;

/// python.wasm, ready to run: the same for every app.
pub(super) struct MachineCode {
    /// Machine code without data.
    pub code: TrustedCode,
    /// The image of the data: the memory before any instruction has run.
    pub base_image: Vec<u8>,
}

impl Build {
    /// Machine code for `target`, a target triple.
    ///
    /// # Errors
    /// [`Error::Runtime`] if python.wasm cannot be resumed from an image of its memory; [`Error::Guest`] if wasmtime does
    /// not compile it; [`Error::Io`].
    #[cfg(feature = "compiler")]
    pub(super) fn machine_code(&self, wasm: &[u8], target: &str) -> Result<MachineCode> {
        use crate::hash::{self, Key};
        let fail = |error| Error::Guest(format!("python.wasm: cannot be compiled to machine code: {error:#}"));
        let split = || host::split::split(wasm).map_err(|error| Error::Runtime(format!("python.wasm {error}")));
        let key = || Key::new().part("wasm", hash::of_bytes(wasm)).part("split", host::split::REVISION);
        let code_key = key().part("target", target).part("engine", host::engine::compatibility(target).map_err(fail)?);
        let cache = self.cache();
        let code = cache.code("code", code_key, || {
            cache.stage(&format!("compiling python.wasm to machine code for {target}"));
            host::engine::compile(&split()?.code, target).map_err(fail)
        })?;
        let image_key = key().part("image", memory_image::REVISION);
        let base_image = cache.blob("image", image_key, || Ok(split()?.image))?;
        Ok(MachineCode { code, base_image })
    }

    /// Without the feature `compiler` there is none.
    ///
    /// # Errors
    /// Always [`Error::Guest`].
    #[cfg(not(feature = "compiler"))]
    pub(super) fn machine_code(&self, _: &[u8], _: &str) -> Result<MachineCode> {
        Err(Error::Guest("expected the feature `compiler` of the crate pipeline, found it off; enable it".to_string()))
    }
}

#[cfg(test)]
mod tests {
    use crate::common::test_build::TestBuild;

    /// This crate alone is tested without the feature, the workspace with it.
    #[test]
    fn machine_code_is_made_once_the_feature_is_enabled() {
        let test = TestBuild::new();
        let wasm = wat::parse_str(r#"(module (memory (export "memory") 1) (global (mut i32) (i32.const 4096)))"#);
        let made = test.open().machine_code(&wasm.expect("valid"), &test.settings().target);
        if cfg!(feature = "compiler") {
            assert!(!made.expect("made").base_image.is_empty());
        } else {
            let error = made.err().expect("refused").to_string();
            assert_eq!(error, "expected the feature `compiler` of the crate pipeline, found it off; enable it");
        }
    }
}
