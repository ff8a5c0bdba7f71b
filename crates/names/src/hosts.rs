//! `/etc/hosts`: in each line an address, and the names of it. Lines that are something else are passed over.

use crate::MOST_ADDRESSES;
use crate::name::is_name;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::IpAddr;
use std::path::Path;

/// How much of the file is read, bytes. Lists of advertisers have some megabytes.
const LONGEST: u64 = 16 << 20;

/// What the lines with a name say.
pub(crate) struct Entry {
    /// The first name of the first of these lines.
    pub canonical: String,
    /// In the order of the file.
    pub addresses: Vec<IpAddr>,
}

/// The lines of the file that have this name and an address that is wanted; `None` if there is no such line.
pub(crate) fn of_name(file: &Path, name: &str, is_wanted: impl Fn(&IpAddr) -> bool) -> Option<Entry> {
    let mut found: Option<Entry> = None;
    each(file, |address, names| {
        if !is_wanted(&address) || !names.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            return true;
        }
        let canonical = names.iter().find(|name| is_name(name)).copied().unwrap_or(name);
        let entry = found.get_or_insert_with(|| Entry { canonical: canonical.to_string(), addresses: Vec::new() });
        if !entry.addresses.contains(&address) {
            entry.addresses.push(address);
        }
        entry.addresses.len() < MOST_ADDRESSES
    });
    found
}

/// The first name of the first line with this address.
pub(crate) fn of_address(file: &Path, address: IpAddr) -> Option<String> {
    let mut found = None;
    each(file, |other, names| {
        if other == address {
            found = names.iter().find(|name| is_name(name)).map(ToString::to_string);
        }
        found.is_none()
    });
    found
}

/// Gives each line to `line`, until that says that it is enough. A file that cannot be read has no lines.
fn each(file: &Path, mut line: impl FnMut(IpAddr, &[&str]) -> bool) {
    let Ok(file) = File::open(file) else { return };
    for text in BufReader::new(file.take(LONGEST)).split(b'\n') {
        let Ok(text) = text else { return };
        let text = String::from_utf8_lossy(&text);
        let mut words = text.split('#').next().unwrap_or_default().split_ascii_whitespace();
        let Some(Ok(address)) = words.next().map(str::parse) else { continue };
        let names: Vec<&str> = words.map(|name| name.strip_suffix('.').unwrap_or(name)).collect();
        if !line(address, &names) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(text: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(text).expect("written");
        file
    }

    fn addresses(text: &[u8], name: &str) -> Option<(String, Vec<String>)> {
        let entry = of_name(file(text).path(), name, |_| true)?;
        Some((entry.canonical, entry.addresses.iter().map(ToString::to_string).collect()))
    }

    #[test]
    fn a_name_has_the_addresses_of_all_its_lines() {
        let text =
            b"# 10.9.9.9 db\n10.0.0.1\tdb.example.  db # the first\nfd00::1 db6 DB\n10.0.0.1 db\n10.0.0.2 other\n";
        let expected = ("db.example".to_string(), ["10.0.0.1", "fd00::1"].map(str::to_string).to_vec());
        assert_eq!(addresses(text, "Db"), Some(expected));
        assert_eq!(addresses(text, "first"), None);
        let six = of_name(file(text).path(), "db", IpAddr::is_ipv6).expect("found");
        assert_eq!((six.canonical.as_str(), six.addresses.len()), ("db6", 1));
    }

    #[test]
    fn an_address_has_the_first_name_of_its_first_line() {
        let file = file(b"10.0.0.1\n10.0.0.1 b\x01d good\n10.0.0.1 late\nFD00:0::1 six\n");
        let name = |address: &str| of_address(file.path(), address.parse().expect("an address"));
        assert_eq!(name("10.0.0.1").as_deref(), Some("good"));
        assert_eq!(name("fd00::1").as_deref(), Some("six"));
        assert_eq!(name("10.0.0.2"), None);
    }

    #[test]
    fn other_lines_are_passed_over_and_a_missing_file_is_empty() {
        let text =
            b"\xff\xfe\n\n \n10.0.0.256 db\nfe80::1%lo db\ndb 10.0.0.1\n127.1 db\n\r\n10.0.0.1 db\r\n10.0.0.3 db";
        assert_eq!(addresses(text, "db").expect("found").1, ["10.0.0.1", "10.0.0.3"]);
        assert!(of_name(Path::new("/nowhere/hosts"), "db", |_| true).is_none());
    }

    #[test]
    fn a_name_with_very_many_lines_is_cut() {
        let lines: String = (0..500).map(|number| format!("10.0.{}.{} db\n", number / 250, number % 250)).collect();
        assert_eq!(addresses(lines.as_bytes(), "db").expect("found").1.len(), MOST_ADDRESSES);
    }
}
