//! What is bundled: the project's settings and its libraries.

pub mod libraries;
pub mod project;

pub use libraries::Library;
pub use project::{Project, Size};
