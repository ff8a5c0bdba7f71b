//! What the audit has of attempts, and the least permissions that are made of it.

use super::attempts::{Group, one};
use super::common::project::App;
use super::namespace::in_a_network_of_its_own;
use super::run::{World, app, attempt};
use policy::Permissions;
use serde_json::Value;

const TEXT: &str = include_str!("audit.txt");
/// What the record of a refusal holds.
const FALSE: &str = "\"granted\":false";

/// The attempts, the records of the network, and the least `connect` and `listen`.
fn parts() -> (Group, Vec<Value>, [Vec<String>; 2]) {
    let parts: Vec<&str> = TEXT.split("=== ").skip(1).collect();
    let [attempts, records, connect, listen] = parts[..] else { panic!("four parts") };
    let records = records.lines().skip(1).map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let words = |part: &str| part.lines().skip(1).flat_map(|line| line.split(' ')).map(str::to_string).collect();
    (one(attempts), records, [words(connect), words(listen)])
}

/// The records of the network in an audit, with no port of the system's choice.
fn records(text: &str) -> Vec<Value> {
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let of_network = |line: &Value| {
        ["lookup", "connect", "bind", "listen", "accept"].contains(&line["kind"].as_str().expect("a kind"))
    };
    let mut records: Vec<Value> = lines.filter(of_network).collect();
    for record in records.iter_mut().filter(|record| record["kind"] == "accept") {
        let address = record["address"].as_str().expect("a text").rsplit_once(':').expect("a port").0.to_string();
        record["address"] = format!("{address}:?").into();
    }
    records
}

/// What the attempts meet with these keys of the network.
fn with(app: &App, group: &Group, least: Permissions) -> Vec<String> {
    let permissions = Permissions { connect: least.connect, listen: least.listen, ..Permissions::default() };
    attempt(app, app.bundle.app(), group, &permissions, None).0
}

#[test]
fn the_audit_has_all_that_was_asked_for_and_the_least_of_it_suffices() {
    in_a_network_of_its_own("audit::the_audit_has_all_that_was_asked_for_and_the_least_of_it_suffices", || {
        let (group, expected, least) = parts();
        let (app, mut world) = (app(), World::start());
        assert_eq!(world.judge(&app, app.bundle.app(), &group), [""; 0]);
        let file = tempfile::tempdir().expect("a temporary folder");
        let file = file.path().join("audit");
        let (met, _) = attempt(&app, app.bundle.app(), &group, &group.permissions(), Some(&file));
        let text = std::fs::read_to_string(&file).expect("written");
        // Line by line, so that it is seen which one is another.
        assert_eq!(
            records(&text).iter().map(Value::to_string).collect::<Vec<_>>(),
            expected.iter().map(Value::to_string).collect::<Vec<_>>()
        );
        // What was granted is granted by the least of it, and what was refused stays so.
        let granted: String =
            text.lines().filter(|line| !line.contains(FALSE)).map(|line| format!("{line}\n")).collect();
        let found = policy::least(&granted).expect("an audit");
        assert_eq!([&found.connect, &found.listen], [&least[0], &least[1]]);
        assert_eq!(with(&app, &group, found), met);
        // The least of all of it grants what was refused, too: one name there is none of.
        let found = policy::least(&text).expect("an audit");
        let more = with(&app, &group, found);
        assert_eq!(&more[..5], &met[..5]);
        assert_eq!(&more[5..], ["reached tcp 8.8.4.4:7001", "gaierror", "listening"]);
        // Without any of it nothing is granted.
        let met = with(&app, &group, Permissions::default());
        assert!(met.len() == group.attempts.len() && met.iter().all(|met| met == "refused"), "{met:?}");
    });
}
