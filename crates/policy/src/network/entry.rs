//! Entries of `connect` and `listen`, as a project writes them.

use super::class::{MAPPED_BITS, Net, canonical, width};
use super::host::{Host, LOCALHOST, name};
use super::inherited::{FIRST, LAST, WORD};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

/// The entry that grants everything.
pub(crate) const ALL: &str = "all";

/// All ports.
const ANY: RangeInclusive<u16> = 0..=u16::MAX;

/// An entry, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub host: Host,
    pub ports: Ports,
}

/// The ports of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ports {
    /// These.
    Range(RangeInclusive<u16>),
    /// The one that a variable of the environment says.
    Variable(String),
}

/// Which key an entry stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Hosts that the app may connect to.
    Connect,
    /// Addresses of the machine that it may listen at.
    Listen,
}

impl Key {
    /// Its name in `[tool.pyapp.permissions]`.
    pub fn name(self) -> &'static str {
        match self {
            Key::Connect => "connect",
            Key::Listen => "listen",
        }
    }
}

/// Checks an entry of `connect` at build time: a host, or a host with a port.
///
/// # Errors
/// What was expected and what to do, as the end of a line.
pub fn check_connect(entry: &str) -> Result<(), String> {
    Entry::parse(entry, Key::Connect).map(|_| ())
}

/// Checks an entry of `listen` at build time: an address of the machine, with a port, or the number of a socket that is inherited.
///
/// # Errors
/// What was expected and what to do, as the end of a line.
pub fn check_listen(entry: &str) -> Result<(), String> {
    Entry::parse(entry, Key::Listen).map(|_| ())
}

impl Entry {
    /// Takes an entry of a key apart.
    pub fn parse(text: &str, key: Key) -> Result<Entry, String> {
        if text == ALL {
            return Ok(Entry { host: Host::All, ports: Ports::Range(ANY) });
        }
        if text.is_empty() {
            return Err(format!("expected {}, found nothing; remove it", form(key)));
        }
        if let Some(letter) = text.chars().find(|letter| letter.is_whitespace() || letter.is_control()) {
            return Err(format!("expected {} without spaces, found {letter:?} in it; remove that", form(key)));
        }
        if let Some((scheme, rest)) = text.split_once("://") {
            return Err(of_url(scheme, rest));
        }
        if let (Key::Listen, Some(numbers)) = (key, text.strip_prefix(WORD)) {
            return Ok(Entry { host: Host::Inherited, ports: Ports::Range(parse_inherited(numbers)?) });
        }
        let (host, port) = host_and_port(text)?;
        let host = match key {
            _ if host.is_empty() || host == "*" => return Err(of_no_host(host, port, key)),
            Key::Connect => parse_host(host)?,
            Key::Listen => parse_own_address(host, text, port)?,
        };
        let ports = match (port, key) {
            (Some(port), _) => parse_ports(port, key)?,
            (None, Key::Connect) => Ports::Range(ANY),
            (None, Key::Listen) => {
                return Err(format!("expected an address and a port; write \"{text}:8080\", or \"{text}:*\" for any"));
            }
        };
        Ok(Entry { host, ports })
    }
}

/// What an entry of a key looks like.
fn form(key: Key) -> &'static str {
    match key {
        Key::Connect => "a host such as api.example.com:443, *.example.org, 10.0.0.0/8:5432 or [::1]:*",
        Key::Listen => "an address and a port such as 127.0.0.1:8080, [::1]:* or 0.0.0.0:$PORT",
    }
}

/// The host of an entry, in its brackets if it has some, and its port.
fn host_and_port(text: &str) -> Result<(&str, Option<&str>), String> {
    if text.starts_with('[') {
        let Some(end) = text.find(']') else {
            return Err("expected ] behind an IPv6 address, found none; write it such as [::1]:443".to_string());
        };
        return match text[end..].find(':').map(|at| end + at) {
            Some(at) => Ok((&text[..at], Some(&text[at + 1..]))),
            None => Ok((text, None)),
        };
    }
    match text.split_once(':') {
        Some((_, rest)) if rest.contains(':') => {
            let bare = text.split('/').next().unwrap_or(text);
            let way_out = if bare.parse::<Ipv6Addr>().is_ok() {
                format!("write \"[{text}]\"")
            } else {
                "write it such as \"[::1]:443\"".to_string()
            };
            Err(format!("expected an IPv6 address in brackets, found none; {way_out}"))
        }
        Some((host, port)) => Ok((host, Some(port))),
        None => Ok((text, None)),
    }
}

/// The host of an entry of `connect`.
fn parse_host(text: &str) -> Result<Host, String> {
    if let Some(net) = parse_net(text)? {
        return Ok(Host::Net(net));
    }
    if let Some((host, path)) = text.split_once('/') {
        return Err(format!("expected a host, found {:?} behind it; write \"{host}\"", format!("/{path}")));
    }
    if let Some(above) = text.strip_prefix("*.") {
        return Ok(Host::Below(name(above)?));
    }
    if text.contains('*') {
        return Err("expected * only as all that stands before a name; write it such as \"*.example.org\"".to_string());
    }
    match name(text)?.as_str() {
        LOCALHOST => Ok(Host::Localhost),
        ALL => Err("expected \"all\" alone: it has no port; write \"all\", or which hosts".to_string()),
        name => Ok(Host::Name(name.to_string())),
    }
}

/// The host of an entry of `listen`.
fn parse_own_address(host: &str, text: &str, port: Option<&str>) -> Result<Host, String> {
    if let Some(net) = parse_net(host)? {
        return Ok(Host::Net(net));
    }
    if host.eq_ignore_ascii_case(LOCALHOST) {
        return Ok(Host::Localhost);
    }
    if port.is_none() && host.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("expected an address in front of the port; write \"127.0.0.1:{text}\""));
    }
    let expected =
        "expected an address of the machine such as 127.0.0.1, [::1] or localhost, or 0.0.0.0 for all of IPv4";
    Err(format!("{expected}, found {host:?}; write the address"))
}

/// Addresses: `10.0.0.1`, `10.0.0.0/8`, `[::1]`, `[fd00::/8]` or `[fd00::]/8`; `None` if it is something else.
fn parse_net(text: &str) -> Result<Option<Net>, String> {
    let (address, bits) = match text.strip_prefix('[') {
        Some(rest) => {
            let (inner, behind) = rest.split_once(']').unwrap_or((rest, ""));
            let (address, bits) = inner.split_once('/').map_or((inner, None), |(address, bits)| (address, Some(bits)));
            let bits = match (bits, behind.strip_prefix('/')) {
                (bits, _) if behind.is_empty() => bits,
                (None, Some(bits)) => Some(bits),
                _ => return Err(format!("expected a port behind ], found {behind:?}; write it such as [::1]:443")),
            };
            if address.contains('%') {
                return Err(format!("expected an address without a zone, found {address}; remove what begins with %"));
            }
            let found = address.parse::<Ipv6Addr>();
            let fail = |_| format!("expected an IPv6 address in the brackets, found {address:?}; correct it");
            (IpAddr::V6(found.map_err(fail)?), bits)
        }
        None => {
            let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
            let Ok(address) = address.parse::<Ipv4Addr>() else { return Ok(None) };
            (IpAddr::V4(address), bits)
        }
    };
    let Some(bits) = bits else { return Ok(Some(Net::of(canonical(address)))) };
    let most = width(address);
    let number = number(bits).and_then(|bits| u8::try_from(bits).ok()).filter(|bits| *bits <= most);
    let bits = number
        .ok_or_else(|| format!("expected how many bits count, 0 to {most}, behind /, found {bits:?}; correct it"))?;
    let net = Net::around(address, bits);
    if net.first != address {
        let first = bracketed(net.first);
        return Err(format!("expected the first address of the net, found {address}; write \"{first}/{bits}\""));
    }
    // What is mapped is an address of IPv4.
    Ok(Some(match (canonical(address), address) {
        (inner @ IpAddr::V4(_), IpAddr::V6(_)) => Net { first: inner, bits: bits.saturating_sub(MAPPED_BITS) },
        _ => net,
    }))
}

/// An address as it stands before a port.
pub(super) fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// A port, a range of ports, `*`, and in `listen` a variable.
fn parse_ports(text: &str, key: Key) -> Result<Ports, String> {
    if text == "*" {
        return Ok(Ports::Range(ANY));
    }
    if let Some(variable) = text.strip_prefix('$') {
        let is_name = variable.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic())
            && variable.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
        return match key {
            Key::Connect => Err(format!("expected a port, found {text}; variables are for listen only")),
            Key::Listen if is_name => Ok(Ports::Variable(variable.to_string())),
            Key::Listen => {
                Err(format!("expected the name of a variable behind $, found {text}; write it such as $PORT"))
            }
        };
    }
    // Port 0 is one that the system chooses: nobody listens there.
    let least = if key == Key::Connect { 1 } else { 0 };
    let range = range(text, least..=u16::MAX).ok_or_else(|| {
        format!("expected a port from {least} to 65535, a range such as 8000-8999, or *, found {text:?}; correct it")
    })?;
    Ok(Ports::Range(range))
}

/// The numbers of sockets that are inherited.
fn parse_inherited(text: &str) -> Result<RangeInclusive<u16>, String> {
    range(text, FIRST..=LAST).ok_or_else(|| {
        format!("expected a number from {FIRST} to {LAST}, or a range such as fd:3-5, behind fd:, found {text:?}; correct it")
    })
}

/// A number, or two with `-` between, which are among `all`.
fn range(text: &str, all: RangeInclusive<u16>) -> Option<RangeInclusive<u16>> {
    let number = |text: &str| number(text).filter(|number| all.contains(number));
    let (low, high) = match text.split_once('-') {
        Some((low, high)) => (number(low)?, number(high)?),
        None => (number(text)?, number(text)?),
    };
    (low <= high).then_some(low..=high)
}

/// A number without a sign.
pub(super) fn number(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// What is said of a URL: the host in it is what was meant.
fn of_url(scheme: &str, rest: &str) -> String {
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = host.rsplit('@').next().unwrap_or(host);
    let port = match scheme.to_ascii_lowercase().as_str() {
        _ if host.rsplit(']').next().is_some_and(|behind| behind.contains(':')) => "",
        "https" | "wss" => ":443",
        "http" | "ws" => ":80",
        _ => "",
    };
    format!("expected a host, found a URL; write \"{host}{port}\"")
}

/// What is said of an entry whose host is nothing, or every one.
fn of_no_host(host: &str, port: Option<&str>, key: Key) -> String {
    match (host, port, key) {
        ("*", None, _) => "expected \"all\" for everything, found \"*\"; write \"all\"".to_string(),
        (_, Some(port), Key::Listen) => {
            format!("expected an address in front of the port; write \"0.0.0.0:{port}\" for all of IPv4")
        }
        (_, Some(port), Key::Connect) => format!(
            "expected a host in front of the port; write \"0.0.0.0/0:{port}\" and \"[::]/0:{port}\" for every address, or \"all\""
        ),
        (_, None, _) => format!("expected {}, found {host:?}; correct it", form(key)),
    }
}
