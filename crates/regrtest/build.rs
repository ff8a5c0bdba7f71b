//! Tells the crate which target it is built for: python.wasm is compiled for this machine.

#![forbid(unsafe_code)]

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=REGRTEST_TARGET={}", std::env::var("TARGET").unwrap_or_default());
}
