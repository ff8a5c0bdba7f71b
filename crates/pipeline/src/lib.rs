//! The build side: turns a project folder into the assets that the executable embeds.
//!
//! `build.rs` is a thin caller of [`build`]. The stages are files, in this order:
//!
//! | file | does |
//! |---|---|
//! | [`settings`] | the one door for environment variables |
//! | [`project`] | reads and checks `pyproject.toml` |
//! | [`cache`], [`hash`] | the folder in which slow results are kept, keyed by content |
//! | [`runtime`] | python.wasm and the standard library's sources: found, or built by the recipe in `wasm/` |
//! | [`machine_code`] | python.wasm compiled ahead of time |
//! | `build_guest` | runs a guest at build time, within limits |
//! | [`interpreter`] | checks that a runtime is the CPython it should be |
//! | [`libraries`] | what lies under the configured folders |
//! | [`bytecode`] | `compile_library.py`, run inside the WebAssembly CPython |
//! | [`licences`] | the licence texts of the Rust crates in the executable |
//! | [`entry`] | checks that the entry exists |
//! | `archives` | the compiled standard library, and the app with it |
//! | [`snapshot`] | the image of the initialised interpreter with the app imported |
//! | [`parts`] | machine code and images as they go into the executable |
//! | [`assets`] | everything together |

mod archives;
pub mod assets;
mod build_guest;
pub mod bytecode;
pub mod cache;
mod command;
mod crates;
pub mod entry;
mod error;
pub mod hash;
pub mod interpreter;
pub mod libraries;
pub mod licences;
pub mod machine_code;
pub mod parts;
pub mod progress;
pub mod project;
pub mod runtime;
pub mod settings;
pub mod snapshot;

pub use assets::{Report, build};
pub use error::{Error, Result};
