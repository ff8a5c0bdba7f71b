//! Sockets of the machine. The system's descriptor never waits; whether the guest wants to is known here only.

use super::kept::{Kept, is_kept};
use super::message::{Message, send_once};
use super::options::{self, SOL_SOCKET};
use super::peers::Peers;
use super::{AF_INET, AF_INET6, Family, IPPROTO_TCP, IPPROTO_UDP, Machine, SOCK_DGRAM, SOCK_STREAM, filetype};
use crate::files::{
    Attempt, Interest, NetworkSocket, OpenFile, Readiness, Received, Receiving, Sending, Wait, of_socket, ready,
};
use crate::wasi::types::{Errno, Fdflags, Fdstat, Filestat, Rights, Sdflags};
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
use vfs::Vfs;

/// How many datagrams are dropped in one attempt; then others have their turn.
const MOST_DROPPED: usize = 64;

/// How the host's descriptors are made.
const FLAGS: SocketFlags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);

/// See the module's documentation.
pub(super) struct Socket {
    file: Arc<File>,
    machine: Arc<Machine>,
    family: Family,
    kind: Kind,
    /// Its inode number.
    number: u64,
    /// Of which `Fdflags::NONBLOCK` counts.
    flags: Fdflags,
    /// Who has connected, if it was accepted.
    accepted: Option<SocketAddr>,
    /// Whom the policy has let it connect to: a call that waits asks again.
    granted: Option<SocketAddr>,
    /// Whether it listened before the guest had it: it goes on, wherever that is.
    listens: bool,
    peers: Peers,
    kept: Kept,
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
        socket.listens = kind == Kind::Stream;
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
            listens: false,
            peers: Peers::default(),
            kept: Kept::default(),
        }
    }

    fn waits(&self) -> bool {
        !self.flags.contains(Fdflags::NONBLOCK)
    }

    fn would_wait<T>(&self, interest: Interest, at_once: bool) -> Result<Attempt<T>> {
        if at_once || !self.waits() {
            return Err(Errno::Again.into());
        }
        Ok(Attempt::WouldWait(Wait::on(&self.file, interest)))
    }

    /// Whether a datagram of that sender is the guest's to see.
    fn takes_from(&self, from: SocketAddr) -> bool {
        self.peers.open || self.machine.policy().may_receive_from(from)
    }

    /// Drops the datagrams at the front that the guest is not to see. Errors stay where they are.
    fn drop_unwanted(&self) -> Result<()> {
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
        if self.granted != Some(to) && !self.peers.has_heard(to) {
            if !self.machine.policy().may_connect(to) {
                return Err(Errno::Acces.into());
            }
            self.granted = Some(to);
        }
        loop {
            return match rustix::net::connect(&self.file, &to) {
                Err(System::INTR) => continue,
                // Once it is connected Linux says so to the next call, and then EISCONN.
                Err(System::INPROGRESS | System::ALREADY) if self.waits() => self.would_wait(Interest::Write, false),
                connected => connected.or_errno().map(Attempt::Done),
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
        rustix::net::bind(&self.file, &at).or_errno()?;
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
        // What listens already need not ask: servers say it once more, and how many may wait.
        let at = self.name()?;
        if !self.listens && !self.machine.policy().may_listen(at) {
            return Err(Errno::Acces.into());
        }
        rustix::net::listen(&self.file, backlog).or_errno()
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
        if is_kept(level, name) {
            return Ok(self.kept.get(name));
        }
        let value = match (level, name) {
            (SOL_SOCKET, TYPE | PROTOCOL | DOMAIN) => told_by_kind(self.family, self.kind, name),
            _ => options::get(&self.file, self.family, level, name)?,
        };
        Ok(value.to_string())
    }

    fn set_option(&mut self, level: u32, name: u32, values: &[&str]) -> Result<()> {
        if is_kept(level, name) {
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
        for _ in 0..MOST_DROPPED {
            let (bytes, whole, from) = match recvfrom(&self.file, &mut *buffer, flags) {
                Err(System::INTR) => continue,
                Err(System::AGAIN) => return self.would_wait(Interest::Read, how.at_once),
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
        self.would_wait(Interest::Read, how.at_once)
    }

    fn message(&mut self, how: Sending, to: Option<SocketAddr>) -> Result<Box<dyn OpenFile>> {
        // To a stream's peer, as Linux has it.
        let to = to.filter(|_| self.kind == Kind::Datagram);
        if let Some(to) = to {
            self.family.expect(to)?;
            if !self.peers.has_heard(to) && !self.machine.policy().may_send(to) {
                return Err(Errno::Acces.into());
            }
        }
        Ok(Box::new(Message {
            file: self.file.clone(),
            kind: self.kind,
            how: Sending { at_once: how.at_once || !self.waits(), ..how },
            to,
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

/// The status of a socket.
pub(super) fn status(kind: Kind, flags: Fdflags) -> Fdstat {
    Fdstat {
        fs_filetype: filetype(kind),
        fs_flags: flags,
        fs_rights_base: Rights::FD_READ
            | Rights::FD_WRITE
            | Rights::FD_FDSTAT_SET_FLAGS
            | Rights::FD_FILESTAT_GET
            | Rights::POLL_FD_READWRITE
            | Rights::SOCK_SHUTDOWN,
        fs_rights_inheriting: Rights::empty(),
    }
}

impl OpenFile for Socket {
    fn identity(&self) -> String {
        format!("socket {}, {:?}", self.number, self.flags)
    }

    fn status(&self) -> Fdstat {
        status(self.kind, self.flags)
    }

    fn stat(&self, _: &Vfs) -> Result<Filestat> {
        Ok(of_socket(self.number, filetype(self.kind)))
    }

    fn set_flags(&mut self, flags: Fdflags) -> Result<()> {
        self.flags = flags & Fdflags::NONBLOCK;
        Ok(())
    }

    fn read(&mut self, _: &mut Vfs, buffer: &mut [u8]) -> Result<Attempt> {
        self.receive(buffer, Receiving::default()).map(Attempt::bytes)
    }

    fn write(&mut self, _: &mut Vfs, data: &[u8]) -> Result<Attempt> {
        // Datagrams go to whom the policy has let it connect to.
        send_once(&self.file, data, Sending { at_once: !self.waits(), ..Sending::default() }, None)
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

    fn patience(&self, interest: Interest) -> Option<Duration> {
        if interest == Interest::Read { self.kept.reading } else { self.kept.writing }
    }

    fn peek(&mut self, buffer: &mut [u8]) -> Result<Attempt> {
        self.receive(buffer, Receiving { peek: true, ..Receiving::default() }).map(Attempt::bytes)
    }

    fn shut_down(&mut self, how: Sdflags) -> Result<()> {
        let how = match (how.contains(Sdflags::RD), how.contains(Sdflags::WR)) {
            (true, true) => Shutdown::Both,
            (true, false) => Shutdown::Read,
            (false, true) => Shutdown::Write,
            (false, false) => return Err(Errno::Inval.into()),
        };
        shutdown(&self.file, how).or_errno()
    }

    /// The host's is asked for when it is known what else is waited for.
    fn readiness(&self, _: &Vfs, interest: Interest) -> Result<Readiness> {
        if self.kind == Kind::Datagram && interest == Interest::Read && !self.peers.open {
            self.drop_unwanted()?;
        }
        Ok(Readiness::Waiting(Wait::on(&self.file, interest)))
    }
}
