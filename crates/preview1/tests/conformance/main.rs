//! Conformance: what stock wasmtime-wasi lets a preview1 command do on a host folder, the command `preview1` lets it do on a host
//! folder (`--dir`) and on one in memory (`--mem`). `rules/` holds the rules, each a few calls with what they give, on a folder that
//! `hosts.rs` has filled; where ours gives something else, it says so there, with the reason.
//!
//! | file | holds |
//! |---|---|
//! | `rules.rs` | the rules as they are written down |
//! | `words.rs` | the words of calls |
//! | `script.rs`, `show.rs` | a rule as a script, and what came back |
//! | `driver.rs` | the command that carries scripts out |
//! | `hosts.rs` | where it runs |

mod driver;
mod hosts;
mod rules;
mod script;
mod show;
mod words;

use hosts::Hosts;
use rules::{Rule, Who};
use script::Script;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const FILES: [(&str, &str); 10] = [
    ("links.txt", include_str!("rules/links.txt")),
    ("listing.txt", include_str!("rules/listing.txt")),
    ("names.txt", include_str!("rules/names.txt")),
    ("numbers.txt", include_str!("rules/numbers.txt")),
    ("offsets.txt", include_str!("rules/offsets.txt")),
    ("opening.txt", include_str!("rules/opening.txt")),
    ("rights.txt", include_str!("rules/rights.txt")),
    ("sizes.txt", include_str!("rules/sizes.txt")),
    ("slashes.txt", include_str!("rules/slashes.txt")),
    ("times.txt", include_str!("rules/times.txt")),
];

/// What is wrong with a rule.
fn faults(hosts: &Hosts, rule: &Rule) -> Vec<String> {
    let script = Script::of(rule);
    let mut faults = Vec::new();
    for who in [Who::Stock, Who::Dir, Who::Memory] {
        let written = hosts.run(who, script.bytes());
        for (line, result) in rule.lines.iter().zip(script.results(written.as_deref())) {
            let expected = line.expected(who);
            if let Some(result) = result.filter(|result| result != expected && expected != "*") {
                faults.push(format!(
                    "{} {}, {who:?}: {}\n  expected {expected}\n  found    {result}",
                    line.place, rule.name, line.call
                ));
            }
        }
    }
    for line in rule.lines.iter().filter(|line| line.has_idle_exception()) {
        faults.push(format!("{}: an exception that is none", line.place));
    }
    faults
}

#[test]
fn ours_does_what_stock_wasi_does() {
    let hosts = Hosts::new();
    let rules: Vec<Rule> = FILES.iter().flat_map(|(file, text)| rules::read(file, text)).collect();
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(rule) = rules.get(next.fetch_add(1, Ordering::Relaxed)) {
                    found.lock().expect("sound").extend(faults(&hosts, rule));
                }
            });
        }
    });
    let found = found.into_inner().expect("sound");
    assert!(found.is_empty(), "{}", found.join("\n"));
}
