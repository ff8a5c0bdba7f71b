//! CPython, or any other WASI preview1 command, running in wasmtime over an in-memory file system.
//!
//! - [`abi`] is what the host and the C and Python inside the guest agree on.
//! - [`engine`] holds the engine's settings: one place, because code compiled at build time is only loaded by an engine
//!   with the same settings.
//! - [`machine`] loads ahead-of-time compiled machine code and maps memory, in place where it can. It is the one home of
//!   `unsafe`.
//! - [`image`] (a crate of its own) is what a linear memory holds when a run begins; `split` parts a module into its code and the image of its
//!   data; [`snapshot`] makes the image of an initialised interpreter.
//! - [`preview1`] implements the WASI calls over a [`vfs::Vfs`]; the only place that knows wasmtime-wasi.
//! - [`layout`] says where things lie in the file system that Python sees; [`load`] copies host folders into one.
//! - [`run`](mod@run) puts them together: one [`Program`], one [`Context`], one [`Outcome`].
//!
//! With the feature `compiler` it also compiles WebAssembly; the shipped executable is built without.

pub mod abi;
pub mod engine;
pub mod layout;
pub mod load;
pub mod machine;
pub mod preview1;
pub mod run;
pub mod snapshot;
#[cfg(feature = "compiler")]
pub mod split;
#[cfg(feature = "compiler")]
mod strip;
mod thread;
pub mod timing;

pub use machine::{PageAligned, Program, TrustedCode};
pub use preview1::{Context, ContextBuilder, Input, Output};
pub use run::{Outcome, run, run_then};
pub use timing::Timing;

/// Export of a split module's identity: a constant, checked against that of the image.
pub(crate) const IDENTITY: &str = "pyapp_identity";
/// Export of the one global that may change, and does while functions run: the stack pointer.
pub(crate) const STACK_POINTER: &str = "pyapp_stack_pointer";
