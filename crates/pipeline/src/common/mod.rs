//! What all stages use.

pub mod cache;
pub mod command;
pub mod confine;
pub mod copies;
pub mod crates;
pub mod csv;
pub mod guest;
pub mod hash;
pub mod log;
pub mod own_folder;
pub mod patches;
#[cfg(test)]
mod patches_test;
pub mod pip;
pub mod programs;
pub mod progress;
#[cfg(test)]
pub mod test_build;
