//! A damaged archive is an error that says what is wrong, never a panic and never wrong contents.

use archive::{Archive, Error, Writer, format};

fn sample() -> Vec<u8> {
    let mut writer = Writer::new(b"").expect("a writer");
    writer.file("a/one.txt", b"one").expect("added");
    writer.file("a/two.txt", &b"two ".repeat(200)).expect("added");
    writer.directory("empty").expect("added");
    writer.symlink("link", "a/one.txt").expect("added");
    writer.file("z", b"").expect("added");
    writer.finish().0
}

/// Everything that a reader can be asked for.
fn read_all(bytes: Vec<u8>) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let archive = Archive::open(bytes)?;
    archive.verify()?;
    let mut all = Vec::new();
    for index in 0..archive.count() {
        let contents = match archive.children(index).len() {
            0 => archive.read(index).map(|contents| contents.into_owned()).unwrap_or_default(),
            _ => Vec::new(),
        };
        all.push((archive.path(index), contents));
    }
    Ok(all)
}

#[test]
fn cut_short_at_every_byte() {
    let whole = sample();
    for len in 0..whole.len() {
        let error = read_all(whole[..len].to_vec()).expect_err("a cut archive is refused");
        match len {
            0..8 => assert!(error.to_string().ends_with("; if it was one, copy it again"), "{len}: {error}"),
            _ => assert!(matches!(error, Error::Length { got, .. } if got == len as u64), "{len}: {error}"),
        }
    }
}

#[test]
fn extended() {
    for extra in [1, 7, 48, 4096] {
        let mut bytes = sample();
        let whole = bytes.len() as u64;
        bytes.resize(bytes.len() + extra, 0);
        let expected = Error::Length { expected: whole, got: whole + extra as u64 };
        assert_eq!(read_all(bytes).expect_err("an extended archive is refused"), expected);
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let whole = sample();
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            assert!(read_all(bytes).is_err(), "bit {bit} of byte {at}");
        }
    }
}

/// An index that lies but whose checksums fit, as a forger would make it: each rule must hold by itself.
#[test]
fn forged_records_are_refused() {
    let whole = sample();
    let count = u32::from_le_bytes(whole[12..16].try_into().expect("four bytes")) as usize;
    let mut refused = 0;
    for record in 0..count {
        for offset in 0..format::RECORD_LEN {
            for value in [0u8, 1, 2, 3, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                let at = format::HEADER_LEN + record * format::RECORD_LEN + offset;
                // A plain file and a link differ in nothing but their kind, so one for the other is no lie.
                let plain = |kind| kind == format::kind::STORED || kind == format::kind::SYMLINK;
                let other_kind = offset == 10 && plain(bytes[at]) && plain(value);
                // Nor is it one that a file may be executed.
                let is_file = [format::kind::STORED, format::kind::ZSTD].contains(&bytes[at - offset + 10]);
                let executable = offset == 11 && is_file && value == 1;
                if bytes[at] == value || other_kind || executable {
                    continue;
                }
                bytes[at] = value;
                seal(&mut bytes);
                // A forged checksum or size of a file is found when it is read, all else when it is opened.
                assert!(read_all(bytes).is_err(), "record {record}, byte {offset} = {value}");
                refused += 1;
            }
        }
    }
    assert!(refused > 1000, "{refused}");
}

#[test]
fn forged_lengths_do_not_overflow() {
    for field in [16, 24, 32] {
        let mut bytes = sample();
        bytes[field..field + 8].copy_from_slice(&u64::MAX.to_le_bytes());
        seal(&mut bytes);
        assert!(matches!(read_all(bytes), Err(Error::Length { .. })), "field at {field}");
    }
}

/// A dictionary that begins like one of zstd's and goes on with garbage.
#[test]
fn a_forged_dictionary_is_refused() {
    let dictionary = b"words that come again and again ".repeat(8);
    let mut writer = Writer::new(&dictionary).expect("a writer");
    writer.file("a", &b"words that come again and again, and again ".repeat(20)).expect("added");
    let mut bytes = writer.finish().0;
    let at = bytes.windows(dictionary.len()).position(|window| window == dictionary).expect("it is inside");
    bytes[at..at + 4].copy_from_slice(&[0x37, 0xa4, 0x30, 0xec]);
    bytes[at + 4..at + dictionary.len()].fill(0xff);
    seal(&mut bytes);
    assert_eq!(read_all(bytes), Err(Error::Dictionary));
}

#[test]
fn a_tree_that_is_too_deep_is_refused() {
    let path = vec!["d"; 256].join("/");
    let mut writer = Writer::new(b"").expect("a writer");
    writer.directory(&path).expect("just deep enough");
    let whole = writer.finish().0;
    read_all(whole).expect("just deep enough");
    let mut writer = Writer::new(b"").expect("a writer");
    assert!(writer.directory(&format!("{path}/d")).is_err());
}

#[test]
fn another_version_is_named() {
    let mut bytes = sample();
    bytes[8] = 9;
    seal(&mut bytes);
    let message = read_all(bytes).expect_err("refused").to_string();
    assert_eq!(message, "archive format version: expected 3, found 9; rebuild with this version of pyapp");
    read_all(sample()).expect("built with this version");
}

#[test]
fn a_damaged_file_is_named() {
    let mut bytes = sample();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let archive = Archive::open(bytes).expect("the index is whole");
    let damaged = (0..archive.count())
        .filter(|index| archive.entry(*index).is_some_and(|entry| entry.len > 0) && archive.read(*index).is_err());
    let messages: Vec<String> = damaged.map(|index| archive.read(index).expect_err("damaged").to_string()).collect();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0].contains("a/two.txt") && messages[0].contains("copy it again"), "{}", messages[0]);
}

/// Makes the checksums of header and index fit again.
fn seal(bytes: &mut [u8]) {
    let u64_at = |bytes: &[u8], at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
    let count = u32::from_le_bytes(bytes[12..16].try_into().expect("four bytes")) as u64;
    let len = (count * format::RECORD_LEN as u64)
        .checked_add(u64_at(bytes, 16))
        .and_then(|len| len.checked_add(u64_at(bytes, 24)))
        .and_then(|len| usize::try_from(len).ok());
    let index = len.and_then(|len| bytes.get(format::HEADER_LEN..format::HEADER_LEN.checked_add(len)?));
    if let Some(sum) = index.map(format::checksum) {
        bytes[48..56].copy_from_slice(&sum.to_le_bytes());
    }
    let sum = format::checksum(&bytes[..format::HEADER_CHECKED]);
    bytes[format::HEADER_CHECKED..format::HEADER_LEN].copy_from_slice(&sum.to_le_bytes());
}

/// Byte 11 of a record says 0 or 1, and 1 of a file only.
#[test]
fn only_a_file_may_be_executed() {
    for index in 0..Archive::open(sample()).expect("whole").count() {
        for said in 1..=2 {
            let mut bytes = sample();
            bytes[format::HEADER_LEN + index as usize * format::RECORD_LEN + 11] = said;
            seal(&mut bytes);
            let kind = Archive::open(sample()).expect("whole").entry(index).expect("in range").kind;
            let is_right = said == 1 && kind == archive::EntryKind::File;
            assert_eq!(Archive::open(bytes).is_ok(), is_right, "{index}, {said}");
        }
    }
}
