//! A memory image: what a guest's linear memory holds when a run begins.
//!
//! Machine code is the same for every app, so it comes without the data of its module; that is kept here instead.
//!
//! - A **base image** is a module's own data, as it is before any instruction has run. A run from it is a cold start.
//! - A **snapshot** is the memory of an initialised CPython that has imported an app. A run from it is resumed. More than
//!   half of its pages are in the base image as well, which is always at hand, so a snapshot only refers to them.
//!
//! [`mod@format`] is the specification; [`write()`] and [`Image`] are its two sides.
//!
//! # Example
//!
//! ```
//! use memory_image::{Image, Origin, PAGE, Start, write};
//!
//! let mut memory = vec![0; 16 * PAGE];
//! memory[5 * PAGE] = 7;
//! let origin = Origin { start: Start::Cold, module: 1, archive: 0 };
//! let image = Image::open(write(origin, &memory, None))?;
//! let extents: Vec<_> = image.extents().map(|(offset, bytes)| (offset, bytes.len())).collect();
//! assert_eq!((image.memory_size(), extents), (16 * PAGE, vec![(5 * PAGE, PAGE)]));
//! # Ok::<(), memory_image::ImageError>(())
//! ```

#![forbid(unsafe_code)]

pub mod format;
mod reader;
mod writer;

pub use format::{MAGIC, Origin, PAGE, Start, VERSION};
pub use reader::{Image, ImageError, REMEDY};
pub use writer::write;

/// Changes whenever the same memory may become other bytes: the writer's own text. Whoever keeps images makes them again then.
pub const REVISION: &str = include_str!("writer.rs");

#[cfg(test)]
mod tests;
