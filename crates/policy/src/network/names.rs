//! What names have led to in this run. An address that is connected to is known by the name that was looked up, and no second
//! lookup can change that.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

/// Most addresses that are remembered, and most names of one: who has looked them up longest ago is forgotten.
const MOST_ADDRESSES: usize = 4096;
const MOST_NAMES: usize = 16;

/// Addresses, and the names that have led to each.
#[derive(Default)]
pub(super) struct Names {
    of: HashMap<IpAddr, Known>,
    /// The addresses by when they were last found.
    by_age: BTreeMap<u64, IpAddr>,
    now: u64,
}

/// What is known of an address.
struct Known {
    /// The names that have led to it, the last one last.
    names: Vec<String>,
    /// When that was.
    found: u64,
}

impl Names {
    /// A name has led to an address.
    pub fn note(&mut self, name: &str, address: IpAddr) {
        self.now += 1;
        let known = self.of.entry(address).or_insert_with(|| Known { names: Vec::new(), found: 0 });
        known.names.retain(|known| known != name);
        if known.names.len() == MOST_NAMES {
            known.names.remove(0);
        }
        known.names.push(name.to_string());
        self.by_age.remove(&known.found);
        known.found = self.now;
        self.by_age.insert(self.now, address);
        if self.of.len() > MOST_ADDRESSES
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.of.remove(&oldest);
        }
    }

    /// The names that have led to an address, the last one last.
    pub fn of(&self, address: IpAddr) -> &[String] {
        self.of.get(&address).map_or(&[], |known| &known.names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn ip(number: u32) -> IpAddr {
        Ipv4Addr::from(number).into()
    }

    #[test]
    fn the_last_name_comes_last_and_few_are_kept() {
        let mut names = Names::default();
        assert_eq!(names.of(ip(1)), [""; 0]);
        for name in ["a", "b", "a"] {
            names.note(name, ip(1));
        }
        names.note("c", ip(2));
        assert_eq!(names.of(ip(1)), ["b", "a"]);
        for number in 0..MOST_NAMES {
            names.note(&format!("n{number}"), ip(1));
        }
        assert_eq!(names.of(ip(1)).len(), MOST_NAMES);
        assert_eq!(names.of(ip(1)).first().map(String::as_str), Some("n0"));
        assert_eq!(names.of(ip(2)), ["c"]);
    }

    #[test]
    fn what_was_found_longest_ago_is_forgotten() {
        let mut names = Names::default();
        for number in 0..MOST_ADDRESSES as u32 {
            names.note("a", ip(number));
        }
        names.note("a", ip(0));
        names.note("b", ip(1 << 20));
        assert_eq!((names.of.len(), names.by_age.len()), (MOST_ADDRESSES, MOST_ADDRESSES));
        assert_eq!(names.of(ip(0)), ["a"]);
        assert_eq!(names.of(ip(1)), [""; 0]);
        assert_eq!(names.of(ip(2)), ["a"]);
        assert_eq!(names.of(ip(1 << 20)), ["b"]);
    }
}
