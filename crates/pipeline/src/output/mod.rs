//! What comes out: the archive, checked, and the finished parts.

mod archives;
mod beside;
mod built;
mod entry;
mod licences;
mod parts;
mod reports;
mod symbols;
mod used;
mod works;

pub use built::Built;
pub use reports::Report;
