//! WASI preview1: the calls of a guest, on its [`Context`].
//!
//! Each call marshals between the guest's memory and what serves it: an open file description (`files/`), the VFS, or, for
//! granted host folders, clocks, random numbers, arguments and environment, wasmtime-wasi. Every call that names a descriptor
//! goes through the table; wasmtime-wasi is only handed numbers of its own, which the guest never sees.
//!
//! | file | holds |
//! |---|---|
//! | `calls.rs` | the calls, each a line of dispatch |
//! | `paths.rs` | the calls that take paths |
//! | `open.rs` | what opening a path in the VFS gives |
//! | `transfer.rs` | reading into buffers of the guest and writing from them |
//! | `readdir.rs` | listings |
//! | `poll.rs` | `poll_oneoff` |
//! | `requests.rs` | what preview1 has no call for, asked for by opening a path |
//! | `network.rs` | the same for sockets and names, and `sock_accept` |
//! | `convert.rs` | arguments of calls as the VFS takes them |
//! | `link.rs` | glue to wasmtime, generated from the interface, and where calls wait |

mod calls;
mod convert;
#[cfg(test)]
mod denied_test;
#[cfg(test)]
mod inherited_test;
mod link;
mod network;
#[cfg(test)]
mod network_test;
mod open;
mod paths;
mod poll;
mod readdir;
#[cfg(test)]
mod readdir_test;
mod requests;
#[cfg(test)]
mod test_guest;
mod transfer;
#[cfg(test)]
mod transfer_test;
#[cfg(test)]
mod waiting_test;

use crate::context::Context;
use crate::wasi::{Result, types};

pub(crate) use link::add_to_linker;
