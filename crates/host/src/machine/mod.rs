//! What reaches for the machine itself: code that is run where it lies, memory that is mapped from the executable. The
//! only module with `unsafe`.
//!
//! - `trust` says which machine code may be run: [`TrustedCode`].
//! - `code` loads machine code and makes it executable: [`Program`].
//! - `memory` makes linear memories whose first contents are pages of the executable, mapped copy-on-write.
//! - `executable` finds where in its file a part of the running executable lies.

#![allow(unsafe_code)]

mod code;
mod executable;
mod memory;
mod trust;

pub use code::Program;
pub use trust::{PageAligned, TrustedCode};
