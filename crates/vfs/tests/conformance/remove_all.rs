//! Emptying a directory: what is left is what its accounts must say. The fuzz target `vfs` uses this file too.

use vfs::{Ino, Kind, Vfs};

/// Removes everything below a directory of the scratch.
pub fn remove_all(vfs: &mut Vfs, directory: Ino) {
    let entries: Vec<(String, Ino, Kind)> = vfs
        .read_dir(directory, 2)
        .expect("a directory")
        .map(|entry| (entry.name.to_string(), entry.ino, entry.kind))
        .collect();
    for (name, ino, kind) in entries {
        if kind == Kind::Directory {
            remove_all(vfs, ino);
            vfs.remove_directory(directory, &name).expect("empty by now");
        } else {
            vfs.unlink(directory, &name).expect("it was listed");
        }
    }
}
