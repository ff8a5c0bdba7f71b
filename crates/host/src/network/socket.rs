//! Sockets of the machine. The system's descriptor never waits; whether the guest wants to is known here only.

use super::address::reached;
use super::kept::{Kept, is_kept};
use super::message::Message;
use super::options::{self, SOL_SOCKET};
use super::peers::Peers;
use super::{AF_INET, AF_INET6, Family, IPPROTO_TCP, IPPROTO_UDP, Machine, SOCK_DGRAM, SOCK_STREAM};
use crate::files::{Attempt, Interest, NetworkSocket, OpenFile, Received, Receiving, Sending, Wait, ready};
use crate::wasi::types::{Errno, Fdflags};
use crate::wasi::{OrErrno, Result};
use policy::network::Kind;
use rustix::io::Errno as System;
use rustix::net::{
    AddressFamily, RecvFlags, Shutdown, SocketAddrAny, SocketFlags, SocketType, acceptfrom_with, connect_unspec,
    getpeername, getsockname, recv, recvfrom, shutdown, socket_with, sockopt,
};
use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How many datagrams are dropped in one attempt; then others have their turn.
const MOST_DROPPED: usize = 64;

/// How the host's descriptors are made.
const FLAGS: SocketFlags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);

/// See the module's documentation.
pub(super) struct Socket {
    pub(super) file: Arc<File>,
    pub(super) machine: Arc<Machine>,
    family: Family,
    pub(super) kind: Kind,
    /// Its inode number.
    pub(super) number: u64,
    /// Of which `Fdflags::NONBLOCK` counts.
    pub(super) flags: Fdflags,
    /// Who has connected, if it was accepted.
    accepted: Option<SocketAddr>,
    /// Whom the policy has let it connect to: a call that waits asks again.
    granted: Option<SocketAddr>,
    /// Where it listened before the guest had it: there it may, wherever that is.
    listened: Option<SocketAddr>,
    /// The port that it has asked for: 0 is whichever the system chooses.
    asked: u16,
    pub(super) peers: Peers,
    pub(super) kept: Kept,
}

impl Socket {
    /// A new one.
    ///
    /// # Errors
    /// What `socket` says.
    pub fn new(machine: &Arc<Machine>, family: Family, kind: Kind) -> Result<Socket> {
        let domain = match family {
            Family::Inet => AddressFamily::INET,
            Family::Inet6 => AddressFamily::INET6,
        };
        let of_kind = match kind {
            Kind::Stream => SocketType::STREAM,
            Kind::Datagram => SocketType::DGRAM,
        };
        let file = socket_with(domain, of_kind, FLAGS, None).or_errno()?;
        Ok(Socket::of(machine, File::from(file), family, kind))
    }

    /// One that was made by somebody else, who has bound it, and lets it listen. To whoever can reach it it is open.
    pub fn inherited(machine: &Arc<Machine>, file: File, family: Family, kind: Kind) -> Socket {
        let mut socket = Socket::of(machine, file, family, kind);
        socket.listened = socket.name().ok().filter(|_| kind == Kind::Stream);
        socket.peers.open = kind == Kind::Datagram;
        socket
    }

    fn of(machine: &Arc<Machine>, file: File, family: Family, kind: Kind) -> Socket {
        Socket {
            file: Arc::new(file),
            machine: machine.clone(),
            family,
            kind,
            number: machine.next_number(),
            flags: Fdflags::empty(),
            accepted: None,
            granted: None,
            listened: None,
            asked: 0,
            peers: Peers::default(),
            kept: Kept::default(),
        }
    }

    pub(super) fn waits(&self) -> bool {
        !self.flags.contains(Fdflags::NONBLOCK)
    }

    fn would_wait<T>(&self, interest: Interest, at_once: bool) -> Result<Attempt<T>> {
        if at_once || !self.waits() {
            return Err(Errno::Again.into());
        }
        Ok(Attempt::WouldWait(Wait::on(&self.file, interest)))
    }

    /// Fails unless it may listen at an address. Where it listened already it need not ask: servers say it once more, and how many may
    /// wait.
    fn expect_listening(&self, at: SocketAddr) -> Result<()> {
        let may = self.listened == Some(at) || self.machine.policy().may_listen(at, self.asked);
        if may { Ok(()) } else { Err(Errno::Acces.into()) }
    }

    /// Whether a datagram of that sender is the guest's to see.
    fn takes_from(&self, from: SocketAddr) -> bool {
        self.peers.open || self.machine.policy().may_receive_from(from)
    }

    /// Drops the datagrams at the front that the guest is not to see. Errors stay where they are.
    pub(super) fn drop_unwanted(&self) -> Result<()> {
        for _ in 0..MOST_DROPPED {
            let state = ready(&[(self.file.clone(), Interest::Read)])?[0];
            if !state.is_ready || state.hung_up {
                break;
            }
            let peeked = recvfrom(&self.file, &mut [0; 1], RecvFlags::PEEK | RecvFlags::DONTWAIT);
            match peeked.map(|(_, _, from)| address(from)) {
                Ok(Some(from)) if !self.takes_from(from) => self.drop_one(),
                _ => break,
            }
        }
        Ok(())
    }

    fn drop_one(&self) {
        // Whatever comes of it: it is looked at again.
        let _ = recv(&self.file, &mut [0; 1], RecvFlags::DONTWAIT);
    }
}

/// An address of the system's that the guest can be told.
fn address(any: Option<SocketAddrAny>) -> Option<SocketAddr> {
    any.and_then(|any| SocketAddr::try_from(any).ok())
}

impl NetworkSocket for Socket {
    fn connect(&mut self, to: SocketAddr) -> Result<Attempt<()>> {
        self.family.expect(to)?;
        if self.peers.has_heard(to) {
            self.machine.policy().answers(to);
        } else if self.granted != Some(to) {
            if !self.machine.policy().may_connect(to) {
                return Err(Errno::Acces.into());
            }
            self.granted = Some(to);
        }
        loop {
            return match rustix::net::connect(&self.file, &reached(to)) {
                Err(System::INTR) => continue,
                // Once it is connected Linux says so to the next call, and then EISCONN.
                Err(System::INPROGRESS | System::ALREADY) if self.waits() => self.would_wait(Interest::Write, false),
                connected => self.machine.heard(connected).map(Attempt::Done),
            };
        }
    }

    fn disconnect(&mut self) -> Result<()> {
        if self.kind == Kind::Stream {
            return Err(Errno::Inval.into());
        }
        connect_unspec(&self.file).or_errno()?;
        self.granted = None;
        // A port that the system had chosen is given back.
        self.peers.open &= self.name()?.port() != 0;
        Ok(())
    }

    fn bind(&mut self, at: SocketAddr) -> Result<()> {
        self.family.expect(at)?;
        if !self.machine.policy().may_bind(at, self.kind) {
            return Err(Errno::Acces.into());
        }
        self.machine.heard(rustix::net::bind(&self.file, &at))?;
        self.asked = at.port();
        if self.kind == Kind::Datagram {
            let name = self.name()?;
            self.peers.open = self.machine.policy().is_listen_granted(name);
        }
        Ok(())
    }

    fn listen(&mut self, backlog: i32) -> Result<()> {
        if self.kind == Kind::Datagram {
            return Err(Errno::Notsup.into());
        }
        let at = self.name()?;
        self.expect_listening(at)?;
        self.machine.heard(rustix::net::listen(&self.file, backlog))?;
        // A port that the system had chosen, and that was given up since, is still told: now there may be another.
        let now = self.name()?;
        if now != at
            && let Err(error) = self.expect_listening(now)
        {
            shutdown(&self.file, Shutdown::Both).or_errno()?;
            return Err(error);
        }
        Ok(())
    }

    fn accept(&mut self, flags: Fdflags) -> Result<Attempt<Box<dyn OpenFile>>> {
        if self.kind == Kind::Datagram {
            return Err(Errno::Notsup.into());
        }
        let (file, from) = loop {
            match acceptfrom_with(&self.file, FLAGS) {
                Err(System::INTR) => {}
                Err(System::AGAIN) => return self.would_wait(Interest::Read, false),
                accepted => break accepted.or_errno()?,
            }
        };
        let accepted = address(from);
        if let Some(from) = accepted {
            self.machine.policy().accepted(from);
        }
        Ok(Attempt::Done(Box::new(Socket {
            flags: flags & Fdflags::NONBLOCK,
            accepted,
            kept: self.kept,
            ..Socket::of(&self.machine, File::from(file), self.family, self.kind)
        })))
    }

    fn name(&self) -> Result<SocketAddr> {
        let name = getsockname(&self.file).or_errno()?;
        Ok(address(Some(name)).unwrap_or(self.family.unspecified()))
    }

    fn peer_name(&self) -> Result<SocketAddr> {
        address(getpeername(&self.file).or_errno()?).ok_or_else(|| Errno::Notconn.into())
    }

    fn accepted_from(&self) -> Result<SocketAddr> {
        self.accepted.ok_or_else(|| Errno::Notconn.into())
    }

    fn option(&self, level: u32, name: u32) -> Result<String> {
        use options::socket::{DOMAIN, PROTOCOL, TYPE};
        if is_kept(self.kind, level, name) {
            return Ok(self.kept.get(name));
        }
        let value = match (level, name) {
            (SOL_SOCKET, TYPE | PROTOCOL | DOMAIN) => told_by_kind(self.family, self.kind, name),
            _ => options::get(&self.file, self.family, level, name)?,
        };
        Ok(value.to_string())
    }

    fn set_option(&mut self, level: u32, name: u32, values: &[&str]) -> Result<()> {
        if is_kept(self.kind, level, name) {
            if self.kept.set(name, values)? {
                // Closing then ends the connection at once; a time to wait would be the host's to wait.
                let linger = (self.kept.linger == (true, 0)).then_some(Duration::ZERO);
                sockopt::set_socket_linger(&self.file, linger).or_errno()?;
            }
            return Ok(());
        }
        options::set(&self.file, self.family, level, name, values)
    }

    fn receive(&mut self, buffer: &mut [u8], how: Receiving) -> Result<Attempt<Received>> {
        let mut flags = RecvFlags::DONTWAIT;
        flags.set(RecvFlags::PEEK, how.peek);
        flags.set(RecvFlags::OOB, how.urgent);
        // Of a stream it would throw away what comes.
        flags.set(RecvFlags::TRUNC, self.kind == Kind::Datagram);
        // As Linux has it, urgent data of a stream are there or not.
        let at_once = how.at_once || (how.urgent && self.kind == Kind::Stream);
        for _ in 0..MOST_DROPPED {
            let (bytes, whole, from) = match recvfrom(&self.file, &mut *buffer, flags) {
                Err(System::INTR) => continue,
                Err(System::AGAIN) => return self.would_wait(Interest::Read, at_once),
                received => received.or_errno()?,
            };
            if self.kind == Kind::Stream {
                return Ok(Attempt::Done(Received { bytes, whole, from: None }));
            }
            match address(from) {
                Some(from) if self.takes_from(from) => {
                    self.peers.hear(from);
                    return Ok(Attempt::Done(Received { bytes, whole, from: Some(from) }));
                }
                // The end, once it was shut down.
                None if whole == 0 => return Ok(Attempt::Done(Received { bytes, whole, from: None })),
                _ if how.peek => self.drop_one(),
                _ => {}
            }
            buffer.fill(0);
        }
        self.would_wait(Interest::Read, at_once)
    }

    fn message(&mut self, how: Sending, to: Option<SocketAddr>) -> Result<Box<dyn OpenFile>> {
        // To a stream's peer, as Linux has it.
        let to = to.filter(|_| self.kind == Kind::Datagram);
        if let Some(to) = to {
            self.family.expect(to)?;
            if self.peers.has_heard(to) {
                self.machine.policy().answers(to);
            } else if !self.machine.policy().may_send(to) {
                return Err(Errno::Acces.into());
            }
        }
        Ok(Box::new(Message {
            file: self.file.clone(),
            machine: self.machine.clone(),
            kind: self.kind,
            how: Sending { at_once: how.at_once || !self.waits(), ..how },
            to: to.map(reached),
            patience: self.kept.writing,
            is_sent: false,
        }))
    }
}

/// What an option says that no socket can change.
pub(super) fn told_by_kind(family: Family, kind: Kind, option: u32) -> i64 {
    use options::socket::{PROTOCOL, TYPE};
    match (option, kind) {
        (TYPE, Kind::Stream) => SOCK_STREAM,
        (TYPE, Kind::Datagram) => SOCK_DGRAM,
        (PROTOCOL, Kind::Stream) => IPPROTO_TCP,
        (PROTOCOL, Kind::Datagram) => IPPROTO_UDP,
        _ if family == Family::Inet => AF_INET,
        _ => AF_INET6,
    }
}
