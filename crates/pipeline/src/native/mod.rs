//! What builds extensions for our platform: the recipe's compiler in a folder of the cache, with what other people's builds expect of
//! one, and the way from a distribution's sources to its wheel.
//!
//! | file | does |
//! |---|---|
//! | `toolchain.rs` | the folder: compiler, headers, libraries, `sysconfig`'s data, files for meson and CMake |
//! | `cc.py` | the compiler's program, as builds call it |
//! | `rust/` | a compiler of Rust, its standard library for extensions, and the crates of a build |
//! | `rust.py` | the linker's program, as that compiler calls it |
//! | `table.rs` | reads `wasm/libraries.toml` |
//! | `libraries.rs` | C libraries that extensions are linked with |
//! | `headers.rs` | headers that tell of this machine, in the environments of builds |
//! | `build_system.rs` | what sources say of how they are built |
//! | `backend.rs`, `backend.py` | runs a build backend (PEP 517) on this machine, for our platform |

mod backend;
mod build_system;
mod headers;
mod libraries;
mod rust;
mod table;
mod toolchain;

pub(crate) use backend::{Request, is_for_our_platform, wheel_name};
pub(crate) use build_system::BuildSystem;
pub(crate) use libraries::Linked;
pub(crate) use rust::{Rust, STEPS as RUST_STEPS, is_needed as needs_rust};
pub(crate) use table::hash_of as hash_of_libraries;
pub(crate) use toolchain::Toolchain;
