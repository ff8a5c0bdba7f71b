//! Devices and directories of descriptors: the VFS names them, keeps them, and leaves the rest to others.

mod common;

use common::READ;
use vfs::{Device, Errno, Ino, Kind, Limits, OpenOptions, RootKind, Vfs};

/// `/dev` with a device and a directory of descriptors, which belongs to the system.
fn vfs() -> (Vfs, Ino) {
    let mut vfs = Vfs::new(Limits::default());
    let root = vfs.add_root(RootKind::Slash).expect("room");
    vfs.make_directory(root, "dev").expect("made");
    let dev = vfs.lookup(root, "dev", true).expect("there");
    vfs.add_device(dev, "zero", Device::Zero).expect("room");
    vfs.add_descriptors(dev, "fd").expect("room");
    vfs.symlink("fd/0", dev, "stdin").expect("room");
    vfs.give_to_system(dev, 0o555).expect("there");
    (vfs, root)
}

fn kind(vfs: &Vfs, root: Ino, path: &str) -> Result<Kind, Errno> {
    vfs.lookup(root, path, true).and_then(|ino| vfs.metadata(ino)).map(|metadata| metadata.kind)
}

#[test]
fn they_are_found_by_walking() {
    let (mut vfs, root) = vfs();
    assert_eq!(kind(&vfs, root, "/dev/../dev/./zero"), Ok(Kind::Device(Device::Zero)));
    assert_eq!(kind(&vfs, root, "dev/stdin"), Ok(Kind::Descriptor(0)));
    assert_eq!(kind(&vfs, root, "dev/fd/4294967295"), Ok(Kind::Descriptor(u32::MAX)));
    for name in ["00", "+1", "-1", "4294967296", "x", "1 "] {
        assert_eq!(kind(&vfs, root, &format!("dev/fd/{name}")), Err(Errno::NoEnt), "{name}");
    }
    for path in ["dev/zero/", "dev/zero/x", "dev/fd/0/", "dev/fd/0/.."] {
        assert_eq!(kind(&vfs, root, path), Err(Errno::NotDir), "{path}");
    }
    assert_eq!(kind(&vfs, root, "dev/fd/.."), Ok(Kind::Directory));
    vfs.symlink("/dev/stdin", root, "input").expect("made");
    assert_eq!(kind(&vfs, root, "input"), Ok(Kind::Descriptor(0)));
    let fd = vfs.lookup(root, "dev/fd", true).expect("there");
    assert!(vfs.is_of_descriptors(fd) && !vfs.is_of_descriptors(root));
    let names: Vec<&str> = vfs.read_dir(fd, 0).expect("a directory").map(|entry| entry.name).collect();
    assert_eq!(names, [".", ".."]);
}

#[test]
fn they_can_be_opened_and_hold_nothing() {
    let (mut vfs, root) = vfs();
    let used = vfs.used();
    for path in ["dev/zero", "dev/stdin"] {
        let options = OpenOptions { write: true, create: true, truncate: true, ..READ };
        let ino = vfs.open(root, path, options).expect("opened");
        assert_eq!(vfs.read(ino, 0, &mut [0; 4]), Err(Errno::Inval));
        assert!(vfs.write(ino, 0, b"x").is_err() && vfs.set_size(ino, 1).is_err(), "{path}");
        vfs.close(ino);
    }
    assert_eq!(vfs.used(), used);
    // Whether there is a descriptor of that number, the VFS does not know.
    assert!(vfs.open(root, "dev/fd/7", OpenOptions { exclusive: true, create: true, ..READ }).is_ok());
    assert_eq!(vfs.open(root, "dev/zero", OpenOptions { exclusive: true, create: true, ..READ }), Err(Errno::Exist));
    assert_eq!(vfs.open(root, "dev/fd/x", OpenOptions { create: true, ..READ }), Err(Errno::Acces));
}

#[test]
fn they_stay() {
    let (mut vfs, root) = vfs();
    for path in ["dev/zero", "dev/fd/0", "dev/stdin"] {
        assert_eq!(vfs.unlink(root, path), Err(Errno::Acces), "{path}");
        assert_eq!(vfs.rename(root, path, root, "moved"), Err(Errno::Acces), "{path}");
    }
    assert_eq!(vfs.remove_directory(root, "dev/fd"), Err(Errno::Acces));
    assert_eq!(vfs.make_directory(root, "dev/fd/x"), Err(Errno::Acces));
    for path in ["dev/zero", "dev/fd/0"] {
        assert_eq!(vfs.link(root, path, true, root, "linked"), Err(Errno::XDev), "{path}");
    }
    for path in ["dev", "dev/zero", "dev/fd"] {
        let ino = vfs.lookup(root, path, true).expect("there");
        assert_eq!(vfs.set_mode(ino, 0o777), Err(Errno::Perm), "{path}");
    }
}
