//! Entries of `connect` and `listen`.

use super::class::Net;
use super::entry::{Entry, Key, Ports, check_connect, check_listen};
use super::host::Host;
use std::ops::RangeInclusive;

const ANY: RangeInclusive<u16> = 0..=u16::MAX;

fn net(first: &str, bits: u8) -> Host {
    Host::Net(Net { first: first.parse().expect(first), bits })
}

fn entry(host: Host, ports: RangeInclusive<u16>) -> Result<Entry, String> {
    Ok(Entry { host, ports: Ports::Range(ports) })
}

#[test]
fn what_may_be_connected_to_is_a_host_and_a_port() {
    for (text, host, ports) in [
        ("all", Host::All, ANY),
        ("api.example.com", Host::Name("api.example.com".into()), ANY),
        ("API.Example.com.:443", Host::Name("api.example.com".into()), 443..=443),
        ("api.example.com:*", Host::Name("api.example.com".into()), ANY),
        ("api.example.com:8000-8999", Host::Name("api.example.com".into()), 8000..=8999),
        ("*.example.org", Host::Below("example.org".into()), ANY),
        ("*.Example.ORG:443", Host::Below("example.org".into()), 443..=443),
        ("*.com", Host::Below("com".into()), ANY),
        ("db:5432", Host::Name("db".into()), 5432..=5432),
        ("localhost:8080", Host::Localhost, 8080..=8080),
        ("LOCALHOST", Host::Localhost, ANY),
        ("10.0.0.5", net("10.0.0.5", 32), ANY),
        ("10.0.0.5:5432", net("10.0.0.5", 32), 5432..=5432),
        ("10.0.0.0/8:5432", net("10.0.0.0", 8), 5432..=5432),
        ("0.0.0.0/0", net("0.0.0.0", 0), ANY),
        ("[::1]", net("::1", 128), ANY),
        ("[::1]:*", net("::1", 128), ANY),
        ("[FD00::/8]:1-2", net("fd00::", 8), 1..=2),
        ("[fd00::]/8", net("fd00::", 8), ANY),
        ("[fd00::]/8:443", net("fd00::", 8), 443..=443),
        ("[::]/0", net("::", 0), ANY),
        ("[::ffff:10.0.0.5]:80", net("10.0.0.5", 32), 80..=80),
        ("[::ffff:10.0.0.0/104]", net("10.0.0.0", 8), ANY),
        ("[::ffff:0:0]/96", net("0.0.0.0", 0), ANY),
    ] {
        assert_eq!(Entry::parse(text, Key::Connect), entry(host, ports), "{text}");
    }
}

#[test]
fn what_may_be_listened_at_is_an_address_of_the_machine_and_a_port() {
    for (text, host, ports) in [
        ("all", Host::All, ANY),
        ("127.0.0.1:8080", net("127.0.0.1", 32), 8080..=8080),
        ("127.0.0.1:0", net("127.0.0.1", 32), 0..=0),
        ("127.0.0.1:*", net("127.0.0.1", 32), ANY),
        ("0.0.0.0:8000-8010", net("0.0.0.0", 32), 8000..=8010),
        ("0.0.0.0/0:80", net("0.0.0.0", 0), 80..=80),
        ("[::]:80", net("::", 128), 80..=80),
        ("localhost:80", Host::Localhost, 80..=80),
    ] {
        assert_eq!(Entry::parse(text, Key::Listen), entry(host, ports), "{text}");
    }
    for (text, numbers) in [("fd:3", 3..=3), ("fd:3-5", 3..=5), ("fd:1023", 1023..=1023), ("fd:3-1023", 3..=1023)] {
        assert_eq!(Entry::parse(text, Key::Listen), entry(Host::Inherited, numbers), "{text}");
    }
    // To connect, it is a name as any other.
    assert_eq!(Entry::parse("fd:3", Key::Connect), entry(Host::Name("fd".into()), 3..=3));
    let variable = Entry { host: net("0.0.0.0", 32), ports: Ports::Variable("PORT".into()) };
    assert_eq!(Entry::parse("0.0.0.0:$PORT", Key::Listen), Ok(variable));
}

#[test]
fn what_is_no_host_is_refused_with_a_way_out() {
    let long = "a.".repeat(150);
    for (text, expected) in [
        (
            "",
            "expected a host such as api.example.com:443, *.example.org, 10.0.0.0/8:5432 or [::1]:*, found nothing; remove it",
        ),
        ("api.example.com :443", "found ' ' in it; remove that"),
        ("a\tb", "found '\\t' in it"),
        ("http://x", "expected a host, found a URL; write \"x:80\""),
        ("https://u:p@api.example.com/v1?q", "write \"api.example.com:443\""),
        ("https://[::1]/", "write \"[::1]:443\""),
        ("https://[::1]:8443/", "write \"[::1]:8443\""),
        ("HTTPS://x:8443", "write \"x:8443\""),
        ("postgres://db/x", "write \"db\""),
        ("api.example.com/v1", "expected a host, found \"/v1\" behind it; write \"api.example.com\""),
        ("*", "expected \"all\" for everything, found \"*\"; write \"all\""),
        ("*:443", "write \"0.0.0.0/0:443\" and \"[::]/0:443\""),
        (":443", "expected a host in front of the port"),
        ("all:443", "expected \"all\" alone"),
        ("ALL", "expected \"all\" alone"),
        ("a.*.b", "write it such as \"*.example.org\""),
        ("*example.org", "write it such as \"*.example.org\""),
        ("*.*.org", "found '*' in it"),
        ("*.10.0.0.1", "found 10.0.0.1, which is no name"),
        ("*.", "such as api.example.com"),
        ("u@host", "found '@' in it"),
        ("bücher.example", "xn--"),
        (&long, "at most 253 bytes, found 299"),
        ("2130706433", "expected an address such as 10.0.0.1, found 2130706433"),
        ("127.1:80", "expected an address such as 10.0.0.1, found 127.1"),
        ("010.0.0.1", "found 010.0.0.1, which is no name"),
        ("1.2.3.4.", "found 1.2.3.4, which is no name"),
        ("10.0.0.1/8", "expected the first address of the net, found 10.0.0.1; write \"10.0.0.0/8\""),
        ("10.0.0.0/33", "expected how many bits count, 0 to 32, behind /, found \"33\""),
        ("10.0.0.0/", "found \"\""),
        ("10.0.0.0/+8", "found \"+8\""),
        ("10.0.0.0/255.0.0.0", "found \"255.0.0.0\""),
        ("[fd00::1/8]", "write \"[fd00::]/8\""),
        ("[fd00::]/129", "0 to 128"),
        ("::1", "expected an IPv6 address in brackets, found none; write \"[::1]\""),
        ("fd00::/8", "write \"[fd00::/8]\""),
        ("fe80::1:g", "write it such as \"[::1]:443\""),
        ("a:1:2", "write it such as \"[::1]:443\""),
        ("[::1", "expected ] behind an IPv6 address"),
        ("[::1]443", "expected a port behind ], found \"443\""),
        ("[::1/64]/64", "expected a port behind ]"),
        ("[fe80::1%eth0]", "without a zone"),
        ("[10.0.0.1]", "expected an IPv6 address in the brackets, found \"10.0.0.1\""),
        ("[host]:1", "found \"host\""),
        ("x:", "found \"\""),
        ("x:0", "expected a port from 1 to 65535, a range such as 8000-8999, or *, found \"0\"; correct it"),
        ("x:70000", "found \"70000\""),
        ("x:https", "found \"https\""),
        ("x:+1", "found \"+1\""),
        ("x:9-8", "found \"9-8\""),
        ("x:1-", "found \"1-\""),
        ("x:1-2-3", "found \"1-2-3\""),
        ("x:$PORT", "expected a port, found $PORT; variables are for listen only"),
    ] {
        let message = check_connect(text).expect_err(text);
        assert!(message.contains(expected) && !message.contains('\n'), "{text:?}: {message}");
    }
}

#[test]
fn what_is_no_address_of_the_machine_is_refused_with_a_way_out() {
    for (text, expected) in [
        (
            "",
            "expected an address and a port such as 127.0.0.1:8080, [::1]:* or 0.0.0.0:$PORT, found nothing; remove it",
        ),
        ("example.com:80", "found \"example.com\"; write the address"),
        ("*.example.com:80", "found \"*.example.com\"; write the address"),
        ("127.1:80", "found \"127.1\"; write the address"),
        ("127.0.0.1", "expected an address and a port; write \"127.0.0.1:8080\", or \"127.0.0.1:*\" for any"),
        ("8080", "expected an address in front of the port; write \"127.0.0.1:8080\""),
        (":8080", "write \"0.0.0.0:8080\" for all of IPv4"),
        ("*:8080", "write \"0.0.0.0:8080\" for all of IPv4"),
        ("*", "write \"all\""),
        ("::1:80", "write \"[::1:80]\""),
        ("127.0.0.1:65536", "expected a port from 0 to 65535"),
        ("127.0.0.1:$", "expected the name of a variable behind $, found $"),
        ("127.0.0.1:$1", "found $1; write it such as $PORT"),
        ("127.0.0.1:$A-B", "found $A-B"),
        ("127.0.0.1/8:80", "write \"127.0.0.0/8\""),
        ("http://0.0.0.0:80", "write \"0.0.0.0:80\""),
        ("fd:2", "expected a number from 3 to 1023, or a range such as fd:3-5, behind fd:, found \"2\"; correct it"),
        ("fd:", "behind fd:, found \"\""),
        ("fd:1024", "found \"1024\""),
        ("fd:5-3", "found \"5-3\""),
        ("fd:3-fd:5", "found \"3-fd:5\""),
        ("fd:*", "found \"*\""),
        ("fd:+3", "found \"+3\""),
        ("fd:$N", "found \"$N\""),
        ("fd3", "found \"fd3\"; write the address"),
    ] {
        let message = check_listen(text).expect_err(text);
        assert!(message.contains(expected) && !message.contains('\n'), "{text:?}: {message}");
    }
}
