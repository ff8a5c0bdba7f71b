//! Reading the file. It may be anything: each length is checked before it is used, and nothing is set aside for a length that
//! is only claimed.

use crate::format::{Error, HEADER_CHECKED, HEADER_LEN, LONGEST, MAGIC, VERSION};
use archive::format::checksum;
use std::io::Read;
use std::ops::Range;

/// The sources of an app.
#[derive(Debug)]
pub struct Symbols {
    /// Paths and texts, where they lie in the expanded bytes.
    files: Vec<(Range<usize>, Range<usize>)>,
    expanded: Vec<u8>,
    /// Where the lines of the file begin that was asked for last.
    lines: (usize, Vec<usize>),
}

impl Symbols {
    /// Reads what a build has written with the archive of this identity.
    ///
    /// # Errors
    /// [`Error`]: it is none, damaged, or of another build.
    pub fn read(mut file: impl Read, identity: u64) -> Result<Symbols, Error> {
        // The header first: a device that never ends is no such file.
        let mut bytes = Vec::new();
        file.by_ref().take(HEADER_LEN as u64).read_to_end(&mut bytes)?;
        let form = |expected: &str, found: String| Error::Form(format!("expected {expected}, found {found}"));
        let header = bytes.first_chunk::<HEADER_LEN>().filter(|header| header[..8] == MAGIC);
        let header = header.ok_or_else(|| form("the source lines that a build writes", "another file".to_string()))?;
        let [version, own, len, sum, header_sum] = [8, 16, 24, 32, 40].map(|at| number(&header[at..]));
        if header_sum != checksum(&header[..HEADER_CHECKED]) {
            return Err(form("the source lines that a build writes", "a damaged header; copy it again".to_string()));
        }
        if version != VERSION {
            return Err(form(&format!("version {VERSION} of source lines"), format!("version {version}; build again")));
        }
        if own != identity {
            return Err(Error::Other);
        }
        let mut frame = Vec::new();
        file.take(LONGEST).read_to_end(&mut frame)?;
        let frame = &frame[..];
        if sum != checksum(frame) || len > LONGEST {
            return Err(form("the source lines that a build writes", "damaged ones; copy the file again".to_string()));
        }
        let mut expanded = Vec::new();
        zstd::Decoder::with_buffer(frame)?.take(len + 1).read_to_end(&mut expanded)?;
        if expanded.len() as u64 != len {
            return Err(form(&format!("{len} bytes of source lines"), expanded.len().to_string()));
        }
        let damaged = || form("paths and texts in order", "something else; build again".to_string());
        let files = files(&expanded).ok_or_else(damaged)?;
        Ok(Symbols { files, expanded, lines: (usize::MAX, Vec::new()) })
    }

    /// A line of a file, as Python counts them, without what is blank behind it; `None` if it is not known, or blank.
    pub fn line(&mut self, path: &str, number: usize) -> Option<&str> {
        let found = self.files.binary_search_by(|(other, _)| self.expanded[other.clone()].cmp(path.as_bytes())).ok()?;
        let text = &self.expanded[self.files[found].1.clone()];
        if self.lines.0 != found {
            self.lines = (found, starts(text));
        }
        let start = *self.lines.1.get(number.checked_sub(1)?)?;
        let end = self.lines.1.get(number).copied().unwrap_or(text.len());
        let line = str::from_utf8(text.get(start..end)?).ok()?.trim_end();
        Some(line).filter(|line| !line.is_empty())
    }
}

/// Where the lines of a text begin, whose line ends are those of any system.
fn starts(bytes: &[u8]) -> Vec<usize> {
    let ends = (0..bytes.len()).filter(|at| match bytes[*at] {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    std::iter::once(0).chain(ends.map(|at| at + 1)).collect()
}

/// Where the sources lie; `None` if the bytes are not as the format has them.
fn files(bytes: &[u8]) -> Option<Vec<(Range<usize>, Range<usize>)>> {
    let (mut files, mut at) = (Vec::<(Range<usize>, Range<usize>)>::new(), 0);
    while at < bytes.len() {
        let lengths = bytes.get(at..at + 8)?;
        let [path, text] = [&lengths[..4], &lengths[4..]].map(|len| number(len) as usize);
        let path = at + 8..at.checked_add(8)?.checked_add(path)?;
        let text = path.end..path.end.checked_add(text)?;
        at = text.end;
        let name = str::from_utf8(bytes.get(path.clone())?).ok()?;
        str::from_utf8(bytes.get(text.clone())?).ok()?;
        if files.last().is_some_and(|(last, _)| bytes[last.clone()] >= *name.as_bytes()) {
            return None;
        }
        files.push((path, text));
    }
    Some(files)
}

/// A little-endian number of at most 8 bytes.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write;

    fn sources() -> Vec<(String, String)> {
        let texts = [("/a.py", "x = 1\r\n\n  y = 2\rz = 'é'\n"), ("/b.py", ""), ("/c.py", "c")];
        texts.map(|(path, text)| (path.to_string(), text.to_string())).to_vec()
    }

    #[test]
    fn lines_are_counted_as_python_does() {
        let bytes = write(7, &sources()).expect("written");
        let mut symbols = Symbols::read(&bytes[..], 7).expect("read");
        for (path, number, expected) in [
            ("/a.py", 1, Some("x = 1")),
            ("/a.py", 2, None),
            ("/a.py", 3, Some("  y = 2")),
            ("/c.py", 1, Some("c")),
            ("/a.py", 4, Some("z = 'é'")),
            ("/a.py", 5, None),
            ("/a.py", 6, None),
            ("/a.py", 0, None),
            ("/b.py", 1, None),
            ("/d.py", 1, None),
            ("", usize::MAX, None),
        ] {
            assert_eq!(symbols.line(path, number), expected, "{path} {number}");
        }
    }

    #[test]
    fn every_damage_is_refused_in_one_line() {
        let whole = write(7, &sources()).expect("written");
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            let said = Symbols::read(&bytes[..], 7).expect_err("refused").to_string();
            assert!(said.starts_with("expected ") && said.lines().count() == 1, "{at}: {said}");
            Symbols::read(&whole[..at], 7).expect_err("too short");
        }
        let said = Symbols::read(&whole[..], 8).expect_err("refused").to_string();
        assert!(said.contains("found those of another; name the file that was written with it"), "{said}");
    }

    /// A file whose checksums are right and whose contents are these.
    fn forged(len: u64, expanded: &[u8]) -> Vec<u8> {
        let frame = zstd::bulk::compress(expanded, 1).expect("compressed");
        let mut bytes = MAGIC.to_vec();
        [VERSION, 7, len, checksum(&frame)].iter().for_each(|field| bytes.extend(field.to_le_bytes()));
        let sum = checksum(&bytes);
        bytes.extend(sum.to_le_bytes());
        bytes.extend(frame);
        bytes
    }

    #[test]
    fn what_was_made_to_do_harm_does_none() {
        let long = vec![0; 1 << 20];
        let record = |path: u32, text: u32, rest: &[u8]| [&path.to_le_bytes(), &text.to_le_bytes(), rest].concat();
        let twice = [record(1, 0, b"a"), record(1, 0, b"a")].concat();
        for (what, len, expanded) in [
            ("more than is said", 9, &twice[..]),
            ("less than is said", LONGEST, &long[..]),
            ("a path that is not there", 8, &record(u32::MAX, 0, b"")[..]),
            ("a text that is not there", 9, &record(1, u32::MAX, b"a")[..]),
            ("no lengths", 7, &[0; 7][..]),
            ("half a character", 10, &record(1, 1, "é".as_bytes())[..]),
            ("no characters", 10, &record(1, 1, b"\xff\xff")[..]),
            ("one path twice", 18, &twice[..]),
        ] {
            Symbols::read(&forged(len, expanded)[..], 7).expect_err(what);
        }
        let said = Symbols::read(&forged(LONGEST + 1, &long)[..], 7).expect_err("refused").to_string();
        assert!(said.ends_with("found damaged ones; copy the file again"), "{said}");
        Symbols::read(&forged(9, &record(1, 0, b"a"))[..], 7).expect("whole");
        Symbols::read(std::io::repeat(0), 7).expect_err("no end, and nothing of it is kept");
    }
}
