//! Making something new under a name.

use crate::errno::{Errno, Result};
use crate::node::{Body, Device, Directory, Ino};
use crate::permissions::WRITE;
use crate::tree::{Vfs, name_cost};

impl Vfs {
    /// Puts a device of the system's at `name` in a scratch directory.
    ///
    /// # Errors
    /// `Exist`, `NotDir`, `RoFs`, `NoSpc`.
    pub fn add_device(&mut self, directory: Ino, name: &str, device: Device) -> Result<Ino> {
        let ino = self.put(directory, name, Body::Device(device))?;
        self.give_to_system(ino, 0o666)?;
        Ok(ino)
    }

    /// Puts a directory of the system's at `name` in a scratch directory. Its names are the numbers of descriptors. Which of
    /// them there are this crate does not know: every number leads to a [`Kind::Descriptor`](crate::Kind), and no listing has
    /// any.
    ///
    /// # Errors
    /// `Exist`, `NotDir`, `RoFs`, `NoSpc`.
    pub fn add_descriptors(&mut self, directory: Ino, name: &str) -> Result<Ino> {
        let names = Directory { is_of_descriptors: true, ..Directory::new(directory) };
        let ino = self.put(directory, name, Body::Directory(names))?;
        self.give_to_system(ino, 0o555)?;
        Ok(ino)
    }

    /// Puts a leaf at `name` in a scratch directory where another file system begins, which whoever walks goes on in. Nothing
    /// else can be done with it here.
    ///
    /// # Errors
    /// `Exist`, `NotDir`, `RoFs`, `NoSpc`.
    pub fn add_mount(&mut self, directory: Ino, name: &str, number: u32) -> Result<Ino> {
        let ino = self.put(directory, name, Body::Mount(number))?;
        self.give_to_system(ino, 0o777)?;
        Ok(ino)
    }

    /// Makes a directory of the system's in a scratch directory: the user can walk through it and list it.
    ///
    /// # Errors
    /// `Exist`, `NotDir`, `RoFs`, `NoSpc`.
    pub fn add_system_directory(&mut self, directory: Ino, name: &str) -> Result<Ino> {
        let ino = self.put(directory, name, Body::Directory(Directory::new(directory)))?;
        self.give_to_system(ino, 0o555)?;
        Ok(ino)
    }

    /// Makes a symbolic link of the system's in a scratch directory.
    ///
    /// # Errors
    /// `Exist`, `NotDir`, `RoFs`, `NoSpc`.
    pub fn add_link(&mut self, directory: Ino, name: &str, target: &str) -> Result<Ino> {
        let ino = self.put(directory, name, Body::Symlink(target.into()))?;
        self.give_to_system(ino, 0o777)?;
        Ok(ino)
    }

    /// Whether a directory is one of descriptors.
    pub fn is_of_descriptors(&self, directory: Ino) -> bool {
        self.directory(directory).is_ok_and(|directory| directory.is_of_descriptors)
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
        self.put(directory, name, body)
    }

    /// As [`Vfs::create`], whatever the directory's mode allows.
    fn put(&mut self, directory: Ino, name: &str, body: Body) -> Result<Ino> {
        if self.directory_mut(directory)?.names.contains_key(name) {
            return Err(Errno::Exist);
        }
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
