//! The engine that runs guests, with the settings that compiling has too.

use std::sync::Arc;
use wasmtime::{CustomCodeMemory, Engine, MemoryCreator, Result};

pub use ::engine::{THREAD_STACK, WASMTIME_VERSION};

/// The target triple that this crate was built for: that of the machine on which tests and tools run.
pub const TARGET: &str = env!("HOST_TARGET");

/// An engine to run with. `code` makes machine code executable where it lies, `memory` makes linear memories; without
/// them wasmtime does both in its own way. A module that brings its own data needs wasmtime's memories.
///
/// # Errors
/// If wasmtime does not support this machine.
pub(crate) fn for_running(
    code: Option<Arc<dyn CustomCodeMemory>>,
    memory: Option<Arc<dyn MemoryCreator>>,
) -> Result<Engine> {
    // Before wasmtime puts its own in place, which an engine does.
    crate::machine::guard::install();
    let mut config = ::engine::config();
    config.with_custom_code_memory(code);
    if let Some(memory) = memory {
        config.with_host_memory(memory);
    }
    Engine::new(&config)
}

/// Compiles a WebAssembly module to machine code, for tests: as wasmtime does it, without the patches that a build has.
///
/// # Errors
/// If the target is unknown or the module is not valid.
#[cfg(feature = "compiler")]
pub fn compile(wasm: &[u8], target: &str) -> Result<Vec<u8>> {
    // As above.
    crate::machine::guard::install();
    ::engine::compile(wasm, target)
}
