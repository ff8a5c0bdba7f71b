//! Packages with C extensions, built from their sources (`tests/native`): the table `docs/extensions.md`.
//!
//! `cargo extensions` makes the table anew; `cargo packages` makes a part of its rows anew and compares. Both download.

mod common;

use common::project::{App, Project, settings_with};
use common::table::List;
use pipeline::settings::Settings;

static LIST: List = List { folder: "native", table: "docs/extensions.md", head: HEAD, command: "cargo extensions" };

const HEAD: &str = "\
# Packages with C extensions

`cargo extensions` writes this table; do not edit it. Each package is a project of its own, which pins it and names it in
`native`. It is built from its source distribution, as that is, and runs a small program that puts it to use (`tests/native`), and
that looks whether it is the extension that works, where the package could do without. It works if the program says, resumed from its
snapshot and cold, what it says under native CPython 3.13, to the letter.
";

#[test]
fn the_table_has_a_row_for_each() {
    LIST.check(41, 3);
    assert!(include_str!("../docs/extensions.md").contains(
        "
41 work, 0 are refused, 0 fail.
"
    ));
}

#[test]
#[ignore = "downloads packages; cargo packages runs it"]
fn a_part_of_the_rows_is_as_in_the_table() {
    LIST.check_part();
}

#[test]
#[ignore = "downloads and compiles much, and writes docs/extensions.md; cargo extensions runs it"]
fn all_rows() {
    LIST.make();
}

/// Rust draws the keys of its generators when they are first used, and keeps them: in a snapshot, each run would have the same.
#[test]
#[ignore = "compiles Rust; cargo extensions runs it"]
fn what_rust_draws_at_import_is_told_and_runs_draw_their_own() {
    if std::env::var_os("PYAPP_ROWS").is_some() {
        return;
    }
    let built = |early: &str, settings: &str| {
        let main = format!("import uuid_utils\nFIRST = {early}\ndef main():\n    print(FIRST, uuid_utils.uuid4())\n");
        let settings = settings_with("main:main", &format!("native = [\"uuid-utils\"]\n{settings}"));
        let files = [("requirements.txt", "uuid-utils==1.2.0\n"), ("python_libs/main.py", main.as_str())];
        let project = Project::new(&settings, &files);
        let built = project.build_with(&Settings { offline: false, ..project.settings() });
        built.unwrap_or_else(|error| panic!("{error}"))
    };
    let told = |app: &App| app.report.warnings.iter().filter(|text| text.contains("draws random numbers")).count();
    let runs = |app: &App| [(); 2].map(|()| app.run_granted(app.bundle.app(), &[]).1.trim().to_string());
    let words = |said: &str| said.split(' ').map(str::to_string).collect::<Vec<_>>();

    let late = built("None", "");
    let [one, other] = runs(&late);
    assert_eq!((told(&late), one == other), (0, false), "drawn in each run: {one}, {other}");
    assert_eq!(told(&built("uuid_utils.uuid4()", "")), 1, "drawn by the build");
    let excluded = built("uuid_utils.uuid4()", "snapshot-exclude = [\"main\"]\n");
    let [one, other] = runs(&excluded).map(|said| words(&said));
    assert_eq!(told(&excluded), 0, "the way out");
    assert!(one[0] != other[0] && one[1] != other[1], "{one:?}, {other:?}");
}
