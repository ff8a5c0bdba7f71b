//! Asking the interpreter for attention: it looks at a bit of its own between two instructions, and then calls the host.

use super::doorbell::Doorbell;
use super::memory::SharedMemory;
use crate::abi::ATTENTION_BIT;
use std::sync::atomic::Ordering;

/// Where in the memory the interpreter looks; as the guest says, who may say anything.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Places {
    /// Address of the current thread state's address, which is 0 if there is none.
    pub state: u32,
    /// Offset in a thread state of the word with the bit.
    pub breaker: u32,
    /// Address of a word that is set, too.
    pub attention: u32,
}

/// Of one guest.
pub(crate) struct Attention {
    bell: Doorbell,
    memory: SharedMemory,
    places: Places,
}

impl Attention {
    /// Of a guest that is in a host call.
    pub fn new(memory: SharedMemory, places: Places) -> Attention {
        Attention { bell: Doorbell::new(), memory, places }
    }

    /// A host call begins. Until it ends nobody else writes to the memory.
    pub fn enter(&self) {
        self.bell.enter();
    }

    /// A host call ends; nobody has a slice of the memory any more. False if it was sent to a page that was taken away from the
    /// guest.
    pub fn leave(&self) -> bool {
        self.bell.leave(|| self.ask());
        !self.memory.was_hit()
    }

    /// Asks for attention. May be called by a signal's handler.
    pub fn ring(&self) {
        self.bell.ring(|| self.ask());
    }

    /// The guest's own changes of these words are no single steps, so that the bit may be lost: it is looked at once more. Who rings
    /// again and again need not care.
    fn ask(&self) {
        if let Some(attention) = self.memory.word(self.places.attention) {
            attention.store(1, Ordering::SeqCst);
        }
        for _ in 0..2 {
            let state = self.memory.word(self.places.state).map_or(0, |state| state.load(Ordering::SeqCst));
            if state != 0
                && let Some(breaker) = self.memory.word(state.wrapping_add(self.places.breaker))
                && breaker.load(Ordering::SeqCst) & ATTENTION_BIT == 0
            {
                breaker.fetch_or(ATTENTION_BIT, Ordering::SeqCst);
                for _ in 0..SETTLE {
                    std::hint::spin_loop();
                }
            }
        }
    }
}

/// Some hundred instructions of the guest.
const SETTLE: u32 = 20;
