//! Addresses of names and names of addresses. pyapp's executable is static, so it has no glibc to ask: this crate reads
//! `/etc/hosts` and `/etc/resolv.conf`, and asks the name servers.
//!
//! | file | holds |
//! |---|---|
//! | `name.rs` | which names may be asked for |
//! | `hosts.rs` | `/etc/hosts` |
//! | `settings.rs` | `/etc/resolv.conf` |
//! | `message.rs` | questions and answers |
//! | `exchange.rs` | one question to one server |
//! | `ask.rs` | one name to all servers |
//! | `order.rs` | which address comes first |
//! | `testing.rs` | a name server for tests |
//!
//! # What differs from glibc
//! - `/etc/nsswitch.conf` is not read: it is always the file first, then the servers. Modules of NSS are not used, so there are no
//!   names from LDAP, NIS, mDNS (`.local`), `myhostname` or containers of systemd. systemd-resolved is asked as a name server,
//!   where `/etc/resolv.conf` names it, and never by its socket.
//! - `localhost`, and all names below it, are addresses of loopback, whatever the file or a server says.
//! - Of the options in `/etc/resolv.conf` these count: `ndots`, `timeout`, `attempts`, `use-vc`, `no-tld-query` and `no-aaaa`. The
//!   others do not: `rotate`, `edns0` and `sortlist` among them. Neither do the variables `RES_OPTIONS`, `LOCALDOMAIN` and
//!   `HOSTALIASES`, nor the domain of the machine's own name.
//! - Names are those of machines: see [`Failure::NoName`].
//!
//! # Dependencies
//! The crate `domain` reads and writes messages, without its features for networks: it checks each length and each pointer of
//! what servers send. It brings `octseq`, `hashbrown`, and `jiff` for times, which are not used here. `resolv-conf` reads the
//! settings, and brings nothing.
//!
//! # Example
//!
//! ```no_run
//! let resolver = names::Resolver::of_machine();
//! let found = resolver.look_up("example.com", names::Family::Any)?;
//! println!("{} {:?}", found.canonical, found.addresses);
//! # Ok::<(), names::Failure>(())
//! ```

#![forbid(unsafe_code)]

mod ask;
mod exchange;
mod hosts;
mod message;
mod name;
mod order;
mod settings;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

use message::{Kind, Miss, Told};
use settings::Settings;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The most addresses that a lookup finds; more are cut.
pub const MOST_ADDRESSES: usize = 64;
/// The longest that a lookup takes, whatever the machine's settings say.
pub const LONGEST_LOOKUP: Duration = Duration::from_secs(30);

/// Which addresses are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Both.
    Any,
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    fn has(self, address: &IpAddr) -> bool {
        match self {
            Family::Any => true,
            Family::V4 => address.is_ipv4(),
            Family::V6 => address.is_ipv6(),
        }
    }
}

/// What a name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The name without its aliases, with letters, digits, `-`, `_` and dots only.
    pub canonical: String,
    /// At least one, at most [`MOST_ADDRESSES`], none twice. IPv6 before IPv4, if the machine has a route there.
    pub addresses: Vec<IpAddr>,
}

/// Why a lookup has found nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is no such name. It may be none at all: one is at most 253 bytes long, and has labels of at most 63 letters, digits,
    /// `-` and `_`; if all labels are numbers, it is none.
    NoName,
    /// There is the name, and it has no address of this family.
    NoData,
    /// No server has answered in time, or none could find out: later it may go.
    Again,
    /// The servers refuse, or what they say cannot be read.
    Fail,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Failure::NoName => "there is no such name",
            Failure::NoData => "the name has no such address",
            Failure::Again => "no name server could tell for now; try again",
            Failure::Fail => "the name servers refuse to tell",
        })
    }
}

impl std::error::Error for Failure {}

/// Looks names up. It keeps nothing: the files are read for each lookup, as they may change.
#[derive(Clone, Debug)]
pub struct Resolver {
    hosts: PathBuf,
    resolv_conf: PathBuf,
    /// In place of those that the file names.
    servers: Option<Vec<SocketAddr>>,
}

impl Resolver {
    /// One that asks as the machine's own files say.
    pub fn of_machine() -> Resolver {
        Resolver::with(PathBuf::from("/etc/hosts"), PathBuf::from("/etc/resolv.conf"))
    }

    /// One with other files. A file that is not there is an empty one.
    pub fn with(hosts: PathBuf, resolv_conf: PathBuf) -> Resolver {
        Resolver { hosts, resolv_conf, servers: None }
    }

    /// One with other files that asks these servers, in place of those that the file names: tests have servers at ports of
    /// their own.
    pub fn with_servers(hosts: PathBuf, resolv_conf: PathBuf, servers: Vec<SocketAddr>) -> Resolver {
        Resolver { hosts, resolv_conf, servers: Some(servers) }
    }

    /// The addresses of a name. A dot at its end means that it is not searched for in the machine's domains.
    ///
    /// # Errors
    /// [`Failure`]: none is found. This takes at most [`LONGEST_LOOKUP`].
    pub fn look_up(&self, name: &str, family: Family) -> Result<Found, Failure> {
        let (plain, is_whole) = name.strip_suffix('.').map_or((name, false), |plain| (plain, true));
        if !name::is_name(plain) {
            return Err(Failure::NoName);
        }
        if name::is_localhost(plain) {
            return Ok(self.localhost(plain, family));
        }
        if let Some(entry) = hosts::of_name(&self.hosts, plain, |address| family.has(address)) {
            return Ok(found(entry.canonical, entry.addresses));
        }
        let settings = self.settings();
        let until = Instant::now() + settings.whole();
        let kinds: &[Kind] = match family {
            Family::V4 => &[Kind::V4],
            Family::V6 if settings.asks_ipv6 => &[Kind::V6],
            Family::V6 => return Err(Failure::NoData),
            Family::Any if settings.asks_ipv6 => &[Kind::V4, Kind::V6],
            Family::Any => &[Kind::V4],
        };
        // What is told if no candidate leads anywhere.
        let mut failure = Miss::NoName;
        for candidate in settings.candidates(plain, is_whole) {
            match joined(&candidate, ask::ask(&settings, &candidate, kinds, until)) {
                Ok(found) => return Ok(found),
                // The next candidate would not be answered either.
                Err(Miss::Silent) => return Err(Failure::Again),
                Err(Miss::NoName) => {}
                Err(miss) if failure == Miss::NoName || miss == Miss::NoData => failure = miss,
                Err(_) => {}
            }
        }
        Err(failure.into())
    }

    /// The name of an address: in the file of hosts, or what the servers say. Whoever has an address can have any name written
    /// for it, so it proves nothing.
    ///
    /// # Errors
    /// [`Failure`]: none is found, or what is found is no name. This takes at most [`LONGEST_LOOKUP`].
    pub fn reverse(&self, address: IpAddr) -> Result<String, Failure> {
        let address = address.to_canonical();
        if let Some(name) = hosts::of_address(&self.hosts, address) {
            return Ok(name);
        }
        if address.is_loopback() {
            return Ok("localhost".to_string());
        }
        let settings = self.settings();
        let until = Instant::now() + settings.whole();
        let name = ask::pointer(address).ok_or(Failure::Fail)?;
        let told = ask::ask(&settings, &name, &[Kind::Pointer], until).into_iter().next();
        told.unwrap_or(Err(Miss::NoName))?.names.into_iter().next().ok_or(Failure::NoName)
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings::read(&self.resolv_conf);
        if let Some(servers) = &self.servers {
            settings.servers.clone_from(servers);
        }
        settings
    }

    /// What `localhost` is: the addresses that the file has, as far as they are of loopback, or the two that it is everywhere.
    fn localhost(&self, name: &str, family: Family) -> Found {
        let is_wanted = |address: &IpAddr| family.has(address);
        let entry = hosts::of_name(&self.hosts, name, |address| is_wanted(address) && address.is_loopback());
        let addresses = entry.map(|entry| entry.addresses).unwrap_or_else(|| {
            [IpAddr::from(Ipv6Addr::LOCALHOST), Ipv4Addr::LOCALHOST.into()].into_iter().filter(is_wanted).collect()
        });
        found(name.to_string(), addresses)
    }
}

/// One result of the answers about both families.
fn joined(name: &str, answers: Vec<Result<Told, Miss>>) -> Result<Found, Miss> {
    let (mut canonical, mut six, mut four) = (None, Vec::new(), Vec::new());
    let mut misses = Vec::new();
    for answer in answers {
        match answer {
            Ok(told) => {
                canonical = canonical.or(told.canonical);
                let (mut of_six, mut of_four) = told.addresses.into_iter().partition(IpAddr::is_ipv6);
                six.append(&mut of_six);
                four.append(&mut of_four);
            }
            Err(miss) => misses.push(miss),
        }
    }
    if six.is_empty() && four.is_empty() {
        // A name that is not there has nothing of any kind; one that has nothing of a kind may have something of the other.
        let order = [Miss::NoName, Miss::Silent, Miss::Unable, Miss::Refused];
        return Err(order.into_iter().find(|miss| misses.contains(miss)).unwrap_or(Miss::NoData));
    }
    // Neither family pushes the other out.
    four.truncate(MOST_ADDRESSES - six.len().min(MOST_ADDRESSES / 2));
    six.truncate(MOST_ADDRESSES - four.len());
    six.append(&mut four);
    Ok(found(canonical.unwrap_or_else(|| name.to_string()), six))
}

/// A result whose addresses are in order, and there once.
fn found(canonical: String, mut addresses: Vec<IpAddr>) -> Found {
    let mut seen = Vec::new();
    addresses.retain(|address| {
        let is_new = !seen.contains(address);
        seen.push(*address);
        is_new
    });
    order::sort(&mut addresses);
    Found { canonical, addresses }
}
