//! WASI preview1 over the in-memory file system.
//!
//! A [`Context`] owns the VFS and the descriptor table. Every call that names a descriptor goes through the table, and
//! only a descriptor that was made by a granted host folder is handed to wasmtime-wasi, under a number of its own
//! that the guest never sees. Clocks, random numbers, arguments and environment are wasmtime-wasi's.
//!
//! | file | holds |
//! |---|---|
//! | `guest.rs` | [`Context`] and its builder: what a guest is given |
//! | `table.rs` | the descriptor table |
//! | `buffers.rs` | buffers of the guest |
//! | `calls.rs` | the preview1 calls, each a dispatch on what the descriptor is |
//! | `memory_files.rs` | what they do on descriptors of the VFS |
//! | `fixed.rs` | clocks and random numbers that are the same in every run, for reproducible builds |
//! | `pipes.rs` | pipes and pairs of sockets |
//! | `requests.rs` | what preview1 has no call for, asked for by opening a path |
//! | `streams.rs` | what they do on stdin, stdout and stderr |
//! | `terminal.rs` | terminals behind the standard streams |
//! | `poll.rs` | waiting |
//! | `convert.rs` | types of the VFS as types of preview1 |
//! | `link.rs` | glue to wasmtime, generated from the interface |

mod buffers;
mod calls;
mod context;
mod convert;
mod fixed;
mod link;
mod memory_files;
mod pipes;
mod poll;
#[cfg(test)]
mod readdir_test;
mod requests;
#[cfg(test)]
mod seam_test;
mod streams;
mod table;
mod terminal;

pub use context::{Context, ContextBuilder, ContextError};
pub(crate) use link::add_to_linker;
pub use streams::{Input, Output};

use std::fmt;
use wasmtime_wasi::p1::types;

/// The result of a preview1 call: an errno for the guest, or a trap that ends it.
type Result<T> = std::result::Result<T, types::Error>;

/// Ends a guest that called `proc_exit`.
#[derive(Debug)]
pub(crate) struct Exit(pub u32);

/// Ends a guest that writes to a standard stream whose reader has gone. Like other programs it ends quietly at once
/// (they by SIGPIPE) instead of being told by an errno that most programs turn into noise.
#[derive(Debug)]
pub(crate) struct ClosedPipe;

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit status {}", self.0)
    }
}

impl fmt::Display for ClosedPipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the reader of a standard stream has gone")
    }
}

impl std::error::Error for Exit {}
impl std::error::Error for ClosedPipe {}
