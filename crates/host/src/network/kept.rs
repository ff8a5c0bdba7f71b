//! Options that the host keeps for the guest. How long reading and writing wait, and how long closing does, which never waits here: the
//! system does not wait for it. And that others may be bound where a socket of datagrams is (SO_REUSEADDR): on Linux the last one would
//! get all that comes to an earlier one, whosever that is. (Of streams it only says that a port is free at once.)

use super::options::{SOL_SOCKET, socket::REUSEADDR};
use crate::wasi::Result;
use crate::wasi::types::Errno;
use policy::network::Kind;
use std::time::Duration;

const SO_LINGER: u32 = 13;
/// Two numbers each: with times of 32 bits and of 64.
const SO_RCVTIMEO: [u32; 2] = [20, 66];
const SO_SNDTIMEO: [u32; 2] = [21, 67];

/// See the module's documentation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// Whether closing is to wait, and for how many seconds.
    pub linger: (bool, u32),
    /// Whether others may be bound there.
    pub shares: bool,
    /// How long reading waits.
    pub reading: Option<Duration>,
    /// How long writing waits.
    pub writing: Option<Duration>,
}

/// Whether an option of a socket of this kind is one of these.
pub(super) fn is_kept(kind: Kind, level: u32, name: u32) -> bool {
    let is_time = name == SO_LINGER || SO_RCVTIMEO.contains(&name) || SO_SNDTIMEO.contains(&name);
    level == SOL_SOCKET && (is_time || (name == REUSEADDR && kind == Kind::Datagram))
}

impl Kept {
    /// The text of one of these options.
    pub fn get(&self, name: u32) -> String {
        if name == REUSEADDR {
            return u8::from(self.shares).to_string();
        }
        if name == SO_LINGER {
            return format!("{} {}", u8::from(self.linger.0), self.linger.1);
        }
        let time = if SO_RCVTIMEO.contains(&name) { self.reading } else { self.writing };
        time.map_or_else(|| "0 0".to_string(), |time| format!("{} {}", time.as_secs(), time.subsec_micros()))
    }

    /// Sets one of these options. Whether it was [`Kept::linger`].
    ///
    /// # Errors
    /// EINVAL, EDOM.
    pub fn set(&mut self, name: u32, values: &[&str]) -> Result<bool> {
        let number = |text: &str| text.parse::<i64>().map_err(|_| Errno::Inval);
        if let (REUSEADDR, [value]) = (name, values) {
            self.shares = number(value)? != 0;
            return Ok(false);
        }
        let [first, second] = values else { return Err(Errno::Inval.into()) };
        let (first, second) = (number(first)?, number(second)?);
        if name == SO_LINGER {
            // Linux takes more for a large number, too.
            self.linger = (first != 0, u32::try_from(second).unwrap_or(u32::MAX));
            return Ok(true);
        }
        let micros = u32::try_from(second).ok().filter(|micros| *micros < 1_000_000).ok_or(Errno::Dom)?;
        // As Linux has it: what is over before it begins is the shortest time that there is.
        let time = match u64::try_from(first) {
            Ok(0) if micros == 0 => None,
            Ok(seconds) => Some(Duration::new(seconds, micros * 1000)),
            Err(_) => Some(Duration::ZERO),
        };
        *(if SO_RCVTIMEO.contains(&name) { &mut self.reading } else { &mut self.writing }) = time;
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_told() {
        let mut kept = Kept::default();
        assert_eq!([13, 20, 67].map(|name| kept.get(name)), ["0 0", "0 0", "0 0"]);
        assert!(kept.set(13, &["1", "30"]).expect("set"));
        assert!(!kept.set(66, &["2", "500000"]).expect("set"));
        assert_eq!([13, 20, 66, 21].map(|name| kept.get(name)), ["1 30", "2 500000", "2 500000", "0 0"]);
        assert_eq!(kept.reading, Some(Duration::from_millis(2500)));
        kept.set(20, &["0", "0"]).expect("set");
        assert_eq!(kept.reading, None);
        for values in [&["1"][..], &["1", "1000000"], &["1", "-1"], &["x", "0"], &["1", "2", "3"]] {
            assert!(kept.set(20, values).is_err(), "{values:?}");
        }
        assert!(!kept.set(2, &["7"]).expect("set") && kept.shares);
        assert_eq!(kept.get(2), "1");
        assert!(kept.set(2, &["x"]).is_err() && kept.set(2, &[]).is_err());
    }
}
