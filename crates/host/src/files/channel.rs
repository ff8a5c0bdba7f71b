//! Bytes on their way through a pipe, and what all pipes of a guest take together.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is written whole or not at all, bytes.
pub const ATOMIC: usize = 4096;

/// Most memory that all pipes of a guest take together, bytes; more is ENOBUFS.
pub const ALL_TOGETHER: usize = 64 << 20;

/// Bytes on their way, and whether both ends are still there.
#[derive(Debug)]
pub struct Channel {
    pub bytes: VecDeque<u8>,
    /// For how many there is memory, which `used` has among that of all others.
    memory: usize,
    used: Arc<AtomicUsize>,
    pub reader_gone: bool,
    pub writer_gone: bool,
}

impl Channel {
    pub fn new(used: Arc<AtomicUsize>) -> Channel {
        Channel { bytes: VecDeque::new(), memory: 0, used, reader_gone: false, writer_gone: false }
    }

    /// Has memory for so many more bytes; false if all pipes together would take too much.
    pub fn make_room(&mut self, more: usize) -> bool {
        let wanted = (self.bytes.len() + more).next_power_of_two();
        if wanted > self.memory {
            let used = self.used.load(Ordering::Relaxed) - self.memory + wanted;
            if used > ALL_TOGETHER {
                return false;
            }
            self.bytes.reserve_exact(wanted - self.bytes.len());
            self.used.store(used, Ordering::Relaxed);
            self.memory = wanted;
        }
        true
    }

    /// Gives its memory back, unless it is little.
    pub fn empty(&mut self) {
        if self.memory > ATOMIC {
            self.bytes = VecDeque::new();
            self.used.fetch_sub(self.memory, Ordering::Relaxed);
            self.memory = 0;
        }
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.used.fetch_sub(self.memory, Ordering::Relaxed);
    }
}
