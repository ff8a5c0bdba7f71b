//! Numbers, what they lead to, and what becomes of that.

use super::OpenFile;
use super::table::Table;
use crate::abi::MAX_DESCRIPTORS;
use crate::files::Reply;
use crate::limits::Meter;
use crate::wasi::types::Rights;
use vfs::{Limits, RootKind, Vfs};

/// The guest path of the preopen in [`table`].
const ROOT: &str = "/";

/// Three streams, and a directory at 3, which is kept.
fn table() -> Table {
    let mut vfs = Vfs::new(Limits::default());
    let root = vfs.add_root(RootKind::Confined).expect("a root");
    let mut table = Table::new(Meter::default());
    for _ in 0..3 {
        assert!(table.insert(file()).is_ok());
    }
    let directory = crate::files::VfsFile::preopened(&mut vfs, root, ROOT.to_string()).expect("opened");
    assert!(table.insert(Box::new(directory)).is_ok());
    table.keep(3..4);
    table
}

fn file() -> Box<dyn OpenFile> {
    Box::new(Reply::new(""))
}

fn numbers(table: &Table) -> Vec<u32> {
    table.numbers().map(|(number, _)| number).collect()
}

fn is_directory(table: &Table, number: u32) -> bool {
    table.get(number.into()).is_ok_and(|file| file.preopen() == Some(ROOT))
}

#[test]
fn what_is_laid_over_a_directory_is_above_it_and_paths_are_seen_from_below() {
    let mut table = table();
    assert!(is_directory(&table, 3));
    let inheriting = table.status(3.into()).expect("open").fs_rights_inheriting;
    let base = table.get(0.into()).expect("open").status().fs_rights_base;
    assert!(table.lay(3, file()).is_ok() && table.lay(6, file()).is_ok());
    assert_eq!(numbers(&table), [0, 1, 2, 3, 6]);
    assert!(!is_directory(&table, 3));
    assert_eq!(table.directory(3.into()).expect("open").preopen(), Some(ROOT));
    assert!(table.directory(3.into()).expect("open").node().is_ok());
    assert!(table.directory(6.into()).expect("open").node().is_err());
    let status = table.status(3.into()).expect("open");
    assert_eq!((status.fs_rights_base, status.fs_rights_inheriting), (base, inheriting));
    assert_ne!(inheriting, Rights::empty());
}

#[test]
fn closing_takes_away_what_lies_above_and_never_what_is_kept() {
    let mut table = table();
    assert!(table.lay(3, file()).is_ok());
    assert!(table.remove(3.into()).is_ok_and(|file| file.is_some()));
    assert!(is_directory(&table, 3));
    assert!(table.remove(3.into()).is_err() && is_directory(&table, 3));
    assert!(table.renumber(3.into(), 7.into()).is_err() && is_directory(&table, 3));
    assert_eq!(numbers(&table), [0, 1, 2, 3]);
    // Where nothing lies below, the number is free again.
    assert!(table.lay(4, file()).is_ok() && table.remove(4.into()).is_ok() && table.get(4.into()).is_err());
}

#[test]
fn what_lies_above_is_duplicated_and_moved_as_all_else_is() {
    let mut table = table();
    assert!(table.lay(3, file()).is_ok());
    let copy = table.duplicate(3.into(), 0).expect("room");
    assert_eq!((u32::from(copy), is_directory(&table, 4)), (4, false));
    assert!(table.remove(3.into()).is_ok_and(|file| file.is_none()), "the copy leads there");
    // As `dup2` has it: the number was closed, and now leads to the same as the copy.
    assert!(table.lay(3, file()).is_ok() && table.remove(3.into()).is_ok());
    assert!(table.renumber(copy, 3.into()).is_ok());
    assert!(!is_directory(&table, 3) && table.get(4.into()).is_err());
    assert!(table.renumber(3.into(), 9.into()).is_ok());
    assert!(is_directory(&table, 3) && table.get(9.into()).is_ok());
}

#[test]
fn a_number_beyond_all_gets_nothing() {
    let mut table = table();
    assert!(table.lay(MAX_DESCRIPTORS as u32, file()).is_err());
    assert!(table.lay(MAX_DESCRIPTORS as u32 - 1, file()).is_ok());
}

#[test]
fn what_a_call_waits_on_stays_though_its_number_goes_to_something_else() {
    let mut table = table();
    let pin = table.pin(1.into()).expect("open");
    assert!(table.remove(1.into()).is_ok_and(|file| file.is_none()), "the call waits on it");
    assert!(table.get(1.into()).is_err());
    table.follow(Some(pin));
    assert!(table.get(1.into()).is_ok());
    table.follow(None);
    assert!(table.get(1.into()).is_err());

    let directory = table.duplicate(3.into(), 0).expect("room");
    assert_eq!((u32::from(directory), is_directory(&table, 1)), (1, true));
    table.follow(Some(pin));
    assert!(!is_directory(&table, 1) && is_directory(&table, 3) && table.get(2.into()).is_ok());
    table.follow(None);
    assert!(table.unpin(pin).is_some(), "nothing else leads there");
    assert!(is_directory(&table, 1));
    assert_eq!(numbers(&table), [0, 1, 2, 3]);

    let pin = table.pin(2.into()).expect("open");
    assert!(table.unpin(pin).is_none() && table.get(2.into()).is_ok());
    assert!(table.pin(9.into()).is_err());
}
