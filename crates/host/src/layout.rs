//! Where things lie in the file system that Python sees, at build time and at run time.
//!
//! ```text
//! /            scratch: writable, in memory, capped; gone when the process ends   (descriptor 4)
//! ├── dev/null
//! ├── tmp/
//! └── vfs/     the archive: read-only                                             (descriptor 3)
//!     ├── pyapp.json                       what is bundled, and the entry
//!     └── usr/local/lib/python3.13/        the standard library
//!         └── site-packages/               the libraries
//! ```

use crate::preview1::ContextBuilder;
use archive::Archive;
use vfs::{Ino, Limits, Result, RootKind, Vfs};

/// Name of the archive's mount point in `/`.
pub const MOUNT: &str = "vfs";
/// The standard library, relative to the archive's root.
pub const STDLIB: &str = "usr/local/lib/python3.13";
/// The libraries, relative to the archive's root.
pub const SITE_PACKAGES: &str = "usr/local/lib/python3.13/site-packages";
/// What `sys.executable` names, relative to the archive's root: programs look whether it is there.
pub const EXECUTABLE: &str = "usr/local/bin/python3.13";
/// What stands in it.
pub const EXECUTABLE_TEXT: &str = "This CPython is part of a running executable; it cannot be started from here.\n";
/// What is bundled, relative to the archive's root: JSON.
pub const MANIFEST: &str = "pyapp.json";
/// The variable through which `wasm/src/pyapp.c` learns the entry; it takes it out of the environment again.
pub const ENTRY_VARIABLE: &str = "PYAPP_ENTRY";

/// A VFS with `/`, `/tmp` and `/dev/null`, and its root.
///
/// # Errors
/// `NoSpc` if the limits are too small even for that.
pub fn scratch(limits: Limits) -> Result<(Vfs, Ino)> {
    let mut vfs = Vfs::new(limits);
    let root = vfs.add_root(RootKind::Slash)?;
    for directory in ["dev", "tmp"] {
        vfs.make_directory(root, directory)?;
    }
    let dev = vfs.lookup(root, "dev", false)?;
    vfs.add_null_device(dev, "null")?;
    Ok((vfs, root))
}

/// A guest that sees the archive at `/vfs` and the scratch at `/`.
///
/// # Errors
/// As [`scratch`].
pub fn python_context(archive: Archive, limits: Limits) -> Result<ContextBuilder> {
    python_context_and_root(archive, limits).map(|(builder, _)| builder)
}

/// As [`python_context`], with the root of the scratch to look at afterwards.
///
/// # Errors
/// As [`scratch`].
pub fn python_context_and_root(archive: Archive, limits: Limits) -> Result<(ContextBuilder, Ino)> {
    let (mut vfs, root) = scratch(limits)?;
    let base = vfs.mount(root, MOUNT, archive)?;
    Ok((ContextBuilder::new(vfs).preopen(base, format!("/{MOUNT}")).preopen(root, "/"), root))
}
