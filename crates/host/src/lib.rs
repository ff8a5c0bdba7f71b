//! The host: CPython, or any other WASI preview1 command, running in wasmtime over an in-memory file system.
//!
//! - [`engine`] makes the engine, by the settings in the crate of the same name: one place, because code compiled at build time is
//!   only loaded by an engine with the same settings.
//! - [`machine`] loads ahead-of-time compiled machine code and maps memory, in place where it can. It is the one home of
//!   `unsafe` here, and says by type which code may be run.
//! - `split` splits a module into its code and the image of its data; [`snapshot`] makes the image of an initialised
//!   interpreter. (The crate `memory_image` is the format of both.)
//! - [`Zones`] are the time zones of the machine.
//! - `network` has the sockets of a guest, and looks names up for it, as the policy grants them.
//! - [`Context`] is what one guest can see and touch: a [`vfs::Vfs`], descriptors, clocks. `files` has the kinds of open
//!   files, each behind one trait; `preview1` marshals the WASI calls between the guest's memory and these.
//! - [`abi`] is what the host and the C and Python inside the guest agree on; [`layout`] says where things lie in the file
//!   system that Python sees; [`load`] copies host folders into one.
//! - [`run`](mod@run) puts them together: one [`Program`], one [`Context`], one [`Outcome`].
//!
//! - `threads` lets a guest have several, of which one at a time runs and owns the [`Context`].
//!
//! Imports point one way: `run`, `snapshot` → `preview1` → `threads` → `context` → `disk`, `network` → `files` → `namespace` →
//! `limits`, `quota` → `wasi`.
//!
//! With the feature `compiler` it also compiles WebAssembly; the shipped executable is built without.

pub mod abi;
mod context;
mod disk;
pub mod engine;
mod error;
pub mod extensions;
mod files;
pub mod layout;
mod limits;
pub mod load;
pub mod machine;
mod namespace;
mod network;
mod outcome;
mod preview1;
#[cfg(feature = "linker")]
mod prune;
mod quota;
pub mod run;
pub mod snapshot;
#[cfg(feature = "linker")]
pub mod split;
mod thread;
mod threads;
pub mod timing;
mod wasi;
mod zones;

pub use context::{Context, ContextBuilder, ContextError, Uncaught};
pub use error::StartError;
pub use files::{Input, Output};
pub use limits::Meter;
pub use machine::{PageAligned, Program, TrustedCode, end_by, share_heap};
pub use network::{NetworkAttempt, NetworkAttempts, NetworkUse, NotInherited};
pub use outcome::Outcome;
pub use quota::Quota;
pub use run::{run, run_then};
pub use timing::Timing;
pub use zones::Zones;

/// Export of a split module's identity: a constant, checked against that of the image.
pub(crate) const IDENTITY: &str = "pyapp_identity";
/// Export of the one global that may change, and does while functions run: the stack pointer.
pub(crate) const STACK_POINTER: &str = "pyapp_stack_pointer";
