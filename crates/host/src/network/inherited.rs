//! Sockets that the process was started with, to be the guest's.

use super::socket::Socket;
use super::{Family, Machine, Network};
use crate::files::OpenFile;
use crate::machine::take_inherited;
use policy::network::Kind;
use rustix::io::Errno;
use rustix::net::sockopt::{socket_acceptconn, socket_domain, socket_protocol, socket_type};
use rustix::net::{AddressFamily, SocketType, getsockname, ipproto};
use std::fmt;
use std::fs::File;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;

/// A number under which there is no socket of a kind that a guest can have from its start on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotInherited {
    number: u32,
    found: String,
}

impl fmt::Display for NotInherited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NotInherited { number, found } = self;
        write!(
            f,
            "fd:{number}: expected a TCP socket that listens or a UDP socket that is bound, as LISTEN_FDS says that there is one, found \
             {found}; pass such a socket, or run without with PYAPP_DENY=listen"
        )
    }
}

impl std::error::Error for NotInherited {}

/// A guest's file, and its number.
type Numbered = (u32, Box<dyn OpenFile>);

impl Network {
    /// The sockets with these numbers, which the process was started with.
    ///
    /// # Errors
    /// [`NotInherited`].
    pub fn inherited(&self, numbers: Range<u32>) -> Result<Vec<Numbered>, NotInherited> {
        // Whoever is unplugged has none.
        let Network::Machine(machine) = self else { return Ok(Vec::new()) };
        let socket = |number| match inherited(machine, number) {
            Ok(socket) => Ok((number, Box::new(socket) as Box<dyn OpenFile>)),
            Err(found) => Err(NotInherited { number, found }),
        };
        numbers.map(socket).collect()
    }
}

/// The socket with this number; what was found, if it is none for a guest.
fn inherited(machine: &Arc<Machine>, number: u32) -> Result<Socket, String> {
    let file = take_inherited(number).map_err(|error| match error {
        Errno::BADF => "nothing".to_string(),
        Errno::NOTSOCK => "something that is no socket".to_string(),
        error => error.to_string(),
    })?;
    let file = File::from(file);
    let (family, kind) = told(&file).map_err(|error| error.to_string())??;
    // The guest's calls wait where they are to wait. Whoever shares the socket sees this flag, too.
    rustix::io::ioctl_fionbio(&file, true).map_err(|error| error.to_string())?;
    Ok(Socket::inherited(machine, file, family, kind))
}

/// Of which family and kind a socket is; or what it is, if it is none for a guest.
fn told(file: &File) -> rustix::io::Result<Result<(Family, Kind), String>> {
    let family = match socket_domain(file)? {
        AddressFamily::INET => Family::Inet,
        AddressFamily::INET6 => Family::Inet6,
        AddressFamily::UNIX => return Ok(Err("a Unix socket".to_string())),
        other => return Ok(Err(format!("a socket of another family ({})", other.as_raw()))),
    };
    let kind = match (socket_type(file)?, socket_protocol(file)?) {
        (SocketType::STREAM, Some(ipproto::TCP)) => Kind::Stream,
        (SocketType::DGRAM, Some(ipproto::UDP)) => Kind::Datagram,
        _ => return Ok(Err("a socket of another protocol".to_string())),
    };
    let has_port = || Ok(SocketAddr::try_from(getsockname(file)?).is_ok_and(|address| address.port() != 0));
    Ok(match kind {
        Kind::Stream if !socket_acceptconn(file)? => Err("a TCP socket that does not listen".to_string()),
        Kind::Datagram if !has_port()? => Err("a UDP socket that is not bound".to_string()),
        kind => Ok((family, kind)),
    })
}
