//! Pages of a linear memory that were taken away from the guest, so that a thread that has used up its stack does not go on in
//! what lies below.
//!
//! Machine code that gets there faults, and wasmtime makes a trap of it. A host call may be sent there too, by an address that
//! the guest gives it: it has a slice of all of the memory and knows nothing of such pages. A fault that wasmtime does not know
//! comes to the handler that was there before its own, which is the one of this module. If it is in a memory that is watched,
//! the page is given back, so that the host call finds memory like any other, and it is noted: the guest ends when the call
//! returns (`Attention::leave`).

use rustix::mm::{MprotectFlags, mprotect};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A memory that has such pages.
struct Watched {
    /// 0: none.
    base: AtomicUsize,
    /// What of it can be used, bytes: a fault there is at such a page.
    size: AtomicUsize,
    hit: AtomicBool,
}

const GUARD: usize = crate::abi::GUARD as usize;

/// How many programs with threads one process may run at once; a process of pyapp runs one.
const MOST: usize = 64;

static WATCHED: [Watched; MOST] =
    [const { Watched { base: AtomicUsize::new(0), size: AtomicUsize::new(0), hit: AtomicBool::new(false) } }; MOST];

/// What was to be done at a fault before.
static BEFORE: OnceLock<libc::sigaction> = OnceLock::new();

/// Puts the handler in place, once; wasmtime must do so after it, as it does with a process's first engine.
pub(crate) fn install() {
    BEFORE.get_or_init(|| {
        // SAFETY: `sigaction` is plain data, for which zeros are valid. The handler does only what a handler may do: it reads
        // atomics and calls mprotect. Tests send host calls and machine code to such pages.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            let mut before: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = handler as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
            libc::sigaction(libc::SIGSEGV, &raw const action, &raw mut before);
            before
        }
    });
}

/// Watches a memory of this size; `None` if too many are watched.
pub(super) fn watch(base: usize, size: usize) -> Option<()> {
    let free = |slot: &&Watched| slot.base.compare_exchange(0, base, Ordering::SeqCst, Ordering::SeqCst).is_ok();
    let slot = find(base).or_else(|| WATCHED.iter().find(free))?;
    slot.size.store(size, Ordering::SeqCst);
    Some(())
}

/// The memory is about to go.
pub(super) fn forget(base: usize) {
    if let Some(slot) = find(base) {
        slot.size.store(0, Ordering::SeqCst);
        slot.hit.store(false, Ordering::SeqCst);
        slot.base.store(0, Ordering::SeqCst);
    }
}

/// Whether a host call was sent to such a page of this memory.
pub(super) fn was_hit(base: usize) -> bool {
    find(base).is_some_and(|slot| slot.hit.load(Ordering::SeqCst))
}

fn find(base: usize) -> Option<&'static Watched> {
    WATCHED.iter().find(|slot| slot.base.load(Ordering::SeqCst) == base)
}

extern "C" fn handler(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel passes what SA_SIGINFO asks for; at a fault of memory there is an address in it.
    let address = unsafe { (*info).si_addr() }.addr();
    let is_there = |slot: &&Watched| {
        let base = slot.base.load(Ordering::SeqCst);
        base != 0 && address >= base && address - base < slot.size.load(Ordering::SeqCst)
    };
    if let Some(slot) = WATCHED.iter().find(is_there) {
        let page = std::ptr::with_exposed_provenance_mut::<libc::c_void>(address & !(GUARD - 1));
        // SAFETY: a page inside a memory that is watched and so exists: who faults there uses it. It gets the access that all
        // other pages of the memory have.
        if unsafe { mprotect(page, GUARD, MprotectFlags::READ | MprotectFlags::WRITE) }.is_ok() {
            return slot.hit.store(true, Ordering::SeqCst);
        }
    }
    let Some(before) = BEFORE.get() else { return };
    // SAFETY: it was in place before, so it is a handler of this kind, or one of the two that stand for none: then it is put back,
    // and the fault, which happens again, ends the process.
    unsafe {
        if before.sa_sigaction == libc::SIG_DFL || before.sa_sigaction == libc::SIG_IGN {
            libc::sigaction(signal, before, std::ptr::null_mut());
        } else if before.sa_flags & libc::SA_SIGINFO != 0 {
            let next: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) =
                std::mem::transmute(before.sa_sigaction);
            next(signal, info, context);
        } else {
            let next: extern "C" fn(libc::c_int) = std::mem::transmute(before.sa_sigaction);
            next(signal);
        }
    }
}
