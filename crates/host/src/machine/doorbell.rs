//! When the host may ask a guest for attention. It does so by writing into the guest's memory, from another thread or from a
//! signal's handler, while guest code runs; but never while a host call has borrowed that memory.
//!
//! | state | who may write what asks for attention |
//! |---|---|
//! | `GUEST`: guest code runs | whoever makes it `RINGING` first |
//! | `RINGING`: it is being written; a host call that begins waits, which takes as long as three writes | who made it so |
//! | `HOST`: a host call has the memory, or nobody runs | nobody |
//! | `RUNG`: the same, and somebody has rung | the call itself, when it ends |
//!
//! Who rings has said before what for. Nothing is lost when somebody else is ringing: the guest looks in a host call, which begins
//! after that.

use std::sync::atomic::{AtomicU32, Ordering};

const GUEST: u32 = 0;
const RINGING: u32 = 1;
const HOST: u32 = 2;
const RUNG: u32 = 3;

/// See the module's documentation.
pub(crate) struct Doorbell {
    state: AtomicU32,
}

impl Doorbell {
    /// Of a guest that is in a host call.
    pub fn new() -> Doorbell {
        Doorbell { state: AtomicU32::new(HOST) }
    }

    /// A host call begins. Does nothing if one has begun.
    pub fn enter(&self) {
        while self.exchange(GUEST, HOST) == Err(RINGING) {
            std::thread::yield_now();
        }
    }

    /// A host call ends, and has given the memory back; `ask` asks for attention.
    pub fn leave(&self, ask: impl FnOnce()) {
        if self.exchange(HOST, GUEST).is_err() {
            ask();
            self.state.store(GUEST, Ordering::SeqCst);
        }
    }

    /// Asks for attention with `ask`, now or when the host call ends. May be called by a signal's handler, on whatever thread.
    pub fn ring(&self, ask: impl FnOnce()) {
        loop {
            match self.exchange(GUEST, RINGING) {
                Ok(_) => {
                    ask();
                    return self.state.store(GUEST, Ordering::SeqCst);
                }
                Err(HOST) if self.exchange(HOST, RUNG).is_err() => {}
                Err(_) => return,
            }
        }
    }

    /// Makes the state `new` if it is `old`; else what it is. All such steps are in one order for all threads.
    fn exchange(&self, old: u32, new: u32) -> Result<u32, u32> {
        self.state.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst)
    }
}

#[cfg(test)]
#[path = "doorbell_test.rs"]
mod tests;
