//! What is bundled: the project's settings and its libraries.

mod allowed;
mod asked;
mod commands;
mod flat;
pub mod libraries;
mod limits;
mod merge;
mod metadata;
mod native;
mod permissions;
pub mod project;
#[cfg(test)]
mod project_test;
mod single;
mod values;

pub use allowed::Allowed;
pub use asked::{Asked, Form};
pub use commands::Commands;
pub use libraries::Library;
pub(crate) use merge::{Piece, extends_path};
pub use metadata::Metadata;
pub(crate) use native::{Native, find as find_native};
pub(crate) use permissions::granted;
pub use project::{Entry, Project, Size};
pub(crate) use single::settings as script_settings;
pub(crate) use values::{package, parse_entry, parse_toml, required_name};
