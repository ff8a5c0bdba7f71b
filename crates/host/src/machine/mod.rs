//! What reaches for the machine itself: code that is run where it lies, memory that is mapped from the executable, signals. The
//! only module with `unsafe`.
//!
//! - `trust` says which machine code may be run: [`TrustedCode`].
//! - `code` loads machine code and makes it executable: [`Program`].
//! - `library` does so with extensions, when they are first needed.
//! - `memory` makes linear memories: first contents mapped from the executable, copy-on-write; one for several instances.
//! - `guard` is about pages of them that the guest must not use.
//! - `executable` finds where in its file a part of the running executable lies.
//! - `heap` is about the host's own memory.
//! - `inherited` takes over sockets that were open when the process began.
//! - `signals` are those of the process; a handler uses `attention`, which asks the interpreter to look up, `doorbell`, which says
//!   when that may be done, and `sleeper`, which ends a wait.

#![allow(unsafe_code)]

mod attention;
mod code;
mod doorbell;
mod executable;
pub(crate) mod guard;
mod heap;
mod inherited;
mod library;
mod memory;
pub(crate) mod signals;
mod sleeper;
mod trust;

pub(crate) use attention::{Attention, Places};
pub use code::Program;
pub use heap::share_heap;
#[cfg(test)]
pub(crate) use inherited::left;
pub(crate) use inherited::take as take_inherited;
pub(crate) use library::{Extension, Library};
pub(crate) use memory::{SharedMemory, with_memory, with_new_memory};
pub use signals::end_by;
pub(crate) use sleeper::Sleeper;
pub use trust::{PageAligned, TrustedCode};
