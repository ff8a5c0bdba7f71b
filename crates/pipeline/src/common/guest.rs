//! Running a guest at build time: what it says is kept, and one that hangs does not hang the build.

use crate::error::{Error, Result};
use host::StartError;
use host::{Context, ContextBuilder, Outcome, Output, Program};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

/// What is kept of the guest's output.
const OUTPUT_LIMIT: usize = 1 << 20;
const TIME_LIMIT: Duration = Duration::from_secs(10 * 60);

/// Runs a guest to its end; its exit status, what it said, and the guest.
///
/// # Errors
/// [`Error::Guest`] if it trapped, hung or could not be started.
pub(crate) fn run(program: &Program, builder: ContextBuilder) -> Result<(u32, String, Context)> {
    let program = program.clone();
    let ((outcome, guest), said) = watch(builder, move |guest| host::run(&program, guest))?;
    match outcome {
        Outcome::Exited(status) => Ok((status, said, guest)),
        Outcome::ClosedPipe => Err(fail("its output was closed".to_string())),
        Outcome::Trapped(trap) => Err(fail(format!("trapped: {trap}; {}", said.trim()))),
    }
}

/// Does `work` with a guest, within the time limit; its result, and what the guest said.
///
/// # Errors
/// [`Error::Guest`] if it hung or could not be started.
pub(crate) fn watch<T: Send + 'static>(
    builder: ContextBuilder,
    work: impl FnOnce(Context) -> std::result::Result<T, StartError> + Send + 'static,
) -> Result<(T, String)> {
    let said = Arc::new(Mutex::new(Vec::new()));
    let output = || Output::Capture { into: said.clone(), limit: OUTPUT_LIMIT };
    let guest = builder.stdout(output()).stderr(output()).build().map_err(|error| fail(error.to_string()))?;
    let (sender, receiver) = mpsc::channel();
    // A guest that hangs keeps its thread; the build then ends with an error and takes it along.
    std::thread::spawn(move || {
        // Nobody listens any more once the time is up.
        let _ = sender.send(work(guest));
    });
    let result = receiver.recv_timeout(TIME_LIMIT);
    let said = String::from_utf8_lossy(&said.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
    match result {
        Ok(Ok(done)) => Ok((done, said)),
        Ok(Err(error)) => Err(fail(error.to_string())),
        Err(mpsc::RecvTimeoutError::Timeout) => {
            Err(fail(format!("took longer than {} s and was given up: {}", TIME_LIMIT.as_secs(), said.trim())))
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(fail("its thread ended without a result".to_string())),
    }
}

fn fail(what: String) -> Error {
    Error::Guest(format!("the WebAssembly CPython at build time: {what}"))
}
