//! What is bundled: the project's settings and its libraries.

pub mod libraries;
mod merge;
mod native;
mod permissions;
pub mod project;

pub use libraries::Library;
pub(crate) use merge::Piece;
pub(crate) use native::{Native, find as find_native};
pub(crate) use permissions::granted;
pub use project::{Project, Size};
