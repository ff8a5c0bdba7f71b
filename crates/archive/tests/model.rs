//! The archive against a naive model: a map from path to contents.

use archive::{Archive, EntryKind, WriteError, Writer};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn path() -> impl Strategy<Value = String> {
    proptest::collection::vec("[a-c.]{1,3}|é", 1..4).prop_map(|names| names.join("/"))
}

fn contents() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..40),
        (any::<u8>(), 0usize..5000).prop_map(|(byte, len)| vec![byte; len]),
    ]
}

/// Writes what is allowed, and returns the model of it.
fn write(entries: &[(String, Vec<u8>)], dictionary: &[u8]) -> (Vec<u8>, BTreeMap<String, Vec<u8>>) {
    let mut writer = Writer::new(dictionary).expect("a writer");
    let mut model: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (path, contents) in entries {
        let valid = path.split('/').all(|name| name != "." && name != "..");
        let above = |other: &str, path: &str| path.starts_with(&format!("{other}/"));
        let clashes = model.keys().any(|other| other == path || above(other, path) || above(path, other));
        let result = writer.file(path, contents);
        if !valid {
            assert!(matches!(result, Err(WriteError::Path(_))), "{path}");
        } else if clashes {
            assert!(matches!(result, Err(WriteError::Duplicate(_) | WriteError::NotADirectory(_))), "{path}");
        } else {
            result.expect("a valid new path");
            model.insert(path.clone(), contents.clone());
        }
    }
    (writer.finish().0, model)
}

#[test]
fn the_same_contents_are_stored_once() {
    let contents: Vec<u8> = (0..=255).cycle().step_by(7).take(3000).collect();
    let size = |copies: usize| {
        let mut writer = Writer::new(b"").expect("a writer");
        for copy in 0..copies {
            writer.file(&format!("file{copy}"), &contents).expect("added");
        }
        let bytes = writer.finish().0;
        let archive = Archive::open(bytes.clone()).expect("what was written can be read");
        for copy in 0..copies {
            let index = archive.find(&format!("file{copy}")).expect("there");
            assert_eq!(archive.read(index).expect("whole").as_ref(), contents);
        }
        bytes.len()
    };
    // A record and a name each, and no more.
    assert_eq!(size(3) - size(1), 2 * (archive::format::RECORD_LEN + "file0".len()));
}

#[test]
fn what_may_be_executed_stays_so_in_a_copy() {
    let mut writer = Writer::new(b"").expect("a writer");
    writer.executable("bin/run", b"text").expect("added");
    writer.file("bin/text", b"text").expect("added");
    writer.symlink("bin/link", "run").expect("added");
    let archive = Archive::open(writer.finish().0).expect("what was written can be read");
    let mut copy = Writer::new(b"").expect("a writer");
    copy.copy_from(&archive, "").expect("copied");
    let copy = Archive::open(copy.finish().0).expect("what was written can be read");
    for archive in [archive, copy] {
        let executable = ["bin", "bin/link", "bin/run", "bin/text"].map(|path| {
            let index = archive.find(path).expect("there");
            archive.entry(index).expect("in range").executable
        });
        assert_eq!(executable, [false, false, true, false]);
    }
}

proptest! {
    #[test]
    fn what_went_in_comes_out(entries in proptest::collection::vec((path(), contents()), 0..30)) {
        let (bytes, model) = write(&entries, b"");
        let archive = Archive::open(bytes).expect("what was written can be read");
        archive.verify().expect("whole");
        let mut files = BTreeMap::new();
        for index in 0..archive.count() {
            let entry = archive.entry(index).expect("in range");
            let path = archive.path(index);
            prop_assert_eq!(archive.find(&path), Some(index));
            if entry.kind == EntryKind::File {
                let contents = archive.read(index).expect("whole").into_owned();
                prop_assert_eq!(entry.len, contents.len() as u64);
                files.insert(path, contents);
            }
        }
        prop_assert_eq!(files, model);
    }

    #[test]
    fn directories_are_what_the_paths_say(entries in proptest::collection::vec((path(), contents()), 0..30)) {
        let (bytes, model) = write(&entries, b"");
        let archive = Archive::open(bytes).expect("what was written can be read");
        for index in 0..archive.count() {
            let directory = archive.path(index);
            let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
            let expected: BTreeSet<String> = model.keys()
                .filter_map(|path| path.strip_prefix(&prefix))
                .filter_map(|rest| rest.split('/').next().map(str::to_string))
                .collect();
            let names: Vec<String> =
                archive.children(index).map(|child| archive.entry(child).expect("in range").name.to_string()).collect();
            prop_assert_eq!(&names, &expected.iter().cloned().collect::<Vec<_>>(), "in {:?}", directory);
            for name in ["", "a", "zz", "b/a"] {
                prop_assert_eq!(archive.lookup(index, name).is_some(), expected.contains(name));
            }
        }
    }

    #[test]
    fn order_of_writing_does_not_matter(entries in proptest::collection::btree_map("[a-d]{1,2}/[a-d]{1,2}", contents(), 0..20)) {
        let forwards: Vec<_> = entries.clone().into_iter().collect();
        let backwards: Vec<_> = entries.into_iter().rev().collect();
        prop_assert_eq!(write(&forwards, b"").0, write(&backwards, b"").0);
    }

    #[test]
    fn a_copy_is_the_same(entries in proptest::collection::vec((path(), contents()), 0..20)) {
        let dictionary = b"some words that a dictionary may hold, aaaaaaaa bbbbbbbb".repeat(8);
        let (bytes, _) = write(&entries, &dictionary);
        let archive = Archive::open(bytes.clone()).expect("what was written can be read");
        archive.verify().expect("whole");
        let mut writer = Writer::new(&dictionary).expect("a writer");
        writer.copy_from(&archive, "").expect("copied");
        prop_assert_eq!(writer.finish().0, bytes);
    }

    #[test]
    fn any_bytes_are_refused_or_read(mut bytes in proptest::collection::vec(any::<u8>(), 0..400), magic in any::<bool>()) {
        if magic {
            bytes.splice(0..0, archive::format::MAGIC);
        }
        if let Ok(archive) = Archive::open(bytes) {
            let _ = archive.verify();
        }
    }
}

#[test]
fn another_dictionary_is_refused() {
    let (bytes, _) = write(&[("a".to_string(), b"x".to_vec())], b"");
    let archive = Archive::open(bytes).expect("what was written can be read");
    let mut writer = Writer::new(&b"words ".repeat(40)).expect("a writer");
    assert!(matches!(writer.copy_from(&archive, ""), Err(WriteError::OtherDictionary)));
}

#[test]
fn what_is_too_large_can_be_left_out() {
    let limit = archive::format::MAX_FILE;
    // Memory that nobody looks at is not there; the length is looked at first.
    let large = vec![0; limit as usize + 1];
    let mut writer = Writer::new(b"").expect("a writer");
    let error = writer.file("data/large", &large).expect_err("refused").to_string();
    let expected = "archive path \"data/large\": expected at most 1073741824 bytes, found 1073741825; leave it out of the \
                    bundle";
    assert_eq!(error, expected);
    writer.file("data/small", b"small").expect("added");
    let archive = Archive::open(writer.finish().0).expect("what was written can be read");
    assert!(archive.find("data/small").is_some() && archive.find("data/large").is_none());
}
