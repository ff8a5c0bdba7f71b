//! A bundle: what an executable carries, and what `pipeline` builds.
//!
//! - [`Part`] names the parts: the archive, the machine code, the base image, the snapshot.
//! - [`Index`] says how each of them is stored; it is JSON, beside the parts.
//! - A [`Source`] has the bytes: statics of the link in the executable, files where a build has left them.
//! - [`Bundle`] opens a source and makes runs from it: a program and the context that it runs in.
//!
//! The build writes what this crate names, and the executable, its tools and the tests read it here, so each name and each
//! rule stands once.

#![forbid(unsafe_code)]

mod bundle;
mod error;
mod index;
mod part;
mod source;

pub use bundle::{Bundle, Run};
pub use error::{Error, Result};
pub use index::{Index, Record};
pub use part::{INDEX, INDEX_FOLDER, Part};
pub use source::Source;
