//! The network of a guest that has none, while its state is made at build time: sockets in memory, which can be made and bound, as
//! libraries do to see what the machine has. What would reach somebody is refused, and kept for whoever wants to tell of it.

use super::as_file::status;
use super::kept::{Kept, is_kept};
use super::options::{SOL_SOCKET, expect_settable, socket};
use super::socket::told_by_kind;
use super::{Family, filetype};
use crate::files::{
    Attempt, Interest, NetworkSocket, OpenFile, Readiness, Received, Receiving, Sending, Wait, of_socket,
};
use crate::wasi::Result;
use crate::wasi::types::{Errno, Fdflags, Fdstat, Filestat, Sdflags};
use policy::network::Kind;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use vfs::Vfs;

/// Most attempts that are kept: the first ones.
const MOST_ATTEMPTS: usize = 16;
/// The port of a socket that has asked for any.
const PORT: u16 = 49152;

/// What the network was wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkUse {
    /// Connecting to an address.
    Connect,
    /// Letting others connect to an address.
    Listen,
    /// Looking up a name, or the name of an address.
    LookUp,
    /// Sending datagrams to an address.
    Send,
}

impl fmt::Display for NetworkUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NetworkUse::Connect => "connect to",
            NetworkUse::Listen => "listen at",
            NetworkUse::LookUp => "look up",
            NetworkUse::Send => "send to",
        })
    }
}

/// What a guest that is unplugged has tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkAttempt {
    /// What.
    pub what: NetworkUse,
    /// The name, or the address with its port.
    pub to: String,
}

/// What a guest that is unplugged has tried, the first attempts of it. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct NetworkAttempts(Arc<Mutex<Vec<NetworkAttempt>>>);

impl NetworkAttempts {
    /// The attempts so far, in their order.
    pub fn list(&self) -> Vec<NetworkAttempt> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn add(&self, what: NetworkUse, to: impl Into<String>) {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() < MOST_ATTEMPTS {
            attempts.push(NetworkAttempt { what, to: to.into() });
        }
    }
}

/// A socket in memory.
pub(super) struct Dummy {
    attempts: NetworkAttempts,
    family: Family,
    kind: Kind,
    flags: Fdflags,
    bound: Option<SocketAddr>,
    kept: Kept,
    /// Options that were set, by level and name: of those that there are.
    options: BTreeMap<(u32, u32), String>,
}

impl Dummy {
    pub fn new(attempts: NetworkAttempts, family: Family, kind: Kind) -> Dummy {
        let options = BTreeMap::new();
        Dummy { attempts, family, kind, flags: Fdflags::empty(), bound: None, kept: Kept::default(), options }
    }

    /// Notes what is refused.
    fn refuse<T>(&self, what: NetworkUse, to: SocketAddr) -> Result<T> {
        self.attempts.add(what, to.to_string());
        Err(Errno::Netunreach.into())
    }
}

impl NetworkSocket for Dummy {
    fn connect(&mut self, to: SocketAddr) -> Result<Attempt<()>> {
        self.family.expect(to)?;
        self.refuse(NetworkUse::Connect, to)
    }

    fn disconnect(&mut self) -> Result<()> {
        if self.kind == Kind::Stream { Err(Errno::Inval.into()) } else { Ok(()) }
    }

    fn bind(&mut self, at: SocketAddr) -> Result<()> {
        self.family.expect(at)?;
        if self.bound.is_some() {
            return Err(Errno::Inval.into());
        }
        if !at.ip().is_loopback() && !at.ip().is_unspecified() {
            return Err(Errno::Addrnotavail.into());
        }
        self.bound = Some(SocketAddr::new(at.ip(), if at.port() == 0 { PORT } else { at.port() }));
        Ok(())
    }

    fn listen(&mut self, _: i32) -> Result<()> {
        self.refuse(NetworkUse::Listen, self.name()?)
    }

    fn accept(&mut self, _: Fdflags) -> Result<Attempt<Box<dyn OpenFile>>> {
        Err(Errno::Inval.into())
    }

    fn name(&self) -> Result<SocketAddr> {
        Ok(self.bound.unwrap_or(self.family.unspecified()))
    }

    fn peer_name(&self) -> Result<SocketAddr> {
        Err(Errno::Notconn.into())
    }

    fn accepted_from(&self) -> Result<SocketAddr> {
        Err(Errno::Notconn.into())
    }

    fn option(&self, level: u32, name: u32) -> Result<String> {
        if is_kept(self.kind, level, name) {
            return Ok(self.kept.get(name));
        }
        Ok(match (level, name) {
            (SOL_SOCKET, socket::TYPE | socket::PROTOCOL | socket::DOMAIN) => {
                told_by_kind(self.family, self.kind, name).to_string()
            }
            (SOL_SOCKET, socket::ERROR | socket::ACCEPTCONN) => "0".to_string(),
            _ => {
                expect_settable(self.family, level, name).map_err(|_| Errno::Noprotoopt)?;
                self.options.get(&(level, name)).cloned().unwrap_or_else(|| "0".to_string())
            }
        })
    }

    fn set_option(&mut self, level: u32, name: u32, values: &[&str]) -> Result<()> {
        if is_kept(self.kind, level, name) {
            return self.kept.set(name, values).map(drop);
        }
        expect_settable(self.family, level, name)?;
        let [value] = values else { return Err(Errno::Inval.into()) };
        let value: i32 = value.parse().map_err(|_| Errno::Inval)?;
        self.options.insert((level, name), value.to_string());
        Ok(())
    }

    fn receive(&mut self, _: &mut [u8], how: Receiving) -> Result<Attempt<Received>> {
        match self.kind {
            Kind::Stream => Err(Errno::Notconn.into()),
            Kind::Datagram if how.at_once || self.flags.contains(Fdflags::NONBLOCK) => Err(Errno::Again.into()),
            // Nothing would ever come.
            Kind::Datagram => Err(Errno::Netdown.into()),
        }
    }

    fn message(&mut self, _: Sending, to: Option<SocketAddr>) -> Result<Box<dyn OpenFile>> {
        match (self.kind, to) {
            (Kind::Stream, _) => Err(Errno::Notconn.into()),
            (Kind::Datagram, None) => Err(Errno::Destaddrreq.into()),
            (Kind::Datagram, Some(to)) => {
                self.family.expect(to)?;
                self.refuse(NetworkUse::Send, to)
            }
        }
    }
}

impl OpenFile for Dummy {
    fn identity(&self) -> String {
        format!("socket of a guest that is unplugged, {:?}", self.flags)
    }

    fn status(&self) -> Fdstat {
        status(self.kind, self.flags)
    }

    fn stat(&self, _: &Vfs) -> Result<Filestat> {
        Ok(of_socket(0, filetype(self.kind)))
    }

    fn set_flags(&mut self, flags: Fdflags) -> Result<()> {
        self.flags = flags & Fdflags::NONBLOCK;
        Ok(())
    }

    fn read(&mut self, _: &mut Vfs, buffer: &mut [u8]) -> Result<Attempt> {
        self.receive(buffer, Receiving::default()).map(Attempt::bytes)
    }

    fn write(&mut self, _: &mut Vfs, _: &[u8]) -> Result<Attempt> {
        Err(if self.kind == Kind::Stream { Errno::Pipe } else { Errno::Destaddrreq }.into())
    }

    fn expect_socket(&self) -> Result<()> {
        Ok(())
    }

    fn network_socket(&mut self) -> Result<&mut dyn NetworkSocket> {
        Ok(self)
    }

    fn keeps_messages(&self) -> bool {
        self.kind == Kind::Datagram
    }

    fn peek(&mut self, buffer: &mut [u8]) -> Result<Attempt> {
        self.receive(buffer, Receiving::default()).map(Attempt::bytes)
    }

    fn shut_down(&mut self, _: Sdflags) -> Result<()> {
        Err(Errno::Notconn.into())
    }

    /// As Linux has it: who is not connected has hung up, and a datagram can be sent at any time.
    fn readiness(&self, _: &Vfs, interest: Interest) -> Result<Readiness> {
        Ok(match (self.kind, interest) {
            (Kind::Stream, _) => Readiness::Ready { bytes: 0, hung_up: true },
            (Kind::Datagram, Interest::Write) => Readiness::Ready { bytes: 0, hung_up: false },
            (Kind::Datagram, Interest::Read) => Readiness::Waiting(Wait::Guest),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Network, Question};

    fn errno<T>(result: Result<T>) -> Errno {
        match result {
            Ok(_) => panic!("expected an errno"),
            Err(error) => error.downcast().expect("an errno"),
        }
    }

    #[test]
    fn a_guest_that_is_unplugged_can_see_what_the_machine_has_and_reach_nobody() {
        let attempts = NetworkAttempts::default();
        let network = Network::Unplugged(attempts.clone());
        let mut file = network.socket(Family::Inet6, Kind::Stream).expect("made");
        let stream = file.network_socket().expect("a socket");
        let at = |text: &str| text.parse::<SocketAddr>().expect(text);
        assert_eq!(stream.name().expect("told"), at("[::]:0"));
        stream.bind(at("[::1]:0")).expect("bound");
        assert_eq!(stream.name().expect("told"), at("[::1]:49152"));
        assert_eq!(errno(stream.bind(at("[::1]:1"))), Errno::Inval);
        stream.set_option(1, 2, &["1"]).expect("set");
        assert_eq!(
            ["3", "2", "7"].map(|name| stream.option(1, name.parse().expect("one")).expect("told")),
            ["1", "1", "0"]
        );
        // SO_REUSEPORT, IPV6_JOIN_GROUP: as with a network.
        for (level, name) in [(1, 15), (41, 20)] {
            assert_eq!(errno(stream.set_option(level, name, &["1"])), Errno::Noprotoopt);
            assert_eq!(errno(stream.option(level, name)), Errno::Noprotoopt);
        }
        assert_eq!(errno(stream.set_option(1, 9, &["x"])), Errno::Inval);
        assert!(attempts.list().is_empty());

        assert_eq!(errno(stream.connect(at("[2001:db8::1]:443"))), Errno::Netunreach);
        assert_eq!(errno(stream.connect(at("1.2.3.4:443"))), Errno::Afnosupport);
        assert_eq!(errno(stream.listen(5)), Errno::Netunreach);
        let mut file = network.socket(Family::Inet, Kind::Datagram).expect("made");
        let datagrams = file.network_socket().expect("a socket");
        assert_eq!(errno(datagrams.bind(at("8.8.8.8:1"))), Errno::Addrnotavail);
        assert_eq!(errno(datagrams.message(Sending::default(), Some(at("1.2.3.4:53")))), Errno::Netunreach);
        let question = Question::Addresses("example.com".to_string(), names::Family::Any);
        assert!(matches!(network.ask(question), crate::network::Lookup::Told(text) if text == "again"));
        let told: Vec<String> = attempts.list().iter().map(|one| format!("{} {}", one.what, one.to)).collect();
        assert_eq!(
            told,
            ["connect to [2001:db8::1]:443", "listen at [::1]:49152", "send to 1.2.3.4:53", "look up example.com"]
        );
    }

    #[test]
    fn only_the_first_attempts_are_kept() {
        let attempts = NetworkAttempts::default();
        for port in 0..1000 {
            attempts.add(NetworkUse::Connect, port.to_string());
        }
        assert_eq!(attempts.list().len(), MOST_ATTEMPTS);
        assert_eq!(attempts.list()[0].to, "0");
    }
}
