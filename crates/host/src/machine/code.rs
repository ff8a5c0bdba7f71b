//! Ahead-of-time compiled machine code and how it is loaded.
//!
//! wasmtime's `Module::deserialize*` are unsafe because machine code is trusted as it is: whoever can choose it can run
//! anything, and no check of the bytes can change that. Trust is the caller's to give, and the two functions that take
//! code say so in their names. There are two callers: the executable, with code that is part of it, and the build, with
//! code that it has just compiled or that it keeps in the cache folder of the user who builds. `RATIONALE.md` says why
//! they are not `unsafe fn`.

use super::executable::Executable;
use super::memory::{Extent, FromExecutable};
use crate::engine;
use crate::timing::Timing;
use memory_image::{Image, Start};
use std::alloc::Layout;
use std::sync::Arc;
use wasmtime::{CustomCodeMemory, Engine, MemoryCreator, Module, Result};

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
const ALIGNMENT: usize = 4096;

/// A compiled WebAssembly module and what its memory begins with, ready to run. Cheap to clone: clones share the code.
#[derive(Clone)]
pub struct Program {
    pub(crate) engine: Engine,
    pub(crate) module: Module,
    pub(crate) image: Option<Arc<Image>>,
    /// Whether the image is already in each new memory, or has to be copied into it.
    pub(crate) image_is_mapped: bool,
}

impl Program {
    /// Takes machine code from this project's own compiler, that is part of the executable or was expanded from it, and
    /// runs it where it lies: nothing is copied, and pages that are never run are never read from the disk. The same
    /// holds for the image if it is part of the executable and page-aligned too, where the system can (Linux with
    /// `/proc`).
    ///
    /// # Errors
    /// If the code was made by another version of wasmtime or with other settings, or is damaged.
    pub fn from_trusted_static(
        code: &'static PageAligned<[u8]>,
        image: Option<Arc<Image>>,
        timing: &mut Timing,
    ) -> Result<Program> {
        let bytes = &code.0;
        if !can_protect_in_place(bytes) {
            let program = Program::from_trusted_bytes(bytes, image)?;
            timing.mark("code");
            return Ok(program);
        }
        let memory = image.as_deref().and_then(in_executable);
        let image_is_mapped = memory.is_some();
        let engine = engine::for_running(Some(Arc::new(InPlace)), memory)?;
        timing.mark("engine");
        // SAFETY: that the bytes are machine code which wasmtime made is the caller's promise, given by the name of this
        // function. They live and stay unchanged for the whole run ('static) and start at a page boundary, which
        // `can_protect_in_place` has checked. Every run of the executable would notice.
        let module = unsafe { Module::deserialize_raw(&engine, std::ptr::NonNull::from(bytes))? };
        timing.mark("code");
        Ok(Program { engine, module, image, image_is_mapped })
    }

    /// Takes machine code from this project's own compiler, copying it. Never hand it what others could have changed:
    /// code is run as it is. Without an image the module must bring its own data.
    ///
    /// # Errors
    /// As [`Program::from_trusted_static`].
    pub fn from_trusted_bytes(code: &[u8], image: Option<Arc<Image>>) -> Result<Program> {
        let engine = engine::for_running(None, None)?;
        // SAFETY: that the bytes are machine code which wasmtime made is the caller's promise, given by the name of this
        // function; they are copied, so nothing else is asked of them. By mistake, rather than malice, wasmtime's own
        // header catches other bytes: the test `foreign_bytes_are_refused` would notice if it did not.
        let module = unsafe { Module::deserialize(&engine, code)? };
        Ok(Program { engine, module, image, image_is_mapped: false })
    }

    /// How its runs begin.
    pub fn start(&self) -> Start {
        self.image.as_ref().map_or(Start::Cold, |image| image.origin().start)
    }

    /// Compiles a module for this machine and loads it.
    ///
    /// # Errors
    /// If the module is not valid WebAssembly.
    #[cfg(feature = "compiler")]
    pub fn compile(wasm: &[u8]) -> Result<Program> {
        Program::from_trusted_bytes(&engine::compile(wasm, env!("HOST_TARGET"))?, None)
    }
}

/// What maps the image into each new memory, if it can be mapped.
fn in_executable(image: &Image) -> Option<Arc<dyn MemoryCreator>> {
    let extents = image.static_extents()?;
    // Its header has checksums: no other bytes are the same.
    let executable = Executable::running(image.static_bytes()?)?;
    let in_file = |(address, bytes): (usize, &'static [u8])| {
        let offset = executable.offset_of(bytes).filter(|offset| offset.is_multiple_of(ALIGNMENT as u64))?;
        can_protect_in_place(bytes).then_some(Extent { address, len: bytes.len(), offset })
    };
    let extents = extents.into_iter().map(in_file).collect::<Option<_>>()?;
    Some(Arc::new(FromExecutable { file: executable.file, size: image.memory_size(), extents }))
}

/// Whether the bytes' pages can be mapped or made executable by themselves.
fn can_protect_in_place(bytes: &[u8]) -> bool {
    cfg!(unix) && rustix::param::page_size() == ALIGNMENT && bytes.as_ptr().addr().is_multiple_of(ALIGNMENT)
}

/// Makes code executable where it lies, in the executable's own read-only section or in memory that is never freed.
struct InPlace;

impl CustomCodeMemory for InPlace {
    fn required_alignment(&self) -> usize {
        ALIGNMENT
    }

    fn publish_executable(&self, pointer: *const u8, len: usize) -> Result<()> {
        use rustix::mm::{MprotectFlags, mprotect};
        let len = len.next_multiple_of(ALIGNMENT);
        // SAFETY: wasmtime passes the text section of the module given to `deserialize_raw`: whole pages (checked by
        // `required_alignment`) that live for ever and hold nothing but this code, the last page padded by
        // `PageAligned`'s own alignment. They become readable and executable; nobody writes what is borrowed for ever.
        unsafe { mprotect(pointer.cast_mut().cast(), len, MprotectFlags::READ | MprotectFlags::EXEC)? };
        Ok(())
    }

    fn unpublish_executable(&self, _pointer: *const u8, _len: usize) -> Result<()> {
        // The pages stay as they are until the process ends: nothing else is ever put there.
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_bytes_are_refused() {
        for bytes in [&b""[..], b"\0asm\x01\0\0\0", &[0x7f; 4096]] {
            assert!(Program::from_trusted_bytes(bytes, None).is_err(), "{bytes:?}");
        }
    }

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
    fn a_page_aligned_static_can_be_protected_in_place() {
        static BYTES: PageAligned<[u8; 3]> = PageAligned(*b"abc");
        assert!(can_protect_in_place(&BYTES.0) || rustix::param::page_size() != ALIGNMENT);
        assert_eq!(size_of_val(&BYTES) % ALIGNMENT, 0, "the last page is padded");
    }
}
