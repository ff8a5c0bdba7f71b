//! Tells the crate which target it is built for, so that code compiled at run time (tests, tools) is for this machine.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo:rustc-env=HOST_TARGET={target}");
}
