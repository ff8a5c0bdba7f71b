//! Sockets of the machine, as the files that descriptors lead to.

use super::filetype;
use super::message::send_once;
use super::socket::Socket;
use crate::files::{Attempt, Interest, NetworkSocket, OpenFile, Readiness, Receiving, Sending, Wait, of_socket};
use crate::wasi::types::{Errno, Fdflags, Fdstat, Filestat, Rights, Sdflags};
use crate::wasi::{OrErrno, Result};
use policy::network::Kind;
use rustix::net::{Shutdown, shutdown};
use std::time::Duration;
use vfs::Vfs;

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
        send_once(&self.machine, &self.file, data, Sending { at_once: !self.waits(), ..Sending::default() }, None)
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
