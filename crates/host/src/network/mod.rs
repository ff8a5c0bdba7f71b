//! The network of a guest: sockets of the machine, and names.
//!
//! The host makes the sockets, and the guest has descriptors for them. Each is non-blocking for the host, whatever the guest wants: a
//! call that has to wait ends, and is made again when the socket is ready. What may be reached is the policy's business, which is
//! asked before each lookup, connection, bound address and datagram: it sees numeric addresses, which the system then gets as they
//! are. Streams need no more. Datagrams come from anybody, so the policy is asked again when one has come.
//!
//! | file | holds |
//! |---|---|
//! | `socket.rs` | sockets of the machine |
//! | `as_file.rs` | the same, as the files that descriptors lead to |
//! | `inherited.rs` | those that the process was started with |
//! | `message.rs` | what one thing is written to, that is sent |
//! | `peers.rs` | whose datagrams a socket takes |
//! | `options.rs` | options of sockets: which there are |
//! | `kept.rs` | those that the host keeps for the guest |
//! | `address.rs` | addresses as text |
//! | `lookup.rs` | names and addresses, looked up while other threads run |
//! | `unplugged.rs` | the network of a guest that has none: sockets in memory, and what it tried to reach |

mod address;
mod as_file;
mod inherited;
mod kept;
mod lookup;
mod message;
mod options;
mod peers;
mod socket;
mod unplugged;

pub(crate) use address::{address_of, text_of};
pub use inherited::NotInherited;
pub(crate) use lookup::{Lookup, Question};
pub use unplugged::{NetworkAttempt, NetworkAttempts, NetworkUse};

use crate::files::OpenFile;
use crate::wasi::types::Filetype;
use crate::wasi::{OrErrno, Result};
use lookup::Answers;
use names::Resolver;
use policy::network::Kind;
use socket::Socket;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use unplugged::Dummy;

/// Most bytes that are sent as one message: more than any datagram has.
pub(crate) const MOST_BYTES: usize = 1 << 20;
/// Most bytes of a datagram, and of what is received at once by a request: the answer is kept until it is read.
pub(crate) const MOST_OF_DATAGRAM: usize = 64 << 10;

/// Linux's numbers of address families, kinds and protocols, as the guest has them.
const AF_INET: i64 = 2;
const AF_INET6: i64 = 10;
const SOCK_STREAM: i64 = 1;
const SOCK_DGRAM: i64 = 2;
const IPPROTO_TCP: i64 = 6;
const IPPROTO_UDP: i64 = 17;

/// The family of a socket's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Inet,
    Inet6,
}

/// What a guest can reach.
pub(crate) enum Network {
    /// What the policy says.
    Machine(Arc<Machine>),
    /// Nothing: it is not even asked for.
    Unplugged(NetworkAttempts),
}

/// The network of the machine, as a guest may reach it.
pub(crate) struct Machine {
    policy: Mutex<policy::Network>,
    resolver: Resolver,
    /// What lookups have found for calls that have waited for them.
    answers: Answers,
    /// The last number that a socket was given.
    number: AtomicU64,
}

impl Network {
    /// What this policy grants.
    pub fn new(policy: policy::Network) -> Network {
        Network::Machine(Arc::new(Machine {
            policy: Mutex::new(policy),
            resolver: Resolver::of_machine(),
            answers: Answers::default(),
            number: AtomicU64::new(0),
        }))
    }

    /// A new socket.
    ///
    /// # Errors
    /// What `socket` says.
    pub fn socket(&self, family: Family, kind: Kind) -> Result<Box<dyn OpenFile>> {
        Ok(match self {
            Network::Machine(machine) => Box::new(Socket::new(machine, family, kind)?),
            Network::Unplugged(attempts) => Box::new(Dummy::new(attempts.clone(), family, kind)),
        })
    }

    /// What was refused last.
    pub fn denied(&self) -> Option<policy::Denied> {
        match self {
            Network::Machine(machine) => machine.policy().denied().cloned(),
            Network::Unplugged(_) => None,
        }
    }
}

impl Machine {
    fn policy(&self) -> MutexGuard<'_, policy::Network> {
        self.policy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the system has answered. If that is a denial of its own, it is not for the policy to say what would grant it.
    fn heard<T>(&self, answer: rustix::io::Result<T>) -> Result<T> {
        if matches!(answer, Err(rustix::io::Errno::ACCESS)) {
            self.policy().forget_denied();
        }
        answer.or_errno()
    }

    fn next_number(&self) -> u64 {
        self.number.fetch_add(1, Ordering::Relaxed) + 1
    }
}

fn filetype(kind: Kind) -> Filetype {
    match kind {
        Kind::Stream => Filetype::SocketStream,
        Kind::Datagram => Filetype::SocketDgram,
    }
}
