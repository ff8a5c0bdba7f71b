//! Whose datagrams a socket takes: those of whom the policy grants. At an address that is granted to be listened at everybody's, and
//! whom it has heard from there it may answer.

use std::collections::VecDeque;
use std::net::SocketAddr;

/// Most senders that are remembered.
const MOST: usize = 1024;

/// See the module's documentation.
#[derive(Debug, Default)]
pub(super) struct Peers {
    /// Whether everybody is heard.
    pub open: bool,
    /// Who was heard, the last one last.
    heard: VecDeque<SocketAddr>,
}

impl Peers {
    /// Remembers a sender, if everybody is heard.
    pub fn hear(&mut self, from: SocketAddr) {
        if !self.open {
            return;
        }
        if let Some(at) = self.heard.iter().rposition(|heard| *heard == from) {
            self.heard.remove(at);
        } else if self.heard.len() == MOST {
            self.heard.pop_front();
        }
        self.heard.push_back(from);
    }

    /// Whether it may be answered.
    pub fn has_heard(&self, from: SocketAddr) -> bool {
        self.open && self.heard.contains(&from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn sender(port: u16) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, port).into()
    }

    #[test]
    fn the_last_senders_are_remembered_where_everybody_is_heard() {
        let mut peers = Peers::default();
        peers.hear(sender(1));
        assert!(!peers.has_heard(sender(1)));
        peers.open = true;
        for port in 1..=MOST as u16 {
            peers.hear(sender(port));
        }
        // Heard again, so not the one that is forgotten first.
        peers.hear(sender(1));
        peers.hear(sender(9999));
        assert!(peers.has_heard(sender(1)) && !peers.has_heard(sender(2)) && peers.has_heard(sender(3)));
        assert_eq!(peers.heard.len(), MOST);
    }
}
