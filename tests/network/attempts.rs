//! The attempts, as they stand in `attempts/*.txt`: groups of lines, and what each meets.
//!
//! ```text
//! === a group: one run of the app, to which this is granted
//! connect: 127.0.0.1:7001 *.example.org:443
//! listen: 127.0.0.1:$PORT
//! deny: listen
//! variables: PORT=8001
//! tcp 127.0.0.1 7001 | reached tcp 127.0.0.1:7001
//! fetched http://api.example.org:443/to?http://127.0.0.1:8080/ | refused via tcp 93.184.215.14:443
//! tcp 127.0.0.1. 7001 | refused or gaierror
//! ```
//!
//! All keys may be left out. An attempt is a verb of `app.py` with its words, each behind one blank. What it meets is what the
//! app says of it; `via` and servers, with `, ` between: what it reaches besides, or on the way. Nothing else may be reached.

use policy::Permissions;
use std::path::Path;

/// An attempt, and what it may meet.
pub struct Attempt {
    pub line: String,
    pub meets: Vec<String>,
    /// Servers that it reaches, whatever it meets.
    pub via: Vec<String>,
}

impl Attempt {
    fn parse(text: &str) -> Attempt {
        let (line, rest) = text.split_once(" | ").unwrap_or_else(|| panic!("{text}: expected ` | `"));
        let (meets, via) = rest.split_once(" via ").unwrap_or((rest, ""));
        let via = via.split(", ").filter(|server| !server.is_empty());
        Attempt {
            line: line.to_string(),
            meets: meets.split(" or ").map(str::to_string).collect(),
            via: via.map(str::to_string).collect(),
        }
    }

    /// Whether it must not get through.
    pub fn is_refused(&self) -> bool {
        self.meets[0] == "refused"
    }
}

/// What one run tries.
#[derive(Default)]
pub struct Group {
    pub name: String,
    pub connect: Vec<String>,
    pub listen: Vec<String>,
    /// As in `PYAPP_DENY`.
    pub deny: String,
    pub variables: Vec<(String, String)>,
    pub attempts: Vec<Attempt>,
}

impl Group {
    fn parse(text: &str) -> Group {
        let mut lines = text.lines();
        let mut group = Group { name: lines.next().expect("a name").to_string(), ..Group::default() };
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let words = |rest: &str| rest.split_whitespace().map(str::to_string).collect();
            match line.split_once(": ") {
                Some(("connect", rest)) => group.connect = words(rest),
                Some(("listen", rest)) => group.listen = words(rest),
                Some(("deny", rest)) => group.deny = rest.to_string(),
                Some(("variables", rest)) => {
                    let variables =
                        rest.split_whitespace().map(|variable| variable.split_once('=').expect("NAME=VALUE"));
                    group.variables = variables.map(|(name, value)| (name.into(), value.into())).collect();
                }
                _ => group.attempts.push(Attempt::parse(line)),
            }
        }
        group
    }

    /// The permissions of the app that makes them.
    pub fn permissions(&self) -> Permissions {
        Permissions { connect: self.connect.clone(), listen: self.listen.clone(), ..Permissions::default() }
    }

    /// Whether the name server may be asked for this name: told here once more, as simply as it is meant.
    pub fn may_ask_for(&self, name: &str) -> bool {
        let is_denied = ["connect", "all"].contains(&self.deny.as_str());
        // Who may connect to an address may ask what it is called.
        let name = address_of(name).unwrap_or_else(|| name.to_string());
        let is_granted = |name: &str| {
            self.connect.iter().any(|entry| {
                let host = entry.rsplit_once(':').map_or(entry.as_str(), |(host, _)| host);
                host == "all" || host == name || host.strip_prefix('*').is_some_and(|end| name.ends_with(end))
            })
        };
        !is_denied && (is_granted(&name) || name.strip_suffix(".corp.example.com").is_some_and(is_granted))
    }
}

/// `1.2.3.4` of `4.3.2.1.in-addr.arpa`.
fn address_of(name: &str) -> Option<String> {
    let numbers: Vec<&str> = name.strip_suffix(".in-addr.arpa")?.rsplit('.').collect();
    Some(numbers.join("."))
}

/// All groups, those of one file behind those of the other.
pub fn groups() -> Vec<Group> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/network/attempts");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("there").map(|file| file.expect("listed").path()).collect();
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).expect("UTF-8"));
    texts.flat_map(|text| text.split("=== ").skip(1).map(Group::parse).collect::<Vec<_>>()).collect()
}

/// The group of a text, without the mark in front of its name.
pub fn one(text: &str) -> Group {
    Group::parse(text)
}
