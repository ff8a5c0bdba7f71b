//! The one tree that a guest sees: the VFS, and in it, where the policy grants something of the host, mounts.
//!
//! One resolver, `vfs::walk`, goes over both. In the host's part it goes name by name, each looked up in an open folder without
//! following links, so whatever another process puts in the place of a name in between, no step leaves the folder that it was
//! made in. (Several folders in a row are opened in one call, by which the kernel promises the same: `openat2`. Where it cannot,
//! or meets a link, the walk goes name by name.) What a link says is walked in the guest's tree, like any other path: it leads
//! somewhere if that is granted, too. `..` at a mount leads to the directory of the VFS that the mount is in.
//!
//! | file | holds |
//! |---|---|
//! | `folder.rs` | open folders of the host, and the names in them |
//! | `mounts.rs` | where something of the host begins, and what the policy says of it |
//! | `grants.rs` | from the grants of a run to its mounts, and the directories above them |
//! | `tree.rs` | the tree, to be walked |
//! | `place.rs` | where a path of a call leads |

mod folder;
mod grants;
#[cfg(test)]
mod leap_test;
mod mounts;
mod place;
mod tree;

pub(crate) use folder::{Folder, MAX_FOLDER_PATH};
pub use grants::MountError;
pub(crate) use grants::{OWN, enter_folder, mount_grants};
pub(crate) use mounts::Mounts;
pub(crate) use place::{Place, Spot};
pub(crate) use tree::Node;
