//! The hundred most downloaded packages (`tests/hundred`): the table `docs/packages.md`.
//!
//! `cargo hundred` makes the table anew; `cargo packages` makes a part of its rows anew and compares. Both download.

mod common;

use common::table::List;

static LIST: List = List { folder: "hundred", table: "docs/packages.md", head: HEAD, command: "cargo hundred" };

const HEAD: &str = "\
# The hundred most downloaded packages

`cargo hundred` writes this table; do not edit it. Each package is a project of its own, which pins it, is built, and runs a small
program that puts the package to use (`tests/hundred`). It works if the program says, resumed from its snapshot and cold, what it
says under native CPython 3.13, to the letter. A package that is refused is, or needs, native code; the build's own words say which.
Natively such a package was imported only.

What a program does not ask for is not shown: above all what needs a network, which an app has not.
";

#[test]
fn the_table_has_a_row_for_each() {
    LIST.check(100, 20);
}

#[test]
#[ignore = "downloads packages; cargo packages runs it"]
fn a_part_of_the_rows_is_as_in_the_table() {
    LIST.check_part();
}

#[test]
#[ignore = "downloads much, and writes docs/packages.md; cargo hundred runs it"]
fn all_rows() {
    LIST.make();
}
