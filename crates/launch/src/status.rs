//! Exit statuses that are pyapp's own, and its messages. All other statuses are the app's, 0 to 255, exactly.

use host::abi;
use std::io::{self, Write};

/// pyapp could not start the app: it is damaged, or the machine has no room for it.
pub const CANNOT_START: u8 = abi::CANNOT_START;
/// The guest did something impossible (a WebAssembly trap), as after an abort: 128 + SIGABRT.
pub const TRAPPED: u8 = abi::TRAPPED;
/// The reader of stdout or stderr has gone, as after a SIGPIPE: 128 + SIGPIPE.
pub const CLOSED_PIPE: u8 = abi::CLOSED_PIPE;
/// The first of the statuses of a run that has reached a limit: this is memory's, and the others follow in the order of
/// [`policy::Resource`]. They lie behind those of `sysexits.h` and in front of those of Python and of shells.
pub const FIRST_LIMIT: u8 = 80;
/// A tool could not do what it was asked to.
pub const TOOL_FAILED: u8 = 1;
/// A tool was asked in a way that makes no sense.
pub const USAGE: u8 = 2;

/// The status of a run that has reached this limit.
pub fn of_limit(resource: policy::Resource) -> u8 {
    FIRST_LIMIT + resource as u8
}

/// Writes a message to stderr. Where stderr takes nothing there is nobody to tell; the exit status still says it.
pub fn tell(message: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{message}");
}
