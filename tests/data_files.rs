//! Data files of a project, as a program sees and copies them: modes are those of usual files, and `/vfs` is a read-only mount.

mod common;

use common::project::{Project, settings};
use common::{prints, run, tools};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

const APP: &str = include_str!("data_files/app.py");

/// A project with a database to copy, a folder, and a script that may be executed.
fn project() -> Project {
    let files = [
        ("python_libs/app/__init__.py", APP),
        ("python_libs/app/data/log.txt", "first\n"),
        ("python_libs/app/data/run.sh", "#!/bin/sh\n"),
        ("python_libs/app/data/private.key", "key\n"),
        ("python_libs/app/data/deep/er/x", "x"),
    ];
    let project = Project::new(&settings("app:main"), &files);
    // In hexadecimal, as what is printed is text.
    let database = prints(
        "import sqlite3\n\
         with sqlite3.connect('/tmp/seed.db') as database: database.execute('create table t as select 1 as x')\n\
         database.close()\n\
         print(open('/tmp/seed.db', 'rb').read().hex(), end='')",
    );
    let bytes = |at: usize| u8::from_str_radix(&database[at..at + 2], 16).expect("hexadecimal");
    let database: Vec<u8> = (0..database.len()).step_by(2).map(bytes).collect();
    std::fs::write(project.path("python_libs/app/data/seed.db"), database).expect("written");
    for (name, mode) in [("run.sh", 0o700), ("private.key", 0o400), ("deep", 0o700)] {
        let path = project.path("python_libs/app/data").join(name);
        std::fs::set_permissions(path, Permissions::from_mode(mode)).expect("changed");
    }
    project
}

/// The program says itself what is right.
#[test]
fn copies_can_be_changed_and_nothing_else() {
    assert_eq!(project().build().expect("built").run(&[]), (0, "done\n".to_string()));
}

/// Whatever else a mode says: only whether the owner may execute a file counts.
#[test]
fn the_archive_depends_on_what_may_be_executed_and_on_no_other_mode() {
    let project = project();
    let archive = || project.build().expect("built").archive;
    let first = archive();
    let change = |mode| {
        let path = project.path("python_libs/app/data/log.txt");
        std::fs::set_permissions(path, Permissions::from_mode(mode)).expect("changed");
    };
    change(0o666);
    assert!(archive() == first, "0666 and 0644 are the same");
    change(0o755);
    assert!(archive() != first, "0755 and 0644 are not");
}

#[test]
fn every_way_to_change_the_base_is_refused() {
    let code = include_str!("data_files/read_only.py");
    assert_eq!(prints(code), "done\n");
}

#[test]
fn what_is_extracted_may_be_executed_as_before() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    run(tools(&["extract", "/vfs/usr/local/bin", out.to_str().expect("UTF-8")]));
    let mode = std::fs::metadata(out.join("python3.13")).expect("extracted").permissions().mode();
    assert_eq!(mode & 0o100, 0o100);
}
