//! All entries of a key, as one run has them.

use super::class::{embedded, loopback_of};
use super::entry::{Entry, Key, Ports, number};
use super::host::Host;
use std::net::IpAddr;
use std::ops::RangeInclusive;

/// What a key grants.
#[derive(Default)]
pub(super) struct Rules(Vec<Rule>);

struct Rule {
    host: Host,
    ports: RangeInclusive<u16>,
}

impl Rules {
    /// The rules of a key's entries. One whose port is a variable that is not set, or no number, grants nothing; and so does one
    /// that cannot be read, which no build lets pass.
    pub fn of(entries: &[String], key: Key, variable: &dyn Fn(&str) -> Option<String>) -> Rules {
        let rule = |entry: &String| {
            let Entry { host, ports } = Entry::parse(entry, key).ok()?;
            let ports = match ports {
                Ports::Range(ports) => ports,
                Ports::Variable(name) => {
                    let port = number(&variable(&name)?)?;
                    port..=port
                }
            };
            Some(Rule { host, ports })
        };
        Rules(entries.iter().filter_map(rule).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether everything is granted.
    pub fn has_all(&self) -> bool {
        self.0.iter().any(|rule| rule.host == Host::All)
    }

    /// Whether a name is granted, at whatever port.
    pub fn has_name(&self, name: &str) -> bool {
        self.0.iter().any(|rule| rule.host.has_name(name))
    }

    /// Whether a name is granted at a port.
    pub fn covers_name(&self, name: &str, port: u16) -> bool {
        self.0.iter().any(|rule| rule.host.has_name(name) && rule.ports.contains(&port))
    }

    /// Whether an address itself is granted at a port.
    pub fn covers(&self, address: IpAddr, port: u16) -> bool {
        self.0.iter().any(|rule| rule.host.has(address) && rule.ports.contains(&port))
    }

    /// Whether a socket that is inherited is granted by its number.
    pub fn covers_inherited(&self, number: u16) -> bool {
        let is_such = |host: &Host| matches!(host, Host::All | Host::Inherited);
        self.0.iter().any(|rule| is_such(&rule.host) && rule.ports.contains(&number))
    }

    /// Whether something may go to an address at a port: to whatever it leads to must be granted.
    pub fn reaches(&self, address: IpAddr, port: u16) -> bool {
        self.has_all() || leads_to_granted(address, |address| self.covers(address, port))
    }

    /// As [`Rules::reaches`], at whatever port.
    pub fn has_at_any_port(&self, address: IpAddr) -> bool {
        self.has_all() || leads_to_granted(address, |address| self.0.iter().any(|rule| rule.host.has(address)))
    }
}

/// Whether an address is granted, and each address that it leads to by itself. One that is unspecified is the machine itself.
fn leads_to_granted(address: IpAddr, is_granted: impl Fn(IpAddr) -> bool) -> bool {
    match loopback_of(address) {
        Some(loopback) => is_granted(address) || is_granted(loopback),
        None => is_granted(address) && embedded(address).into_iter().all(|inner| is_granted(inner.into())),
    }
}
