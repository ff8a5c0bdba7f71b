//! Ahead-of-time compiled machine code and how it is loaded. The only module with `unsafe`.
//!
//! wasmtime's `Module::deserialize*` are unsafe because machine code is trusted as it is: whoever can choose it can
//! run anything. The code comes from this project's own build, either as part of the executable or through the
//! build's cache, which checks its hash; it is as trustworthy as the executable itself.

#![allow(unsafe_code)]

use crate::engine;
use std::sync::Arc;
use wasmtime::{CustomCodeMemory, Engine, Module, Result};

/// Bytes that start at a page boundary, so that they can be made executable without touching what lies beside them.
/// Wrap `*include_bytes!(…)` in it.
#[repr(C, align(4096))]
pub struct PageAligned<B: ?Sized>(
    /// The bytes.
    pub B,
);

/// The granularity of [`PageAligned`]; on a system with larger pages code is copied instead.
const ALIGNMENT: usize = 4096;

/// A compiled WebAssembly module, ready to run. Cheap to clone: clones share the code.
#[derive(Clone)]
pub struct Program {
    pub(crate) engine: Engine,
    pub(crate) module: Module,
}

impl Program {
    /// Takes machine code that is part of the executable and runs it where it lies: nothing is copied, and pages that
    /// are never run are never read from the disk.
    ///
    /// # Errors
    /// If the code was made by another version of wasmtime or with other settings, or is damaged.
    pub fn from_static(code: &'static PageAligned<[u8]>) -> Result<Program> {
        let bytes = &code.0;
        if !can_protect_in_place(bytes) {
            return Program::from_bytes(bytes);
        }
        let engine = engine::for_running(Some(Arc::new(InPlace)))?;
        // SAFETY: the bytes are machine code from this project's build (see the module's documentation), live and
        // unchanged for the whole run ('static, in a read-only section), and start at a page boundary, which
        // `can_protect_in_place` has checked. Tested by every run of the executable.
        let module = unsafe { Module::deserialize_raw(&engine, std::ptr::NonNull::from(bytes))? };
        Ok(Program { engine, module })
    }

    /// Takes machine code from memory, copying it.
    ///
    /// # Errors
    /// As [`Program::from_static`].
    pub fn from_bytes(code: &[u8]) -> Result<Program> {
        let engine = engine::for_running(None)?;
        // SAFETY: as above: the bytes are machine code from this project's build. wasmtime checks its own header
        // (version, settings, target) before it uses them; the test `foreign_bytes_are_refused` would notice.
        let module = unsafe { Module::deserialize(&engine, code)? };
        Ok(Program { engine, module })
    }

    /// Compiles a module for this machine and loads it.
    ///
    /// # Errors
    /// If the module is not valid WebAssembly.
    #[cfg(feature = "compiler")]
    pub fn compile(wasm: &[u8]) -> Result<Program> {
        Program::from_bytes(&engine::compile(wasm, env!("GUEST_HOST_TARGET"))?)
    }
}

/// Whether the bytes' pages can be made executable by themselves.
fn can_protect_in_place(bytes: &[u8]) -> bool {
    cfg!(unix) && rustix::param::page_size() == ALIGNMENT && bytes.as_ptr().addr().is_multiple_of(ALIGNMENT)
}

/// Makes code executable where it lies in the executable's own read-only section.
struct InPlace;

impl CustomCodeMemory for InPlace {
    fn required_alignment(&self) -> usize {
        ALIGNMENT
    }

    fn publish_executable(&self, pointer: *const u8, len: usize) -> Result<()> {
        use rustix::mm::{MprotectFlags, mprotect};
        let len = len.next_multiple_of(ALIGNMENT);
        // SAFETY: wasmtime passes the text section of the module given to `deserialize_raw`: whole pages (checked by
        // `required_alignment`) of a static that lives for ever and holds nothing but this code, the last page padded
        // by `PageAligned`'s own alignment. They only become executable in addition to readable; nobody writes them.
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
            assert!(Program::from_bytes(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_page_aligned_static_can_be_protected_in_place() {
        static BYTES: PageAligned<[u8; 3]> = PageAligned(*b"abc");
        assert!(can_protect_in_place(&BYTES.0) || rustix::param::page_size() != ALIGNMENT);
        assert_eq!(size_of_val(&BYTES) % ALIGNMENT, 0, "the last page is padded");
    }
}
