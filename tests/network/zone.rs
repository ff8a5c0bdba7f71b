//! The name server: what `names.txt` says, at the port where `resolv.conf` has it.

use names::testing::{Query, Reply, Server};
use std::collections::HashMap;
use std::net::{IpAddr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const NAMES: &str = include_str!("names.txt");

/// What is said of a name.
enum Entry {
    /// The addresses of one lookup after the other; the last are said again.
    Addresses(Vec<Vec<IpAddr>>),
    Alias(String),
    Pointer(String),
    Status(u8),
    Nothing,
}

impl Entry {
    fn parse(text: &str) -> Entry {
        let words: Vec<&str> = text.split_whitespace().collect();
        let address = |word: &&str| word.parse().unwrap_or_else(|_| panic!("{word:?} in {text:?} is no address"));
        match words[..] {
            ["alias", name] => Entry::Alias(name.to_string()),
            ["pointer", name] => Entry::Pointer(name.to_string()),
            ["status", number] => Entry::Status(number.parse().expect("a number")),
            ["nothing"] => Entry::Nothing,
            _ => {
                let lookups = words.split(|word| *word == "then");
                Entry::Addresses(lookups.map(|words| words.iter().map(address).collect()).collect())
            }
        }
    }
}

fn entries() -> HashMap<&'static str, Entry> {
    let lines = NAMES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines = lines.map(|line| line.split_once(' ').expect("a name and what is said of it"));
    lines.map(|(name, text)| (name, Entry::parse(text))).collect()
}

/// The running server, and what it has been asked.
pub struct Zone {
    server: Server,
    /// How often each name has been asked for, for each kind.
    counts: Arc<Mutex<HashMap<(String, u16), usize>>>,
    /// Up to where the questions have been taken.
    taken: usize,
}

impl Zone {
    pub fn start() -> Zone {
        let counts = Arc::new(Mutex::new(HashMap::new()));
        let (entries, known) = (entries(), Arc::clone(&counts));
        let server = Server::answering(move |query| {
            let name = query.name.to_lowercase();
            let mut counts = known.lock().expect("not poisoned");
            let count = counts.entry((name.clone(), query.kind)).or_insert(0);
            *count += 1;
            vec![answer(&entries, query, &name, *count - 1).bytes()]
        });
        // It has a port of its own, and resolv.conf names none.
        let (here, there) = (UdpSocket::bind("127.0.0.1:53").expect("a port that is free"), server.address());
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let Ok((length, from)) = here.recv_from(&mut buffer) else { continue };
                let asking = UdpSocket::bind("127.0.0.1:0").expect("a port that is free");
                asking.set_read_timeout(Some(Duration::from_secs(5))).expect("set");
                let sent = asking.send_to(&buffer[..length], there);
                if let Ok(length) = sent.and_then(|_| asking.recv(&mut buffer)) {
                    let _ = here.send_to(&buffer[..length], from);
                }
            }
        });
        Zone { server, counts, taken: 0 }
    }

    /// The names that have been asked for since this was asked last. The server begins anew.
    pub fn take(&mut self) -> Vec<String> {
        self.counts.lock().expect("not poisoned").clear();
        let all = self.server.asked();
        let new = all[self.taken..].iter().map(|(name, _)| name.to_lowercase()).collect();
        self.taken = all.len();
        new
    }
}

fn answer(entries: &HashMap<&str, Entry>, query: &Query, name: &str, count: usize) -> Reply {
    let (mut reply, mut owner) = (query.reply(), name.to_string());
    loop {
        let above = std::iter::successors(owner.split_once('.'), |(_, above)| above.split_once('.'));
        let below = above.map(|(_, above)| format!("*.{above}")).find_map(|name| entries.get(name.as_str()));
        match entries.get(owner.as_str()).or(below) {
            Some(Entry::Alias(target)) => {
                reply = reply.alias(&owner, target);
                owner = target.clone();
            }
            Some(Entry::Addresses(lookups)) => {
                let said = lookups.get(count).or(lookups.last()).expect("at least one");
                let kind = |address: &&IpAddr| {
                    query.kind == if address.is_ipv4() { names::testing::A } else { names::testing::AAAA }
                };
                return said.iter().filter(kind).fold(reply, |reply, address| reply.address(&owner, *address));
            }
            Some(Entry::Pointer(target)) => return reply.pointer(&owner, target),
            Some(Entry::Status(status)) => return reply.status(*status),
            Some(Entry::Nothing) => return reply,
            None => return reply.status(3),
        }
    }
}
