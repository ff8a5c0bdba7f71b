//! What a run may reach of the network: which names it may look up, where it may connect to and send, where it may listen.
//!
//! A name is looked up only if an entry grants it. What it leads to is remembered, and a connection is judged by the address that
//! it goes to: by entries of addresses, or by those of the names that have led there in this run. A name alone never leads into
//! the machine itself or a network that is not public, whatever an answer says.
//!
//! | file | holds |
//! |---|---|
//! | `entry.rs` | entries of `connect` and `listen`, as a project writes them |
//! | `host.rs` | names as they are compared, and what an entry's host covers |
//! | `class.rs` | classes of addresses, and addresses in addresses |
//! | `rules.rs` | all entries of a key, asked at once |
//! | `names.rs` | what names have led to |
//! | `denied.rs` | what was denied last |
//! | `inherited.rs` | sockets that were made by whoever starts a run |
//! | `least.rs` | from an audit to the least entries |

mod class;
mod denied;
mod entry;
#[cfg(test)]
mod entry_test;
mod host;
mod inherited;
mod least;
mod names;
#[cfg(test)]
mod network_test;
mod rules;

pub use denied::Denied;
pub(crate) use entry::ALL;
pub use entry::{Key, check_connect, check_listen};
pub use inherited::Inherited;
pub(crate) use inherited::VARIABLES as VARIABLES_OF_INHERITED;
pub(crate) use least::Asked as AskedOfNetwork;

use crate::audit::{Audit, Record};
use crate::permissions::Permissions;
use class::{canonical, canonical_socket, special};
use denied::Asked;
use entry::bracketed;
use host::{LOCALHOST, is_numeric, name as host_name};
use names::Names;
use rules::Rules;
use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Most addresses of one answer that are looked at.
const MOST_OF_ANSWER: usize = 256;

/// Most destinations of datagrams that the audit has told of; then it tells of them again.
const MOST_TOLD: usize = 1024;

/// What a socket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// TCP.
    Stream,
    /// UDP.
    Datagram,
}

/// The network of one run. The default is none.
#[derive(Default)]
pub struct Network {
    connect: Rules,
    listen: Rules,
    names: Names,
    /// Where datagrams went to, as the audit has told.
    told: HashSet<SocketAddr>,
    denied: Option<Denied>,
    audit: Option<Arc<Audit>>,
}

impl Network {
    /// What these permissions grant, which are narrowed already. `variable` looks a variable of the environment up.
    pub fn of(
        permissions: &Permissions,
        variable: &dyn Fn(&str) -> Option<String>,
        audit: Option<Arc<Audit>>,
    ) -> Network {
        Network {
            connect: Rules::of(&permissions.connect, Key::Connect, variable),
            listen: Rules::of(&permissions.listen, Key::Listen, variable),
            audit,
            ..Network::default()
        }
    }

    /// Whether there is any grant: without one no socket is of use.
    pub fn grants_anything(&self) -> bool {
        self.grants_connect() || !self.listen.is_empty()
    }

    /// Whether there is any host that may be connected to.
    pub fn grants_connect(&self) -> bool {
        !self.connect.is_empty()
    }

    /// Whether a name may be looked up. `localhost` may: nobody is asked for it.
    pub fn may_look_up(&mut self, name: &str) -> bool {
        // With everything granted it is the resolver that says what is no name; but a number in disguise is none to it.
        let own = host_name(name);
        let granted = match &own {
            Ok(own) => own == LOCALHOST || self.connect.has_name(own),
            Err(_) => self.connect.has_all() && !is_numeric(name),
        };
        self.note(|| Record::Lookup { name: shown(name), granted, refused: Vec::new() });
        if let (false, Ok(own)) = (granted, own) {
            self.deny(Key::Connect, own.clone(), own, Asked::LookUp);
        }
        granted
    }

    /// Whether the name of an address may be asked for: that of one which may be reached, or which a name has led to; `localhost` leads
    /// out to nobody. (Asking tells the owner of the address that somebody has asked.)
    pub fn may_look_up_address(&mut self, address: IpAddr) -> bool {
        let address = canonical(address);
        let is_own = address.is_loopback() && self.grants_anything();
        let is_known = special(address).is_none() && !self.names.of(address).is_empty();
        let granted = is_own || is_known || self.connect.has_at_any_port(address);
        self.note(|| Record::Lookup { name: address.to_string(), granted, refused: Vec::new() });
        if !granted {
            self.deny(Key::Connect, bracketed(address), address.to_string(), Asked::LookUp);
        }
        granted
    }

    /// What a name has led to: of these addresses those that it may lead to, which are remembered. None of some is a denial.
    pub fn found(&mut self, name: &str, addresses: Vec<IpAddr>) -> Vec<IpAddr> {
        let own = host_name(name).ok();
        if own.as_deref() == Some(LOCALHOST) {
            let own = addresses.into_iter().filter(IpAddr::is_loopback).take(MOST_OF_ANSWER);
            return own.inspect(|address| self.names.note(LOCALHOST, *address)).collect();
        }
        let own = own.filter(|own| self.connect.has_name(own));
        if own.is_none() && !self.connect.has_all() {
            return Vec::new();
        }
        let (mut left, mut refused) = (Vec::new(), Vec::new());
        for address in addresses.into_iter().take(MOST_OF_ANSWER) {
            let found = canonical(address);
            match special(found) {
                Some(kind) if !self.connect.has_at_any_port(found) => refused.push((found, kind)),
                _ => {
                    if let Some(own) = &own {
                        self.names.note(own, found);
                    }
                    left.push(address);
                }
            }
        }
        if let (true, Some((first, kind)), Some(own)) = (left.is_empty(), refused.first(), own) {
            let (entry, asked) = (bracketed(*first), Asked::LeadsTo(first.to_string(), kind));
            let refused = || refused.iter().map(|(address, _)| address.to_string()).collect();
            self.note(|| Record::Lookup { name: own.clone(), granted: false, refused: refused() });
            self.deny(Key::Connect, entry, own, asked);
        }
        left
    }

    /// Whether a connection may go to an address.
    pub fn may_connect(&mut self, to: SocketAddr) -> bool {
        let to = canonical_socket(to);
        let granted = self.grants(to);
        self.note_connect(to, granted);
        self.deny_unless(granted, to, Asked::Connect)
    }

    /// Whether a datagram may go to an address.
    pub fn may_send(&mut self, to: SocketAddr) -> bool {
        let to = canonical_socket(to);
        let granted = self.grants(to);
        self.note_destination(to, granted);
        self.deny_unless(granted, to, Asked::Send)
    }

    /// Datagrams go to an address that a socket has heard, where everybody is: that needs no grant.
    pub fn answers(&mut self, to: SocketAddr) {
        self.note_destination(canonical_socket(to), true);
    }

    /// Whether a datagram from an address may be delivered where not everybody may send to.
    pub fn may_receive_from(&self, from: SocketAddr) -> bool {
        self.grants(canonical_socket(from))
    }

    /// Whether a socket may be bound to an address of the machine. A port that the system chooses (0) is what whoever connects has,
    /// too.
    pub fn may_bind(&mut self, at: SocketAddr, kind: Kind) -> bool {
        let at = canonical_socket(at);
        let granted = self.listen.covers(at.ip(), at.port()) || (at.port() == 0 && self.grants_connect());
        self.note(|| Record::Bind { address: at.to_string(), granted });
        if !granted {
            let asked = if kind == Kind::Stream { Asked::Listen } else { Asked::Receive };
            self.deny(Key::Listen, at.to_string(), at.to_string(), asked);
        }
        granted
    }

    /// Whether a socket that is bound to an address may listen there. It has asked for the port `asked`, 0 for any: an
    /// entry of the port that the system has chosen then would grant the next run nothing.
    pub fn may_listen(&mut self, at: SocketAddr, asked: u16) -> bool {
        let granted = self.is_listen_granted(at);
        let at = canonical_socket(at);
        self.note(|| Record::Listen { address: at.to_string(), granted });
        if !granted {
            let wanted = SocketAddr::new(at.ip(), asked).to_string();
            self.deny(Key::Listen, wanted.clone(), wanted, Asked::Listen);
        }
        granted
    }

    /// Whether whatever comes to a socket that is bound to an address may be delivered. Where port 0 is granted, the port may be
    /// any: one that the system has not chosen was granted when the socket was bound.
    pub fn is_listen_granted(&self, at: SocketAddr) -> bool {
        let at = canonical_socket(at);
        self.listen.covers(at.ip(), at.port()) || self.listen.covers(at.ip(), 0)
    }

    /// A connection from an address has come.
    pub fn accepted(&self, from: SocketAddr) {
        self.note(|| Record::Accept { address: canonical_socket(from).to_string() });
    }

    /// What was denied last.
    pub fn denied(&self) -> Option<&Denied> {
        self.denied.as_ref()
    }

    /// Forgets what was denied: it is no longer what the app has run into last.
    pub fn forget_denied(&mut self) {
        self.denied = None;
    }

    /// Whether something may go to an address, which is canonical: by what entries say of it, or by a name that has led there.
    fn grants(&self, to: SocketAddr) -> bool {
        let by_name = || {
            let mut names = self.names.of(to.ip()).iter();
            special(to.ip()).is_none() && names.any(|name| self.connect.covers_name(name, to.port()))
        };
        self.connect.reaches(to.ip(), to.port()) || by_name()
    }

    fn note(&self, record: impl FnOnce() -> Record) {
        if let Some(audit) = &self.audit {
            audit.append(&record());
        }
    }

    fn note_connect(&self, to: SocketAddr, granted: bool) {
        let names = || self.names.of(to.ip()).to_vec();
        self.note(|| Record::Connect { address: to.to_string(), names: names(), granted });
    }

    /// Notes where datagrams go to, once for each destination.
    fn note_destination(&mut self, to: SocketAddr, granted: bool) {
        if self.audit.is_none() {
            return;
        }
        if self.told.len() == MOST_TOLD {
            self.told.clear();
        }
        if self.told.insert(to) {
            self.note_connect(to, granted);
        }
    }

    /// Notes a denial of something that would go to an address. A name that has led there is what its user knows it by.
    fn deny_unless(&mut self, granted: bool, to: SocketAddr, asked: Asked) -> bool {
        if !granted {
            let name = self.names.of(to.ip()).last().filter(|_| special(to.ip()).is_none());
            let host = name.map_or_else(|| bracketed(to.ip()), String::clone);
            // Port 0 is none that an entry can name.
            let entry = if to.port() == 0 { host } else { format!("{host}:{}", to.port()) };
            self.deny(Key::Connect, entry.clone(), entry, asked);
        }
        granted
    }

    fn deny(&mut self, key: Key, entry: String, subject: String, asked: Asked) {
        self.denied = Some(Denied { key, entry, subject, asked });
    }
}

/// A name as the audit tells it, however long it is.
fn shown(name: &str) -> String {
    name.chars().take(host::LONGEST_NAME).collect()
}
