//! Modes: what the owner may do. Not compared with a disk, as tests may run as root, whom a disk forbids nothing.

mod common;

use archive::{Archive, Writer};
use common::READ;
use vfs::{Errno, Ino, Limits, OpenOptions, RootKind, Vfs};

fn vfs() -> (Vfs, Ino) {
    let mut vfs = Vfs::new(Limits::default());
    let root = vfs.add_root(RootKind::Slash).expect("room");
    (vfs, root)
}

fn mode(vfs: &Vfs, root: Ino, path: &str) -> u16 {
    vfs.metadata(vfs.lookup(root, path, false).expect("there")).expect("there").mode
}

#[test]
fn modes_are_kept_and_have_usual_values() {
    let (mut vfs, root) = vfs();
    vfs.make_directory(root, "d").expect("made");
    let file = vfs.open(root, "d/f", OpenOptions { create: true, write: true, ..READ }).expect("made");
    vfs.symlink("f", root, "d/l").expect("made");
    assert_eq!(["d", "d/f", "d/l"].map(|path| mode(&vfs, root, path)), [0o755, 0o644, 0o777]);
    vfs.set_mode(file, 0o17_751).expect("set");
    assert_eq!(mode(&vfs, root, "d/f"), 0o7751);
}

#[test]
fn a_file_is_opened_for_what_its_mode_allows() {
    let (mut vfs, root) = vfs();
    let create = OpenOptions { create: true, write: true, ..READ };
    let file = vfs.open(root, "f", create).expect("made");
    let write = OpenOptions { read: false, write: true, ..READ };
    let neither = OpenOptions { read: false, ..READ };
    let truncate = OpenOptions { truncate: true, ..neither };
    for (mode, options, expected) in [
        (0o400, READ, Ok(file)),
        (0o400, write, Err(Errno::Acces)),
        (0o400, truncate, Err(Errno::Acces)),
        (0o200, READ, Err(Errno::Acces)),
        (0o200, write, Ok(file)),
        (0o000, neither, Ok(file)),
        // The bits of others do not count.
        (0o077, READ, Err(Errno::Acces)),
    ] {
        vfs.set_mode(file, mode).expect("set");
        assert_eq!(vfs.open(root, "f", options), expected, "{mode:o} {options:?}");
    }
    // What is open stays so.
    assert_eq!(vfs.write(file, 0, b"x"), Ok(1));
}

#[test]
fn a_directory_is_walked_and_changed_as_its_mode_allows() {
    let (mut vfs, root) = vfs();
    vfs.make_directory(root, "d").expect("made");
    vfs.make_directory(root, "d/e").expect("made");
    vfs.make_directory(root, "d/e/inside").expect("made");
    let file = vfs.open(root, "d/f", OpenOptions { create: true, write: true, ..READ }).expect("made");
    let directory = vfs.lookup(root, "d", true).expect("there");

    vfs.set_mode(directory, 0o600).expect("set");
    assert_eq!(vfs.lookup(root, "d/f", true), Err(Errno::Acces));
    assert_eq!(vfs.make_directory(root, "d/new"), Err(Errno::Acces));

    vfs.set_mode(directory, 0o500).expect("set");
    assert_eq!(vfs.lookup(root, "d/f", true), Ok(file));
    assert_eq!(vfs.make_directory(root, "d/new"), Err(Errno::Acces));
    assert_eq!(vfs.symlink("x", root, "d/new"), Err(Errno::Acces));
    assert_eq!(vfs.link(root, "d/f", true, root, "d/new"), Err(Errno::Acces));
    assert_eq!(vfs.unlink(root, "d/f"), Err(Errno::Acces));
    assert_eq!(vfs.remove_directory(root, "d/e"), Err(Errno::Acces));
    assert_eq!(vfs.rename(root, "d/f", root, "g"), Err(Errno::Acces));
    // Before it is looked at what is there.
    vfs.make_directory(root, "full").expect("made");
    vfs.make_directory(root, "full/x").expect("made");
    assert_eq!(vfs.rename(root, "full", root, "d/e"), Err(Errno::Acces));
    assert_eq!(vfs.remove_directory(root, "full"), Err(Errno::NotEmpty));
    // A directory that moves has another `..`, which is written.
    let moved = vfs.lookup(root, "full/x", true).expect("there");
    vfs.set_mode(moved, 0o500).expect("set");
    assert_eq!(vfs.rename(root, "full/x", root, "x"), Err(Errno::Acces));
    assert_eq!(vfs.rename(root, "full/x", root, "full/y"), Ok(()));
    assert_eq!(vfs.open(root, "d", READ), Ok(directory));

    vfs.set_mode(directory, 0o300).expect("set");
    assert_eq!(vfs.open(root, "d", READ), Err(Errno::Acces));
    assert_eq!(vfs.rename(root, "d/f", root, "g"), Ok(()));
}

#[test]
fn the_base_is_read_only_whatever_a_mode_says() {
    let (mut vfs, root) = vfs();
    let mut writer = Writer::new(b"").expect("a writer");
    writer.executable("d/f", b"x").expect("added");
    writer.file("d/data", b"x").expect("added");
    let base = vfs.mount(root, "vfs", Archive::open(writer.finish().0).expect("whole")).expect("mounted");
    assert_eq!((mode(&vfs, base, "d"), mode(&vfs, base, "d/f")), (0o755, 0o755));
    let file = vfs.lookup(base, "d/f", true).expect("there");
    assert_eq!(mode(&vfs, base, "d/data"), 0o644);
    assert_eq!(vfs.set_mode(file, 0o644), Err(Errno::RoFs));
    assert_eq!(vfs.open(base, "d/f", OpenOptions { write: true, ..READ }), Err(Errno::RoFs));
    assert_eq!(vfs.open(base, "d/f", READ), Ok(file));
}

#[test]
fn the_path_of_a_directory_follows_it() {
    let (mut vfs, root) = vfs();
    vfs.make_directory(root, "a").expect("made");
    vfs.make_directory(root, "a/b").expect("made");
    let inner = vfs.lookup(root, "a/b", true).expect("there");
    assert_eq!((vfs.path(root), vfs.path(inner)), (Ok("/".to_string()), Ok("/a/b".to_string())));
    vfs.rename(root, "a", root, "c").expect("moved");
    assert_eq!(vfs.path(inner), Ok("/c/b".to_string()));
    vfs.hold(inner).expect("held");
    vfs.remove_directory(root, "c/b").expect("removed");
    assert_eq!(vfs.path(inner), Err(Errno::NoEnt));

    // No call takes a longer one.
    let mut at = vfs.lookup(root, "c", true).expect("there");
    for _ in 0..20 {
        vfs.make_directory(at, &"n".repeat(200)).expect("made");
        at = vfs.lookup(at, &"n".repeat(200), true).expect("there");
    }
    assert_eq!(vfs.path(at).map(|path| path.len()), Ok(2 + 20 * 201));
    vfs.make_directory(at, &"n".repeat(200)).expect("made");
    assert_eq!(vfs.path(vfs.lookup(at, &"n".repeat(200), true).expect("there")), Err(Errno::NameTooLong));
}

#[test]
fn holes_do_not_make_a_file_larger_than_the_scratch_may_be() {
    let (mut vfs, root) = vfs();
    let file = vfs.open(root, "f", OpenOptions { create: true, write: true, ..READ }).expect("made");
    vfs.write(file, 3, b"x").expect("room");
    assert_eq!(vfs.contents(file), Ok(b"\0\0\0x".to_vec()));
    vfs.set_size(file, 1 << 62).expect("a hole");
    assert_eq!(vfs.contents(file), Err(Errno::FBig));
}
