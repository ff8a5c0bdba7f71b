//! Linear memories whose first contents are the pages of an image, mapped copy-on-write from the executable: a page is
//! read from the disk when it is first read, and copied when it is first written.

use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap, mmap_anonymous, mprotect, munmap};
use std::fs::File;
use std::ptr::NonNull;
use wasmtime::{LinearMemory, MemoryCreator, MemoryType, Result};

/// Makes the memories of one program.
pub(super) struct FromExecutable {
    /// The file of the running executable.
    pub file: File,
    /// Size of a new memory, bytes.
    pub size: usize,
    /// What it holds; the rest is zero.
    pub extents: Vec<Extent>,
}

/// Whole pages of a memory that are in a file too.
pub(super) struct Extent {
    /// Offset in the memory.
    pub address: usize,
    /// Bytes.
    pub len: usize,
    /// Offset in the file.
    pub offset: u64,
}

// SAFETY: `new_memory` returns memory that keeps the contract of `LinearMemory`: see the impl below. Runs of the
// executable, and the tests of this module, would notice if it were not so.
unsafe impl MemoryCreator for FromExecutable {
    fn new_memory(
        &self,
        _: MemoryType,
        minimum: usize,
        maximum: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        // An image may hold more than the module starts with: it comes from a memory that has grown.
        let size = self.size.max(minimum);
        let capacity = reserved.unwrap_or(maximum.unwrap_or(size));
        if size > maximum.unwrap_or(capacity).min(capacity) {
            return Err(format!("expected a memory of at most {capacity} bytes, found an image of {size}"));
        }
        let mut memory = Reservation::new(capacity, guard).map_err(|error| format!("reserving memory: {error}"))?;
        memory.grow_to(size).map_err(|error| format!("making memory writable: {error}"))?;
        for extent in &self.extents {
            memory.map(extent, &self.file).map_err(|error| format!("mapping the memory image: {error}"))?;
        }
        Ok(Box::new(memory))
    }
}

/// Address space set aside for one memory and the guard behind it; the first `size` bytes can be used.
struct Reservation {
    base: NonNull<u8>,
    size: usize,
    capacity: usize,
    /// With the guard.
    len: usize,
}

// SAFETY: the reservation is address space that this value alone owns; nothing about it belongs to a thread.
unsafe impl Send for Reservation {}
// SAFETY: through a shared reference it only tells its base and sizes; who may write the memory is wasmtime's concern.
unsafe impl Sync for Reservation {}

impl Reservation {
    fn new(capacity: usize, guard: usize) -> rustix::io::Result<Reservation> {
        let len = capacity.checked_add(guard).ok_or(rustix::io::Errno::NOMEM)?;
        // SAFETY: a new mapping at an address that the kernel chooses touches no memory that exists. It cannot be
        // accessed (no protection flags) and so needs no memory behind it.
        let base = unsafe {
            mmap_anonymous(std::ptr::null_mut(), len, ProtFlags::empty(), MapFlags::PRIVATE | MapFlags::NORESERVE)?
        };
        let base = NonNull::new(base.cast()).ok_or(rustix::io::Errno::NOMEM)?;
        Ok(Reservation { base, size: 0, capacity, len })
    }

    /// Maps the pages of the file over those of the memory.
    fn map(&mut self, extent: &Extent, file: &File) -> rustix::io::Result<()> {
        let &Extent { address, len, offset } = extent;
        if address.checked_add(len).is_none_or(|end| end > self.size) {
            return Err(rustix::io::Errno::INVAL);
        }
        // SAFETY: the target lies inside this reservation's own memory (just checked) and nobody has used it yet, so that
        // replacing its pages changes nothing that anybody has seen. The mapping is private: writing it never reaches
        // the file, which the kernel keeps from being written while it runs. Its bytes are only data to the guest.
        unsafe {
            let target = self.base.as_ptr().add(address).cast();
            let protection = ProtFlags::READ | ProtFlags::WRITE;
            let flags = MapFlags::PRIVATE | MapFlags::FIXED | MapFlags::NORESERVE;
            mmap(target, len, protection, flags, file, offset)?;
        }
        Ok(())
    }
}

// SAFETY: `base` stays where it is for the life of the value, `size` bytes from it can be read and written, and what lies
// behind up to `len` (capacity and guard) faults: it was mapped without access, and only `grow_to` gives access, below
// `capacity`.
unsafe impl LinearMemory for Reservation {
    fn byte_size(&self) -> usize {
        self.size
    }

    fn byte_capacity(&self) -> usize {
        self.capacity
    }

    fn grow_to(&mut self, size: usize) -> Result<()> {
        if size > self.capacity || size < self.size {
            return Err(rustix::io::Errno::NOMEM.into());
        }
        if size > self.size {
            // SAFETY: the range lies inside the reservation (just checked); it gets access that nobody had, and holds
            // zeros, as fresh anonymous memory does.
            unsafe {
                let start = self.base.as_ptr().add(self.size).cast();
                mprotect(start, size - self.size, MprotectFlags::READ | MprotectFlags::WRITE)?;
            }
        }
        self.size = size;
        Ok(())
    }

    fn as_ptr(&self) -> *mut u8 {
        self.base.as_ptr()
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: the whole reservation, which this value owns and nobody can use any more. If the kernel refused, the
        // address space would only stay taken.
        let _ = unsafe { munmap(self.base.as_ptr().cast(), self.len) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 4096;

    #[test]
    fn fresh_memory_is_zero_and_grows_in_place() {
        let mut memory = Reservation::new(16 * PAGE, PAGE).expect("reserved");
        let base = memory.as_ptr();
        memory.grow_to(PAGE).expect("grown");
        memory.grow_to(3 * PAGE).expect("grown");
        assert_eq!((memory.as_ptr(), memory.byte_size(), memory.byte_capacity()), (base, 3 * PAGE, 16 * PAGE));
        // SAFETY: `byte_size` bytes from the base can be read and written, which is what this test is about.
        let bytes = unsafe { std::slice::from_raw_parts_mut(memory.as_ptr(), memory.byte_size()) };
        assert!(bytes.iter().all(|byte| *byte == 0));
        bytes[3 * PAGE - 1] = 1;
        assert!(memory.grow_to(17 * PAGE).is_err(), "beyond the capacity");
        assert!(memory.grow_to(PAGE).is_err(), "memory never shrinks");
    }

    #[test]
    fn writing_a_mapped_page_changes_neither_the_file_nor_another_memory() {
        let mut file = tempfile::tempfile().expect("a temporary file");
        std::io::Write::write_all(&mut file, &[7; 2 * PAGE]).expect("written");
        let memory = || {
            let mut memory = Reservation::new(4 * PAGE, PAGE).expect("reserved");
            memory.grow_to(2 * PAGE).expect("grown");
            memory.map(&Extent { address: 0, len: PAGE, offset: PAGE as u64 }, &file).expect("mapped");
            memory
        };
        let (first, second) = (memory(), memory());
        // SAFETY: `byte_size` bytes from the base can be read and written, and these are two memories.
        let [first, second] = [&first, &second]
            .map(|memory| unsafe { std::slice::from_raw_parts_mut(memory.as_ptr(), memory.byte_size()) });
        assert!(first[..PAGE].iter().all(|byte| *byte == 7) && first[PAGE..].iter().all(|byte| *byte == 0));
        first.fill(9);
        assert!(second[..PAGE].iter().all(|byte| *byte == 7) && second[PAGE..].iter().all(|byte| *byte == 0));
        let mut found = [0; 1];
        std::os::unix::fs::FileExt::read_exact_at(&file, &mut found, PAGE as u64).expect("read");
        assert_eq!(found, [7]);
    }

    #[test]
    fn what_lies_behind_the_memory_cannot_be_mapped_over() {
        let mut memory = Reservation::new(4 * PAGE, PAGE).expect("reserved");
        memory.grow_to(2 * PAGE).expect("grown");
        let file = File::open("/dev/zero").expect("there");
        let mut map = |address, len| memory.map(&Extent { address, len, offset: 0 }, &file);
        map(PAGE, PAGE).expect("inside");
        assert!(map(PAGE, 2 * PAGE).is_err());
        assert!(map(usize::MAX - 1, 2).is_err());
    }
}
