//! Choices out of bytes. The first eight are the seed of pseudo-random choices without an end; each byte behind them changes one
//! choice. So a few bytes are a whole case, and a fuzzer can change it in one place.

/// Bytes of the seed.
const SEED: usize = 8;

/// The choices that are still to be made.
pub struct Input<'a> {
    /// Of splitmix64.
    state: u64,
    bytes: &'a [u8],
}

impl<'a> Input<'a> {
    pub fn new(bytes: &'a [u8]) -> Input<'a> {
        let (seed, bytes) = bytes.split_at(bytes.len().min(SEED));
        let state = seed.iter().fold(0, |state, byte| state << 8 | u64::from(*byte));
        Input { state, bytes }
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let (change, rest) = self.bytes.split_first().unwrap_or((&0, &[]));
        self.bytes = rest;
        usize::from((mixed >> 56) as u8 ^ change) % bound
    }

    /// True once in `times`.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}
