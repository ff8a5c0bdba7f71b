//! What comes out: the archive, checked, and the finished parts.

mod archives;
mod built;
mod entry;
mod licences;
mod parts;
mod symbols;
mod works;

pub use built::Built;
