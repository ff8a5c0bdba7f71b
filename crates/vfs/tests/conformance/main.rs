//! The VFS against a real disk: the same operations on both, by script and at random, all differences reported.
//!
//! The disk is the oracle. A script step also carries the result that POSIX and Linux document, so that an odd host
//! file system shows too.

mod disk;
mod random;
mod remove_all;
mod script;
