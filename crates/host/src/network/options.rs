//! Options of sockets: those that a guest may see and set, by Linux's numbers. What is not in the table is no option here
//! (ENOPROTOOPT): sharing a port (SO_REUSEPORT) takes what is another program's, and groups of receivers (multicast) reach whom the policy
//! does not see. What it may set concerns its own sockets only.

use super::Family;
use crate::wasi::types::Errno;
use crate::wasi::{OrErrno, Result};
use rustix::net::sockopt as system;
use std::fs::File;
use std::time::Duration;

/// Levels.
pub(super) const SOL_SOCKET: u32 = 1;
const IPPROTO_IP: u32 = 0;
const IPPROTO_TCP: u32 = 6;
const IPPROTO_IPV6: u32 = 41;

pub(super) mod socket {
    //! Options of [`super::SOL_SOCKET`].
    pub const REUSEADDR: u32 = 2;
    pub const TYPE: u32 = 3;
    pub const ERROR: u32 = 4;
    pub const BROADCAST: u32 = 6;
    pub const SNDBUF: u32 = 7;
    pub const RCVBUF: u32 = 8;
    pub const KEEPALIVE: u32 = 9;
    pub const OOBINLINE: u32 = 10;
    pub const BINDTODEVICE: u32 = 25;
    pub const ACCEPTCONN: u32 = 30;
    pub const PROTOCOL: u32 = 38;
    pub const DOMAIN: u32 = 39;
}

mod ip {
    pub const TOS: u32 = 1;
    pub const TTL: u32 = 2;
}

mod tcp {
    pub const NODELAY: u32 = 1;
    pub const CORK: u32 = 3;
    pub const KEEPIDLE: u32 = 4;
    pub const KEEPINTVL: u32 = 5;
    pub const KEEPCNT: u32 = 6;
    pub const QUICKACK: u32 = 12;
    pub const USER_TIMEOUT: u32 = 18;
}

mod ipv6 {
    pub const UNICAST_HOPS: u32 = 16;
    pub const V6ONLY: u32 = 26;
    pub const TCLASS: u32 = 67;
}

/// The options that can be set, by level.
const SETTABLE: [(u32, &[u32]); 4] = [
    (
        SOL_SOCKET,
        &[socket::REUSEADDR, socket::BROADCAST, socket::SNDBUF, socket::RCVBUF, socket::KEEPALIVE, socket::OOBINLINE],
    ),
    (
        IPPROTO_TCP,
        &[tcp::NODELAY, tcp::CORK, tcp::KEEPIDLE, tcp::KEEPINTVL, tcp::KEEPCNT, tcp::QUICKACK, tcp::USER_TIMEOUT],
    ),
    (IPPROTO_IP, &[ip::TOS, ip::TTL]),
    (IPPROTO_IPV6, &[ipv6::UNICAST_HOPS, ipv6::V6ONLY, ipv6::TCLASS]),
];

/// Fails unless an option is one that can be set.
///
/// # Errors
/// ENOPROTOOPT; EPERM.
pub(super) fn expect_settable(family: Family, level: u32, name: u32) -> Result<()> {
    let is_of_family = level != IPPROTO_IPV6 || family == Family::Inet6;
    let mut settable = SETTABLE.iter().filter(|_| is_of_family);
    match (level, name) {
        // As Linux has it, and for the rest whoever runs it decides which way packets take.
        (SOL_SOCKET, socket::BINDTODEVICE) => Err(Errno::Perm.into()),
        _ if settable.any(|(own, names)| *own == level && names.contains(&name)) => Ok(()),
        _ => Err(Errno::Noprotoopt.into()),
    }
}

/// An option's value.
///
/// # Errors
/// ENOPROTOOPT, and what the system says.
pub(super) fn get(file: &File, family: Family, level: u32, name: u32) -> Result<i64> {
    let value = match (level, name) {
        (SOL_SOCKET, socket::REUSEADDR) => system::socket_reuseaddr(file).map(i64::from),
        (SOL_SOCKET, socket::ERROR) => {
            system::socket_error(file).map(|error| error.err().map_or(0, |error| error.raw_os_error().into()))
        }
        (SOL_SOCKET, socket::BROADCAST) => system::socket_broadcast(file).map(i64::from),
        (SOL_SOCKET, socket::SNDBUF) => system::socket_send_buffer_size(file).map(size),
        (SOL_SOCKET, socket::RCVBUF) => system::socket_recv_buffer_size(file).map(size),
        (SOL_SOCKET, socket::KEEPALIVE) => system::socket_keepalive(file).map(i64::from),
        (SOL_SOCKET, socket::OOBINLINE) => system::socket_oobinline(file).map(i64::from),
        (SOL_SOCKET, socket::ACCEPTCONN) => system::socket_acceptconn(file).map(i64::from),
        (IPPROTO_TCP, tcp::NODELAY) => system::tcp_nodelay(file).map(i64::from),
        (IPPROTO_TCP, tcp::CORK) => system::tcp_cork(file).map(i64::from),
        (IPPROTO_TCP, tcp::KEEPIDLE) => system::tcp_keepidle(file).map(seconds),
        (IPPROTO_TCP, tcp::KEEPINTVL) => system::tcp_keepintvl(file).map(seconds),
        (IPPROTO_TCP, tcp::KEEPCNT) => system::tcp_keepcnt(file).map(i64::from),
        (IPPROTO_TCP, tcp::QUICKACK) => system::tcp_quickack(file).map(i64::from),
        (IPPROTO_TCP, tcp::USER_TIMEOUT) => system::tcp_user_timeout(file).map(i64::from),
        (IPPROTO_IP, ip::TOS) => system::ip_tos(file).map(i64::from),
        (IPPROTO_IP, ip::TTL) => system::ip_ttl(file).map(i64::from),
        // A socket of IPv4 has none of these.
        (IPPROTO_IPV6, _) if family == Family::Inet => return Err(Errno::Noprotoopt.into()),
        (IPPROTO_IPV6, ipv6::UNICAST_HOPS) => system::ipv6_unicast_hops(file).map(i64::from),
        (IPPROTO_IPV6, ipv6::V6ONLY) => system::ipv6_v6only(file).map(i64::from),
        (IPPROTO_IPV6, ipv6::TCLASS) => system::ipv6_tclass(file).map(i64::from),
        _ => return Err(Errno::Noprotoopt.into()),
    };
    value.or_errno()
}

/// Sets an option to a number.
///
/// # Errors
/// ENOPROTOOPT, EINVAL, EPERM, and what the system says.
pub(super) fn set(file: &File, family: Family, level: u32, name: u32, values: &[&str]) -> Result<()> {
    expect_settable(family, level, name)?;
    let [value] = values else { return Err(Errno::Inval.into()) };
    let set = match (level, name) {
        (SOL_SOCKET, socket::REUSEADDR) => system::set_socket_reuseaddr(file, flag(value)?),
        (SOL_SOCKET, socket::BROADCAST) => system::set_socket_broadcast(file, flag(value)?),
        (SOL_SOCKET, socket::SNDBUF) => system::set_socket_send_buffer_size(file, amount(value)?),
        (SOL_SOCKET, socket::RCVBUF) => system::set_socket_recv_buffer_size(file, amount(value)?),
        (SOL_SOCKET, socket::KEEPALIVE) => system::set_socket_keepalive(file, flag(value)?),
        (SOL_SOCKET, socket::OOBINLINE) => system::set_socket_oobinline(file, flag(value)?),
        (IPPROTO_TCP, tcp::NODELAY) => system::set_tcp_nodelay(file, flag(value)?),
        (IPPROTO_TCP, tcp::CORK) => system::set_tcp_cork(file, flag(value)?),
        (IPPROTO_TCP, tcp::KEEPIDLE) => system::set_tcp_keepidle(file, time(value)?),
        (IPPROTO_TCP, tcp::KEEPINTVL) => system::set_tcp_keepintvl(file, time(value)?),
        (IPPROTO_TCP, tcp::KEEPCNT) => system::set_tcp_keepcnt(file, word(value)?),
        (IPPROTO_TCP, tcp::QUICKACK) => system::set_tcp_quickack(file, flag(value)?),
        (IPPROTO_TCP, tcp::USER_TIMEOUT) => system::set_tcp_user_timeout(file, word(value)?),
        (IPPROTO_IP, ip::TOS) => system::set_ip_tos(file, byte(value)?),
        (IPPROTO_IP, ip::TTL) => system::set_ip_ttl(file, word(value)?),
        (IPPROTO_IPV6, ipv6::UNICAST_HOPS) => system::set_ipv6_unicast_hops(file, hops(value)?),
        (IPPROTO_IPV6, ipv6::V6ONLY) => system::set_ipv6_v6only(file, flag(value)?),
        (IPPROTO_IPV6, ipv6::TCLASS) => system::set_ipv6_tclass(file, word(value)?),
        _ => return Err(Errno::Noprotoopt.into()),
    };
    set.or_errno()
}

fn size(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

/// An `int`, as the guest has it.
fn int(text: &str) -> Result<i32> {
    text.parse().map_err(|_| Errno::Inval.into())
}

/// The same bits, which the system looks at.
fn word(text: &str) -> Result<u32> {
    int(text).map(i32::cast_unsigned)
}

fn flag(text: &str) -> Result<bool> {
    int(text).map(|value| value != 0)
}

/// What is not negative.
fn amount(text: &str) -> Result<usize> {
    usize::try_from(int(text)?).map_err(|_| Errno::Inval.into())
}

fn time(text: &str) -> Result<Duration> {
    Ok(Duration::from_secs(amount(text)? as u64))
}

fn byte(text: &str) -> Result<u8> {
    u8::try_from(int(text)?).map_err(|_| Errno::Inval.into())
}

/// -1 stands for what the system takes by itself.
fn hops(text: &str) -> Result<Option<u8>> {
    if int(text)? == -1 { Ok(None) } else { byte(text).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

    fn socket(family: Family, kind: SocketType) -> File {
        let domain = if family == Family::Inet { AddressFamily::INET } else { AddressFamily::INET6 };
        File::from(socket_with(domain, kind, SocketFlags::CLOEXEC, None).expect("a socket"))
    }

    fn errno<T: std::fmt::Debug>(result: Result<T>) -> Errno {
        result.expect_err("refused").downcast().expect("an errno")
    }

    #[test]
    fn what_is_set_is_told() {
        let stream = socket(Family::Inet, SocketType::STREAM);
        for (level, name, value) in [
            (SOL_SOCKET, socket::REUSEADDR, 1),
            (SOL_SOCKET, socket::BROADCAST, 1),
            (SOL_SOCKET, socket::KEEPALIVE, 1),
            (SOL_SOCKET, socket::OOBINLINE, 1),
            (IPPROTO_TCP, tcp::NODELAY, 1),
            (IPPROTO_TCP, tcp::CORK, 1),
            (IPPROTO_TCP, tcp::KEEPIDLE, 30),
            (IPPROTO_TCP, tcp::KEEPINTVL, 7),
            (IPPROTO_TCP, tcp::KEEPCNT, 3),
            (IPPROTO_TCP, tcp::USER_TIMEOUT, 1500),
            (IPPROTO_IP, ip::TOS, 16),
            (IPPROTO_IP, ip::TTL, 9),
        ] {
            set(&stream, Family::Inet, level, name, &[&value.to_string()]).expect("set");
            assert_eq!(get(&stream, Family::Inet, level, name).expect("told"), value, "{level} {name}");
        }
        set(&stream, Family::Inet, SOL_SOCKET, socket::SNDBUF, &["20000"]).expect("set");
        // Linux keeps room for itself.
        assert_eq!(get(&stream, Family::Inet, SOL_SOCKET, socket::SNDBUF).expect("told"), 40000);
        assert_eq!(get(&stream, Family::Inet, SOL_SOCKET, socket::ERROR).expect("told"), 0);
    }

    #[test]
    fn every_option_that_can_be_set_is_known_to_the_system() {
        for (level, names) in SETTABLE {
            let Ok(stream) =
                socket_with(AddressFamily::INET6, SocketType::STREAM, SocketFlags::CLOEXEC, None).map(File::from)
            else {
                return;
            };
            for name in names {
                let value = get(&stream, Family::Inet6, level, *name).expect("told").max(1);
                set(&stream, Family::Inet6, level, *name, &[&value.to_string()]).expect("set");
            }
        }
    }

    #[test]
    fn options_of_ipv6_are_those_of_its_sockets() {
        let of_four = socket(Family::Inet, SocketType::STREAM);
        assert_eq!(errno(get(&of_four, Family::Inet, IPPROTO_IPV6, ipv6::V6ONLY)), Errno::Noprotoopt);
        assert_eq!(errno(set(&of_four, Family::Inet, IPPROTO_IPV6, ipv6::V6ONLY, &["1"])), Errno::Noprotoopt);
        let Ok(of_six) =
            socket_with(AddressFamily::INET6, SocketType::DGRAM, SocketFlags::CLOEXEC, None).map(File::from)
        else {
            return;
        };
        for (name, value) in [(ipv6::V6ONLY, 1), (ipv6::UNICAST_HOPS, 12), (ipv6::TCLASS, 32)] {
            set(&of_six, Family::Inet6, IPPROTO_IPV6, name, &[&value.to_string()]).expect("set");
            assert_eq!(get(&of_six, Family::Inet6, IPPROTO_IPV6, name).expect("told"), value, "{name}");
        }
    }

    #[test]
    fn what_is_not_in_the_table_is_no_option() {
        let stream = socket(Family::Inet, SocketType::STREAM);
        // SO_DONTROUTE, SO_PRIORITY, SO_REUSEPORT, SO_ATTACH_FILTER, SO_MARK, TCP_CONGESTION, TCP_FASTOPEN, IP_HDRINCL,
        // IP_TRANSPARENT, IP_MULTICAST_IF, IP_ADD_MEMBERSHIP, IPV6_JOIN_GROUP.
        let names =
            [(1, 5), (1, 12), (1, 15), (1, 26), (1, 36), (6, 13), (6, 23), (0, 3), (0, 19), (0, 32), (0, 35), (41, 20)];
        for (level, name) in names {
            // Of whichever form.
            let set_two = set(&stream, Family::Inet, level, name, &["239.1.1.1", "127.0.0.1"]);
            assert_eq!(errno(set_two), Errno::Noprotoopt, "{level} {name}");
            assert_eq!(errno(set(&stream, Family::Inet, level, name, &["1"])), Errno::Noprotoopt, "{level} {name}");
            assert_eq!(errno(get(&stream, Family::Inet, level, name)), Errno::Noprotoopt, "{level} {name}");
        }
        assert_eq!(errno(set(&stream, Family::Inet, SOL_SOCKET, socket::BINDTODEVICE, &["1"])), Errno::Perm);
        for values in [&["x"][..], &[""], &["1", "2"], &["1", "2", "3"], &[], &["99999999999"]] {
            assert_eq!(errno(set(&stream, Family::Inet, SOL_SOCKET, socket::KEEPALIVE, values)), Errno::Inval);
        }
        assert_eq!(errno(set(&stream, Family::Inet, SOL_SOCKET, socket::SNDBUF, &["-1"])), Errno::Inval);
    }
}
