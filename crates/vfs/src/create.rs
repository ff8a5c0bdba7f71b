//! Making something new under a name.

use crate::errno::{Errno, Result};
use crate::node::{Body, Ino};
use crate::permissions::WRITE;
use crate::tree::{Vfs, name_cost};

impl Vfs {
    /// Puts a device that is always at its end and swallows what is written at `name` in a scratch directory.
    ///
    /// # Errors
    /// `Exist`, `NotDir`, `RoFs`, `NoSpc`.
    pub fn add_null_device(&mut self, directory: Ino, name: &str) -> Result<Ino> {
        self.create(directory, name, Body::Null)
    }

    /// Makes a node and gives it a name in a scratch directory.
    pub(crate) fn create(&mut self, directory: Ino, name: &str, body: Body) -> Result<Ino> {
        if self.directory_mut(directory)?.names.contains_key(name) {
            return Err(Errno::Exist);
        }
        if self.is_gone(directory) {
            return Err(Errno::NoEnt);
        }
        self.expect_allowed(directory, WRITE)?;
        let is_directory = matches!(body, Body::Directory(_));
        self.charge(name_cost(name))?;
        let ino = match self.add_node(body) {
            Ok(ino) => ino,
            Err(error) => {
                self.release_bytes(name_cost(name));
                return Err(error);
            }
        };
        self.directory_mut(directory)?.insert(name, ino);
        if is_directory {
            self.node_mut(ino)?.links = 2;
            self.node_mut(directory)?.links += 1;
        }
        self.touch(directory);
        Ok(ino)
    }
}
