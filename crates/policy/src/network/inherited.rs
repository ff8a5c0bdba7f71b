//! Sockets that whoever starts a run has made for it, and has left open when it began: as systemd passes them, by their numbers. Which
//! of them a run has.

use super::Network;
use crate::audit::Record;
use std::ops::Range;

/// What stands before a number in an entry.
pub(super) const WORD: &str = "fd:";

/// The first number that is passed, and the last that an entry can name.
pub(super) const FIRST: u16 = 3;
pub(super) const LAST: u16 = 1023;

/// The variables of the environment that tell of them: whose they are, how many there are, and their names with `:` between.
const PROCESS: &str = "LISTEN_PID";
const COUNT: &str = "LISTEN_FDS";
const NAMES: &str = "LISTEN_FDNAMES";

/// The same. What they say to this process is not what they say to its app, which sees those of [`Inherited::variables`] only.
pub(crate) const VARIABLES: [&str; 3] = [PROCESS, COUNT, NAMES];

/// The sockets that a run has from its start on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inherited {
    /// Their numbers, in the run as in this process.
    pub numbers: Range<u32>,
    /// Their names, if they have some.
    names: Option<String>,
}

impl Inherited {
    /// What the app is told of them, if there are some. `process` is what it takes its process's number to be.
    pub fn variables(&self, process: u32) -> Vec<(&'static str, String)> {
        if self.numbers.is_empty() {
            return Vec::new();
        }
        let numbers = [(PROCESS, process.to_string()), (COUNT, self.numbers.len().to_string())];
        numbers.into_iter().chain(self.names.clone().map(|names| (NAMES, names))).collect()
    }
}

impl Network {
    /// The sockets that were passed to this process, which has this number, as far as they are granted: from the first on, up to one
    /// that is not, as those who look for them count them.
    pub fn inherited(&self, process: u32, variable: &dyn Fn(&str) -> Option<String>) -> Inherited {
        let number = |name: &str| variable(name)?.parse::<u32>().ok();
        let passed = number(COUNT).filter(|_| number(PROCESS) == Some(process)).unwrap_or(0);
        let granted = (FIRST..=LAST).take_while(|number| self.listen.covers_inherited(*number));
        let count = granted.take(passed as usize).count();
        if count == 0 {
            return Inherited::default();
        }
        let names = variable(NAMES).map(|names| names.split(':').take(count).collect::<Vec<_>>().join(":"));
        let first = u32::from(FIRST);
        let numbers = first..first + count as u32;
        for number in numbers.clone() {
            self.note(|| Record::Listen { address: format!("{WORD}{number}"), granted: true });
        }
        Inherited { numbers, names }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Permissions;

    const OWN: u32 = 4711;

    /// What a run has, to which this is granted, of what these variables tell.
    fn inherited(listen: &[&str], process: &str, count: &str, names: Option<&str>) -> Inherited {
        let listen = listen.iter().map(|entry| (*entry).to_string()).collect();
        let network = Network::of(&Permissions { listen, ..Permissions::default() }, &|_| None, None);
        network.inherited(OWN, &|name| match name {
            PROCESS => Some(process.to_string()),
            COUNT => Some(count.to_string()),
            _ => names.map(str::to_string),
        })
    }

    #[test]
    fn those_that_are_granted_are_had_up_to_the_first_that_is_not() {
        for (listen, count, expected) in [
            (&["fd:3"][..], "1", 3..4),
            (&["fd:3"], "2", 3..4),
            (&["fd:3-5"], "2", 3..5),
            (&["fd:3", "fd:5", "fd:4"], "9", 3..6),
            (&["fd:3", "fd:5"], "3", 3..4),
            (&["fd:4"], "2", 0..0),
            (&["all"], "3", 3..6),
            (&["all"], "4294967295", 3..1024),
            (&["127.0.0.1:3", "0.0.0.0/0:*"], "1", 0..0),
            (&[], "1", 0..0),
            (&["fd:3"], "0", 0..0),
            (&["fd:3"], "-1", 0..0),
            (&["fd:3"], "one", 0..0),
        ] {
            assert_eq!(inherited(listen, "4711", count, None).numbers, expected, "{listen:?} {count}");
        }
    }

    #[test]
    fn what_is_passed_to_another_process_is_not_there() {
        for process in ["", "1", "47110", "x"] {
            let found = inherited(&["all"], process, "1", Some("web"));
            assert_eq!(found, Inherited::default(), "{process}");
            assert!(found.variables(42).is_empty());
        }
        let network =
            Network::of(&Permissions { listen: vec!["all".into()], ..Permissions::default() }, &|_| None, None);
        assert_eq!(network.inherited(OWN, &|_| None), Inherited::default());
    }

    #[test]
    fn the_app_is_told_of_those_that_it_has() {
        let told = |listen, names| inherited(listen, "4711", "2", names).variables(42);
        let all: Vec<(&str, String)> = vec![(PROCESS, "42".into()), (COUNT, "2".into()), (NAMES, "web:dns".into())];
        assert_eq!(told(&["fd:3-4"][..], Some("web:dns")), all);
        assert_eq!(told(&["fd:3-4"], None), all[..2]);
        assert_eq!(told(&["fd:3"], Some("web:dns"))[1..], [(COUNT, "1".to_string()), (NAMES, "web".to_string())]);
    }

    #[test]
    fn a_number_grants_no_address_and_an_address_no_number() {
        let permissions = Permissions { listen: vec!["fd:3-1023".into()], ..Permissions::default() };
        let mut network = Network::of(&permissions, &|_| None, None);
        for address in ["0.0.0.0:3", "127.0.0.1:80", "[::]:5", "0.0.0.3:0"] {
            let address = address.parse().expect(address);
            assert!(!network.is_listen_granted(address) && !network.may_bind(address, super::super::Kind::Stream));
        }
        assert!(network.grants_anything() && !network.grants_connect());
    }
}
