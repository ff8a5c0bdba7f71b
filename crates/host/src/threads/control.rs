//! The control block: what the guest tells of itself, and what the host writes there. `wasm/src/posix/calls.h` has the same
//! fields, and says how large they are together. Addresses in it may be any: what lies outside of the memory is left alone.

use crate::context::Own;
use crate::machine::Places;

/// See the module's documentation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Control {
    address: u32,
    /// The thread-local variables: address and length.
    own: (u32, u32),
    /// errno's address.
    error: u32,
    pub places: Places,
}

/// Words of 32 bits in front of the signals: own, its length, errno, state, breaker, attention.
const WORDS: usize = 6;
/// Where the signals that have come are written, and the ignored ones, bytes.
const SIGNALS: u32 = 24;
const IGNORED: u32 = 32;
/// All of it, bytes.
const SIZE: u32 = 40;
/// Most bytes of thread-local variables: there are a few dozen.
const MOST: u32 = 4096;

impl Control {
    /// Reads one of so many bytes; `None` if it has another size, or is not in the memory.
    pub fn read(memory: &[u8], address: u32, size: u32) -> Option<Control> {
        let mut words = [0; WORDS];
        let bytes = memory.get(address as usize..)?.get(..SIZE as usize)?;
        if size != SIZE {
            return None;
        }
        for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = u32::from_le_bytes(bytes.try_into().ok()?);
        }
        let [own, len, error, state, breaker, attention] = words;
        (len <= MOST).then_some(Control {
            address,
            own: (own, len),
            error,
            places: Places { state, breaker, attention },
        })
    }

    /// What each thread has a copy of, the interpreter and extensions.
    pub fn save(&self, extensions: &[Own], memory: &[u8], into: &mut Vec<u8>) {
        into.clear();
        for (start, len) in self.ranges().into_iter().chain(extensions.iter().map(Own::range)) {
            into.extend_from_slice(memory.get(start..start + len).unwrap_or_default());
        }
    }

    /// Gives a thread its own again: what [`Control::save`] has saved. What it did not have then, it has as it is in a new thread: of
    /// the interpreter zeros.
    pub fn restore(&self, extensions: &[Own], memory: &mut [u8], saved: &[u8]) {
        let mut at = 0;
        let own = self.ranges().map(|range| (range, None)).into_iter();
        for ((start, len), first) in own.chain(extensions.iter().map(|own| (own.range(), Some(&own.first)))) {
            let Some(place) = memory.get_mut(start..start + len) else { continue };
            match (saved.get(at..at + len), first) {
                (Some(saved), _) => place.copy_from_slice(saved),
                (None, Some(first)) => place.copy_from_slice(first),
                (None, None) => place.fill(0),
            }
            at += len;
        }
    }

    fn ranges(&self) -> [(usize, usize); 2] {
        [(self.own.0 as usize, self.own.1 as usize), (self.error as usize, 4)]
    }

    /// Adds signals to those that the guest has not looked at yet.
    pub fn add_signals(&self, memory: &mut [u8], signals: u64) {
        self.write(memory, SIGNALS, |before| before | signals);
    }

    pub fn set_ignored(&self, memory: &mut [u8], signals: u64) {
        self.write(memory, IGNORED, |_| signals);
    }

    fn write(&self, memory: &mut [u8], field: u32, change: impl FnOnce(u64) -> u64) {
        let start = (self.address + field) as usize;
        if let Some(place) = memory.get_mut(start..start + 8) {
            let before = u64::from_le_bytes(place.try_into().unwrap_or_default());
            place.copy_from_slice(&change(before).to_le_bytes());
        }
    }
}

impl Own {
    /// Address and length.
    fn range(&self) -> (usize, usize) {
        (self.start as usize, self.first.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn a_thread_finds_its_own_again_and_a_new_one_finds_zeros() {
        // At 64: eight bytes that are thread-local; at 80: errno.
        let mut memory = words(&[64, 8, 80, 1, 2, 3]);
        memory.resize(128, 0);
        let control = Control::read(&memory, 0, SIZE).expect("in the memory");
        assert_eq!((control.places.state, control.places.breaker, control.places.attention), (1, 2, 3));
        memory[64..72].copy_from_slice(b"variable");
        memory[80..84].copy_from_slice(b"errn");
        let mut saved = Vec::new();
        control.save(&[], &memory, &mut saved);
        control.restore(&[], &mut memory, &[]);
        assert_eq!((&memory[64..72], &memory[80..84]), (&[0; 8][..], &[0; 4][..]));
        control.restore(&[], &mut memory, &saved);
        assert_eq!((&memory[64..72], &memory[80..84]), (&b"variable"[..], &b"errn"[..]));
        control.add_signals(&mut memory, 1);
        control.add_signals(&mut memory, 6);
        control.set_ignored(&mut memory, 9);
        assert_eq!((memory[24], memory[32]), (7, 9));
    }

    #[test]
    fn a_block_that_lies_is_no_harm() {
        assert!(Control::read(&[0; 16], 0, SIZE).is_none(), "cut off");
        assert!(Control::read(&[0; 64], u32::MAX, SIZE).is_none(), "outside");
        assert!(Control::read(&[0; 64], 0, SIZE + 8).is_none(), "with a field more");
        let mut memory = words(&[0, u32::MAX, 0, 0, 0, 0]);
        memory.resize(64, 0);
        assert!(Control::read(&memory, 0, SIZE).is_none(), "as much as all of it");
        let mut memory = words(&[u32::MAX - 3, 8, u32::MAX, 0, 0, 0]);
        memory.resize(64, 0);
        let control = Control::read(&memory, 0, SIZE).expect("in the memory");
        let mut saved = Vec::new();
        control.save(&[], &memory, &mut saved);
        assert!(saved.is_empty());
        control.restore(&[], &mut memory, &[1; 12]);
        control.add_signals(&mut memory, 1);
    }
}
