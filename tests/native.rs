//! Packages with C extensions, built from their sources (`tests/native`): the table `docs/extensions.md`.
//!
//! `cargo extensions` makes the table anew; `cargo packages` makes a part of its rows anew and compares. Both download.

mod common;

use common::table::List;

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
    LIST.check(40, 3);
    assert!(include_str!("../docs/extensions.md").contains(
        "
40 work, 0 are refused, 0 fail.
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
