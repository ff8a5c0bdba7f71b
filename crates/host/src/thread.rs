//! The thread that guests run on: its stack is large enough for what the engine lets WebAssembly use.

use crate::engine::THREAD_STACK;
use crate::error::StartError;

/// Runs `work` on such a thread and waits for it. A panic there goes on here.
pub(crate) fn on_guest_thread<T: Send>(work: impl FnOnce() -> wasmtime::Result<T> + Send) -> Result<T, StartError> {
    let fail = |error: &dyn std::fmt::Display| StartError(format!("cannot start the guest: {error}"));
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("guest".to_string()).stack_size(THREAD_STACK);
        let thread = thread.spawn_scoped(scope, work).map_err(|error| fail(&error))?;
        match thread.join() {
            Ok(result) => result.map_err(|error| fail(&format_args!("{error:#}"))),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
