//! The permission suite of the network: attempts as data (`network/attempts`), one runner, and nothing is reached that is not granted.
//!
//! Each group of attempts is one run of one app, to which something else is granted, in a network of the test's own: all addresses
//! lead to servers of the test, which count what arrives. So does its name server. To add an attempt is to add a line:
//! `network/attempts.rs` says how.

#[path = "network/attempts.rs"]
mod attempts;
#[path = "network/audit.rs"]
mod audit;
mod common;
#[path = "network/namespace.rs"]
mod namespace;
#[path = "network/run.rs"]
mod run;
#[path = "network/servers.rs"]
mod servers;
#[path = "network/snapshot.rs"]
mod snapshot;
#[path = "network/zone.rs"]
mod zone;

use attempts::{Attempt, Group, groups};
use bundle::Run;
use namespace::in_a_network_of_its_own;
use run::{World, app, attempt};
use std::collections::HashSet;

#[test]
fn nothing_is_reached_that_is_not_granted_and_all_that_is() {
    in_a_network_of_its_own("nothing_is_reached_that_is_not_granted_and_all_that_is", || {
        let (app, mut world) = (app(), World::start());
        assert_eq!(app.bundle.app(), Run::Resumed);
        let mut wrong = Vec::new();
        for group in groups() {
            for run in [Run::Resumed, Run::Cold] {
                wrong.extend(world.judge(&app, run, &group));
            }
        }
        assert!(wrong.is_empty(), "{} escapes or failures:\n{}", wrong.len(), wrong.join("\n"));
    });
}

/// What is refused is refused by the rules, and not for want of a way: with all granted, each such attempt comes to an end of
/// another kind, and most reach somebody.
#[test]
fn an_attempt_would_get_through() {
    in_a_network_of_its_own("an_attempt_would_get_through", || {
        let (app, mut world) = (app(), World::start());
        let (mut refused, mut reached, mut all) = (Vec::new(), 0, 0);
        for mut group in groups() {
            group.attempts.retain(Attempt::is_refused);
            // An attempt that nobody answers, or that the system's own rules are against, is told below.
            group.connect = vec!["all".to_string()];
            group.listen = vec!["all".to_string()];
            group.deny.clear();
            let (met, said) = attempt(&app, Run::Resumed, &group, &group.permissions(), None);
            assert_eq!(met.len(), group.attempts.len(), "{}: {said}", group.name);
            all += met.len();
            for (attempt, met) in group.attempts.iter().zip(met) {
                let through = ["reached ", "= ", "listening", "bound", "sent", "answered", "heard", "served"];
                reached += usize::from(through.iter().any(|start| met.starts_with(start)));
                // Only what has no other word than this may be so with all granted.
                if met == "refused" && attempt.meets.len() == 1 {
                    refused.push(format!("{}: {}", group.name, attempt.line));
                }
            }
            world.forget();
        }
        assert!(reached * 4 > all * 3, "{reached} of {all} get through");
        assert!(refused.is_empty(), "refused with all granted:\n{}", refused.join("\n"));
    });
}

/// What the suite says of what gets through: it would notice.
#[test]
fn an_escape_would_be_noticed() {
    in_a_network_of_its_own("an_escape_would_be_noticed", || {
        let (app, mut world) = (app(), World::start());
        let group = attempts::one(
            "an escape\nconnect: 127.0.0.1:7001 v4.example.com:7002 10.1.2.3\n\
             tcp 127.0.0.1 7001 | refused\nudp 127.0.0.1 7001 | reached udp 127.0.0.1:7001 via udp 127.0.0.1:7001\n\
             tcp v4.example.com 7002 | reached tcp 93.184.215.14:7002\nudp_empty 10.1.2.3 9 | sent\n",
        );
        // The rules of another run are asked, so that the name is not one that may be.
        let told = Group { connect: vec!["127.0.0.1:7001".to_string()], ..attempts::one("none\n") };
        assert!(!told.may_ask_for("v4.example.com") && group.may_ask_for("v4.example.com"));
        let expected = [
            "tcp 127.0.0.1 7001: met \"reached tcp 127.0.0.1:7001\", expected [\"refused\"]",
            "udp 127.0.0.1:7001 was reached fewer than 2 times",
            "1 datagrams came to where nobody is",
        ];
        let expected = expected.map(|line| format!("an escape (Resumed): {line}"));
        assert_eq!(world.judge(&app, Run::Resumed, &group), expected);
    });
}

#[test]
fn the_attempts_are_as_they_should_be() {
    let groups = groups();
    let program = include_str!("network/app.py");
    let (mut names, mut refused, mut granted) = (HashSet::new(), 0, 0);
    for group in &groups {
        assert!(names.insert(&group.name), "two groups: {}", group.name);
        assert!(!group.attempts.is_empty(), "{}", group.name);
        for attempt in &group.attempts {
            let verb = attempt.line.split(' ').next().expect("a verb");
            assert!(program.contains(&format!("@verb\ndef {verb}(")), "{}: no verb", attempt.line);
            assert!(!attempt.line.ends_with(' ') && !attempt.line.contains("  "), "{:?}", attempt.line);
            *if attempt.is_refused() { &mut refused } else { &mut granted } += 1;
        }
    }
    assert!(refused >= 300 && granted >= 100, "{refused} refused, {granted} granted");
    for entry in groups.iter().flat_map(|group| &group.connect) {
        assert_eq!(policy::network::check_connect(entry), Ok(()), "{entry}");
    }
    for entry in groups.iter().flat_map(|group| &group.listen) {
        assert_eq!(policy::network::check_listen(entry), Ok(()), "{entry}");
    }
}
