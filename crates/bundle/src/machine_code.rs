//! python.wasm compiled ahead of time, kept in the cache: it depends on python.wasm, wasmtime and the target only, so
//! a change in a library never compiles it again.

use crate::cache::Cache;
use crate::error::{Error, Result};

/// Machine code for `target`, a target triple.
///
/// # Errors
/// [`Error::Guest`] if wasmtime does not compile it; [`Error::Io`].
#[cfg(feature = "compiler")]
pub fn provide(wasm: &[u8], target: &str, cache: &Cache) -> Result<Vec<u8>> {
    use crate::hash::{self, Key};
    let fail = |error| Error::Guest(format!("python.wasm: cannot be compiled to machine code: {error:#}"));
    let key = Key::new()
        .part("wasm", hash::of_bytes(wasm))
        .part("target", target)
        .part("engine", guest::engine::compatibility(target).map_err(fail)?)
        .hex();
    cache.blob(&format!("code-{}", &key[..16]), || {
        cache.stage(&format!("compiling python.wasm to machine code for {target}"));
        guest::engine::compile(wasm, target).map_err(fail)
    })
}

/// Without the feature `compiler` there is no machine code.
///
/// # Errors
/// Always [`Error::Guest`].
#[cfg(not(feature = "compiler"))]
pub fn provide(_: &[u8], _: &str, _: &Cache) -> Result<Vec<u8>> {
    Err(Error::Guest("expected the feature `compiler` of the crate bundle, found it off; enable it".to_string()))
}
