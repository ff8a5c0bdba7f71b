//! Where things lie in the file system that Python sees, at build time and at run time.
//!
//! ```text
//! /            scratch: in memory, capped; gone when the process ends             (descriptor 4)
//! ├── dev/     devices; the guest's descriptors by their names; `shm/`, for shared memory
//! ├── home/
//! │   └── pyapp/   the guest's own home folder: writable
//! ├── tmp/     writable
//! └── vfs/     the archive: read-only                                             (descriptor 3)
//!     ├── pyapp.json                       what is bundled, and the entry
//!     └── usr/local/lib/python3.13/        the standard library
//!         └── site-packages/               the libraries
//! ```
//!
//! Nothing else can be written: what an app writes elsewhere it means for the user's disk, and a file in memory would be lost
//! in silence. What is granted of the host is mounted at its own path; see `namespace/`.

use crate::abi::{HOME, MOUNT};
use crate::context::ContextBuilder;
use archive::Archive;
use vfs::{Device, Ino, Limits, Result, RootKind, Vfs};

/// [`abi::STDLIB`](crate::abi::STDLIB), relative to the archive's root.
pub const STDLIB: &str = "usr/local/lib/python3.13";
/// The libraries, relative to the archive's root.
pub const SITE_PACKAGES: &str = "usr/local/lib/python3.13/site-packages";
/// [`abi::EXECUTABLE`](crate::abi::EXECUTABLE), relative to the archive's root.
pub const EXECUTABLE: &str = "usr/local/bin/python3.13";
/// What stands in it.
pub const EXECUTABLE_TEXT: &str = "This CPython is part of a running executable; it cannot be started from here.\n";
/// What is bundled, relative to the archive's root: JSON.
pub const MANIFEST: &str = "pyapp.json";

/// The devices in `/dev`.
const DEVICES: [(&str, Device); 6] = [
    ("full", Device::Full),
    ("null", Device::Null),
    ("random", Device::Random),
    ("tty", Device::Terminal),
    ("urandom", Device::Random),
    ("zero", Device::Zero),
];
/// The names in `/dev` of the standard streams, and what they lead to.
const STREAMS: [(&str, &str); 3] = [("stderr", "fd/2"), ("stdin", "fd/0"), ("stdout", "fd/1")];

/// A VFS with `/`, `/tmp`, `/dev` and the guest's own home folder, and its root.
///
/// # Errors
/// `NoSpc` if the limits are too small even for that.
pub fn scratch(limits: Limits) -> Result<(Vfs, Ino)> {
    let mut vfs = Vfs::new(limits);
    let root = vfs.add_root(RootKind::Slash)?;
    for directory in ["/dev", "/tmp", "/home", HOME] {
        vfs.make_directory(root, directory)?;
    }
    let dev = vfs.lookup(root, "dev", false)?;
    for (name, device) in DEVICES {
        vfs.add_device(dev, name, device)?;
    }
    vfs.add_descriptors(dev, "fd")?;
    // Shared memory that has a name.
    vfs.make_directory(dev, "shm")?;
    for (name, target) in STREAMS {
        vfs.symlink(target, dev, name)?;
    }
    // Names in it are the system's: as on Linux, a user can neither add to them nor take one away.
    let home = vfs.lookup(root, "home", false)?;
    for directory in [dev, home] {
        vfs.give_to_system(directory, 0o555)?;
    }
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
    let (vfs, root) = scratch(limits)?;
    Ok((python_context_over(vfs, root, archive)?, root))
}

/// As [`python_context`], over a scratch that has been filled.
///
/// # Errors
/// `Exist` (something is at `/vfs`), `NoSpc`.
pub fn python_context_over(mut vfs: Vfs, root: Ino, archive: Archive) -> Result<ContextBuilder> {
    let base = vfs.mount(root, MOUNT, archive)?;
    vfs.give_to_system(root, 0o555)?;
    Ok(ContextBuilder::new(vfs).preopen(base, format!("/{MOUNT}")).preopen(root, "/").keep_preopens())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi;

    /// Constants cannot be joined from constants.
    #[test]
    fn paths_are_those_that_the_guest_knows() {
        assert_eq!(STDLIB, format!("{}/{}", abi::PREFIX, abi::STDLIB));
        assert_eq!(SITE_PACKAGES, format!("{STDLIB}/site-packages"));
        assert_eq!(EXECUTABLE, format!("{}/{}", abi::PREFIX, abi::EXECUTABLE));
    }

    /// On a host without modes the guest takes files to have those of new ones here.
    #[test]
    fn new_files_have_the_modes_that_the_guest_knows() {
        let (mut vfs, root) = scratch(Limits::default()).expect("room");
        crate::load::write_file(&mut vfs, root, "file", b"").expect("room");
        for (name, mode) in [("file", abi::FILE_MODE), ("tmp", abi::DIRECTORY_MODE)] {
            let ino = vfs.lookup(root, name, false).expect("there");
            assert_eq!(vfs.metadata(ino).expect("there").mode, mode, "{name}");
        }
    }
}
