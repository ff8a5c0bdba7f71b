//! Having Cranelift check, for each function, that every value is where it is read. How it allocates registers is patched
//! (`wasm/cranelift/patches`), and the sandbox stands on it. The only `unsafe` of this crate.

use wasmtime::Config;

/// Compiling takes two thirds more time, and panics for a function of which a value is elsewhere. What comes out is the same.
#[allow(unsafe_code)]
pub(crate) fn check(config: &mut Config) {
    // SAFETY: flags are unsafe as some change what code does. This one adds a pass that only reads.
    unsafe { config.cranelift_flag_enable("regalloc_checker") };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An engine is made only with flags that Cranelift knows, and with values that they can have.
    #[test]
    fn cranelift_knows_the_check() {
        let (plain, mut checked) = (Config::new(), Config::new());
        check(&mut checked);
        let hash = |config: &Config| {
            use std::hash::{DefaultHasher, Hash, Hasher};
            let mut hasher = DefaultHasher::new();
            let engine = wasmtime::Engine::new(config).expect("an engine");
            engine.precompile_compatibility_hash().hash(&mut hasher);
            hasher.finish()
        };
        assert_ne!(hash(&plain), hash(&checked));
    }
}
