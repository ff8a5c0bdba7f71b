//! Files of tests on a disk: in a folder of the host that the guest may write to, as an app may to what it was granted.
//!
//! Tests make their files in the current directory and in the folder for temporary files; this folder is both. The library and the
//! guest's own home stay in memory.

use anyhow::{Context, Result};
use host::ContextBuilder;
use policy::{Access, Grant, Policy, Source};
use rustix::thread::{CapabilitySet, CapabilitySets, capabilities, set_capabilities};
use std::path::Path;
use vfs::Ino;

/// Has a guest begin in a folder of the host; `path` is its real path, and UTF-8.
pub fn begin_in(builder: ContextBuilder, root: Ino, path: &Path) -> ContextBuilder {
    let source = Source::Key(path.display().to_string());
    let grant = Grant {
        path: path.to_path_buf(),
        named: path.to_path_buf(),
        access: Access::Write,
        passed: Vec::new(),
        source,
    };
    let policy = Policy::new(std::slice::from_ref(&grant), None);
    let builder = builder.variable("TMPDIR", path.display().to_string());
    builder.grants(root, vec![grant], policy, Some(path.to_path_buf()))
}

/// Makes this process one of an ordinary user: root may do what modes forbid, and tests of modes would skip themselves or fail.
///
/// # Errors
/// The system's.
pub fn obey_modes() -> Result<()> {
    let overruling = CapabilitySet::DAC_OVERRIDE | CapabilitySet::DAC_READ_SEARCH;
    let now = capabilities(None).context("cannot find out what this process may do")?;
    let less = CapabilitySets { effective: now.effective - overruling, permitted: now.permitted - overruling, ..now };
    set_capabilities(None, less).context("cannot give up what only root may do")
}
