//! From an audit to the least entries of `connect` and `listen`.

use super::class::{canonical, special};
use super::entry::bracketed;
use super::host::{LOCALHOST, name as host_name};
use super::inherited::WORD;
use crate::audit::Record;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

/// What runs have asked of the network.
#[derive(Default)]
pub(crate) struct Asked {
    /// Names, and the ports that were connected to where they have led.
    names: BTreeMap<String, BTreeSet<u16>>,
    /// Addresses that no name grants, with the port.
    sockets: BTreeSet<SocketAddr>,
    /// Addresses that no name grants, at whatever port.
    addresses: BTreeSet<IpAddr>,
    /// What sockets were bound to, and where they listened.
    bound: BTreeSet<SocketAddr>,
    listened: BTreeSet<SocketAddr>,
    /// Sockets that were inherited.
    inherited: BTreeSet<u16>,
}

impl Asked {
    /// Notes what a record tells of the network. What is no name and no address in it could not be granted.
    pub fn note(&mut self, record: Record) {
        match record {
            Record::Lookup { name, refused, .. } => {
                if let Ok(address) = name.parse::<IpAddr>() {
                    self.note_address(address);
                } else if let Ok(name) = host_name(&name) {
                    self.names.entry(name).or_default();
                }
                refused
                    .iter()
                    .filter_map(|address| address.parse().ok())
                    .for_each(|address| self.note_address(address));
            }
            Record::Connect { address, names, .. } => {
                let Ok(socket) = address.parse::<SocketAddr>() else { return };
                let names: Vec<String> = names.iter().filter_map(|name| host_name(name).ok()).collect();
                let is_named = match special(canonical(socket.ip())) {
                    None => !names.is_empty(),
                    Some(_) => socket.ip().is_loopback() && names.iter().any(|name| name == LOCALHOST),
                };
                for name in names {
                    self.names.entry(name).or_default().insert(socket.port());
                }
                match is_named {
                    true => {}
                    false if socket.port() == 0 => self.note_address(socket.ip()),
                    false => {
                        self.sockets.insert(socket);
                    }
                }
            }
            Record::Bind { address, .. } => self.bound.extend(address.parse::<SocketAddr>().ok()),
            Record::Listen { address, .. } => match address.strip_prefix(WORD) {
                Some(number) => self.inherited.extend(number.parse::<u16>().ok()),
                None => self.listened.extend(address.parse::<SocketAddr>().ok()),
            },
            Record::Accept { .. } | Record::Run { .. } | Record::Access { .. } | Record::Full => {}
        }
    }

    /// The machine's own may be asked for by whoever has any network.
    fn note_address(&mut self, address: IpAddr) {
        if !address.is_loopback() && !address.is_unspecified() {
            self.addresses.insert(address);
        }
    }

    /// The entries of `connect`: names first.
    pub fn connect(&self) -> Vec<String> {
        let names = self.names.iter().flat_map(|(name, ports)| {
            // Port 0 is none that an entry can name.
            let is_bare = ports.first().is_none_or(|port| *port == 0);
            let ports = ports.iter().filter(move |_| !is_bare).map(move |port| format!("{name}:{port}"));
            is_bare.then(|| name.clone()).into_iter().chain(ports)
        });
        let sockets = self.sockets.iter().filter(|socket| !self.addresses.contains(&socket.ip()));
        let addresses = self.addresses.iter().copied().map(bracketed);
        names.chain(addresses).chain(sockets.map(SocketAddr::to_string)).collect()
    }

    /// The entries of `listen`. A port that the system has chosen is 0.
    pub fn listen(&self) -> Vec<String> {
        let chosen = |socket: &SocketAddr| match self.bound.contains(socket) {
            true => *socket,
            false => SocketAddr::new(socket.ip(), 0),
        };
        let mut entries: BTreeSet<SocketAddr> = self.listened.iter().map(chosen).collect();
        // Whoever may connect may have a port that the system chooses.
        let is_free = |socket: &&SocketAddr| socket.port() == 0 && !self.connect().is_empty();
        entries.extend(self.bound.iter().filter(|socket| !is_free(socket)));
        let inherited = self.inherited.iter().map(|number| format!("{WORD}{number}"));
        entries.iter().map(SocketAddr::to_string).chain(inherited).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(records: &[Record]) -> (Vec<String>, Vec<String>) {
        let mut asked = Asked::default();
        records.iter().cloned().for_each(|record| asked.note(record));
        (asked.connect(), asked.listen())
    }

    fn lookup(name: &str, refused: &[&str]) -> Record {
        let refused = refused.iter().map(|address| (*address).to_string()).collect();
        Record::Lookup { name: name.into(), granted: false, refused }
    }

    fn connect(address: &str, names: &[&str]) -> Record {
        let names = names.iter().map(|name| (*name).to_string()).collect();
        Record::Connect { address: address.into(), names, granted: false }
    }

    fn bind(address: &str) -> Record {
        Record::Bind { address: address.into(), granted: false }
    }

    fn listen(address: &str) -> Record {
        Record::Listen { address: address.into(), granted: false }
    }

    #[test]
    fn a_name_is_granted_at_the_ports_that_it_was_used_at() {
        let (found, _) = asked(&[
            lookup("www.example.com", &[]),
            connect("1.1.1.1:443", &["www.example.com"]),
            connect("1.1.1.1:80", &["WWW.example.com."]),
            connect("1.1.1.1:443", &["www.example.com"]),
            lookup("api.example.com", &[]),
            connect("9.9.9.9:53", &[]),
            connect("[2606:4700::1111]:853", &[]),
            connect("8.8.8.8:53", &[]),
            connect("8.8.4.4:0", &[]),
            connect("1.1.1.1:0", &["any.example.com"]),
            connect("1.1.1.1:443", &["any.example.com"]),
        ]);
        let expected = [
            "any.example.com",
            "api.example.com",
            "www.example.com:80",
            "www.example.com:443",
            "8.8.4.4",
            "8.8.8.8:53",
            "9.9.9.9:53",
            "[2606:4700::1111]:853",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn where_a_name_alone_does_not_lead_the_address_is_granted_too() {
        let (found, _) = asked(&[
            lookup("db.corp", &["10.0.0.5", "fd00::5"]),
            lookup("cache.corp", &[]),
            connect("10.0.0.6:6379", &["cache.corp"]),
            connect("10.0.0.5:5432", &[]),
            lookup("localhost", &[]),
            connect("127.0.0.1:8080", &["localhost"]),
            connect("127.0.0.1:81", &[]),
            lookup("10.0.0.7", &[]),
            lookup("::1", &[]),
            lookup("127.1", &[]),
        ]);
        let expected = [
            "cache.corp:6379",
            "db.corp",
            "localhost:8080",
            "10.0.0.5",
            "10.0.0.7",
            "[fd00::5]",
            "10.0.0.6:6379",
            "127.0.0.1:81",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_port_that_the_system_chooses_is_none_of_its_own() {
        for (records, expected) in [
            (vec![bind("127.0.0.1:8080"), listen("127.0.0.1:8080")], vec!["127.0.0.1:8080"]),
            (vec![bind("127.0.0.1:0"), listen("127.0.0.1:43567")], vec!["127.0.0.1:0"]),
            (vec![listen("0.0.0.0:0")], vec!["0.0.0.0:0"]),
            (vec![bind("[::1]:0")], vec!["[::1]:0"]),
            (vec![bind("[::1]:0"), connect("1.1.1.1:53", &[])], vec![]),
            (vec![bind("0.0.0.0:53"), bind("127.0.0.1:53")], vec!["0.0.0.0:53", "127.0.0.1:53"]),
            (vec![listen("fd:4"), listen("fd:3"), bind("[::1]:80")], vec!["[::1]:80", "fd:3", "fd:4"]),
        ] {
            assert_eq!(asked(&records).1, expected, "{records:?}");
        }
    }

    /// What is said to be the least is enough, and can be written down.
    #[test]
    fn entries_are_such_as_a_project_may_have() {
        let (connect, listen) = asked(&[
            lookup("db.corp", &["fd00::5", "10.0.0.5"]),
            connect("[::ffff:1.2.3.4]:80", &[]),
            connect("garbage", &["a b"]),
            connect("1.1.1.1:443", &["a b"]),
            bind("[::]:80"),
            listen("0.0.0.0:0"),
        ]);
        connect.iter().for_each(|entry| super::super::check_connect(entry).expect(entry));
        listen.iter().for_each(|entry| super::super::check_listen(entry).expect(entry));
        assert_eq!(connect.len(), 5, "{connect:?}");
    }
}
