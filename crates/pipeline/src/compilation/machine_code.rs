//! python.wasm, split and compiled ahead of time. Kept in the cache: it depends on python.wasm, wasmtime and the target only,
//! so a change in a library never compiles it again.

use crate::context::Build;
use crate::error::{Error, Result};
use host::TrustedCode;
#[cfg(feature = "compiler")]
use {
    crate::hash::{self, Key},
    host::abi,
    host::extensions::Interface,
};

/// python.wasm, ready to run: the same for every app with extensions, and for every app without.
pub(super) struct MachineCode {
    /// Machine code without data.
    pub code: TrustedCode,
    /// The image of the data: the memory before any instruction has run.
    pub base_image: Vec<u8>,
}

impl Build {
    /// Machine code for `target`, a target triple; for extensions, if there is an interface for them.
    ///
    /// # Errors
    /// [`Error::Runtime`] if python.wasm cannot be resumed from an image of its memory; [`Error::Guest`] if it does not
    /// compile; those of [`Build::translate`].
    #[cfg(feature = "compiler")]
    pub(super) fn machine_code(&self, wasm: &[u8], target: &str, for_extensions: bool) -> Result<MachineCode> {
        use host::extensions::{self, conceal, expose};
        use host::split::split;
        let fail = |found| Error::Guest(format!("python.wasm: cannot be compiled to machine code: {found}"));
        let split = || {
            let ready = match for_extensions {
                true => expose(wasm, &abi::EXPORTS).map(|exposed| exposed.wasm),
                false => conceal(wasm, &abi::EXPORTS),
            };
            ready.and_then(|wasm| split(&wasm)).map_err(|error| Error::Runtime(format!("python.wasm {error}")))
        };
        let key = || {
            let key = Key::new().part("wasm", hash::of_bytes(wasm)).part("split", host::split::REVISION);
            key.part("exports", extensions::REVISION).part("extensions", [u8::from(for_extensions)])
        };
        let code_key = key().part("target", target).part("compiler", self.cranelift_key()?.hex());
        let cache = self.cache();
        let code = cache.code("code", code_key, || {
            let what = if for_extensions { ", for extensions," } else { "" };
            cache.stage(&format!("compiling python.wasm{what} to machine code for {target}"));
            self.translate(split()?.code, target, fail)
        })?;
        let image_key = key().part("image", memory_image::REVISION);
        let base_image = cache.blob("image", image_key, || Ok(split()?.image))?;
        Ok(MachineCode { code, base_image })
    }

    /// What python.wasm offers to extensions.
    ///
    /// # Errors
    /// [`Error::Runtime`] if it is not as a linker of C makes it; [`Error::Io`].
    #[cfg(feature = "compiler")]
    pub(super) fn interface(&self, wasm: &[u8]) -> Result<Interface> {
        use host::extensions::{self, expose};
        let key = Key::new().part("wasm", hash::of_bytes(wasm)).part("exports", extensions::REVISION);
        let text = self.cache().blob("interface", key, || {
            let exposed = expose(wasm, &abi::EXPORTS);
            let exposed = exposed.map_err(|error| Error::Runtime(format!("python.wasm {error}")))?;
            Ok(exposed.interface.text().into_bytes())
        })?;
        let interface = std::str::from_utf8(&text).ok().and_then(Interface::from_text);
        interface.ok_or_else(|| Error::Runtime("python.wasm: its interface is damaged in the cache".to_string()))
    }

    /// Without the feature `compiler` there is none.
    ///
    /// # Errors
    /// Always [`Error::Guest`].
    #[cfg(not(feature = "compiler"))]
    pub(super) fn machine_code(&self, _: &[u8], _: &str, _: bool) -> Result<MachineCode> {
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
        let (wasm, target) = (wasm.expect("valid"), test.settings().target);
        #[cfg(feature = "compiler")]
        assert!(!test.open_with_compiler().machine_code(&wasm, &target, false).expect("made").base_image.is_empty());
        #[cfg(not(feature = "compiler"))]
        assert_eq!(
            test.open().machine_code(&wasm, &target, false).err().expect("refused").to_string(),
            "expected the feature `compiler` of the crate pipeline, found it off; enable it"
        );
    }
}
