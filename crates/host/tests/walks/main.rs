//! Random trees, grants and operations against an oracle that walks the tree by itself. The fuzz target `walks` plays the same
//! cases (`case/`), as many as there is time for.

mod case;
mod named;

use std::panic::catch_unwind;

/// How many cases are played.
const CASES: u64 = 400;

#[test]
fn every_path_leads_where_the_oracle_says() {
    for seed in 0..CASES {
        assert!(catch_unwind(|| case::play(&seed.to_be_bytes())).is_ok(), "case {seed}");
    }
}
