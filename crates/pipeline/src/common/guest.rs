//! Running a guest at build time: what it says is kept, and one that hangs does not hang the build.

use crate::error::{Error, Result};
use host::StartError;
use host::{Context, ContextBuilder, Outcome, Output, Program};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// What is kept of the guest's output.
const OUTPUT_LIMIT: usize = 1 << 20;
const TIME_LIMIT: Duration = Duration::from_secs(10 * 60);
/// How often whoever waits is told what a guest is importing.
const TELL_EVERY: Duration = Duration::from_secs(2);
/// In what a guest says, stands before the name of the module that it is importing (`snapshot/findings.py`); a line's end
/// stands behind it.
const IMPORTING: char = '\u{1}';

/// What a guest has said so far.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Its output.
    pub text: String,
    /// The module whose top level it is running, if it tells.
    pub importing: Option<String>,
}

impl Said {
    fn new(bytes: &Mutex<Vec<u8>>) -> Said {
        let bytes = bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let all = String::from_utf8_lossy(&bytes);
        let mut parts = all.split(IMPORTING);
        let mut said = Said { text: parts.next().unwrap_or_default().to_string(), importing: None };
        for part in parts {
            let (module, text) = part.split_once('\n').unwrap_or((part, ""));
            said.importing = (!module.is_empty()).then(|| module.to_string());
            said.text += text;
        }
        said
    }

    /// One line about the end of a guest that did not do its work: how it ended, while importing what, what to do, and what it
    /// said.
    pub fn of_end(&self, how: &str) -> String {
        let mut line = how.to_string();
        if let Some(module) = &self.importing {
            line += &format!(
                " while importing {module}; correct it, or, if a run does not come to that, set [tool.pyapp] \
                 snapshot-exclude = [{module:?}]"
            );
        }
        match self.text.trim() {
            "" => line,
            text => format!("{line}; it said: {text}"),
        }
    }
}

/// Runs a guest to its end; its exit status, what it said, and the guest. `tell` gets the name of the module that it is
/// importing, now and then.
///
/// # Errors
/// [`Error::Guest`] if it trapped, hung or could not be started.
pub(crate) fn run(program: &Program, builder: ContextBuilder, tell: &dyn Fn(&str)) -> Result<(u32, Said, Context)> {
    run_within(TIME_LIMIT, program, builder, tell)
}

/// As [`run`], within another time.
pub(crate) fn run_within(
    limit: Duration,
    program: &Program,
    builder: ContextBuilder,
    tell: &dyn Fn(&str),
) -> Result<(u32, Said, Context)> {
    let program = program.clone();
    let ((outcome, guest), said) = watch_within(limit, builder, tell, move |guest| host::run(&program, guest))?;
    match outcome {
        Outcome::Exited(status) => Ok((status, said, guest)),
        Outcome::ClosedPipe => Err(fail("its output was closed".to_string())),
        Outcome::Trapped(trap) => Err(fail(said.of_end(&format!("trapped ({trap})")))),
    }
}

/// Does `work` with a guest, within the time limit; its result, and what the guest said. `tell` as in [`run`].
///
/// # Errors
/// [`Error::Guest`] if it hung or could not be started.
pub(crate) fn watch<T: Send + 'static>(
    builder: ContextBuilder,
    tell: &dyn Fn(&str),
    work: impl FnOnce(Context) -> std::result::Result<T, StartError> + Send + 'static,
) -> Result<(T, Said)> {
    watch_within(TIME_LIMIT, builder, tell, work)
}

fn watch_within<T: Send + 'static>(
    limit: Duration,
    builder: ContextBuilder,
    tell: &dyn Fn(&str),
    work: impl FnOnce(Context) -> std::result::Result<T, StartError> + Send + 'static,
) -> Result<(T, Said)> {
    let said = Arc::new(Mutex::new(Vec::new()));
    let output = || Output::Capture { into: said.clone(), limit: OUTPUT_LIMIT };
    let guest = builder.stdout(output()).stderr(output()).build().map_err(|error| fail(error.to_string()))?;
    let (sender, receiver) = mpsc::channel();
    // A guest that hangs keeps its thread; the build then ends with an error and takes it along.
    std::thread::spawn(move || {
        // Nobody listens any more once the time is up.
        let _ = sender.send(work(guest));
    });
    let start = Instant::now();
    let result = loop {
        let result = receiver.recv_timeout(TELL_EVERY);
        if !matches!(result, Err(mpsc::RecvTimeoutError::Timeout)) || start.elapsed() > limit {
            break result;
        }
        if let Some(module) = Said::new(&said).importing {
            tell(&module);
        }
    };
    let said = Said::new(&said);
    match result {
        Ok(Ok(done)) => Ok((done, said)),
        Ok(Err(error)) => Err(fail(error.to_string())),
        Err(mpsc::RecvTimeoutError::Timeout) => {
            Err(fail(said.of_end(&format!("took longer than {} s and was given up", limit.as_secs()))))
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(fail("its thread ended without a result".to_string())),
    }
}

fn fail(what: String) -> Error {
    Error::Guest(format!("the WebAssembly CPython at build time: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_modules_are_told_from_what_a_guest_says() {
        let said = |text: &str| Said::new(&Mutex::new(text.as_bytes().to_vec()));
        let expect =
            |text: &str, importing: Option<&str>| Said { text: text.into(), importing: importing.map(Into::into) };
        assert_eq!(said("a\nb"), expect("a\nb", None));
        assert_eq!(said("one\u{1}pkg\n two\u{1}pkg.mod\n"), expect("one two", Some("pkg.mod")));
        assert_eq!(said("\u{1}pkg\nsaid\u{1}\n"), expect("said", None));
        assert_eq!(said("\u{1}pk"), expect("", Some("pk")));
    }
}
