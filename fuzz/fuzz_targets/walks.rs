//! Any tree with links, any grants, any calls: each gives what an oracle says that walks the tree by itself, and nothing outside
//! of the grants is changed or shown. The cases are those of the test `walks` of the crate `host`.

#![forbid(unsafe_code)]
#![no_main]

#[path = "../../crates/host/tests/walks/case/mod.rs"]
mod case;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| case::play(bytes));
