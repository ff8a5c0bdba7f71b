//! Classes of addresses: what an address is once it is written in one way, which IPv4 addresses stand in an IPv6 address, and
//! which addresses a name alone never leads to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Bits of an IPv6 address before the IPv4 address that is mapped into it.
pub(super) const MAPPED_BITS: u8 = 96;

/// Addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Net {
    /// The first of them.
    pub first: IpAddr,
    /// How many bits.
    pub bits: u8,
}

impl Net {
    /// One address.
    pub fn of(address: IpAddr) -> Net {
        Net { first: address, bits: width(address) }
    }

    /// Whether an address is one of them. One of the other family is not.
    pub fn has(self, address: IpAddr) -> bool {
        address.is_ipv4() == self.first.is_ipv4() && masked(address, self.bits) == masked(self.first, self.bits)
    }

    /// The net of these bits that has an address.
    pub fn around(address: IpAddr, bits: u8) -> Net {
        let first = match address {
            IpAddr::V4(address) => (u32::from(address) & mask(address.into(), bits) as u32).to_be_bytes().into(),
            IpAddr::V6(address) => (u128::from(address) & mask(address.into(), bits)).to_be_bytes().into(),
        };
        Net { first, bits }
    }
}

/// Bits of an address.
pub(super) fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

/// The first `bits` bits of an address of this family.
fn mask(address: IpAddr, bits: u8) -> u128 {
    let rest = width(address).saturating_sub(bits).into();
    u128::MAX.checked_shl(rest).unwrap_or(0)
}

fn masked(address: IpAddr, bits: u8) -> u128 {
    number(address) & mask(address, bits)
}

/// The address as it is checked: an IPv4 address that is mapped into an IPv6 address is that IPv4 address.
pub(super) fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// As [`canonical`], with the port; flow and zone do not count.
pub(super) fn canonical_socket(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(canonical(address.ip()), address.port())
}

/// What connecting to an unspecified address leads to: the machine itself.
pub(super) fn loopback_of(address: IpAddr) -> Option<IpAddr> {
    let loopback: IpAddr =
        if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { IpAddr::from(Ipv6Addr::LOCALHOST) };
    address.is_unspecified().then_some(loopback)
}

/// The IPv4 addresses that an IPv6 address may lead to on the way: by NAT64, 6to4, Teredo, stateless translation, or as it was
/// written long ago.
pub(super) fn embedded(address: IpAddr) -> Vec<Ipv4Addr> {
    let IpAddr::V6(address) = address else { return Vec::new() };
    let bytes = address.octets();
    let at = |places: [usize; 4]| Ipv4Addr::from(places.map(|place| bytes[place]));
    let last = at([12, 13, 14, 15]);
    match address.segments() {
        [0, 0, 0, 0, 0, 0, ..] if !address.is_unspecified() && !address.is_loopback() => vec![last],
        [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => vec![last],
        // Each network says by itself how long its prefix is, and so where the address stands. What no prefix means is 0.x.
        [0x64, 0xff9b, 1, ..] => {
            let places = [at([6, 7, 9, 10]), at([7, 9, 10, 11]), at([9, 10, 11, 12]), last];
            places.into_iter().filter(|place| place.octets()[0] != 0).collect()
        }
        [0x2002, ..] => vec![at([2, 3, 4, 5])],
        // The server, and the client, whose bits are turned around.
        [0x2001, 0, ..] => vec![at([4, 5, 6, 7]), Ipv4Addr::from(!u32::from(last))],
        _ => Vec::new(),
    }
}

/// What is not a public address of IPv4, the narrower before the wider.
const SPECIAL_V4: [(Ipv4Addr, u8, &str); 19] = [
    (Ipv4Addr::new(169, 254, 169, 254), 32, METADATA),
    (Ipv4Addr::new(168, 63, 129, 16), 32, METADATA),
    (Ipv4Addr::new(100, 100, 100, 200), 32, METADATA),
    (Ipv4Addr::new(0, 0, 0, 0), 8, "unspecified"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, PRIVATE),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "shared by a provider's customers"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, LOOPBACK),
    (Ipv4Addr::new(169, 254, 0, 0), 16, LINK_LOCAL),
    (Ipv4Addr::new(172, 16, 0, 0), 12, PRIVATE),
    (Ipv4Addr::new(192, 0, 0, 0), 24, RESERVED),
    (Ipv4Addr::new(192, 0, 2, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(192, 88, 99, 0), 24, RESERVED),
    (Ipv4Addr::new(192, 168, 0, 0), 16, PRIVATE),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "for benchmarks"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(203, 0, 113, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(224, 0, 0, 0), 4, MULTICAST),
    (Ipv4Addr::BROADCAST, 32, "broadcast"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, RESERVED),
];

/// As [`SPECIAL_V4`]. What is in none of these nets is public if it is in one of [`PUBLIC_V6`].
const SPECIAL_V6: [(Ipv6Addr, u8, &str); 12] = [
    (Ipv6Addr::UNSPECIFIED, 128, "unspecified"),
    (Ipv6Addr::LOCALHOST, 128, LOOPBACK),
    (Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), 128, METADATA),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, PRIVATE),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, LINK_LOCAL),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, PRIVATE),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, MULTICAST),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, DOCUMENTATION),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, DOCUMENTATION),
    (Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 0), 48, "for benchmarks"),
    // Names of hosts in the form of addresses: no route leads there.
    (Ipv6Addr::new(0x2001, 0x10, 0, 0, 0, 0, 0, 0), 28, RESERVED),
    (Ipv6Addr::new(0x2001, 0x20, 0, 0, 0, 0, 0, 0), 28, RESERVED),
];

/// Global unicast, and IPv4 by NAT64.
const PUBLIC_V6: [(Ipv6Addr, u8); 2] =
    [(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3), (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), MAPPED_BITS)];

const METADATA: &str = "a cloud's metadata";
const PRIVATE: &str = "private";
const LOOPBACK: &str = "loopback";
const LINK_LOCAL: &str = "link-local";
const RESERVED: &str = "reserved";
const DOCUMENTATION: &str = "for documentation";
const MULTICAST: &str = "multicast";

/// What an address is that a name alone never leads to; `None` if it is a public address, with public ones in it. It is canonical.
pub(super) fn special(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(_) => {
            SPECIAL_V4.iter().find(|(first, bits, _)| has((*first).into(), *bits, address)).map(|(.., kind)| *kind)
        }
        IpAddr::V6(_) => {
            let kind = SPECIAL_V6.iter().find(|(first, bits, _)| has((*first).into(), *bits, address));
            let is_public = || PUBLIC_V6.iter().any(|(first, bits)| has((*first).into(), *bits, address));
            let inner = || embedded(address).into_iter().find_map(|inner| special(inner.into()));
            kind.map(|(.., kind)| *kind).or_else(inner).or_else(|| (!is_public()).then_some(RESERVED))
        }
    }
}

fn has(first: IpAddr, bits: u8, address: IpAddr) -> bool {
    Net { first, bits }.has(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        canonical(text.parse().expect(text))
    }

    #[test]
    fn a_name_alone_leads_to_public_addresses_only() {
        for (address, expected) in [
            ("1.1.1.1", None),
            ("9.255.255.255", None),
            ("11.0.0.0", None),
            ("100.63.255.255", None),
            ("100.128.0.0", None),
            ("172.15.255.255", None),
            ("172.32.0.0", None),
            ("192.0.1.0", None),
            ("198.17.255.255", None),
            ("198.20.0.0", None),
            ("223.255.255.255", None),
            ("168.63.129.17", None),
            ("0.0.0.0", Some("unspecified")),
            ("0.1.2.3", Some("unspecified")),
            ("10.0.0.0", Some("private")),
            ("10.255.255.255", Some("private")),
            ("100.64.0.0", Some("shared by a provider's customers")),
            ("100.127.255.255", Some("shared by a provider's customers")),
            ("100.100.100.200", Some("a cloud's metadata")),
            ("127.0.0.1", Some("loopback")),
            ("127.255.255.254", Some("loopback")),
            ("168.63.129.16", Some("a cloud's metadata")),
            ("169.254.0.1", Some("link-local")),
            ("169.254.169.254", Some("a cloud's metadata")),
            ("172.16.0.0", Some("private")),
            ("172.31.255.255", Some("private")),
            ("192.0.0.170", Some("reserved")),
            ("192.0.2.1", Some("for documentation")),
            ("192.88.99.1", Some("reserved")),
            ("192.168.255.1", Some("private")),
            ("198.18.0.0", Some("for benchmarks")),
            ("198.19.255.255", Some("for benchmarks")),
            ("198.51.100.7", Some("for documentation")),
            ("203.0.113.7", Some("for documentation")),
            ("224.0.0.1", Some("multicast")),
            ("239.255.255.255", Some("multicast")),
            ("240.0.0.1", Some("reserved")),
            ("255.255.255.255", Some("broadcast")),
            ("2606:4700::1111", None),
            ("2a00::1", None),
            ("3fff:1000::1", None),
            ("::", Some("unspecified")),
            ("::1", Some("loopback")),
            ("::2", Some("unspecified")),
            ("::8.8.8.8", Some("reserved")),
            ("::127.0.0.1", Some("loopback")),
            ("::ffff:10.0.0.1", Some("private")),
            ("::ffff:8.8.8.8", None),
            ("::ffff:0:127.0.0.1", Some("loopback")),
            ("64:ff9b::8.8.8.8", None),
            ("64:ff9b::10.0.0.1", Some("private")),
            ("64:ff9b::169.254.169.254", Some("a cloud's metadata")),
            ("64:ff9b:1::8.8.8.8", Some("reserved")),
            ("64:ff9b:1::127.0.0.1", Some("loopback")),
            ("100::1", Some("reserved")),
            ("2001:2::1", Some("for benchmarks")),
            ("2001:10::1", Some("reserved")),
            ("2001:2f:ffff::1", Some("reserved")),
            ("2001:30::1", None),
            ("2001:db8::1", Some("for documentation")),
            ("2002:808:808::1", None),
            ("2002:7f00:1::1", Some("loopback")),
            ("2002:a00:1::", Some("private")),
            // Teredo: the server 8.8.8.8, and the client 192.168.0.1 or 8.8.4.4, turned around.
            ("2001:0:808:808:0:0:3f57:fffe", Some("private")),
            ("2001:0:808:808:0:0:f7f7:fbfb", None),
            ("2001:0:a00:1:0:0:f7f7:fbfb", Some("private")),
            ("3fff::1", Some("for documentation")),
            ("4000::1", Some("reserved")),
            ("5f00::1", Some("reserved")),
            ("fc00::1", Some("private")),
            ("fd00:ec2::254", Some("a cloud's metadata")),
            ("fdff::1", Some("private")),
            ("fe80::1", Some("link-local")),
            ("febf::1", Some("link-local")),
            ("fec0::1", Some("private")),
            ("ff02::1", Some("multicast")),
        ] {
            assert_eq!(special(ip(address)), expected, "{address}");
        }
    }

    #[test]
    fn ipv4_addresses_are_found_where_they_stand_in_others() {
        for (address, expected) in [
            ("10.0.0.1", vec![]),
            ("2606:4700::1111", vec![]),
            ("::", vec![]),
            ("::1", vec![]),
            ("::10.0.0.1", vec!["10.0.0.1"]),
            ("::ffff:0:10.0.0.1", vec!["10.0.0.1"]),
            ("64:ff9b::10.0.0.1", vec!["10.0.0.1"]),
            ("64:ff9b:1::10.0.0.1", vec!["10.0.0.1"]),
            // Behind a prefix of 48 bits: 10.1, a byte that stands for nothing, and 2.3.
            ("64:ff9b:1:a01:2:300::", vec!["10.1.2.3", "1.2.3.0", "2.3.0.0"]),
            ("2002:a00:1::5", vec!["10.0.0.1"]),
            ("2001:0:808:808:0:0:3f57:fffe", vec!["8.8.8.8", "192.168.0.1"]),
        ] {
            let expected: Vec<Ipv4Addr> = expected.into_iter().map(|text| text.parse().expect(text)).collect();
            assert_eq!(embedded(ip(address)), expected, "{address}");
        }
    }

    #[test]
    fn mapped_addresses_and_zones_are_written_in_one_way() {
        for (address, expected) in [
            ("[::ffff:127.0.0.1]:80", "127.0.0.1:80"),
            ("[::ffff:7f00:1]:80", "127.0.0.1:80"),
            ("[fe80::1%3]:80", "[fe80::1]:80"),
            ("[::1]:80", "[::1]:80"),
        ] {
            assert_eq!(canonical_socket(address.parse().expect(address)).to_string(), expected, "{address}");
        }
        assert_eq!(loopback_of(ip("0.0.0.0")), Some(ip("127.0.0.1")));
        assert_eq!(loopback_of(ip("::ffff:0.0.0.0")), Some(ip("127.0.0.1")));
        assert_eq!(loopback_of(ip("::")), Some(ip("::1")));
        assert_eq!(loopback_of(ip("0.0.0.1")), None);
    }

    #[test]
    fn a_net_has_what_begins_as_it_does() {
        for (first, bits, address, expected) in [
            ("10.0.0.0", 8, "10.255.0.1", true),
            ("10.0.0.0", 8, "11.0.0.0", false),
            ("0.0.0.0", 0, "255.0.0.1", true),
            ("0.0.0.0", 0, "::1", false),
            ("::", 0, "1.2.3.4", false),
            ("::", 0, "ffff::", true),
            ("fd00::", 8, "fdff::1", true),
            ("::1", 128, "::1", true),
            ("::1", 128, "::2", false),
            ("1.2.3.4", 32, "1.2.3.4", true),
            ("1.2.3.4", 31, "1.2.3.5", true),
        ] {
            assert_eq!(has(ip(first), bits, ip(address)), expected, "{first}/{bits} {address}");
        }
        assert_eq!(Net::around(ip("10.1.2.3"), 8), Net { first: ip("10.0.0.0"), bits: 8 });
        assert_eq!(Net::around(ip("fe80::1"), 10), Net { first: ip("fe80::"), bits: 10 });
        assert_eq!(Net::around(ip("fe80::1"), 0), Net { first: ip("::"), bits: 0 });
    }
}
