//! What sockets of a network do beyond other files. `network/` has the two kinds: sockets of the machine, and those of a guest that
//! is unplugged.

use super::{Attempt, OpenFile};
use crate::wasi::Result;
use crate::wasi::types::Fdflags;
use std::net::SocketAddr;

/// How something is received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Receiving {
    /// It stays there.
    pub peek: bool,
    /// Urgent data.
    pub urgent: bool,
    /// EAGAIN in place of waiting.
    pub at_once: bool,
}

/// What was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    /// Bytes that are in the buffer.
    pub bytes: usize,
    /// Bytes that the datagram had.
    pub whole: usize,
    /// Who has sent the datagram.
    pub from: Option<SocketAddr>,
}

impl Attempt<Received> {
    /// For how many bytes it is done.
    pub fn bytes(self) -> Attempt {
        match self {
            Attempt::Done(received) => Attempt::Done(received.bytes),
            Attempt::WouldWait(wait) => Attempt::WouldWait(wait),
        }
    }
}

/// How something is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sending {
    /// Urgent data.
    pub urgent: bool,
    /// More follows: it need not be sent yet.
    pub more: bool,
    /// EAGAIN in place of waiting.
    pub at_once: bool,
}

/// The operations on a socket of a network, beside those of [`OpenFile`]. Errors are those of the calls of the same names, and
/// EACCES for what is not granted.
pub(crate) trait NetworkSocket {
    /// Connects, or says whom datagrams are for. A connection that is being made goes on whether it is waited for or not.
    ///
    /// # Errors
    /// Also EINPROGRESS, of a socket that does not wait.
    fn connect(&mut self, to: SocketAddr) -> Result<Attempt<()>>;

    /// Forgets whom datagrams are for.
    ///
    /// # Errors
    /// EINVAL, of a stream.
    fn disconnect(&mut self) -> Result<()>;

    /// Takes an address and a port.
    ///
    /// # Errors
    /// See above.
    fn bind(&mut self, at: SocketAddr) -> Result<()>;

    /// Lets others connect.
    ///
    /// # Errors
    /// See above.
    fn listen(&mut self, backlog: i32) -> Result<()>;

    /// The socket of somebody who has connected.
    ///
    /// # Errors
    /// See above.
    fn accept(&mut self, flags: Fdflags) -> Result<Attempt<Box<dyn OpenFile>>>;

    /// Its own address.
    ///
    /// # Errors
    /// See above.
    fn name(&self) -> Result<SocketAddr>;

    /// The address of the other end.
    ///
    /// # Errors
    /// ENOTCONN.
    fn peer_name(&self) -> Result<SocketAddr>;

    /// The address of the other end as it was when this was accepted.
    ///
    /// # Errors
    /// ENOTCONN: it was not.
    fn accepted_from(&self) -> Result<SocketAddr>;

    /// An option: numbers with spaces between.
    ///
    /// # Errors
    /// ENOPROTOOPT.
    fn option(&self, level: u32, name: u32) -> Result<String>;

    /// Sets an option.
    ///
    /// # Errors
    /// ENOPROTOOPT, EINVAL, EDOM, EPERM.
    fn set_option(&mut self, level: u32, name: u32, values: &[&str]) -> Result<()>;

    /// Receives, of datagrams one.
    ///
    /// # Errors
    /// EAGAIN, and what `recvfrom` says.
    fn receive(&mut self, buffer: &mut [u8], how: Receiving) -> Result<Attempt<Received>>;

    /// What one thing is to be written to, that is sent so and there.
    ///
    /// # Errors
    /// EAFNOSUPPORT, EACCES.
    fn message(&mut self, how: Sending, to: Option<SocketAddr>) -> Result<Box<dyn OpenFile>>;
}
