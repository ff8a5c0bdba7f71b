//! Which address of a name comes first: the simple cases of RFC 6724, as far as two families need them. The rules about scopes,
//! lengths of prefixes and temporary addresses are left out: within a family, the order of the server stays.
//!
//! - Addresses that the machine has no route to come last. A machine without IPv6 so gets the IPv4 addresses first.
//! - Then those that the machine would call from an address of another kind: to the IPv6 internet from a network of its own, say.
//! - Of the rest, the kind with the higher precedence comes first: IPv6 before IPv4.

use std::cmp::Reverse;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Sorts addresses; only if there are both families, as the machine is asked for a route to each.
pub(crate) fn sort(addresses: &mut [IpAddr]) {
    if addresses.iter().any(IpAddr::is_ipv4) && addresses.iter().any(IpAddr::is_ipv6) {
        sort_by(addresses, source);
    }
}

fn sort_by(addresses: &mut [IpAddr], source: impl Fn(IpAddr) -> Option<IpAddr>) {
    addresses.sort_by_cached_key(|address| {
        let (precedence, label) = policy(*address);
        let source = source(*address);
        (source.is_none(), source.is_some_and(|source| policy(source).1 != label), Reverse(precedence))
    });
}

/// The address that the machine would call from; `None` if there is no route. A datagram socket that is connected sends nothing.
fn source(to: IpAddr) -> Option<IpAddr> {
    /// Any: the port is not called.
    const DISCARD: u16 = 9;
    let any = if to.is_ipv4() { IpAddr::from(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind(SocketAddr::from((any, 0))).ok()?;
    socket.connect(SocketAddr::from((to, DISCARD))).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Precedence and label of an address: the table of RFC 6724, section 2.1.
fn policy(address: IpAddr) -> (u8, u8) {
    let IpAddr::V6(address) = address else { return (35, 4) };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => (50, 0),
        [0, 0, 0, 0, 0, 0xffff, ..] => (35, 4),
        [0, 0, 0, 0, 0, 0, ..] => (1, 3),
        [0x2002, ..] => (30, 2),
        [0x2001, 0, ..] => (5, 5),
        [0x3ffe, ..] => (1, 12),
        [first, ..] if first & 0xffc0 == 0xfec0 => (1, 11),
        [first, ..] if first & 0xfe00 == 0xfc00 => (3, 13),
        _ => (40, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &str, source6: Option<&str>, source4: Option<&str>, expected: &str) {
        let mut addresses: Vec<IpAddr> = given.split(' ').map(|text| text.parse().expect("an address")).collect();
        let parsed = |text: Option<&str>| text.map(|text| text.parse::<IpAddr>().expect("an address"));
        sort_by(&mut addresses, |to| parsed(if to.is_ipv6() { source6 } else { source4 }));
        let sorted: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        assert_eq!(sorted.join(" "), expected);
    }

    #[test]
    fn ipv6_comes_first_where_there_is_a_route() {
        let given = "192.0.2.1 2600::1 192.0.2.2 2600::2";
        check(given, Some("2a00::1"), Some("10.0.0.1"), "2600::1 2600::2 192.0.2.1 192.0.2.2");
        check(given, None, Some("10.0.0.1"), "192.0.2.1 192.0.2.2 2600::1 2600::2");
        check(given, None, None, "2600::1 2600::2 192.0.2.1 192.0.2.2");
        // A network of its own does not reach the internet.
        check(given, Some("fd00::1"), Some("10.0.0.1"), "192.0.2.1 192.0.2.2 2600::1 2600::2");
        check("192.0.2.1 2002::1 2600::1", Some("2a00::1"), Some("10.0.0.1"), "2600::1 192.0.2.1 2002::1");
    }

    #[test]
    fn one_family_stays_as_it_is() {
        let mut addresses =
            ["10.0.0.2", "127.0.0.1", "10.0.0.1"].map(|text| text.parse::<IpAddr>().expect("an address"));
        let given = addresses;
        sort(&mut addresses);
        assert_eq!(addresses, given);
    }

    #[test]
    fn the_machine_has_a_route_to_itself_and_none_to_an_interface_without_a_name() {
        assert_eq!(source(Ipv4Addr::LOCALHOST.into()), Some(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(source("fe80::1".parse().expect("an address")), None);
    }
}
