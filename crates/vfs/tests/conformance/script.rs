//! A script of operations with the result that each must give, on the VFS and on the host.

use crate::disk::{Disk, Flags, Host, Memory, Op, Outcome};

fn path(path: &str) -> String {
    path.to_string()
}

fn open(name: &str, flags: &str, slot: u8) -> Op {
    let has = |flag| flags.contains(flag);
    let flags = Flags {
        write: has('w'),
        create: has('c'),
        exclusive: has('x'),
        truncate: has('t'),
        directory: has('d'),
        nofollow: has('n'),
    };
    Op::Open { path: path(name), flags, slot }
}

fn write(slot: u8, offset: u64, data: &str) -> Op {
    Op::Write { slot, offset, data: data.as_bytes().to_vec() }
}

fn stat(name: &str) -> Op {
    Op::Stat(path(name), false)
}

fn rename(from: &str, to: &str) -> Op {
    Op::Rename(path(from), path(to))
}

/// Each step and what it must give: a text, or an errno.
fn steps() -> Vec<(Op, Outcome)> {
    let ok = |text: &str| Ok(text.to_string());
    let err = |name: &str| Err(name.to_string());
    let mkdir = |name: &str| Op::Mkdir(path(name));
    let rmdir = |name: &str| Op::Rmdir(path(name));
    let unlink = |name: &str| Op::Unlink(path(name));
    let symlink = |target: &str, name: &str| Op::Symlink(path(target), path(name));
    let link = |from: &str, to: &str, follow| Op::Link(path(from), path(to), follow);
    let follow = |name: &str| Op::Stat(path(name), true);
    let list = |name: &str| Op::List(path(name));
    let readlink = |name: &str| Op::Readlink(path(name));
    let long = "n".repeat(255);
    let too_long = "n".repeat(256);
    vec![
        // Directories, dots and slashes.
        (mkdir("d"), ok("done")),
        (mkdir("d"), err("EEXIST")),
        (mkdir("d/"), err("EEXIST")),
        (mkdir("."), err("EEXIST")),
        (mkdir("d/.."), err("EEXIST")),
        (mkdir("no/d"), err("ENOENT")),
        (mkdir("d/e/"), ok("done")),
        (mkdir(""), err("ENOENT")),
        (mkdir(&too_long), err("ENAMETOOLONG")),
        (mkdir(&long), ok("done")),
        (rmdir(&long), ok("done")),
        (stat(&"d/".repeat(2048)), err("ENAMETOOLONG")),
        (stat("d/./e/../e//."), ok("directory, 2 links")),
        (stat("d"), ok("directory, 3 links")),
        (rmdir("d"), err("ENOTEMPTY")),
        (rmdir("d/e/."), err("EINVAL")),
        (rmdir("d/e/.."), err("ENOTEMPTY")),
        (rmdir("no"), err("ENOENT")),
        (unlink("d"), err("EISDIR")),
        (unlink("d/e/"), err("EISDIR")),
        // Files.
        (open("f", "w", 0), err("ENOENT")),
        (open("f/", "wc", 0), err("EISDIR")),
        (open("f", "wc", 0), ok("open")),
        (write(0, 0, "hello"), ok("5")),
        (open("f", "wcx", 1), err("EEXIST")),
        (open("f", "d", 1), err("ENOTDIR")),
        (open("f/", "", 1), err("ENOTDIR")),
        (open("f/x", "", 1), err("ENOTDIR")),
        (open("f/.", "", 1), err("ENOTDIR")),
        (open("f/..", "", 1), err("ENOTDIR")),
        (stat("f/"), err("ENOTDIR")),
        (mkdir("f"), err("EEXIST")),
        (mkdir("f/x"), err("ENOTDIR")),
        (rmdir("f"), err("ENOTDIR")),
        (unlink("f/"), err("ENOTDIR")),
        (list("f"), err("ENOTDIR")),
        (open("d", "w", 1), err("EISDIR")),
        (open("d", "c", 1), err("EISDIR")),
        (open("d", "t", 1), err("EISDIR")),
        (open("d", "cx", 1), err("EEXIST")),
        (open("d", "d", 1), ok("open")),
        (Op::Read { slot: 1, offset: 0, len: 1 }, err("EISDIR")),
        (Op::Close(1), ok("done")),
        // Offsets, holes, sizes.
        (write(0, 8, "!"), ok("1")),
        (Op::Read { slot: 0, offset: 3, len: 10 }, ok("[108, 111, 0, 0, 0, 33]")),
        (Op::Read { slot: 0, offset: 9, len: 10 }, ok("[]")),
        (Op::Read { slot: 0, offset: 1 << 40, len: 10 }, ok("[]")),
        (write(0, 100, ""), ok("0")),
        (stat("f"), ok("file of 9, 1 links")),
        (Op::SetSize { slot: 0, size: 2 }, ok("done")),
        (Op::SetSize { slot: 0, size: 4 }, ok("done")),
        (Op::Read { slot: 0, offset: 0, len: 10 }, ok("[104, 101, 0, 0]")),
        (Op::SetSize { slot: 0, size: 1 << 33 }, ok("done")),
        (stat("f"), ok("file of 8589934592, 1 links")),
        (Op::Read { slot: 0, offset: (1 << 33) - 2, len: 10 }, ok("[0, 0]")),
        (Op::SetSize { slot: 0, size: 0 }, ok("done")),
        // A read-only descriptor.
        (open("f", "", 1), ok("open")),
        (write(1, 0, "x"), err("EBADF")),
        (Op::SetSize { slot: 1, size: 0 }, err("EINVAL")),
        (Op::Close(1), ok("done")),
        // Unlink while open.
        (write(0, 0, "still here"), ok("10")),
        (unlink("f"), ok("done")),
        (stat("f"), err("ENOENT")),
        (Op::StatOpen(0), ok("file of 10, 0 links")),
        (write(0, 10, "!"), ok("1")),
        (Op::Read { slot: 0, offset: 6, len: 9 }, ok("[104, 101, 114, 101, 33]")),
        (open("f", "wc", 1), ok("open")),
        (Op::StatOpen(1), ok("file of 0, 1 links")),
        (Op::Close(0), ok("done")),
        (Op::Close(1), ok("done")),
        // Hard links.
        (link("f", "g", false), ok("done")),
        (stat("g"), ok("file of 0, 2 links")),
        (link("f", "g", false), err("EEXIST")),
        (link("f", "f", false), err("EEXIST")),
        (link("f", "d", false), err("EEXIST")),
        (link("d", "h", false), err("EPERM")),
        (link("no", "h", false), err("ENOENT")),
        (link("f", "h/", false), err("ENOENT")),
        (link("f/", "h", false), err("ENOTDIR")),
        (rename("f", "g"), ok("done")),
        (stat("f"), ok("file of 0, 2 links")),
        (unlink("g"), ok("done")),
        (stat("f"), ok("file of 0, 1 links")),
        // Symbolic links.
        (symlink("f", "s"), ok("done")),
        (symlink("f", "s"), err("EEXIST")),
        (symlink("", "t"), err("ENOENT")),
        (symlink("x", "t/"), err("ENOENT")),
        (stat("s"), ok("link of 1, 1 links")),
        (follow("s"), ok("file of 0, 1 links")),
        (stat("s/"), err("ENOTDIR")),
        (readlink("s"), ok("f")),
        (readlink("f"), err("EINVAL")),
        (readlink("d"), err("EINVAL")),
        (open("s", "n", 0), err("ELOOP")),
        (open("s", "nd", 0), err("ENOTDIR")),
        (open("s", "wcx", 0), err("EEXIST")),
        (link("s", "t", false), ok("done")),
        (stat("t"), ok("link of 1, 2 links")),
        (unlink("t"), ok("done")),
        (link("s", "t", true), ok("done")),
        (stat("t"), ok("file of 0, 2 links")),
        (unlink("t"), ok("done")),
        (symlink("d", "sd"), ok("done")),
        (list("sd"), ok(". Directory, .. Directory, e Directory")),
        (stat("sd/"), ok("directory, 3 links")),
        (stat("sd/.."), ok("directory, 3 links")),
        (rmdir("sd"), err("ENOTDIR")),
        (rmdir("sd/"), err("ENOTDIR")),
        (unlink("sd/"), err("ENOTDIR")),
        (mkdir("sd"), err("EEXIST")),
        (mkdir("sd/"), err("EEXIST")),
        (mkdir("sd/x"), ok("done")),
        (rmdir("d/x"), ok("done")),
        // Dangling and looping.
        (symlink("later", "dangling"), ok("done")),
        (follow("dangling"), err("ENOENT")),
        (open("dangling", "", 0), err("ENOENT")),
        (mkdir("dangling"), err("EEXIST")),
        (open("dangling", "wcx", 0), err("EEXIST")),
        (open("dangling", "wcn", 0), err("ELOOP")),
        (open("dangling", "wc", 0), ok("open")),
        (Op::Close(0), ok("done")),
        (stat("later"), ok("file of 0, 1 links")),
        (symlink("loop", "loop"), ok("done")),
        (follow("loop"), err("ELOOP")),
        (open("loop", "wc", 0), err("ELOOP")),
        (stat("loop/x"), err("ELOOP")),
        (stat("loop"), ok("link of 4, 1 links")),
        (unlink("loop"), ok("done")),
        // A slash in a link's target counts as one in the path.
        (symlink("new/", "slashed"), ok("done")),
        (open("slashed", "wc", 0), err("EISDIR")),
        (stat("new"), err("ENOENT")),
        (unlink("slashed"), ok("done")),
        (symlink("self/", "self"), ok("done")),
        (open("self", "wc", 0), err("EISDIR")),
        (open("self", "", 0), err("ELOOP")),
        (unlink("self"), ok("done")),
        (symlink("e/../../f", "d/up"), ok("done")),
        (follow("d/up"), ok("file of 0, 1 links")),
        (unlink("d/up"), ok("done")),
        // Renaming.
        (rename("no", "x"), err("ENOENT")),
        (rename("f", "no/x"), err("ENOENT")),
        (rename("f", "f/x"), err("ENOTDIR")),
        (rename("f", "d"), err("EISDIR")),
        (rename("d", "f"), err("ENOTDIR")),
        (rename("d", "d"), ok("done")),
        (rename("d", "d/e/x"), err("EINVAL")),
        (rename("d/e", "d"), err("ENOTEMPTY")),
        (rename("d/.", "x"), err("EBUSY")),
        (rename("d", "."), err("EBUSY")),
        (rename("f", "x/"), err("ENOTDIR")),
        (rename("f/", "x"), err("ENOTDIR")),
        (rename("d/", "x/"), ok("done")),
        (stat("x"), ok("directory, 3 links")),
        (mkdir("y"), ok("done")),
        (rename("x/e", "y"), ok("done")),
        (stat("x"), ok("directory, 2 links")),
        (mkdir("y/z"), ok("done")),
        (rename("x", "y"), err("ENOTEMPTY")),
        (rename("y/z", "w"), ok("done")),
        (stat("y"), ok("directory, 2 links")),
        (rename("s", "f2"), ok("done")),
        (readlink("f2"), ok("f")),
        (rename("f2", "f"), ok("done")),
        (readlink("f"), ok("f")),
        (follow("f"), err("ELOOP")),
        // A directory removed while open.
        (open("w", "d", 0), ok("open")),
        (rmdir("w"), ok("done")),
        (Op::StatOpen(0), ok("directory, 0 links")),
        (Op::Close(0), ok("done")),
        (
            list("."),
            ok(
                ". Directory, .. Directory, dangling Symlink, f Symlink, later File, sd Symlink, x Directory, y Directory",
            ),
        ),
    ]
}

fn faults(disk: &mut dyn Disk) -> Vec<String> {
    let mut faults = Vec::new();
    for (number, (op, expected)) in steps().into_iter().enumerate() {
        let found = disk.apply(&op);
        if found != expected {
            faults.push(format!("step {number}, {op:?}: expected {expected:?}, found {found:?}"));
        }
    }
    faults
}

#[test]
fn the_vfs_follows_the_script() {
    let faults = faults(&mut Memory::new());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_host_follows_the_script() {
    let faults = faults(&mut Host::new());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Linux refuses this from 6.4 on and has odd results before, so it is no step of the script.
#[test]
fn a_directory_is_not_created_by_opening_it() {
    let mut disk = Memory::new();
    assert_eq!(disk.apply(&open("d", "cd", 0)), Err("EINVAL".to_string()));
}

#[test]
fn forty_links_are_followed_and_one_more_is_not() {
    for disk in [&mut Memory::new() as &mut dyn Disk, &mut Host::new()] {
        assert_eq!(disk.apply(&open("l0", "wc", 0)), Ok("open".to_string()));
        for link in 1..=41 {
            let made = disk.apply(&Op::Symlink(format!("l{}", link - 1), format!("l{link}")));
            assert_eq!(made, Ok("done".to_string()));
        }
        assert_eq!(disk.apply(&Op::Stat(path("l40"), true)), Ok("file of 0, 1 links".to_string()));
        assert_eq!(disk.apply(&Op::Stat(path("l41"), true)), Err("ELOOP".to_string()));
    }
}
