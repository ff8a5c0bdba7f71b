//! Faults that random cases have found, each by itself.

use crate::case::guest::Guest;
use crate::case::op::{At, Kind, Op, Shown};
use host::layout;
use policy::{Arguments, Machine, Narrowing, Permissions, Reach};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use vfs::Limits;

/// A folder with `src/a` and `link` to `src`, and its real path.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().canonicalize().expect("real");
    fs::create_dir(path.join("src")).expect("made");
    fs::write(path.join("src/a"), "a").expect("written");
    fs::write(path.join("src/b"), "b").expect("written");
    symlink("src", path.join("link")).expect("linked");
    (folder, path)
}

/// A guest that runs in this folder with these arguments.
fn guest(folder: &Path, arguments: &[&str]) -> Guest {
    guest_with(folder, arguments, Vec::new())
}

/// The same, which may also write these places.
fn guest_with(folder: &Path, arguments: &[&str], write: Vec<String>) -> Guest {
    let permissions = Permissions { arguments: Arguments::Write, write, ..Permissions::default() };
    let none = |_: &str| None;
    let machine =
        Machine { current_folder: Some(folder.to_path_buf()), executable_folder: None, home: None, variable: &none };
    let arguments: Vec<_> = arguments.iter().map(Into::into).collect();
    let reach = Reach::of(&permissions, &Narrowing::default(), &machine, &arguments, None);
    let (vfs, root) = layout::scratch(Limits::default()).expect("room");
    let archive = archive::Archive::open(archive::Writer::new(&[]).expect("empty").finish().0).expect("an archive");
    let builder = layout::python_context_over(vfs, root, archive).expect("room");
    Guest::new(builder.grants(root, reach.grants, reach.policy, reach.current_folder).build().expect("a guest"))
}

/// A path seen from the current directory.
fn here(path: &str) -> At {
    At { slot: 1, path: path.to_string() }
}

fn names(guest: &mut Guest, path: &str) -> Vec<(String, Kind)> {
    match guest.apply(&Op::List(here(path))) {
        Ok(Shown::Names(names)) => names,
        other => panic!("{path}: {other:?}"),
    }
}

fn error(guest: &mut Guest, op: Op) -> String {
    guest.apply(&op).expect_err("refused")
}

#[test]
fn a_link_may_be_named_with_what_lies_behind_it() {
    let (_folder, path) = folder();
    let both = [("a".to_string(), Kind::File), ("b".to_string(), Kind::File)];
    for arguments in [["link", "link/a"], ["link/a", "link"]] {
        assert_eq!(names(&mut guest(&path, &arguments), "link"), both, "{arguments:?}");
    }
    // Only passed: what lies behind it is there if it is named.
    let mut guest = guest(&path, &["link/../link/a", "link/a"]);
    assert_eq!(names(&mut guest, "link"), both[..1]);
    assert_eq!(names(&mut guest, "src"), both[..1]);
}

#[test]
fn what_is_still_to_be_made_is_in_no_listing() {
    let (_folder, path) = folder();
    let mut guest = guest(&path, &["src", "out", "deep/er"]);
    assert_eq!(names(&mut guest, "."), [("src".to_string(), Kind::Folder)]);
    guest.apply(&Op::MakeFolder(here("out"))).expect("made");
    symlink("nowhere", path.join("deep")).expect("linked");
    let kinds = [("deep", Kind::Link), ("out", Kind::Folder), ("src", Kind::Folder)];
    assert_eq!(names(&mut guest, "."), kinds.map(|(name, kind)| (name.to_string(), kind)));
}

#[test]
fn what_another_process_puts_on_the_way_to_an_output_is_not_there() {
    let (_folder, path) = folder();
    let mut guest = guest(&path, &["deep/er"]);
    fs::create_dir_all(path.join("deep/other/sub")).expect("made");
    fs::write(path.join("deep/file"), "").expect("written");
    symlink("/", path.join("deep/link")).expect("linked");
    // Many names that are passed at once are no more there than one.
    for name in ["missing", "file", "link", "other", "other/sub", "other/sub/x"] {
        for behind in ["", "/", "/x", "/..", "/../er"] {
            let found = error(&mut guest, Op::Stat(here(&format!("deep/{name}{behind}")), true));
            assert_eq!(found, "ENOENT", "{name}{behind}");
        }
        let made = error(&mut guest, Op::MakeFolder(here(&format!("deep/{name}"))));
        assert_eq!(made, if name.contains('/') { "ENOENT" } else { "EACCES" }, "{name}");
        assert_eq!(error(&mut guest, Op::Unlink(here(&format!("deep/{name}")))), "ENOENT", "{name}");
    }
    guest.apply(&Op::MakeFolder(here("deep/er"))).expect("made");
}

#[test]
fn a_folder_that_is_moved_to_another_grant_is_left_by_dots() {
    let (_folder, path) = folder();
    fs::create_dir_all(path.join("one/inner")).expect("made");
    fs::create_dir(path.join("other")).expect("made");
    let mut guest = guest(&path, &["one", "other"]);
    guest.apply(&Op::Keep(here("one/inner"), 2)).expect("opened");
    guest.apply(&Op::Rename(here("one/inner"), here("other/inner"))).expect("moved");
    for (seen, expected) in [("..", "inner"), ("../..", "one,other"), ("../inner/../../one/..", "one,other")] {
        match guest.apply(&Op::List(At { slot: 2, path: seen.to_string() })) {
            Ok(Shown::Names(names)) => {
                let names: Vec<String> = names.into_iter().map(|(name, _)| name).collect();
                assert_eq!(names.join(","), expected, "{seen}");
            }
            other => panic!("{seen}: {other:?}"),
        }
    }
    // Out of all grants: what is around it is not there.
    fs::rename(path.join("other/inner"), path.join("src/inner")).expect("moved");
    assert_eq!(error(&mut guest, Op::List(At { slot: 2, path: "..".to_string() })), "ENOENT");
}

/// The next run would look for what its keys grant there.
#[test]
fn where_a_keys_grant_is_looked_for_no_link_and_no_moved_folder_comes() {
    let (_folder, path) = folder();
    fs::create_dir_all(path.join("one")).expect("made");
    symlink("../src", path.join("src/out")).expect("linked");
    let keys = ["$CWD/one/out", "$CWD/new/sub/out"].map(str::to_string).to_vec();
    let mut guest = guest_with(&path, &["."], keys);
    guest.apply(&Op::Keep(here("src"), 2)).expect("opened");
    for (from, to) in [("one", "moved"), ("src", "one"), ("src", "new"), ("src", "new/sub"), ("src", "one/out")] {
        let found = error(&mut guest, Op::Rename(here(from), here(to)));
        assert_eq!(found, if to == "new/sub" { "ENOENT" } else { "EBUSY" }, "{from} to {to}");
    }
    guest.apply(&Op::MakeFolder(here("new"))).expect("made");
    assert_eq!(error(&mut guest, Op::Rename(here("src"), here("new/sub"))), "EBUSY");
    for at in ["one/out", "new/sub"] {
        assert_eq!(error(&mut guest, Op::Symlink("../src".to_string(), here(at))), "EPERM", "{at}");
        assert_eq!(error(&mut guest, Op::Rename(here("link"), here(at))), "EPERM", "{at}");
        assert_eq!(error(&mut guest, Op::Link(here("link"), false, here(at))), "EPERM", "{at}");
    }
    // A file is written aside and renamed; other folders move as they like.
    guest.apply(&Op::Rename(here("src/a"), here("one/out"))).expect("moved");
    guest.apply(&Op::Rename(here("src"), here("new/other"))).expect("moved");
    guest.apply(&Op::Symlink("..".to_string(), At { slot: 2, path: "out2".to_string() })).expect("linked");
    assert!(path.join("new/other/out2").is_symlink());
}
