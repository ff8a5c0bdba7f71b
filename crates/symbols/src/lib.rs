//! Source lines for tracebacks. An executable has no sources, so its tracebacks have no source lines. The build keeps the
//! sources in a file of its own, beside the executable and never in it; who has both can fill the lines in.
//!
//! - [`mod@format`] is the form of that file.
//! - [`write()`] makes it, [`Symbols`] reads it.
//! - [`fill_in`] copies text, and adds the source line behind each line of a traceback that lacks it.

#![forbid(unsafe_code)]

pub mod format;
mod reader;
mod traceback;
mod writer;

pub use format::Error;
pub use reader::Symbols;
pub use traceback::fill_in;
pub use writer::write;
