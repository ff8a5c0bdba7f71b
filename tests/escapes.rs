//! The escape suite: attempts as data (`escapes/attempts`), one runner inside the executable, and nothing outside may change.
//!
//! Each mode grants something else: nothing, reading, writing, what arguments name. The demo's own permissions are enough for
//! two of them. For the others an executable with more is needed: the test that CI asks for by name takes its path.
//! `escapes/runner.py` says what an attempt is; to add one is to add a line.

mod common;
#[path = "escapes/race.rs"]
mod race;
#[path = "escapes/run.rs"]
mod run;
#[path = "escapes/world.rs"]
mod world;

use race::Swaps;
use run::{ARGUMENTS_READ, ARGUMENTS_WRITE, Attempts, Mode, NAMED_WHERE_IT_WRITES, NONE, READ, WRITE, program, runner};
use std::path::Path;

/// Makes all attempts in these modes: how many each has, the fewest; all that is wrong is told at once.
fn refuses_all(executable: &Path, modes: &[&Mode]) -> usize {
    let mut wrong = Vec::new();
    let made = modes.iter().map(|mode| {
        let mut attempts = Attempts::new(executable, mode, &program());
        attempts.make();
        let made = attempts.made;
        if mode.name != NONE.name {
            attempts.race(Swaps::Inside);
            attempts.race(Swaps::Grant);
        }
        wrong.extend(attempts.wrong.iter().map(|line| format!("{}: {line}", mode.name)));
        made
    });
    let fewest = made.min().expect("a mode");
    assert!(wrong.is_empty(), "{} escapes:\n{}", wrong.len(), wrong.join("\n"));
    fewest
}

#[test]
fn nothing_leads_out_without_grants_nor_with_arguments() {
    let made = refuses_all(Path::new(env!("CARGO_BIN_EXE_pyapp")), &[&NONE, &ARGUMENTS_READ]);
    assert!(made >= 150, "{made} attempts");
}

#[test]
#[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
fn nothing_leads_out_of_any_grant() {
    let executable = common::doors();
    let made = refuses_all(&executable, &[&NONE, &READ, &WRITE, &ARGUMENTS_READ, &ARGUMENTS_WRITE]);
    assert!(made >= 150, "{made} attempts");
    // A link that an app puts in place of what the next run is told to read, just when that looks where it leads.
    let attempt = r#"attempt("a link that comes and goes", "read(SECRET)", "ENOENT", ["write"])"#;
    let attempt = format!("{}{attempt}", runner());
    let mut starts = Attempts::new(&executable, &NAMED_WHERE_IT_WRITES, &attempt);
    starts.race_starts(150);
    assert!(starts.wrong.is_empty() && starts.made == 150, "{:#?}", starts.wrong);
}

/// What the suite says of attempts that succeed: it would notice.
#[test]
fn an_escape_would_be_noticed() {
    let attempts = r#"
attempt("a file that is granted", "read(ANY + '/file.txt')", "ENOENT", GRANTED)
attempt("a secret that is told", "print('CANA' + 'RY')", "=None", GRANTED)
attempt("what is refused", "read(SECRET)", "ENOENT", GRANTED)
attempt("an end without a word", "os._exit(3)", "ENOENT", GRANTED, fresh=True)
attempt("an end in the middle", "os._exit(4)", "ENOENT", GRANTED)
"#;
    let executable = Path::new(env!("CARGO_BIN_EXE_pyapp"));
    let mut made = Attempts::new(executable, &ARGUMENTS_READ, &format!("{}{attempts}", runner()));
    made.make();
    let expected = [
        "it says",
        "a file that is granted: met =b'plain\\n', expected one of [String(\"ENOENT\")]",
        "the host ended with 4 behind",
        "an end without a word: met 3",
    ];
    assert_eq!(made.wrong.len(), expected.len(), "{:#?}", made.wrong);
    for (line, expected) in made.wrong.iter().zip(expected) {
        assert!(line.contains(expected), "{line}");
    }
}

/// Races that meet nothing but errors would be noticed, and so would a value that none of them may see.
#[test]
fn races_that_are_none_would_be_noticed() {
    let races = r#"
race("of what is not there", "read(RACE + '/missing')", "b''")
race("that sees what it may not", "read(RACE + '/beside.txt')", "b''")
race("that may see nothing", "read(RACE + '/missing')", "")
race("that is one", "read(RACE + '/swap/inner.txt')", r"b'inner\n'")
"#;
    let executable = Path::new(env!("CARGO_BIN_EXE_pyapp"));
    let mut made = Attempts::new(executable, &ARGUMENTS_READ, &format!("{}{races}", runner()));
    made.race(Swaps::Inside);
    // They may have been made more than once.
    made.wrong.sort();
    made.wrong.dedup();
    let wrong = [
        r#"race, inside: most saw no value: [String("of what is not there"), String("that sees what it may not")]"#,
        r"race, inside: that sees what it may not: met b'inner\n', expected one of []",
    ];
    assert_eq!(made.wrong, wrong);
}

/// A change outside is noticed, whatever it is.
#[test]
fn a_change_would_be_noticed() {
    let world = world::World::new();
    let before = world.snapshot(|_| false);
    assert!(before.len() > 100 && before == world.snapshot(|_| false));
    let times = std::fs::FileTimes::new().set_modified(std::time::UNIX_EPOCH);
    let file = std::fs::File::open(world.path("secret.txt")).expect("opened");
    file.set_times(times).expect("set");
    let after = world.snapshot(|_| false);
    let changed: Vec<_> = before.iter().filter(|(name, known)| after.get(*name) != Some(known)).collect();
    assert_eq!(changed.len(), 1, "{changed:?}");
    std::fs::write(world.path("here/readable/race/swap/made"), world::CANARY).expect("written");
    assert_eq!(world.stolen(), [world.path("here/readable/race/swap/made")]);
}
