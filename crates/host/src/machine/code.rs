//! Machine code and how it is loaded: run where it lies, if it is part of the executable, or copied.

use super::executable::Executable;
use super::library::Library;
use super::memory::{Extent, Memories};
use super::trust::{ALIGNMENT, Bytes, PageAligned, TrustedCode};
use crate::engine;
use crate::extensions::Extensions;
use crate::timing::Timing;
use memory_image::{Image, Start};
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use wasmtime::{CustomCodeMemory, Engine, MemoryCreator, Module, Result};

/// A compiled WebAssembly module and what its memory begins with, ready to run. Cheap to clone: clones share the code.
#[derive(Clone)]
pub struct Program {
    pub(crate) engine: Engine,
    pub(crate) module: Module,
    pub(crate) image: Option<Arc<Image>>,
    /// Whether the image is already in each new memory, or has to be copied into it.
    pub(crate) image_is_mapped: bool,
    /// The extensions that it may load.
    pub(crate) library: Option<Arc<Library>>,
    /// What makes its code executable, if that is run where it lies.
    in_place: Option<Arc<InPlace>>,
}

impl Program {
    /// Loads machine code. Where it is part of the executable, or was expanded from a part, it runs where it lies: nothing is
    /// copied, and pages that are never run are never read from the disk. The same holds for the image if it is part of the
    /// executable too, where the system can (Linux with `/proc`). Without an image the module must bring its own data.
    ///
    /// # Errors
    /// If the code was made by another version of wasmtime or with other settings, or is damaged.
    pub fn load(code: &TrustedCode, image: Option<Arc<Image>>, timing: &mut Timing) -> Result<Program> {
        let program = match code.stored() {
            Bytes::Static(bytes) if can_protect_in_place(&bytes.0) => Program::in_place(&bytes.0, image, timing),
            _ => Program::copied(code.bytes(), image),
        };
        timing.mark("code");
        program
    }

    fn in_place(code: &'static [u8], image: Option<Arc<Image>>, timing: &mut Timing) -> Result<Program> {
        let mapped = image.as_deref().and_then(in_executable);
        let image_is_mapped = mapped.is_some();
        let in_place = Arc::new(InPlace::default());
        let engine = engine::for_running(Some(in_place.clone()), memories(image.as_ref(), mapped))?;
        timing.mark("engine");
        // SAFETY: the bytes are machine code that wasmtime made: they come out of a `TrustedCode`, whose constructor asks
        // for that. They live and stay unchanged for the whole run ('static) and start at a page boundary, which `load` has
        // checked. Every run of the executable would notice.
        let module = unsafe { Module::deserialize_raw(&engine, std::ptr::NonNull::from(code))? };
        Ok(Program { engine, module, image, image_is_mapped, library: None, in_place: Some(in_place) })
    }

    fn copied(code: &[u8], image: Option<Arc<Image>>) -> Result<Program> {
        let engine = engine::for_running(None, memories(image.as_ref(), None))?;
        // SAFETY: the bytes are machine code that wasmtime made: they come out of a `TrustedCode`, whose constructor asks
        // for that; they are copied, so nothing else is asked of them. Should the promise be broken by mistake, rather than
        // by malice, wasmtime's own header tells: the test `foreign_bytes_are_refused` would notice if it did not.
        let module = unsafe { Module::deserialize(&engine, code)? };
        Ok(Program { engine, module, image, image_is_mapped: false, library: None, in_place: None })
    }

    /// The identity of its module, if it was split.
    pub fn identity(&self) -> Option<u64> {
        self.image.as_ref().map(|image| image.origin().module)
    }

    /// The same, with extensions that it may load.
    ///
    /// # Errors
    /// If they were linked for another module.
    pub fn with_extensions(self, extensions: Extensions) -> Result<Program> {
        let (expected, found) = (self.identity(), extensions.identity());
        if expected != Some(found) {
            wasmtime::bail!("expected extensions for the module {expected:x?}, found some for {found:x}");
        }
        let library = Some(Arc::new(Library::new(self.engine.clone(), extensions, self.in_place.clone())));
        Ok(Program { library, ..self })
    }

    /// How its runs begin.
    pub fn start(&self) -> Start {
        self.image.as_ref().map_or(Start::Cold, |image| image.origin().start)
    }

    /// Compiles a module that brings its own data for this machine, and loads it.
    ///
    /// # Errors
    /// If the module is not valid WebAssembly.
    #[cfg(feature = "compiler")]
    pub fn compile(wasm: &[u8]) -> Result<Program> {
        Program::compiled(wasm, None)
    }

    /// As [`Program::compile`], for the code of a module that was split.
    ///
    /// # Errors
    /// As [`Program::compile`].
    #[cfg(feature = "compiler")]
    pub fn compile_with(code: &[u8], image: Arc<Image>) -> Result<Program> {
        Program::compiled(code, Some(image))
    }

    #[cfg(feature = "compiler")]
    fn compiled(wasm: &[u8], image: Option<Arc<Image>>) -> Result<Program> {
        // SAFETY: the compiler has just made it.
        let code = unsafe { TrustedCode::new(engine::compile(wasm, engine::TARGET)?) };
        Program::load(&code, image, &mut Timing::start())
    }
}

/// What makes memories for a module that was split: those of an image that is mapped, or such as it is copied into.
fn memories(image: Option<&Arc<Image>>, mapped: Option<Memories>) -> Option<Arc<dyn MemoryCreator>> {
    image.map(|_| Arc::new(mapped.unwrap_or_default()) as Arc<dyn MemoryCreator>)
}

/// What maps the image into each new memory, if it can be mapped.
fn in_executable(image: &Image) -> Option<Memories> {
    let extents = image.static_extents()?;
    // Its header has checksums: no other bytes are the same.
    let executable = Executable::running(image.static_bytes()?)?;
    let in_file = |(address, bytes): (usize, &'static [u8])| {
        let offset = executable.offset_of(bytes).filter(|offset| offset.is_multiple_of(ALIGNMENT as u64))?;
        can_protect_in_place(bytes).then_some(Extent { address, len: bytes.len(), offset })
    };
    let extents = extents.into_iter().map(in_file).collect::<Option<_>>()?;
    Some(Memories { file: Some(executable.file), size: image.memory_size(), extents })
}

/// Whether the bytes' pages can be mapped or made executable by themselves.
pub(super) fn can_protect_in_place(bytes: &[u8]) -> bool {
    cfg!(unix) && rustix::param::page_size() == ALIGNMENT && bytes.as_ptr().addr().is_multiple_of(ALIGNMENT)
}

/// Makes code executable where it lies, in the executable's own read-only section or in memory that is never freed.
#[derive(Default)]
pub(crate) struct InPlace {
    /// What is executable as a whole: see [`InPlace::publish_whole`].
    whole: OnceLock<Range<usize>>,
}

impl InPlace {
    /// Makes a part executable that holds the code of many modules, with what lies between: a call of the system for each would cost more
    /// than the rest of its loading. Only the first part counts.
    ///
    /// # Errors
    /// Those of the system.
    pub fn publish_whole(&self, code: &'static PageAligned<[u8]>) -> Result<()> {
        if self.whole.get().is_none() {
            let start = code.0.as_ptr();
            // SAFETY: a whole part of the executable, or one that was expanded from it: it lives for ever, starts at a page boundary, and
            // nothing else lies on its last page (`PageAligned`; in the executable, the next part begins on another page). All of it
            // comes out of a `TrustedCode`, the directory and the plans between the modules, too.
            unsafe { make_executable(start, code.0.len())? };
            let _ = self.whole.set(start.addr()..start.addr() + code.0.len());
        }
        Ok(())
    }
}

/// Makes whole pages executable, which then can be read and run.
///
/// # Safety
/// From the start, a page boundary, up to the end of the last page there lies nothing but bytes of a `TrustedCode`, which live for ever
/// and which nobody writes.
unsafe fn make_executable(start: *const u8, len: usize) -> Result<()> {
    use rustix::mm::{MprotectFlags, mprotect};
    let len = len.next_multiple_of(ALIGNMENT);
    // SAFETY: the caller's.
    unsafe { mprotect(start.cast_mut().cast(), len, MprotectFlags::READ | MprotectFlags::EXEC)? };
    Ok(())
}

impl CustomCodeMemory for InPlace {
    fn required_alignment(&self) -> usize {
        ALIGNMENT
    }

    fn publish_executable(&self, pointer: *const u8, len: usize) -> Result<()> {
        match self.whole.get() {
            Some(whole) if whole.start <= pointer.addr() && pointer.addr() + len <= whole.end => Ok(()),
            // SAFETY: wasmtime passes the text section of the module given to `deserialize_raw`: whole pages (`required_alignment`) that
            // hold nothing but this code, the last one padded by `PageAligned`'s own alignment. They live for ever, and nobody writes what
            // is borrowed for ever.
            _ => unsafe { make_executable(pointer, len) },
        }
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
            // SAFETY: it is no machine code at all, which wasmtime finds out before it would run any.
            let code = unsafe { TrustedCode::new(bytes.to_vec()) };
            assert!(Program::load(&code, None, &mut Timing::start()).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_page_aligned_static_can_be_protected_in_place() {
        static BYTES: PageAligned<[u8; 3]> = PageAligned(*b"abc");
        assert!(can_protect_in_place(&BYTES.0) || rustix::param::page_size() != ALIGNMENT);
        assert_eq!(size_of_val(&BYTES) % ALIGNMENT, 0, "the last page is padded");
    }
}
