//! Exit statuses that are pyapp's own. All others are the app's, 0 to 255, exactly.

/// pyapp could not start the app: it is damaged, or the machine has no room for it.
pub const CANNOT_START: u8 = 125;
/// The guest did something impossible (a WebAssembly trap), as after an abort: 128 + SIGABRT.
pub const TRAPPED: u8 = 134;
/// The reader of stdout or stderr has gone, as after a SIGPIPE: 128 + SIGPIPE.
pub const CLOSED_PIPE: u8 = 141;
/// A tool could not do what it was asked to.
pub const TOOL_FAILED: u8 = 1;
/// A tool was asked in a way that makes no sense.
pub const USAGE: u8 = 2;
