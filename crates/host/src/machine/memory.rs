//! Linear memories. Their first contents may be pages of an image, mapped copy-on-write from the executable: a page is read
//! from the disk when it is first read, and copied when it is first written. One memory may be that of several instances, each
//! in a store of its own and on a thread of its own, of which one at a time runs: see `crate::threads`.

use super::guard;
use crate::limits::Meter;
use policy::Resource;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap, mmap_anonymous, mprotect, munmap};
use std::cell::RefCell;
use std::fs::File;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use wasmtime::{LinearMemory, MemoryCreator, MemoryType, Result};

/// Makes the memories of one program.
#[derive(Default)]
pub(super) struct Memories {
    /// The file of the running executable; without it there are no extents.
    pub file: Option<File>,
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
unsafe impl MemoryCreator for Memories {
    fn new_memory(
        &self,
        _: MemoryType,
        minimum: usize,
        maximum: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        if let Some(memory) = NEXT.with_borrow_mut(Option::take) {
            LAST.set(Some(memory.clone()));
            return Ok(Box::new(memory));
        }
        // An image may hold more than the module starts with: it comes from a memory that has grown.
        let size = self.size.max(minimum);
        let capacity = reserved.unwrap_or(maximum.unwrap_or(size));
        if size > maximum.unwrap_or(capacity).min(capacity) {
            return Err(format!("expected a memory of at most {capacity} bytes, found an image of {size}"));
        }
        let memory = Reservation::new(capacity, guard).map_err(|error| format!("reserving memory: {error}"))?;
        memory.grow_to(size).map_err(|error| format!("making memory writable: {error}"))?;
        for (extent, file) in self.extents.iter().zip(self.file.iter().cycle()) {
            memory.map(extent, file).map_err(|error| format!("mapping the memory image: {error}"))?;
        }
        let memory = SharedMemory(Arc::new(memory));
        LAST.set(Some(memory.clone()));
        Ok(Box::new(memory))
    }
}

// wasmtime does not say for which instance it wants a memory; it asks on the thread that makes the instance.
thread_local! {
    /// The memory that the next instance made on this thread is to have.
    static NEXT: RefCell<Option<SharedMemory>> = const { RefCell::new(None) };
    /// The memory that the last instance made on this thread has got.
    static LAST: RefCell<Option<SharedMemory>> = const { RefCell::new(None) };
}

/// Makes one instance, and tells which memory it has got, if there is one of this kind.
pub(crate) fn with_new_memory<T>(make: impl FnOnce() -> T) -> (T, Option<SharedMemory>) {
    LAST.set(None);
    let made = make();
    (made, LAST.take())
}

/// Makes one instance that has this memory.
pub(crate) fn with_memory<T>(memory: &SharedMemory, make: impl FnOnce() -> T) -> T {
    NEXT.set(Some(memory.clone()));
    let made = make();
    NEXT.set(None);
    LAST.set(None);
    made
}

/// A linear memory that several instances may have.
///
/// The rule that keeps this sound: of all that have it, one at a time runs guest code or has a slice of it; a mutex keeps the
/// others from it (`threads::Turns`). The one exception is [`SharedMemory::word`].
#[derive(Clone)]
pub(crate) struct SharedMemory(Arc<Reservation>);

impl SharedMemory {
    /// A word of the memory, to be read and changed while guest code runs, but never while somebody has a slice of the memory:
    /// `Attention` sees to that. `None` if it is not aligned or not in the memory.
    pub(super) fn word(&self, address: u32) -> Option<&AtomicU32> {
        let address = address as usize;
        if !address.is_multiple_of(4) || address + 4 > self.0.size.load(Ordering::Relaxed) {
            return None;
        }
        // SAFETY: aligned and inside the memory (just checked), which lives as long as `self` and never moves. Machine code of
        // the guest reads and writes an aligned word with one instruction.
        Some(unsafe { AtomicU32::from_ptr(self.0.base.as_ptr().add(address).cast()) })
    }

    /// Takes the first whole page from `address` on away from the guest: machine code that gets there traps, and a host call that
    /// is sent there ends the guest (see [`guard`]). Only by who has the guest.
    ///
    /// # Errors
    /// If it is not in the memory, or the system refuses.
    pub fn protect(&self, address: u32) -> rustix::io::Result<()> {
        let page = self.page(address)?;
        guard::watch(self.0.base.as_ptr().addr(), self.0.size.load(Ordering::Relaxed))
            .ok_or(rustix::io::Errno::NOMEM)?;
        // SAFETY: one page of the memory, whose contents stay. Nobody has a slice of it now; what happens to one that is made
        // later is said in `guard`.
        unsafe { mprotect(page.as_ptr().cast(), GUARD, MprotectFlags::empty()) }
    }

    /// Gives a page back that was taken away. Only by who has the guest.
    pub fn release(&self, address: u32) {
        if let Ok(page) = self.page(address) {
            // SAFETY: one page of the memory, which can be used again as the rest of it.
            let _ = unsafe { mprotect(page.as_ptr().cast(), GUARD, MprotectFlags::READ | MprotectFlags::WRITE) };
        }
    }

    /// From now on it grows no further than the meter says. False if it is larger already, or would be with `room` more bytes.
    pub fn limit(&self, meter: &Meter, room: usize) -> bool {
        let most = meter.most(Resource::Memory, self.0.capacity);
        let _ = self.0.limit.set((AtomicUsize::new(most), meter.clone()));
        self.size() + room <= most
    }

    /// Lets it grow some bytes beyond the meter's limit, so that the guest can tell that it has been reached.
    pub fn allow_more(&self, bytes: usize) {
        if let Some((most, _)) = self.0.limit.get() {
            most.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    /// Bytes of it that can be used.
    pub fn size(&self) -> usize {
        self.0.size.load(Ordering::Relaxed)
    }

    /// Whether a host call was sent to a page that was taken away.
    pub fn was_hit(&self) -> bool {
        guard::was_hit(self.0.base.as_ptr().addr())
    }

    fn page(&self, address: u32) -> rustix::io::Result<NonNull<u8>> {
        let start = (address as usize).next_multiple_of(GUARD);
        if start + GUARD > self.0.size.load(Ordering::Relaxed) {
            return Err(rustix::io::Errno::INVAL);
        }
        // SAFETY: inside the memory (just checked).
        Ok(unsafe { self.0.base.add(start) })
    }
}

const GUARD: usize = crate::abi::GUARD as usize;

/// Address space set aside for one memory and the guard behind it; the first `size` bytes can be used.
struct Reservation {
    base: NonNull<u8>,
    size: AtomicUsize,
    capacity: usize,
    /// To what size it may grow, if that is less.
    limit: OnceLock<(AtomicUsize, Meter)>,
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
        Ok(Reservation { base, size: AtomicUsize::new(0), capacity, limit: OnceLock::new(), len })
    }

    /// Maps the pages of the file over those of the memory.
    fn map(&self, extent: &Extent, file: &File) -> rustix::io::Result<()> {
        let &Extent { address, len, offset } = extent;
        if address.checked_add(len).is_none_or(|end| end > self.size.load(Ordering::Relaxed)) {
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

    /// Only by who has the guest: one thread at a time.
    fn grow_to(&self, size: usize) -> Result<()> {
        let old = self.size.load(Ordering::Relaxed);
        if let Some((most, meter)) = self.limit.get()
            && size > most.load(Ordering::Relaxed)
        {
            meter.reach(Resource::Memory);
            return Err(rustix::io::Errno::NOMEM.into());
        }
        if size > self.capacity || size < old {
            return Err(rustix::io::Errno::NOMEM.into());
        }
        if size > old {
            // SAFETY: the range lies inside the reservation (just checked); it gets access that nobody had, and holds
            // zeros, as fresh anonymous memory does.
            unsafe {
                let start = self.base.as_ptr().add(old).cast();
                mprotect(start, size - old, MprotectFlags::READ | MprotectFlags::WRITE)?;
            }
        }
        self.size.store(size, Ordering::Relaxed);
        Ok(())
    }
}

// SAFETY: `base` stays where it is for the life of the value, `size` bytes from it can be read and written (but for a page that
// `protect` has taken away, see `guard`), and what lies behind up to `len` (capacity and guard) faults: it was mapped without
// access, and only `grow_to` gives access, below `capacity`.
unsafe impl LinearMemory for SharedMemory {
    fn byte_size(&self) -> usize {
        self.0.size.load(Ordering::Relaxed)
    }

    fn byte_capacity(&self) -> usize {
        self.0.capacity
    }

    fn grow_to(&mut self, size: usize) -> Result<()> {
        self.0.grow_to(size)
    }

    fn as_ptr(&self) -> *mut u8 {
        self.0.base.as_ptr()
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        guard::forget(self.base.as_ptr().addr());
        // SAFETY: the whole reservation, which this value owns and nobody can use any more. If the kernel refused, the
        // address space would only stay taken.
        let _ = unsafe { munmap(self.base.as_ptr().cast(), self.len) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 4096;

    fn shared(pages: usize) -> SharedMemory {
        SharedMemory(Arc::new(Reservation::new(pages * PAGE, PAGE).expect("reserved")))
    }

    #[test]
    fn fresh_memory_is_zero_and_grows_in_place() {
        let mut memory = shared(16);
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
            let mut memory = shared(4);
            memory.grow_to(2 * PAGE).expect("grown");
            memory.0.map(&Extent { address: 0, len: PAGE, offset: PAGE as u64 }, &file).expect("mapped");
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
        let mut memory = shared(4);
        memory.grow_to(2 * PAGE).expect("grown");
        let file = File::open("/dev/zero").expect("there");
        let map = |address, len| memory.0.map(&Extent { address, len, offset: 0 }, &file);
        map(PAGE, PAGE).expect("inside");
        assert!(map(PAGE, 2 * PAGE).is_err());
        assert!(map(usize::MAX - 1, 2).is_err());
    }
}
