//! The executable: what `build.rs` has made of a project, and the crate `launch`, which does something with it.

mod linked;

use std::process::ExitCode;

// rustdoc is not run by the wrapper.
#[cfg(all(target_os = "linux", target_env = "gnu", not(target_feature = "crt-static"), not(doc)))]
compile_error!(
    "expected to be linked statically, so that the executable runs on every Linux, found a dynamic link: \
     .cargo/rustc adds the flag; unset RUSTC_WRAPPER, which takes its place"
);

fn main() -> ExitCode {
    launch::main(linked::parts())
}
