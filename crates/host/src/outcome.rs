//! How a run ends.

use crate::wasi::{ClosedPipe, Exit};
use wasmtime::Trap;

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

pub(crate) fn outcome_of(error: wasmtime::Error) -> Outcome {
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
