//! What the network of a run answers.

use super::{Kind, Network};
use crate::audit::{Audit, Record};
use crate::permissions::Permissions;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

fn permissions(connect: &[&str], listen: &[&str]) -> Permissions {
    let list = |entries: &[&str]| entries.iter().map(|entry| (*entry).to_string()).collect();
    Permissions { connect: list(connect), listen: list(listen), ..Permissions::default() }
}

fn network(connect: &[&str], listen: &[&str]) -> Network {
    let variable = |name: &str| match name {
        "PORT" => Some("8123".to_string()),
        "WORD" => Some("many".to_string()),
        "FAR" => Some("70000".to_string()),
        "SIGNED" => Some("+80".to_string()),
        _ => None,
    };
    Network::of(&permissions(connect, listen), &variable, None)
}

fn socket(text: &str) -> SocketAddr {
    text.parse().expect(text)
}

fn ips(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().expect(text)).collect()
}

fn denied(network: &Network) -> String {
    network.denied().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn without_an_entry_there_is_no_network() {
    for mut network in [Network::default(), network(&[], &[]), network(&["garbage:x"], &["127.0.0.1:$UNSET"])] {
        assert!(!network.grants_anything() && !network.grants_connect());
        // Nobody is asked for it, and it is not reached for that.
        assert!(network.may_look_up("localhost"));
        assert_eq!(network.found("localhost", ips(&["127.0.0.1", "10.0.0.1"])), ips(&["127.0.0.1"]));
        assert!(!network.may_connect("127.0.0.1:80".parse().expect("an address")));
        assert!(!network.may_look_up_address(ips(&["127.0.0.1"])[0]));
        for address in ["127.0.0.1:80", "[::1]:80", "1.1.1.1:53", "0.0.0.0:0"] {
            let address = socket(address);
            assert!(!network.may_connect(address) && !network.may_send(address) && !network.may_listen(address, 80));
            assert!(!network.may_receive_from(address) && !network.is_listen_granted(address));
            assert!(!network.may_bind(address, Kind::Stream) && !network.may_bind(address, Kind::Datagram));
        }
    }
    assert!(network(&["x"], &[]).grants_connect() && network(&["x"], &[]).grants_anything());
    assert!(network(&[], &["all"]).grants_anything() && !network(&[], &["all"]).grants_connect());
}

#[test]
fn names_are_looked_up_only_if_an_entry_grants_them() {
    let mut some = network(&["api.example.com:443", "*.example.org", "localhost:80"], &[]);
    let mut all = network(&["all"], &[]);
    for (name, expected, with_all) in [
        ("api.example.com", true, true),
        ("API.example.COM.", true, true),
        ("api.example.com..", false, true),
        ("www.api.example.com", false, true),
        ("example.com", false, true),
        ("www.example.org", true, true),
        ("a.b.example.org", true, true),
        ("example.org", false, true),
        ("evilexample.org", false, true),
        ("localhost", true, true),
        ("api.example.com\0.example.org", false, true),
        ("a b.example.org", false, true),
        ("127.0.0.1", false, false),
        ("127.1", false, false),
        ("2130706433", false, false),
        ("0x7f.1", false, false),
        ("017700000001", false, false),
        ("0x7f000001.", false, false),
        ("1.example.org.1", false, false),
        ("::1", false, true),
        ("", false, true),
    ] {
        assert_eq!(some.may_look_up(name), expected, "{name:?}");
        assert_eq!(all.may_look_up(name), with_all, "{name:?} with all");
    }
}

/// What a name was asked for, with these entries: what is left of the answer.
#[test]
fn a_name_alone_leads_to_public_addresses_only() {
    let (name, own) = ("api.example.com", "api.example.com:443");
    for (entries, found, expected) in [
        (vec![own], vec!["1.1.1.1", "2606:4700::1111"], vec!["1.1.1.1", "2606:4700::1111"]),
        (vec![own], vec!["127.0.0.1", "1.1.1.1", "10.0.0.1"], vec!["1.1.1.1"]),
        (vec![own], vec!["169.254.169.254"], vec![]),
        (vec![own], vec!["168.63.129.16"], vec![]),
        (vec![own], vec!["0.0.0.0", "::", "::1"], vec![]),
        (vec![own], vec!["::ffff:127.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::"], vec![]),
        (vec![own], vec!["64:ff9b::1.1.1.1"], vec!["64:ff9b::1.1.1.1"]),
        (vec![own, "10.0.0.0/8:5432"], vec!["10.0.0.1", "192.168.0.1"], vec!["10.0.0.1"]),
        (vec![own, "[::1]"], vec!["::1", "127.0.0.1"], vec!["::1"]),
        (vec![own, "[64:ff9b::/96]"], vec!["64:ff9b::10.0.0.1"], vec![]),
        (vec![own, "[64:ff9b::/96]", "10.0.0.1"], vec!["64:ff9b::10.0.0.1"], vec!["64:ff9b::10.0.0.1"]),
        (vec!["all"], vec!["127.0.0.1", "169.254.169.254", "::"], vec!["127.0.0.1", "169.254.169.254", "::"]),
        (vec!["*.example.com"], vec!["1.1.1.1"], vec!["1.1.1.1"]),
        (vec!["other.example.com", "10.0.0.1"], vec!["1.1.1.1", "10.0.0.1"], vec![]),
    ] {
        assert_eq!(network(&entries, &[]).found(name, ips(&found)), ips(&expected), "{entries:?} {found:?}");
    }
    let mut network = network(&[own, "localhost"], &[]);
    assert_eq!(network.found("localhost", ips(&["127.0.0.1", "::1", "10.0.0.1"])), ips(&["127.0.0.1", "::1"]));
    assert_eq!(network.found(name, vec![ips(&["1.1.1.1"])[0]; 1000]).len(), super::MOST_OF_ANSWER);
}

#[test]
fn a_connection_is_judged_by_the_address_that_it_goes_to() {
    let entries = [
        "api.example.com:443",
        "db.example.com:5432-5433",
        "10.0.0.0/8:5432",
        "[fd00::/8]:80",
        "localhost:8080",
        "[64:ff9b::/96]:80",
        "8.8.8.8:80",
        "9.9.9.9",
    ];
    let mut network = network(&entries, &[]);
    assert!(!network.may_connect(socket("1.1.1.1:443")), "nothing has led there");
    assert_eq!(network.found("API.example.com", ips(&["1.1.1.1", "64:ff9b::1.1.1.1", "10.1.1.1"])).len(), 3);
    assert_eq!(network.found("db.example.com", ips(&["1.1.1.1", "::ffff:1.1.1.2"])).len(), 2);
    for (address, expected) in [
        ("1.1.1.1:443", true),
        ("[::ffff:1.1.1.1]:443", true),
        ("1.1.1.1:5432", true),
        ("1.1.1.1:5433", true),
        ("1.1.1.1:5434", false),
        ("1.1.1.1:80", false),
        ("1.1.1.2:5432", true),
        ("1.1.1.2:443", false),
        ("1.1.1.3:443", false),
        ("[64:ff9b::1.1.1.1]:443", true),
        ("[64:ff9b::8.8.8.8]:80", true),
        ("[64:ff9b::8.8.4.4]:80", false),
        ("[64:ff9b::10.0.0.1]:80", false),
        // Which an address grants at another port.
        ("10.1.1.1:443", false),
        ("10.1.1.1:5432", true),
        ("[::ffff:10.9.9.9]:5432", true),
        ("[fd12::1]:80", true),
        ("[fd12::1%7]:80", true),
        ("[fd12::1]:443", false),
        ("127.0.0.1:8080", true),
        ("[::1]:8080", true),
        ("[::ffff:7f00:1]:8080", true),
        ("127.0.0.2:8080", false),
        ("127.0.0.1:22", false),
        // Which is the machine itself.
        ("0.0.0.0:8080", true),
        ("[::]:8080", true),
        ("0.0.0.0:22", false),
        ("[::ffff:0.0.0.0]:22", false),
        ("[::]:22", false),
        ("9.9.9.9:1", true),
        ("255.255.255.255:443", false),
        ("224.0.0.1:443", false),
    ] {
        let address = socket(address);
        assert_eq!(network.may_connect(address), expected, "{address}");
        assert_eq!(network.may_send(address), expected, "{address}");
        assert_eq!(network.may_receive_from(address), expected, "{address}");
    }
}

#[test]
fn unspecified_addresses_are_granted_by_themselves_too() {
    for (entry, address, expected) in [
        ("0.0.0.0:80", "0.0.0.0:80", true),
        ("0.0.0.0:80", "127.0.0.1:80", false),
        ("0.0.0.0/0:80", "0.0.0.0:80", true),
        ("127.0.0.0/8:80", "0.0.0.0:80", true),
        ("127.0.0.2:80", "0.0.0.0:80", false),
        ("[::]:80", "[::]:80", true),
        ("[::1]:80", "[::]:80", true),
        ("[::1]:80", "0.0.0.0:80", false),
        ("[::]/0:80", "0.0.0.0:80", false),
        ("[::]/0:80", "[::ffff:127.0.0.1]:80", false),
        // An address in an address has to be granted, too.
        ("[::]/0:80", "[64:ff9b::127.0.0.1]:80", false),
        ("[::]/0:80", "[2002:7f00:1::]:80", false),
        ("[::]/0:80", "[::127.0.0.1]:80", false),
        ("[::]/0:80", "[64:ff9b:1:7f00:0:100::]:80", false),
        ("[::]/0:80", "[2606:4700::1111]:80", true),
        ("all", "[64:ff9b::127.0.0.1]:80", true),
        ("all", "0.0.0.0:1", true),
    ] {
        assert_eq!(network(&[entry], &[]).may_connect(socket(address)), expected, "{entry} {address}");
    }
}

/// What a second lookup says changes nothing of what the first has granted, and grants nothing of its own.
#[test]
fn a_name_that_leads_elsewhere_the_second_time_gains_nothing() {
    let mut network = network(&["api.example.com:443"], &[]);
    assert_eq!(network.found("api.example.com", ips(&["1.1.1.1"])).len(), 1);
    assert!(network.found("api.example.com", ips(&["127.0.0.1", "169.254.169.254"])).is_empty());
    assert!(!network.may_connect(socket("127.0.0.1:443")) && !network.may_connect(socket("169.254.169.254:443")));
    assert!(network.may_connect(socket("1.1.1.1:443")));
    assert!(network.found("evil.example", ips(&["1.1.1.9"])).is_empty());
    assert!(!network.may_connect(socket("1.1.1.9:443")));
}

#[test]
fn a_socket_is_bound_where_it_may_listen_or_as_who_connects_is() {
    let connect = ["api.example.com:443"];
    let listen = ["127.0.0.1:8080", "127.0.0.2:*", "127.0.0.3:0", "0.0.0.0:$PORT", "[::]:9000-9001", "0.0.0.0/0:7000"];
    let more = ["10.0.0.1:$UNSET", "10.0.0.1:$WORD", "10.0.0.1:$FAR", "10.0.0.1:$SIGNED"];
    let listen = [&listen[..], &more[..]].concat();
    // Address; whether it may be bound with these entries of listen, with them and one of connect; and whether it may listen.
    for (address, alone, beside, listening) in [
        ("127.0.0.1:8080", true, true, true),
        ("[::ffff:127.0.0.1]:8080", true, true, true),
        ("127.0.0.1:8081", false, false, false),
        ("0.0.0.0:8080", false, false, false),
        ("127.0.0.1:0", false, true, false),
        ("127.0.0.2:0", true, true, true),
        ("127.0.0.2:22", true, true, true),
        ("127.0.0.3:0", true, true, true),
        // Which the system has chosen, or it would not have been bound.
        ("127.0.0.3:43567", false, false, true),
        ("0.0.0.0:8123", true, true, true),
        ("127.0.0.9:8123", false, false, false),
        ("0.0.0.0:0", false, true, false),
        ("[::]:9000", true, true, true),
        ("[::1]:9000", false, false, false),
        ("[::]:8123", false, false, false),
        ("0.0.0.0:7000", true, true, true),
        ("192.168.1.1:7000", true, true, true),
        ("10.0.0.1:80", false, false, false),
        ("10.0.0.1:0", false, true, false),
    ] {
        let at = socket(address);
        for kind in [Kind::Stream, Kind::Datagram] {
            assert_eq!(network(&[], &listen).may_bind(at, kind), alone, "{address}");
            assert_eq!(network(&connect, &listen).may_bind(at, kind), beside, "{address} beside connect");
        }
        assert_eq!(network(&connect, &listen).may_listen(at, at.port()), listening, "{address}");
        assert_eq!(network(&connect, &listen).is_listen_granted(at), listening, "{address}");
    }
}

#[test]
fn the_name_of_an_address_may_be_asked_for_where_one_may_go() {
    let mut network = network(&["api.example.com:443", "10.0.0.0/8:5432"], &[]);
    network.found("api.example.com", ips(&["1.1.1.1"]));
    for (address, expected) in [
        ("1.1.1.1", true),
        ("::ffff:1.1.1.1", true),
        ("10.9.9.9", true),
        ("127.0.0.1", true),
        ("1.1.1.2", false),
        ("0.0.0.0", false),
    ] {
        assert_eq!(network.may_look_up_address(ips(&[address])[0]), expected, "{address}");
    }
}

#[test]
fn the_last_denial_says_what_would_grant_it() {
    let mut network = network(&["api.example.com:443", "mixed.example.com"], &[]);
    assert_eq!(denied(&network), "");
    network.may_look_up("Other.example.com.");
    let add = |entry: &str, key: &str| format!("; add \"{entry}\" to {key} in [tool.pyapp.permissions]");
    let expected = format!("other.example.com: the app may not look it up{}", add("other.example.com", "connect"));
    assert_eq!(denied(&network), expected);
    // What could not be granted leaves things as they are.
    network.may_look_up("127.1");
    network.may_look_up("no name");
    assert_eq!(denied(&network), expected);
    network.found("api.example.com", ips(&["10.0.0.5", "::1"]));
    let leads = "api.example.com: it leads to 10.0.0.5 (private), where a name alone does not lead";
    assert_eq!(denied(&network), format!("{leads}{}", add("10.0.0.5", "connect")));
    network.found("api.example.com", ips(&["::1"]));
    assert!(denied(&network).contains("it leads to ::1 (loopback)") && denied(&network).contains("add \"[::1]\" to"));
    network.may_connect(socket("[::ffff:10.0.0.5]:5432"));
    let expected = format!("10.0.0.5:5432: the app may not connect to it{}", add("10.0.0.5:5432", "connect"));
    assert_eq!(denied(&network), expected);
    network.found("api.example.com", ips(&["1.1.1.1"]));
    network.may_connect(socket("1.1.1.1:80"));
    let expected = format!("api.example.com:80: the app may not connect to it{}", add("api.example.com:80", "connect"));
    assert_eq!(denied(&network), expected);
    // What is granted, or only asked for in silence, leaves things as they are, too.
    network.may_connect(socket("1.1.1.1:443"));
    network.may_receive_from(socket("9.9.9.9:53"));
    network.found("api.example.com", vec![]);
    network.found("mixed.example.com", ips(&["10.0.0.5", "1.1.1.1"]));
    assert_eq!(denied(&network), expected);
    network.may_send(socket("[fe80::1%2]:53"));
    assert_eq!(denied(&network), format!("[fe80::1]:53: the app may not send to it{}", add("[fe80::1]:53", "connect")));
    network.may_connect(socket("[fe80::1]:0"));
    assert!(denied(&network).contains(&add("[fe80::1]", "connect")), "{}", denied(&network));
    network.may_bind(socket("0.0.0.0:8080"), Kind::Stream);
    let listen = format!("0.0.0.0:8080: the app may not listen there{}", add("0.0.0.0:8080", "listen"));
    assert_eq!(denied(&network), listen);
    network.may_bind(socket("0.0.0.0:53"), Kind::Datagram);
    assert_eq!(denied(&network), format!("0.0.0.0:53: the app may not receive there{}", add("0.0.0.0:53", "listen")));
    network.may_listen(socket("[::]:43567"), 43567);
    assert!(denied(&network).contains("[::]:43567: the app may not listen there"), "{}", denied(&network));
    // Which the system has chosen, and will not choose again.
    network.may_listen(socket("127.0.0.1:43567"), 0);
    let listen = format!("127.0.0.1:0: the app may not listen there{}", add("127.0.0.1:0", "listen"));
    assert_eq!(denied(&network), listen);
    assert_eq!(network.denied().map(|denied| denied.key), Some(super::Key::Listen));
    network.forget_denied();
    assert_eq!(network.denied(), None);
}

#[test]
fn the_audit_hears_of_what_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit");
    let audit = Arc::new(Audit::open(&path).expect("opened"));
    let permissions = permissions(&["api.example.com:443"], &["127.0.0.1:80"]);
    let mut network = Network::of(&permissions, &|_| None, Some(audit));
    network.may_look_up("API.example.com");
    network.found("API.example.com", ips(&["10.0.0.5"]));
    network.found("API.example.com", ips(&["1.1.1.1", "10.0.0.5"]));
    network.may_connect(socket("[::ffff:1.1.1.1]:443"));
    network.may_connect(socket("9.9.9.9:53"));
    for _ in 0..3 {
        network.may_send(socket("1.1.1.1:443"));
        network.may_receive_from(socket("1.1.1.1:443"));
        network.answers(socket("[::ffff:9.9.9.8]:53"));
    }
    network.may_bind(socket("127.0.0.1:80"), Kind::Stream);
    network.may_listen(socket("127.0.0.1:80"), 80);
    network.accepted(socket("127.0.0.1:5"));
    network.may_look_up(&"x".repeat(10_000));
    let text = std::fs::read_to_string(&path).expect("read");
    let records: Vec<Record> = text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
    let lookup = |name: &str, granted: bool, refused: &[&str]| {
        let refused = refused.iter().map(|address| (*address).to_string()).collect();
        Record::Lookup { name: name.into(), granted, refused }
    };
    let connect = |address: &str, names: &[&str], granted: bool| {
        let names = names.iter().map(|name| (*name).to_string()).collect();
        Record::Connect { address: address.into(), names, granted }
    };
    let own = "api.example.com";
    let expected = [
        lookup("API.example.com", true, &[]),
        lookup(own, false, &["10.0.0.5"]),
        connect("1.1.1.1:443", &[own], true),
        connect("9.9.9.9:53", &[], false),
        connect("1.1.1.1:443", &[own], true),
        connect("9.9.9.8:53", &[], true),
        Record::Bind { address: "127.0.0.1:80".into(), granted: true },
        Record::Listen { address: "127.0.0.1:80".into(), granted: true },
        Record::Accept { address: "127.0.0.1:5".into() },
        lookup(&"x".repeat(253), false, &[]),
    ];
    assert_eq!(records, expected);
}
