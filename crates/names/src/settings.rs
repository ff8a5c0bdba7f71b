//! `/etc/resolv.conf`: which servers are asked, and how.

use crate::LONGEST_LOOKUP;
use crate::name::is_name;
use resolv_conf::{Config, ScopedIp};
use std::fs::File;
use std::io::Read;
use std::net::{SocketAddr, SocketAddrV6};
use std::path::Path;
use std::time::Duration;

/// How much of the file is read, bytes.
const LONGEST: u64 = 64 << 10;
/// As many servers are asked as glibc asks.
const MOST_SERVERS: usize = 3;
/// As many domains are searched as Kubernetes writes.
const MOST_DOMAINS: usize = 32;
/// As often is each server asked as glibc asks it at most.
const MOST_ATTEMPTS: u32 = 5;
/// More dots count as so many, as glibc has it.
const MOST_DOTS: u32 = 15;
/// The port of name servers.
const PORT: u16 = 53;

/// What the file says, within bounds.
#[derive(Debug)]
pub(crate) struct Settings {
    /// In the order in which they are asked.
    pub servers: Vec<SocketAddr>,
    /// Domains that a short name may be in.
    search: Vec<String>,
    /// A name with so many dots is first asked for as it is.
    dots: usize,
    /// Whether a name without a dot is asked for as it is.
    asks_short: bool,
    /// Whether IPv6 addresses are asked for.
    pub asks_ipv6: bool,
    /// Whether all questions go over TCP.
    pub is_tcp: bool,
    /// How long one server may take: see [`Settings::patience`].
    timeout: Duration,
    /// How often each server is asked.
    pub attempts: u32,
}

impl Settings {
    /// Reads the file. One that cannot be read says nothing; then a server of this machine is asked.
    pub fn read(file: &Path) -> Settings {
        let mut text = Vec::new();
        // What was read until an error counts, as lines do that are right beside ones that are not.
        let _ = File::open(file).and_then(|file| file.take(LONGEST).read_to_end(&mut text));
        let (config, _) = Config::parse_with_errors(&text);
        let servers = config.get_nameservers_or_local();
        let domains = config.get_last_search_or_domain().map(|domain| domain.strip_suffix('.').unwrap_or(domain));
        Settings {
            servers: servers.iter().filter_map(server).take(MOST_SERVERS).collect(),
            search: domains.filter(|domain| is_name(domain)).map(str::to_string).take(MOST_DOMAINS).collect(),
            dots: config.ndots.min(MOST_DOTS) as usize,
            asks_short: !config.no_tld_query,
            asks_ipv6: !config.no_aaaa,
            is_tcp: config.use_vc,
            timeout: Duration::from_secs(config.timeout.max(1).into()).min(LONGEST_LOOKUP),
            attempts: config.attempts.clamp(1, MOST_ATTEMPTS),
        }
    }

    /// How long one server may take, so that all are asked in time.
    pub fn patience(&self) -> Duration {
        let servers = u32::try_from(self.servers.len()).unwrap_or(u32::MAX).max(1);
        self.timeout.min(LONGEST_LOOKUP / servers)
    }

    /// How long a whole lookup may take.
    pub fn whole(&self) -> Duration {
        let asked = u32::try_from(self.servers.len()).unwrap_or(1) * self.attempts;
        self.timeout.saturating_mul(asked).min(LONGEST_LOOKUP)
    }

    /// The names to ask for, one after the other, if somebody says `name`. `is_whole`: there was a dot behind it.
    pub fn candidates(&self, name: &str, is_whole: bool) -> Vec<String> {
        let own = name.to_string();
        if is_whole {
            return vec![own];
        }
        let dots = name.matches('.').count();
        let mut names: Vec<String> = self.search.iter().map(|domain| format!("{name}.{domain}")).collect();
        names.retain(|name| is_name(name));
        if dots >= self.dots {
            names.insert(0, own);
        } else if dots > 0 || self.asks_short {
            names.push(own);
        }
        names
    }
}

/// The server at an address; `None` if it is at an interface that this machine does not have.
fn server(address: &ScopedIp) -> Option<SocketAddr> {
    match address {
        ScopedIp::V4(address) => Some(SocketAddr::from((*address, PORT))),
        ScopedIp::V6(address, None) => Some(SocketAddr::from((*address, PORT))),
        ScopedIp::V6(address, Some(interface)) => {
            let scope = interface.parse().ok().or_else(|| number_of(interface))?;
            Some(SocketAddrV6::new(*address, PORT, 0, scope).into())
        }
    }
}

/// The number of a network interface, whose name has letters and digits only.
fn number_of(interface: &str) -> Option<u32> {
    std::fs::read_to_string(format!("/sys/class/net/{interface}/ifindex")).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn settings(text: &str) -> Settings {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(text.as_bytes()).expect("written");
        Settings::read(file.path())
    }

    #[test]
    fn a_missing_file_means_a_server_of_this_machine() {
        let settings = Settings::read(Path::new("/nowhere/resolv.conf"));
        assert_eq!(settings.servers[0].to_string(), "127.0.0.1:53");
        assert_eq!((settings.timeout, settings.attempts), (Duration::from_secs(5), 2));
        assert_eq!(settings.candidates("db", false), ["db"]);
    }

    #[test]
    fn what_is_wrong_in_the_file_does_not_hide_the_rest() {
        let settings = settings(
            "nonsense\nnameserver\nnameserver 10.0.0.300\nnameserver 10.0.0.1\nnameserver fe80::1%7\nnameserver fe80::1%none\n\
             nameserver 10.0.0.2\nnameserver 10.0.0.3\noptions timeout:x what attempts:3 use-vc no-aaaa\nsearch a/b ok.example.\n",
        );
        let servers: Vec<String> = settings.servers.iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["10.0.0.1:53", "[fe80::1%7]:53", "10.0.0.2:53"]);
        assert_eq!((settings.attempts, settings.is_tcp, settings.asks_ipv6), (3, true, false));
        assert_eq!(settings.candidates("db", false), ["db.ok.example", "db"]);
    }

    #[test]
    fn times_and_attempts_have_bounds() {
        let most = settings("nameserver 10.0.0.1\noptions timeout:4000000000 attempts:4000000000 ndots:4000000000\n");
        assert_eq!((most.timeout, most.attempts, most.dots), (LONGEST_LOOKUP, MOST_ATTEMPTS, 15));
        assert_eq!(most.whole(), LONGEST_LOOKUP);
        let three = settings("nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\noptions timeout:30\n");
        assert_eq!((three.patience(), three.whole()), (LONGEST_LOOKUP / 3, LONGEST_LOOKUP));
        let least = settings("nameserver 10.0.0.1\noptions timeout:0 attempts:0\n");
        assert_eq!(least.whole(), Duration::from_secs(1));
    }

    #[test]
    fn short_names_are_searched_before_they_are_asked_for_as_they_are() {
        let kubernetes = settings("search a.svc.local svc.local\noptions ndots:2\n");
        assert_eq!(kubernetes.candidates("db", false), ["db.a.svc.local", "db.svc.local", "db"]);
        assert_eq!(kubernetes.candidates("x.db", false), ["x.db.a.svc.local", "x.db.svc.local", "x.db"]);
        assert_eq!(kubernetes.candidates("x.y.db", false), ["x.y.db", "x.y.db.a.svc.local", "x.y.db.svc.local"]);
        assert_eq!(kubernetes.candidates("db", true), ["db"]);
        let long = "a.".repeat(125) + "a";
        assert_eq!(kubernetes.candidates(&long, false), [long]);
        assert_eq!(settings("domain b\noptions no-tld-query\n").candidates("db", false), ["db.b"]);
    }
}
