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

/// An atomic word; its operations are in one order for all (`SeqCst`). A trait so that a model checker can have its own.
pub(crate) trait Word {
    /// A word with this value.
    fn new(value: u32) -> Self;
    /// Gives it another value.
    fn store(&self, value: u32);
    /// Gives it the value `new` if it has `old`; else the value it has.
    fn exchange(&self, old: u32, new: u32) -> Result<u32, u32>;
    /// Lets others go on.
    fn pause();
}

impl Word for AtomicU32 {
    fn new(value: u32) -> Self {
        AtomicU32::new(value)
    }

    fn store(&self, value: u32) {
        self.store(value, Ordering::SeqCst);
    }

    fn exchange(&self, old: u32, new: u32) -> Result<u32, u32> {
        self.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst)
    }

    fn pause() {
        std::thread::yield_now();
    }
}

/// See the module's documentation.
pub(crate) struct Doorbell<W = AtomicU32> {
    state: W,
}

impl<W: Word> Doorbell<W> {
    /// Of a guest that is in a host call.
    pub fn new() -> Self {
        Doorbell { state: W::new(HOST) }
    }

    /// A host call begins. Does nothing if one has begun.
    pub fn enter(&self) {
        while self.state.exchange(GUEST, HOST) == Err(RINGING) {
            W::pause();
        }
    }

    /// A host call ends, and has given the memory back; `ask` asks for attention.
    pub fn leave(&self, ask: impl FnOnce()) {
        if self.state.exchange(HOST, GUEST).is_err() {
            ask();
            self.state.store(GUEST);
        }
    }

    /// Asks for attention with `ask`, now or when the host call ends. May be called by a signal's handler, on whatever thread.
    pub fn ring(&self, ask: impl FnOnce()) {
        loop {
            match self.state.exchange(GUEST, RINGING) {
                Ok(_) => {
                    ask();
                    return self.state.store(GUEST);
                }
                Err(HOST) if self.state.exchange(HOST, RUNG).is_err() => {}
                Err(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use loom::sync::Arc;
    use loom::sync::atomic::AtomicU32 as Modelled;
    use std::sync::atomic::AtomicBool;

    impl Word for Modelled {
        fn new(value: u32) -> Self {
            Modelled::new(value)
        }

        fn store(&self, value: u32) {
            self.store(value, Ordering::SeqCst);
        }

        fn exchange(&self, old: u32, new: u32) -> Result<u32, u32> {
            self.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst)
        }

        fn pause() {
            loom::thread::yield_now();
        }
    }

    /// A guest: memory that a host call borrows, and the bit that asks for attention. loom finds accesses at the same time.
    struct Guest {
        bell: Doorbell<Modelled>,
        memory: loom::cell::UnsafeCell<()>,
        bit: Modelled,
        reasons: Modelled,
    }

    impl Guest {
        fn ask(&self) {
            // Guest code may run meanwhile, which uses no slice; a host call must not have the memory.
            self.memory.with(|_| self.bit.store(1, Ordering::SeqCst));
        }

        fn host_call<T>(&self, call: impl FnOnce() -> T) -> T {
            self.bell.enter();
            let result = self.memory.with_mut(|_| call());
            self.bell.leave(|| self.ask());
            result
        }

        /// What guest code does at its next look at the bit: the reasons that it was asked for.
        fn attend(&self) -> u32 {
            if self.bit.swap(0, Ordering::SeqCst) == 0 {
                return 0;
            }
            self.host_call(|| self.reasons.swap(0, Ordering::SeqCst))
        }
    }

    /// In every order that two who ring and a guest that makes host calls can have: nobody writes while a call has the memory, and
    /// no reason is lost.
    #[test]
    fn nobody_rings_while_a_call_has_the_memory_and_no_ring_is_lost() {
        static SEEN_LATE: AtomicBool = AtomicBool::new(false);
        loom::model(|| {
            let guest = Arc::new(Guest {
                bell: Doorbell::new(),
                memory: loom::cell::UnsafeCell::new(()),
                bit: Modelled::new(0),
                reasons: Modelled::new(0),
            });
            let ringers = [1, 2].map(|reason| {
                let guest = guest.clone();
                loom::thread::spawn(move || {
                    guest.reasons.fetch_or(reason, Ordering::SeqCst);
                    guest.bell.ring(|| guest.ask());
                })
            });
            // It begins in a host call.
            guest.bell.leave(|| guest.ask());
            let mut seen = guest.attend();
            guest.host_call(|| ());
            seen |= guest.attend();
            for ringer in ringers {
                ringer.join().expect("it ends");
            }
            if seen != 3 {
                SEEN_LATE.store(true, Ordering::Relaxed);
            }
            seen |= guest.attend();
            assert_eq!(seen, 3, "all reasons are seen");
        });
        assert!(SEEN_LATE.load(Ordering::Relaxed), "orders were tried in which somebody rings late");
    }
}
