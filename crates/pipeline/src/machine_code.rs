//! python.wasm compiled ahead of time, kept in the cache: it depends on python.wasm, wasmtime and the target only, so
//! a change in a library never compiles it again.

use crate::cache::Cache;
use crate::error::{Error, Result};

/// python.wasm, ready to run: the same for every app.
pub struct MachineCode {
    /// Machine code without data.
    pub code: Vec<u8>,
    /// The image of the data: the memory before any instruction has run.
    pub base_image: Vec<u8>,
}

/// Machine code for `target`, a target triple.
///
/// # Errors
/// [`Error::Runtime`] if python.wasm cannot be resumed from an image of its memory; [`Error::Guest`] if wasmtime does not
/// compile it; [`Error::Io`].
#[cfg(feature = "compiler")]
pub fn provide(wasm: &[u8], target: &str, cache: &Cache) -> Result<MachineCode> {
    use crate::hash::{self, Key};
    let fail = |error| Error::Guest(format!("python.wasm: cannot be compiled to machine code: {error:#}"));
    let part = || host::split::split(wasm).map_err(|error| Error::Runtime(format!("python.wasm {error}")));
    let key = || Key::new().part("wasm", hash::of_bytes(wasm)).part("splitter", host::split::REVISION);
    let code_key =
        key().part("target", target).part("engine", host::engine::compatibility(target).map_err(fail)?).hex();
    let code = cache.blob(&format!("code-{}", &code_key[..16]), || {
        cache.stage(&format!("compiling python.wasm to machine code for {target}"));
        host::engine::compile(&part()?.code, target).map_err(fail)
    })?;
    let image_key = key().part("format", memory_image::VERSION.to_string()).hex();
    let base_image = cache.blob(&format!("image-{}", &image_key[..16]), || Ok(part()?.image))?;
    Ok(MachineCode { code, base_image })
}

/// Without the feature `compiler` there is no machine code.
///
/// # Errors
/// Always [`Error::Guest`].
#[cfg(not(feature = "compiler"))]
pub fn provide(_: &[u8], _: &str, _: &Cache) -> Result<MachineCode> {
    Err(Error::Guest("expected the feature `compiler` of the crate bundle, found it off; enable it".to_string()))
}
