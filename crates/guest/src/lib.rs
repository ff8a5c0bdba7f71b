//! CPython, or any other WASI preview1 command, running in wasmtime over an in-memory file system.
//!
//! - [`engine`] holds the engine's settings: one place, because code compiled at build time is only loaded by an engine
//!   with the same settings.
//! - [`code`] loads ahead-of-time compiled machine code, in place where it can. It is the one home of `unsafe`.
//! - [`preview1`] implements the WASI calls over a [`vfs::Vfs`]; the only place that knows wasmtime-wasi.
//! - [`layout`] says where things lie in the file system that Python sees; [`load`] copies host folders into one.
//! - [`run`](mod@run) puts them together: one [`Program`], one [`Guest`], one [`Outcome`].
//!
//! With the feature `compiler` it also compiles WebAssembly; the shipped executable is built without.

pub mod code;
pub mod engine;
pub mod layout;
pub mod load;
pub mod preview1;
pub mod run;

pub use code::{PageAligned, Program};
pub use preview1::{Guest, GuestBuilder, Input, Output};
pub use run::{Outcome, run};
