//! The index of a bundle: how its parts are stored, and what starts.

use crate::part::Part;
use archive::format::checksum;
use policy::{Permissions, RunLimits};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a build writes down about the parts that it has made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// What starts: `pkg.mod` or `pkg.mod:function`.
    pub entry: String,
    /// The interpreter's level of optimisation, 0 to 2: what `-O` gives python3.
    pub optimize: u8,
    /// What the app may reach of the machine that it runs on.
    pub permissions: Permissions,
    /// How much a run may use.
    pub limits: RunLimits,
    /// The parts that there are: without a snapshot, one less.
    pub parts: BTreeMap<Part, Record>,
}

/// How a part is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Whether it is one zstd frame: of machine code and the base image by itself, of a snapshot with the base image as its
    /// dictionary.
    pub zstd: bool,
    /// Bytes that it takes.
    pub stored: usize,
    /// Bytes once expanded.
    pub len: usize,
    /// XXH3-64 of the stored bytes, 16 hexadecimal digits.
    pub xxh3: String,
}

impl Record {
    /// The record of a part whose stored bytes are these, and of `len` bytes once expanded.
    pub fn of(stored: &[u8], len: usize, zstd: bool) -> Record {
        Record { zstd, stored: stored.len(), len, xxh3: format!("{:016x}", checksum(stored)) }
    }
}
