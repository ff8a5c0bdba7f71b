//! What tests of the VFS share.

use vfs::OpenOptions;

/// Opens what is there for reading, through links.
pub const READ: OpenOptions = OpenOptions {
    follow: true,
    create: false,
    mode: None,
    exclusive: false,
    truncate: false,
    directory: false,
    read: true,
    write: false,
};
