//! Requests for sockets and names: see the table in `requests.rs`.
//!
//! What `receive` answers begins with a line of words: the sender as `name` has an address, or `- 0` if none is told; Linux's flags
//! of what has come of it (`MSG_TRUNC`: there was no room for all of it); and the length that the datagram had. The data follows.
//!
//! A lookup that has found nothing answers one word: `noname` (there is no such name), `nodata` (it has no such address), `again`
//! (nobody could tell for now), `fail` (the servers refuse), `denied` (it is not granted).

use super::requests::{descriptor, number};
use super::types::{Errno, Fd, Fdflags};
use super::{Context, Result};
use crate::abi::request;
use crate::files::{Attempt, Interest, NetworkSocket, OpenFile, Receiving, Reply, Sending, Wait};
use crate::network::{Family, Lookup, MOST_OF_DATAGRAM, Question, address_of, text_of};
use policy::network::Kind;

/// Linux's flags of `send` and `recv`, as the guest has them.
mod flag {
    pub const OOB: u32 = 0x1;
    pub const PEEK: u32 = 0x2;
    pub const TRUNC: u32 = 0x20;
    pub const DONTWAIT: u32 = 0x40;
    pub const MORE: u32 = 0x8000;
    /// Of these the guest would have to know more than it is told: data without a copy, and opening a connection by sending.
    pub const REFUSED: u32 = 0x400_0000 | 0x2000_0000;
}

impl Context {
    /// Carries out a request for a socket or a name.
    ///
    /// # Errors
    /// ENOSYS (no such request), EINVAL (not as the table has it), EBADF, ENOTSOCK, ENOTSUP (a socket of a pair), EACCES (it is not
    /// granted), and what the call of the same name says on Linux.
    pub(super) fn network_request(&mut self, name: &str, words: &[&str]) -> Result<Box<dyn OpenFile>> {
        match (name, words) {
            (request::SOCKET, [family, kind]) => {
                return self.network.socket(socket_family(family)?, socket_kind(kind)?);
            }
            (request::CONNECT, [fd, address, port]) => self.connect(descriptor(fd)?, address, port)?,
            (request::CONNECT, [fd]) => self.socket(fd)?.disconnect()?,
            (request::BIND, [fd, address, port]) => self.socket(fd)?.bind(address_of(address, port)?)?,
            (request::LISTEN, [fd, backlog]) => {
                let backlog = backlog.parse().map_err(|_| Errno::Inval)?;
                self.socket(fd)?.listen(backlog)?;
            }
            (request::NAME, [fd]) => return told(text_of(self.socket(fd)?.name()?)),
            (request::PEERNAME, [fd]) => return told(text_of(self.socket(fd)?.peer_name()?)),
            (request::ACCEPTED, [fd]) => return told(text_of(self.socket(fd)?.accepted_from()?)),
            (request::OPTION, [fd, level, option]) => {
                return told(self.socket(fd)?.option(number(level, 10)?, number(option, 10)?)?);
            }
            (request::OPTION, [fd, level, option, values @ ..]) => {
                self.socket(fd)?.set_option(number(level, 10)?, number(option, 10)?, values)?;
            }
            (request::RECEIVE, [fd, size, flags]) => {
                return self.received(descriptor(fd)?, number(size, 10)?, number(flags, 10)?);
            }
            (request::SEND, [fd, flags]) => return self.socket(fd)?.message(sending(flags)?, None),
            (request::SEND, [fd, flags, address, port]) => {
                let to = address_of(address, port)?;
                return self.socket(fd)?.message(sending(flags)?, Some(to));
            }
            (request::LOOKUP, [family, name @ ..]) if !name.is_empty() => {
                let family = match *family {
                    "any" => names::Family::Any,
                    "inet" => names::Family::V4,
                    "inet6" => names::Family::V6,
                    _ => return Err(Errno::Inval.into()),
                };
                // No name has a slash in it, which is for whoever looks it up to say.
                return told(self.look_up(Question::Addresses(name.join("/"), family))?);
            }
            (request::REVERSE, [address]) => {
                return told(self.look_up(Question::Name(address_of(address, "0")?.ip()))?);
            }
            (
                request::SOCKET
                | request::CONNECT
                | request::BIND
                | request::LISTEN
                | request::NAME
                | request::PEERNAME
                | request::ACCEPTED
                | request::OPTION
                | request::RECEIVE
                | request::SEND
                | request::LOOKUP
                | request::REVERSE,
                _,
            ) => return Err(Errno::Inval.into()),
            _ => return Err(Errno::Nosys.into()),
        }
        told("")
    }

    /// The socket of a descriptor that somebody else has connected to.
    ///
    /// # Errors
    /// EBADF, EMFILE, ENOTSOCK, EINVAL (it does not listen: one of a pair never does), ENOTSUP (of datagrams), EAGAIN.
    pub(super) fn accept(&mut self, fd: Fd, flags: Fdflags) -> Result<Fd> {
        let file = self.table.get_mut(fd)?;
        file.expect_socket()?;
        self.table.expect_room()?;
        let Ok(socket) = self.table.get_mut(fd)?.network_socket() else { return Err(Errno::Inval.into()) };
        match socket.accept(flags)? {
            // There is room: see above.
            Attempt::Done(accepted) => self.insert(accepted),
            Attempt::WouldWait(wait) => self.wait_or(fd, Interest::Read, wait, Errno::Again),
        }
    }

    fn socket(&mut self, fd: &str) -> Result<&mut dyn NetworkSocket> {
        self.table.get_mut(descriptor(fd)?)?.network_socket()
    }

    fn connect(&mut self, fd: Fd, address: &str, port: &str) -> Result<()> {
        match self.table.get_mut(fd)?.network_socket()?.connect(address_of(address, port)?)? {
            Attempt::Done(()) => Ok(()),
            // The connection goes on.
            Attempt::WouldWait(wait) => self.wait_or(fd, Interest::Write, wait, Errno::Inprogress),
        }
    }

    fn received(&mut self, fd: Fd, size: u32, flags: u32) -> Result<Box<dyn OpenFile>> {
        let how = Receiving {
            peek: flags & flag::PEEK != 0,
            urgent: flags & flag::OOB != 0,
            at_once: flags & flag::DONTWAIT != 0,
        };
        let file = self.table.get_mut(fd)?;
        let mut bytes = vec![0; (size as usize).min(MOST_OF_DATAGRAM)];
        let received = match file.network_socket()?.receive(&mut bytes, how)? {
            Attempt::Done(received) => received,
            Attempt::WouldWait(wait) => return self.wait_or(fd, Interest::Read, wait, Errno::Again),
        };
        let from = received.from.map_or_else(|| "- 0".to_string(), text_of);
        let flags = if received.whole > received.bytes { flag::TRUNC } else { 0 };
        let mut answer = format!("{from} {flags} {}\n", received.whole).into_bytes();
        answer.extend_from_slice(&bytes[..received.bytes]);
        Ok(Box::new(Reply::new(answer)))
    }

    /// What comes of a lookup, which other threads need not wait for.
    fn look_up(&mut self, question: Question) -> Result<String> {
        if self.resumption.is_some_and(|resumption| resumption.worked.is_some()) {
            return Ok(self.network.answer(&question));
        }
        match self.network.ask(question.clone()) {
            Lookup::Told(answer) => Ok(answer),
            Lookup::Waiting(work) if self.threaded => self.wait(Wait::Work(work), 0),
            Lookup::Waiting(work) => {
                work.run()?;
                Ok(self.network.answer(&question))
            }
        }
    }

    /// Waits for what a descriptor's file waits for, as long as that does; then the call ends with `late`.
    fn wait_or<T>(&mut self, fd: Fd, interest: Interest, wait: Wait, late: Errno) -> Result<T> {
        match self.impatient(fd, interest, wait)? {
            Some(wait) => self.wait_with(fd, wait, 0),
            None => Err(late.into()),
        }
    }
}

fn told(text: impl Into<Vec<u8>>) -> Result<Box<dyn OpenFile>> {
    Ok(Box::new(Reply::new(text)))
}

fn socket_family(word: &str) -> Result<Family> {
    match word {
        "inet" => Ok(Family::Inet),
        "inet6" => Ok(Family::Inet6),
        _ => Err(Errno::Inval.into()),
    }
}

fn socket_kind(word: &str) -> Result<Kind> {
    match word {
        "stream" => Ok(Kind::Stream),
        "datagram" => Ok(Kind::Datagram),
        _ => Err(Errno::Inval.into()),
    }
}

/// What has no meaning here is left out, as Linux does.
fn sending(flags: &str) -> Result<Sending> {
    let flags = number(flags, 10)?;
    if flags & flag::REFUSED != 0 {
        return Err(Errno::Notsup.into());
    }
    Ok(Sending { urgent: flags & flag::OOB != 0, more: flags & flag::MORE != 0, at_once: flags & flag::DONTWAIT != 0 })
}
