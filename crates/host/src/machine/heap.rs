//! The heap of the C library, which is the host's own memory. The guest's is elsewhere.

/// From now on all threads allocate from one heap. By default glibc gives each new one an own, up to eight for each processor, and
/// keeps in each what was freed in it: a server whose threads hold large files in memory in turn would keep several times what it
/// needs. They would not be faster for it either, as most of what they do here they do in turn.
pub fn share_heap() {
    // SAFETY: takes no address, and is heeded when a thread allocates for the first time.
    #[cfg(target_env = "gnu")]
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}
