//! One run of a guest, from its first instruction to its exit status.

use crate::code::Program;
use crate::engine::THREAD_STACK;
use crate::preview1::{self, ClosedPipe, Exit, Guest};
use std::fmt;
use wasmtime::{Linker, Store, Trap};

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The guest returned or called `proc_exit` with this status.
    Exited(u32),
    /// The guest wrote to a standard stream whose reader has gone: what SIGPIPE means for other programs.
    ClosedPipe,
    /// The guest did something impossible: one line says what.
    Trapped(String),
}

/// Why a run did not even begin.
#[derive(Debug)]
pub struct StartError(String);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

/// Runs `program`'s `_start` as `guest`, on a thread of its own that has the stack the guest needs. Returns how it
/// ended and the guest, whose file system can then be looked at.
///
/// # Errors
/// If the module is no preview1 command, needs something that is not there, or the machine has no room for it.
pub fn run(program: &Program, guest: Guest) -> Result<(Outcome, Guest), StartError> {
    let fail = |error: &dyn fmt::Display| StartError(format!("cannot start the guest: {error}"));
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("guest".to_string()).stack_size(THREAD_STACK);
        let thread = thread.spawn_scoped(scope, || run_here(program, guest)).map_err(|error| fail(&error))?;
        match thread.join() {
            Ok(result) => result.map_err(|error| fail(&format_args!("{error:#}"))),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn run_here(program: &Program, guest: Guest) -> wasmtime::Result<(Outcome, Guest)> {
    let mut linker = Linker::new(&program.engine);
    preview1::add_to_linker(&mut linker)?;
    let mut store = Store::new(&program.engine, guest);
    let outcome = match linker.instantiate(&mut store, &program.module) {
        Ok(instance) => {
            let start = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
            start.call(&mut store, ()).map_or_else(outcome_of, |()| Outcome::Exited(0))
        }
        // A module's own start section has already run by then, and may have ended it.
        Err(error) if error.is::<Exit>() || error.is::<ClosedPipe>() || error.is::<Trap>() => outcome_of(error),
        Err(error) => return Err(error),
    };
    Ok((outcome, store.into_data()))
}

fn outcome_of(error: wasmtime::Error) -> Outcome {
    if let Some(Exit(status)) = error.downcast_ref::<Exit>() {
        Outcome::Exited(*status)
    } else if error.is::<ClosedPipe>() {
        Outcome::ClosedPipe
    } else if let Some(trap) = error.downcast_ref::<Trap>() {
        Outcome::Trapped(trap.to_string())
    } else {
        // A host call that failed; its causes on one line.
        Outcome::Trapped(format!("{error:#}").replace('\n', " "))
    }
}
