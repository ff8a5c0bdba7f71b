//! Addresses as the text that requests and their answers have: as `inet_ntop` prints them, an address of a link with `%` and the
//! number of its interface, and the port as a word of its own.

use super::Family;
use crate::wasi::Result;
use crate::wasi::types::Errno;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::str::FromStr;

/// The address that two words stand for.
///
/// # Errors
/// EINVAL.
pub(crate) fn address_of(address: &str, port: &str) -> Result<SocketAddr> {
    let port = number(port)?;
    if let Ok(address) = address.parse::<Ipv4Addr>() {
        return Ok(SocketAddrV4::new(address, port).into());
    }
    let (address, scope) = address.split_once('%').unwrap_or((address, "0"));
    let address: Ipv6Addr = address.parse().map_err(|_| Errno::Inval)?;
    let scope = number(scope)?;
    Ok(SocketAddrV6::new(address, port, 0, scope).into())
}

/// A number, without a sign.
fn number<N: FromStr>(text: &str) -> Result<N> {
    let text = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit())).ok_or(Errno::Inval)?;
    text.parse().map_err(|_| Errno::Inval.into())
}

/// An address: `ADDRESS PORT`, of IPv6 `ADDRESS PORT FLOWINFO SCOPE`.
pub(crate) fn text_of(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => format!("{} {}", address.ip(), address.port()),
        SocketAddr::V6(address) => {
            format!("{} {} {} {}", address.ip(), address.port(), address.flowinfo(), address.scope_id())
        }
    }
}

/// Where a connection to an address goes. The unspecified one means this machine: by its loopback here, as the policy takes it, and
/// not by whatever address of the machine's the socket is bound to, as Linux has it.
pub(super) fn reached(mut to: SocketAddr) -> SocketAddr {
    if to.ip().to_canonical().is_unspecified() {
        to.set_ip(match to.ip() {
            IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv4Addr::LOCALHOST.to_ipv6_mapped().into(),
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        });
    }
    to
}

impl Family {
    /// Fails unless an address is of this family: one of IPv4 is told to a socket of IPv6 as `::ffff:…`.
    ///
    /// # Errors
    /// EAFNOSUPPORT.
    pub(super) fn expect(self, address: SocketAddr) -> Result<()> {
        if address.is_ipv6() == (self == Family::Inet6) { Ok(()) } else { Err(Errno::Afnosupport.into()) }
    }

    /// The address of a socket that has none.
    pub(super) fn unspecified(self) -> SocketAddr {
        match self {
            Family::Inet => SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0).into(),
            Family::Inet6 => SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, 0, 0, 0).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_an_address_is_told_as_it_came() {
        for (address, port, text) in [
            ("127.0.0.1", "80", "127.0.0.1 80"),
            ("0.0.0.0", "0", "0.0.0.0 0"),
            ("::1", "65535", "::1 65535 0 0"),
            ("fe80::1%3", "22", "fe80::1 22 0 3"),
            ("::ffff:10.0.0.1", "1", "::ffff:10.0.0.1 1 0 0"),
            ("2001:db8:0:0::1", "1", "2001:db8::1 1 0 0"),
        ] {
            assert_eq!(text_of(address_of(address, port).expect(address)), text);
        }
    }

    #[test]
    fn the_unspecified_address_is_that_of_loopback() {
        for (to, expected) in [
            ("0.0.0.0:80", "127.0.0.1:80"),
            ("[::]:80", "[::1]:80"),
            ("[::ffff:0.0.0.0]:80", "[::ffff:127.0.0.1]:80"),
            ("10.0.0.1:80", "10.0.0.1:80"),
        ] {
            assert_eq!(reached(to.parse().expect(to)), expected.parse().expect(expected));
        }
    }

    #[test]
    fn what_is_no_numeric_address_is_invalid() {
        for (address, port) in [
            ("", "1"),
            ("localhost", "1"),
            ("127.1", "1"),
            ("0x7f.0.0.1", "1"),
            ("127.0.0.01", "1"),
            ("127.0.0.1", "65536"),
            ("127.0.0.1", "-1"),
            ("127.0.0.1", "+1"),
            ("127.0.0.1", ""),
            ("[::1]", "1"),
            ("::1%lo", "1"),
            ("127.0.0.1%1", "1"),
        ] {
            assert!(address_of(address, port).is_err(), "{address} {port}");
        }
    }
}
