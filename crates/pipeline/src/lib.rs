//! The pipeline: from a project's folder to the parts of its executable.
//!
//! `build.rs` of the root package is a thin caller of [`build()`], which goes through the stages in this order. Each is a
//! method of [`Build`], which has what all of them need: settings, project, cache.
//!
//! | folder | stage |
//! |---|---|
//! | `inputs/` | what is bundled: the project's settings, the libraries |
//! | `dependencies/` | what the project asks for from package registries: resolved, installed, tidied |
//! | `runtime/` | python.wasm and the standard library's sources: found, or built by the recipe in `wasm/` |
//! | `native/` | what builds extensions for our platform, on this machine |
//! | `compilation/` | python.wasm to machine code, and with that sources to bytecode |
//! | `output/` | the archive, the check of the entry, licences, the finished parts |
//! | `snapshot/` | the memory of the initialised interpreter with the app imported |
//! | `common/` | what all stages use: cache, hashes, running commands and guests |
//!
//! A stage that is slow keeps its result in the cache, under a key made of everything that it depends on.

mod common;
mod compilation;
mod context;
mod dependencies;
mod error;
mod inputs;
mod native;
mod output;
mod runtime;
pub mod settings;
mod snapshot;
mod summary;
mod walk;

use common::{command, confine, copies, crates, csv, guest, log, own_folder, patches, pip, programs, progress};

pub use common::{cache, hash};
pub use compilation::{Compiled, Python, Sources, Stdlib};
pub use context::Build;
pub use dependencies::markers;
pub use error::{Error, Result};
pub use output::Built;
pub use own_folder::OwnFolder;
pub use progress::Progress;
pub use runtime::Runtime;
pub use walk::{Report, build};
