//! Threads of a guest. Each is a thread of the host with a store and an instance of its own, and all these instances have one
//! linear memory. One runs at a time: the one that owns the [`Context`](crate::Context). It gives the context away only inside host
//! calls that wait, so that what guest code does between two host calls it does at once, and needs no atomic operations. A program
//! that starts no thread is compiled, and runs, as one that cannot.
//!
//! | file | holds |
//! |---|---|
//! | `control.rs` | what the guest tells of itself: the control block |
//! | `seat.rs` | what a thread's store holds |
//! | `turns.rs` | whose turn it is: giving the context away and getting it back |
//! | `waiting.rs` | waiting: for a word of the memory, and for what a call of preview1 waits for |
//! | `spawn.rs` | starting a thread, and its end |
//! | `extensions.rs` | loading extensions |
//! | `calls.rs` | the calls that `wasm/src/posix` makes, dispatched |
//!
//! Who has waited for its turn for a while asks the thread that runs for attention; the interpreter then makes a
//! call that gives the turn away. CPython's own lock of the interpreter is another matter, which the guest settles by itself.

mod calls;
mod control;
mod extensions;
mod seat;
mod spawn;
mod turns;
mod waiting;

pub(crate) use calls::{call_of, make};
pub(crate) use seat::{Origin, Seat, settle};
pub(crate) use waiting::{Waited, after_call, wait};
