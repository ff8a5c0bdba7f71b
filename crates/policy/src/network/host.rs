//! The host of an entry, and of a request: names as they are compared, and what names and addresses an entry covers.

use super::class::Net;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Most bytes of a name, and of a part of one, as DNS has it.
pub(super) const LONGEST_NAME: usize = 253;
const LONGEST_PART: usize = 63;

/// The name of the machine itself.
pub(super) const LOCALHOST: &str = "localhost";

/// What an entry says of hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// Every name and every address.
    All,
    /// This name.
    Name(String),
    /// Every name below this one, and not itself.
    Below(String),
    /// The name `localhost`, and the two addresses that it stands for.
    Localhost,
    /// These addresses.
    Net(Net),
    /// None: sockets that are inherited, and in place of a port stands their number.
    Inherited,
}

impl Host {
    /// Whether a name is covered. It is as [`name`] writes it.
    pub fn has_name(&self, name: &str) -> bool {
        match self {
            Host::All => true,
            Host::Name(own) => own == name,
            Host::Below(above) => name.strip_suffix(above).is_some_and(|below| below.len() > 1 && below.ends_with('.')),
            Host::Localhost => name == LOCALHOST,
            Host::Net(_) | Host::Inherited => false,
        }
    }

    /// Whether an address itself is covered. It is canonical.
    pub fn has(&self, address: IpAddr) -> bool {
        match self {
            Host::All => true,
            Host::Name(_) | Host::Below(_) | Host::Inherited => false,
            Host::Localhost => address == Ipv4Addr::LOCALHOST || address == Ipv6Addr::LOCALHOST,
            Host::Net(net) => net.has(address),
        }
    }
}

/// A name as it is compared: small letters, and no dot at its end.
///
/// # Errors
/// What was expected, if it is no name of a host, as the end of a line.
pub(super) fn name(text: &str) -> Result<String, String> {
    if !text.is_ascii() {
        return Err("expected a name in ASCII; write it as DNS has it, such as \"xn--bcher-kva.example\"".to_string());
    }
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.len() > LONGEST_NAME {
        return Err(format!("expected a name of at most {LONGEST_NAME} bytes, found {}; correct it", text.len()));
    }
    for part in text.split('.') {
        if let Some(letter) = part.chars().find(|letter| !letter.is_ascii_alphanumeric() && !"-_".contains(*letter)) {
            return Err(format!("expected a name of letters, digits, - and _, found {letter:?} in it; correct it"));
        }
        if part.is_empty() || part.starts_with('-') || part.ends_with('-') {
            return Err("expected a name such as api.example.com; correct what stands between its dots".to_string());
        }
        if part.len() > LONGEST_PART {
            let found = part.len();
            return Err(format!("expected at most {LONGEST_PART} bytes between dots, found {found}; correct it"));
        }
    }
    if is_numeric(text) {
        return Err(format!("expected an address such as 10.0.0.1, found {text}, which is no name; write the address"));
    }
    Ok(text.to_ascii_lowercase())
}

/// Whether a text would be taken for an IPv4 address, in any of the ways that C or a browser reads one: its last part is a
/// number. No name of the DNS is such a text.
pub(super) fn is_numeric(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let last = text.rsplit('.').next().unwrap_or(text);
    let is_hex = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match last.strip_prefix("0x").or_else(|| last.strip_prefix("0X")) {
        Some(digits) => is_hex(digits),
        None => !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_one_way() {
        for (text, expected) in [
            ("api.example.com", "api.example.com"),
            ("API.Example.COM.", "api.example.com"),
            ("db", "db"),
            ("_srv._tcp.a-b.example", "_srv._tcp.a-b.example"),
            ("cafe", "cafe"),
            ("3f2a91bc04de", "3f2a91bc04de"),
            ("1.2.3.example", "1.2.3.example"),
            ("0x7f.example", "0x7f.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(name(text).as_deref(), Ok(expected), "{text}");
        }
        let longest = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join(".");
        assert_eq!(name(&format!("{longest}.")), Ok(longest));
    }

    #[test]
    fn a_number_in_any_notation_is_no_name() {
        for text in [
            "127.0.0.1",
            "127.0.0.1.",
            "127.1",
            "127.0.1",
            "2130706433",
            "017700000001",
            "0x7f000001",
            "0X7F.1",
            "0x7f.0x1",
            "0x",
            "1.0x",
            "0177.0.0.01",
            "999.1.1.1",
            "1.2.3.4.5",
            "example.1",
            "0",
            "00000000000000000000000000001",
        ] {
            assert!(is_numeric(text), "{text}");
            assert!(name(text).is_err(), "{text}");
        }
        for text in ["", ".", "example", "1a", "0xg", "1.example", "::1", "1-2"] {
            assert!(!is_numeric(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(62)].join(".");
        for (text, expected) in [
            ("", "such as api.example.com"),
            (".", "such as api.example.com"),
            ("a..b", "between its dots"),
            ("a.b..", "between its dots"),
            (".a", "between its dots"),
            ("-a.b", "between its dots"),
            ("a-.b", "between its dots"),
            ("a b", "found ' ' in it"),
            ("a\0", "found '\\0' in it"),
            ("a/b", "found '/' in it"),
            ("a:b", "found ':' in it"),
            ("*.a", "found '*' in it"),
            ("fe80::1%eth0", "found ':' in it"),
            ("bücher.example", "xn--"),
            // Digits, but not those of ASCII, and a dot that is none.
            ("１２７.0.0.1", "in ASCII"),
            ("127。1", "in ASCII"),
            (&"a".repeat(64), "at most 63 bytes between dots, found 64"),
            (&long, "at most 253 bytes, found 254"),
            ("127.1", "found 127.1, which is no name"),
        ] {
            let message = name(text).expect_err(text);
            assert!(message.contains(expected), "{text:?}: {message}");
        }
    }

    #[test]
    fn a_host_covers_names_and_addresses() {
        let below = Host::Below("example.org".into());
        let net = Host::Net(Net::of("10.0.0.5".parse().expect("an address")));
        for (host, text, expected) in [
            (&Host::All, "a.b", true),
            (&Host::Name("a.b".into()), "a.b", true),
            (&Host::Name("a.b".into()), "c.a.b", false),
            (&below, "www.example.org", true),
            (&below, "a.b.example.org", true),
            (&below, "example.org", false),
            (&below, ".example.org", false),
            (&below, "wwwexample.org", false),
            (&below, "example.org.evil.com", false),
            (&Host::Localhost, "localhost", true),
            (&Host::Localhost, "a.localhost", false),
            (&net, "a.b", false),
        ] {
            assert_eq!(host.has_name(text), expected, "{host:?} {text}");
        }
        for (host, text, expected) in [
            (&Host::All, "::1", true),
            (&Host::Name("a.b".into()), "1.1.1.1", false),
            (&below, "1.1.1.1", false),
            (&Host::Localhost, "127.0.0.1", true),
            (&Host::Localhost, "127.0.0.2", false),
            (&Host::Localhost, "::1", true),
            (&net, "10.0.0.5", true),
            (&net, "10.0.0.6", false),
        ] {
            assert_eq!(host.has(text.parse().expect(text)), expected, "{host:?} {text}");
        }
    }
}
