//! Bytes on their way through a pipe, and what all pipes of a guest take together.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What is written whole or not at all, bytes.
pub const ATOMIC: usize = 4096;

/// Most memory that all pipes of a guest take together, bytes; more is ENOBUFS.
pub const ALL_TOGETHER: usize = 64 << 20;

/// What all channels of a guest have in common.
#[derive(Debug, Default)]
pub struct Common {
    /// Memory that they take, bytes.
    used: AtomicUsize,
    /// Whether something has happened to one of them, for which a thread may wait.
    pub changed: AtomicBool,
}

/// Bytes on their way, and whether both ends are still there.
#[derive(Debug)]
pub struct Channel {
    pub bytes: VecDeque<u8>,
    /// For how many there is memory, which `common` has among that of all others.
    memory: usize,
    common: Arc<Common>,
    pub reader_gone: bool,
    pub writer_gone: bool,
}

impl Channel {
    pub fn new(common: Arc<Common>) -> Channel {
        Channel { bytes: VecDeque::new(), memory: 0, common, reader_gone: false, writer_gone: false }
    }

    /// Who waits for this channel has to look again.
    pub fn note_change(&self) {
        self.common.changed.store(true, Ordering::Relaxed);
    }

    /// Has memory for so many more bytes; false if all pipes together would take too much.
    pub fn make_room(&mut self, more: usize) -> bool {
        let wanted = (self.bytes.len() + more).next_power_of_two();
        if wanted > self.memory {
            let used = self.common.used.load(Ordering::Relaxed) - self.memory + wanted;
            if used > ALL_TOGETHER {
                return false;
            }
            self.bytes.reserve_exact(wanted - self.bytes.len());
            self.common.used.store(used, Ordering::Relaxed);
            self.memory = wanted;
        }
        true
    }

    /// Gives its memory back, unless it is little.
    pub fn empty(&mut self) {
        if self.memory > ATOMIC {
            self.bytes = VecDeque::new();
            self.common.used.fetch_sub(self.memory, Ordering::Relaxed);
            self.memory = 0;
        }
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.common.used.fetch_sub(self.memory, Ordering::Relaxed);
    }
}
