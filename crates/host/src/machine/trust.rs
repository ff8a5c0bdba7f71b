//! Machine code that may be run.
//!
//! Whoever can choose machine code can run anything, and no check of its bytes can change that, so wasmtime runs what it is
//! given. That the bytes are what this project's compiler has made is therefore a promise, and [`TrustedCode`] carries it: its
//! only constructor is unsafe, and nothing else here takes code. Two callers outside of this module make the promise: the
//! executable, for code that is part of it (`src/linked.rs`), and the build, for code in a folder that nobody but the user who
//! builds can write to (`pipeline::own_folder`).

use std::alloc::Layout;
use std::sync::Arc;

/// Bytes that start at a page boundary, so that they can be made executable without touching what lies beside them.
/// Wrap `*include_bytes!(…)` in it.
#[repr(C, align(4096))]
pub struct PageAligned<B: ?Sized>(
    /// The bytes.
    pub B,
);

impl PageAligned<[u8]> {
    /// So many zeros; `None` if there is no memory for them.
    pub fn zeroed(len: usize) -> Option<Box<PageAligned<[u8]>>> {
        let layout = Layout::from_size_align(len, ALIGNMENT).ok().filter(|layout| layout.size() > 0)?.pad_to_align();
        // SAFETY: the layout's size is not zero (just checked). What comes back is checked, and belongs to nobody else.
        // As a pointer to the type it has the length in its metadata; its size is that length up to whole pages, so
        // that the box frees it with the layout that it was allocated with. Zeros are valid bytes. The test
        // `zeros_are_whole_pages` would notice a mistake.
        unsafe {
            let memory = std::alloc::alloc_zeroed(layout);
            let bytes = std::ptr::slice_from_raw_parts_mut(memory, len) as *mut PageAligned<[u8]>;
            (!memory.is_null()).then(|| Box::from_raw(bytes))
        }
    }
}

/// The granularity of [`PageAligned`]; on a system with larger pages code is copied instead.
pub(super) const ALIGNMENT: usize = 4096;

/// The bytes of machine code.
#[derive(Clone)]
pub enum Bytes {
    /// Part of the executable, or expanded from it: kept as long as the process, and run where it lies.
    Static(&'static PageAligned<[u8]>),
    /// Copied when it is loaded.
    Owned(Arc<[u8]>),
}

impl Bytes {
    /// All of them.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Bytes::Static(bytes) => &bytes.0,
            Bytes::Owned(bytes) => bytes,
        }
    }
}

impl From<&'static PageAligned<[u8]>> for Bytes {
    fn from(bytes: &'static PageAligned<[u8]>) -> Self {
        Bytes::Static(bytes)
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::Owned(bytes.into())
    }
}

/// Machine code, as it is or compressed, that may be run. Cheap to clone.
#[derive(Clone)]
pub struct TrustedCode(Bytes);

impl TrustedCode {
    /// Vouches for machine code.
    ///
    /// # Safety
    /// The bytes must be what `compile` of the crate `engine` has returned, unchanged, or one zstd frame of that.
    /// Other bytes are run as well, and can do anything that this process can.
    pub unsafe fn new(bytes: impl Into<Bytes>) -> TrustedCode {
        TrustedCode(bytes.into())
    }

    /// The bytes, to be looked at or stored.
    pub fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    pub(super) fn stored(&self) -> &Bytes {
        &self.0
    }

    /// What it is compressed from, `len` bytes of machine code, kept as long as the process.
    ///
    /// # Errors
    /// If there is no memory for it, or it is no zstd frame of so many bytes.
    pub fn expand(&self, len: usize) -> std::io::Result<TrustedCode> {
        let fail = |what: String| std::io::Error::other(what);
        let room = PageAligned::zeroed(len);
        let mut expanded =
            room.ok_or_else(|| fail(format!("expected room for {len} bytes, found too little memory")))?;
        let found = zstd::bulk::decompress_to_buffer(self.bytes(), &mut expanded.0)?;
        if found != len {
            return Err(fail(format!("expected a zstd frame of {len} bytes, found one of {found}")));
        }
        Ok(TrustedCode(Bytes::Static(Box::leak(expanded))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_whole_pages() {
        for len in [1, 4096, 4097, 100_000] {
            let mut zeros = PageAligned::zeroed(len).expect("memory");
            assert_eq!(
                (zeros.0.len(), size_of_val(&*zeros) % ALIGNMENT, zeros.0.as_ptr().addr() % ALIGNMENT),
                (len, 0, 0)
            );
            assert!(zeros.0.iter().all(|byte| *byte == 0));
            zeros.0.fill(1);
        }
        assert!(PageAligned::zeroed(0).is_none() && PageAligned::zeroed(usize::MAX).is_none());
    }

    #[test]
    fn what_is_compressed_expands_to_its_own_length_only() {
        let frame = zstd::bulk::compress(&[7; 5000], 1).expect("compressed");
        // SAFETY: nothing of it is ever loaded.
        let code = unsafe { TrustedCode::new(frame) };
        assert_eq!(code.expand(5000).expect("expanded").bytes(), [7; 5000]);
        for wrong in [0, 4999, 5001, usize::MAX] {
            assert!(code.expand(wrong).is_err(), "{wrong}");
        }
        // SAFETY: as above.
        assert!(unsafe { TrustedCode::new(b"no frame".to_vec()) }.expand(8).is_err());
    }
}
