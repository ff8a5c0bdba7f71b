//! What one thing is written to, that is sent: a datagram for somebody, or urgent data. Where it goes has been granted.

use super::{MOST_OF_DATAGRAM, Machine, filetype};
use crate::files::{Attempt, Interest, OpenFile, Readiness, Sending, Wait, of_socket};
use crate::wasi::Result;
use crate::wasi::types::{Errno, Fdflags, Fdstat, Filestat, Rights};
use policy::network::Kind;
use rustix::net::{SendFlags, send, sendto};
use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use vfs::Vfs;

/// See the module's documentation.
pub(super) struct Message {
    pub file: Arc<File>,
    pub machine: Arc<Machine>,
    pub kind: Kind,
    pub how: Sending,
    pub to: Option<SocketAddr>,
    pub patience: Option<Duration>,
    pub is_sent: bool,
}

/// Sends once.
///
/// # Errors
/// What `sendto` says.
pub(super) fn send_once(
    machine: &Machine,
    file: &Arc<File>,
    data: &[u8],
    how: Sending,
    to: Option<SocketAddr>,
) -> Result<Attempt> {
    use rustix::io::Errno as E;
    let mut flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    flags.set(SendFlags::OOB, how.urgent);
    flags.set(SendFlags::MORE, how.more);
    loop {
        let sent = match &to {
            Some(to) => sendto(file, data, flags, to),
            None => send(file, data, flags),
        };
        return match sent {
            Err(E::INTR) => continue,
            Err(E::AGAIN) if !how.at_once => Ok(Attempt::WouldWait(Wait::on(file, Interest::Write))),
            sent => machine.heard(sent).map(Attempt::Done),
        };
    }
}

impl OpenFile for Message {
    fn identity(&self) -> String {
        format!("message to {:?}", self.to)
    }

    fn status(&self) -> Fdstat {
        Fdstat {
            fs_filetype: filetype(self.kind),
            fs_flags: Fdflags::empty(),
            fs_rights_base: Rights::FD_WRITE | Rights::POLL_FD_READWRITE | Rights::FD_FILESTAT_GET,
            fs_rights_inheriting: Rights::empty(),
        }
    }

    fn stat(&self, _: &Vfs) -> Result<Filestat> {
        Ok(of_socket(0, filetype(self.kind)))
    }

    fn set_flags(&mut self, _: Fdflags) -> Result<()> {
        Ok(())
    }

    /// Once; then EINVAL.
    fn write(&mut self, _: &mut Vfs, data: &[u8]) -> Result<Attempt> {
        if self.is_sent {
            return Err(Errno::Inval.into());
        }
        if self.kind == Kind::Datagram && data.len() > MOST_OF_DATAGRAM {
            return Err(Errno::Msgsize.into());
        }
        let attempt = send_once(&self.machine, &self.file, data, self.how, self.to);
        self.is_sent = !matches!(attempt, Ok(Attempt::WouldWait(_)));
        attempt
    }

    fn keeps_messages(&self) -> bool {
        true
    }

    fn patience(&self, _: Interest) -> Option<Duration> {
        self.patience
    }

    fn readiness(&self, _: &Vfs, interest: Interest) -> Result<Readiness> {
        if interest == Interest::Read {
            return Err(Errno::Badf.into());
        }
        Ok(Readiness::Waiting(Wait::on(&self.file, interest)))
    }
}
