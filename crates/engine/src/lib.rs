//! wasmtime's settings, and with the feature `compiler` what compiles with them. Apart from the crate `host`, as the program that
//! compiles (`wasm/cranelift`) has nothing else in it.

#[cfg(feature = "compiler")]
mod registers;
#[cfg(feature = "compiler")]
mod strip;

use wasmtime::Config;
#[cfg(feature = "compiler")]
pub use wasmtime::Result;

/// The version of wasmtime, which Cargo.toml pins exactly.
pub const WASMTIME_VERSION: &str = "48.0.8";

/// How deep WebAssembly may call, bytes of host stack. CPython limits its own recursion below this, so that deep
/// recursion is a RecursionError and never a trap; 512 KiB, wasmtime's default, traps in a deeply nested json.loads.
const WASM_STACK: usize = 16 << 20;

/// Host stack of the thread that runs the guest: the guest's own and room for host calls.
pub const THREAD_STACK: usize = WASM_STACK + (4 << 20);

/// The settings. Everything that wasmtime checks when it loads machine code is here.
pub fn config() -> Config {
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
    registers::check(&mut config);
    strip::strip(&wasmtime::Engine::new(&config)?.precompile_module(wasm)?)
}

#[cfg(all(test, feature = "compiler"))]
mod tests {
    use super::*;

    #[test]
    fn compiled_code_carries_no_symbols() {
        let module = wat::parse_str("(module (func (export \"a\") (result i32) (i32.const 1)))").expect("valid");
        let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        let code = compile(&module, &target).expect("compiled");
        let has = |name: &[u8]| code.windows(name.len()).any(|window| window == name);
        assert!(has(b".text\0") && !has(b".symtab\0") && !has(b".strtab\0"));
    }
}
