//! What was denied last, and what would grant it: the last line of a run that it has ended.

use super::entry::Key;
use std::fmt;

/// A request that was denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// The key that would grant it.
    pub key: Key,
    /// What it would have to hold: `api.example.com`, `10.0.0.5:5432`, `[::1]:80`.
    pub entry: String,
    /// What was asked for: a name, or an address with its port.
    pub subject: String,
    /// What the app may not do with it.
    pub(super) asked: Asked,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    LookUp,
    /// A name that was granted, but leads to such an address only.
    LeadsTo(String, &'static str),
    Connect,
    Send,
    Listen,
    Receive,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Denied { key, entry, subject, asked } = self;
        write!(f, "{subject}: ")?;
        match asked {
            Asked::LookUp => f.write_str("the app may not look it up"),
            Asked::LeadsTo(address, kind) => {
                write!(f, "it leads to {address} ({kind}), where a name alone does not lead")
            }
            Asked::Connect => f.write_str("the app may not connect to it"),
            Asked::Send => f.write_str("the app may not send to it"),
            Asked::Listen => f.write_str("the app may not listen there"),
            Asked::Receive => f.write_str("the app may not receive there"),
        }?;
        write!(f, "; add {entry:?} to {} in [tool.pyapp.permissions]", key.name())
    }
}
