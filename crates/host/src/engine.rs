//! The engine's settings, the same at build time and at run time.

use std::sync::Arc;
use wasmtime::{Config, CustomCodeMemory, Engine, MemoryCreator, Result};

/// The version of wasmtime, which Cargo.toml pins exactly.
pub const WASMTIME_VERSION: &str = "48.0.8";

/// The target triple that this crate was built for: that of the machine on which tests and tools run.
pub const TARGET: &str = env!("HOST_TARGET");

/// How deep WebAssembly may call, bytes of host stack. CPython limits its own recursion below this, so that deep
/// recursion is a RecursionError and never a trap; 512 KiB, wasmtime's default, traps in a deeply nested json.loads.
pub const WASM_STACK: usize = 16 << 20;

/// Host stack of the thread that runs the guest: the guest's own and room for host calls.
pub const THREAD_STACK: usize = WASM_STACK + (4 << 20);

/// The settings. Everything that wasmtime checks when it loads machine code is here.
fn config() -> Config {
    // Before wasmtime puts its own in place, which an engine does.
    crate::machine::guard::install();
    let mut config = Config::new();
    // A trap is reported in one line; what only serves backtraces of compiled WebAssembly costs 2 MB of the
    // executable and is left out.
    config.wasm_backtrace_max_frames(None);
    config.native_unwind_info(false);
    config.generate_address_map(false);
    config.max_wasm_stack(WASM_STACK);
    config.async_stack_size(THREAD_STACK);
    config
}

/// An engine to run with. `code` makes machine code executable where it lies, `memory` makes linear memories; without
/// them wasmtime does both in its own way. A module that brings its own data needs wasmtime's memories.
///
/// # Errors
/// If wasmtime does not support this machine.
pub(crate) fn for_running(
    code: Option<Arc<dyn CustomCodeMemory>>,
    memory: Option<Arc<dyn MemoryCreator>>,
) -> Result<Engine> {
    let mut config = config();
    config.with_custom_code_memory(code);
    if let Some(memory) = memory {
        config.with_host_memory(memory);
    }
    Engine::new(&config)
}

/// A number that changes whenever machine code compiled before can no longer be loaded, or would be another: wasmtime's
/// version, the settings, the target, what is stripped.
///
/// # Errors
/// If the target is unknown.
#[cfg(feature = "compiler")]
pub fn compatibility(target: &str) -> Result<[u8; 8]> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut config = config();
    config.target(target)?;
    let mut hasher = DefaultHasher::new();
    Engine::new(&config)?.precompile_compatibility_hash().hash(&mut hasher);
    include_str!("strip.rs").hash(&mut hasher);
    Ok(hasher.finish().to_le_bytes())
}

/// Compiles a WebAssembly module to machine code for `target`, a target triple such as `x86_64-unknown-linux-gnu`.
/// The code uses only what every processor of that architecture has.
///
/// # Errors
/// If the target is unknown or the module is not valid.
#[cfg(feature = "compiler")]
pub fn compile(wasm: &[u8], target: &str) -> Result<Vec<u8>> {
    let mut config = config();
    // Naming the target keeps this machine's own processor features out of the code.
    config.target(target)?;
    crate::strip::strip(&Engine::new(&config)?.precompile_module(wasm)?)
}

#[cfg(all(test, feature = "compiler"))]
mod tests {
    use super::*;

    #[test]
    fn compiled_code_carries_no_symbols() {
        let module = wat::parse_str("(module (func (export \"a\") (result i32) (i32.const 1)))").expect("valid");
        let code = compile(&module, TARGET).expect("compiled");
        let has = |name: &[u8]| code.windows(name.len()).any(|window| window == name);
        assert!(has(b".text\0") && !has(b".symtab\0") && !has(b".strtab\0"));
    }
}
