//! Exit statuses that are pyapp's own, and its messages. All other statuses are the app's, 0 to 255, exactly.

use host::abi;
use std::io::{self, Write};

/// pyapp could not start the app: it is damaged, or the machine has no room for it.
pub const CANNOT_START: u8 = abi::CANNOT_START;
/// The guest did something impossible (a WebAssembly trap), as after an abort: 128 + SIGABRT.
pub const TRAPPED: u8 = abi::TRAPPED;
/// The reader of stdout or stderr has gone, as after a SIGPIPE: 128 + SIGPIPE.
pub const CLOSED_PIPE: u8 = abi::CLOSED_PIPE;
/// A tool could not do what it was asked to.
pub const TOOL_FAILED: u8 = 1;
/// A tool was asked in a way that makes no sense.
pub const USAGE: u8 = 2;

/// Writes a message to stderr. Where stderr takes nothing there is nobody to tell; the exit status still says it.
pub fn tell(message: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{message}");
}
