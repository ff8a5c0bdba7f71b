//! What a program was told to be on the disk is there, however it ends.
//!
//! A program commits to a SQLite database, appends to a log and replaces a file in a granted folder, is killed at random moments,
//! and goes on where it was. After each kill everything that it has said is looked for, natively and in the executable. What the
//! kernel was handed survives a kill, synchronised or not; so another test looks at the calls that reach the kernel.
//!
//! The executable is that of `tests/doors`; `PYAPP_DOORS` names it. The tests fail without:
//!
//!     PYAPP_PROJECT=tests/doors cargo build --release && cp target/release/pyapp /tmp/doors
//!     PYAPP_DOORS=/tmp/doors cargo test --test durability -- --ignored
//!
//! `PYAPP_KILLS` says how often it is killed at least (200), `PYAPP_SEED` where the random numbers begin.

mod common;

use common::doors;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const WORK: &str = include_str!("durability/work.py");
const CHECK: &str = include_str!("durability/check.py");
/// What the app may write to, below the folder that it is started in.
const GRANTED: &str = "writable";
/// The longest that a run may work before it is killed: some ten rounds of its work on a slow disk.
const LONGEST: Duration = Duration::from_millis(200);

/// The executable, as `python3`, in a folder.
fn guest(folder: &Path, code: &str) -> Command {
    python(&doors(), folder, code)
}

fn native(folder: &Path, code: &str) -> Command {
    python(Path::new("python3"), folder, code)
}

fn python(program: &Path, folder: &Path, code: &str) -> Command {
    let mut command = Command::new(program);
    command.env("PYAPP_INTERPRETER", "1").args(["-c", code, GRANTED]).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join(GRANTED)).expect("made");
    folder
}

/// A number from the environment.
fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable)
        .map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{variable}: expected a number")))
}

/// Random numbers (SplitMix64) that follow from a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (number ^ (number >> 31)) % bound
    }
}

/// Lets the work go on for some time, kills it, and gives the lines that it has said to the end.
fn work_and_be_killed(folder: &Path, time: Duration) -> Vec<String> {
    let mut child = guest(folder, WORK).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut first = String::new();
    lines.read_line(&mut first).expect("UTF-8");
    if first != "ready\n" {
        let mut stderr = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("UTF-8");
        panic!("expected ready, found {first:?}; {stderr}");
    }
    std::thread::sleep(time);
    child.kill().expect("it runs");
    let status = child.wait().expect("it ends");
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9), "it ended by itself");
    let mut said = String::new();
    lines.read_to_string(&mut said).expect("UTF-8");
    // A line that is not whole was not said.
    let whole = said.rfind('\n').map_or("", |end| &said[..end]);
    whole.lines().map(str::to_string).collect()
}

/// Looks at what is there; how many transactions there are.
fn check(mut command: Command, said: &[String]) -> u64 {
    let mut child = command.spawn().expect("it starts");
    let text: String = said.iter().map(|line| format!("{line}\n")).collect();
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let found = stdout.strip_prefix("sound ").and_then(|count| count.trim().parse().ok());
    found.unwrap_or_else(|| panic!("{:?}: {stdout}{}", command.get_program(), String::from_utf8_lossy(&output.stderr)))
}

#[test]
#[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
fn nothing_that_was_said_to_be_there_is_lost_by_a_kill() {
    let (kills, seed) = (number("PYAPP_KILLS", 200), number("PYAPP_SEED", 12));
    println!("{kills} kills, seed {seed}");
    let folder = folder();
    let mut random = Random(seed);
    let mut said = Vec::new();
    let (mut kill, mut committed, mut hot_journals) = (0, 0, 0);
    // Kills that hit nothing say nothing. How many hit depends on the disk.
    let is_enough = |committed, hot_journals| committed >= kills && hot_journals >= kills / 10;
    while kill < kills || (kill < 5 * kills && !is_enough(committed, hot_journals)) {
        let time = Duration::from_micros(random.below(LONGEST.as_micros() as u64));
        let lines = work_and_be_killed(folder.path(), time);
        committed += lines.iter().filter(|line| line.starts_with("committed")).count() as u64;
        said.extend(lines);
        hot_journals += u64::from(folder.path().join(GRANTED).join("work.db-journal").exists());
        // Who looks first takes back what was left half done.
        let mut sides = [native(folder.path(), CHECK), guest(folder.path(), CHECK)];
        if kill % 2 == 1 {
            sides.reverse();
        }
        let found = sides.map(|side| check(side, &said));
        assert_eq!(found[0], found[1], "kill {kill}");
        kill += 1;
    }
    let told = format!("{kill} kills: {committed} commits told; a kill left a journal {hot_journals} times");
    println!("{told}");
    assert!(is_enough(committed, hot_journals), "{told}");
}

/// What the program asks to be put on the disk is asked of the kernel, for the file at hand and in the order that makes it safe.
#[test]
#[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
fn each_commit_reaches_the_kernel() {
    let folder = folder();
    let trace = folder.path().join("trace");
    let work = guest(folder.path(), WORK);
    let mut command = Command::new("strace");
    command
        .args(["-f", "-y", "-o"])
        .arg(&trace)
        .args(["-e", "trace=write,pwritev2,fsync,fdatasync,rename,renameat,renameat2,unlinkat"]);
    command
        .arg(work.get_program())
        .args(work.get_args())
        .arg("5")
        .env("PYAPP_INTERPRETER", "1")
        .current_dir(folder.path());
    // What it says goes through a pipe.
    assert!(command.output().expect("strace starts").status.success());
    let trace = std::fs::read_to_string(trace).expect("UTF-8");
    let steps: Vec<&str> = trace.lines().filter_map(step).collect();
    // SQLite, then the log, then the file that replaces another one.
    let expected = [
        "sync work.db-journal",
        "sync work.db",
        "unlink work.db-journal",
        "committed",
        "sync work.log",
        "logged",
        "sync work.new",
        "rename",
        "sync the folder",
        "replaced",
    ];
    let begin = steps.iter().position(|step| *step == "ready").expect("it began") + 1;
    let rounds: Vec<&[&str]> = steps[begin..].split_inclusive(|step| *step == "replaced").collect();
    assert_eq!(rounds.len(), 5);
    for round in rounds {
        let mut rest = round.iter();
        for step in expected {
            assert!(rest.any(|other| *other == step), "expected {step} in its place, found {round:?}");
        }
    }
}

/// What a line of strace's stands for, if it is a step.
fn step(line: &str) -> Option<&'static str> {
    let sync = line.ends_with("= 0") && (line.contains("fsync(") || line.contains("fdatasync("));
    let on = |name: &str| line.contains(&format!("/{name}>"));
    let said = |word: &str| line.contains("<pipe:") && line.contains(&format!("\"{word}"));
    let synced = [
        ("work.db-journal", "sync work.db-journal"),
        ("work.db", "sync work.db"),
        ("work.log", "sync work.log"),
        ("work.new", "sync work.new"),
        (GRANTED, "sync the folder"),
    ];
    match line {
        _ if sync => synced.iter().find(|(name, _)| on(name)).map(|(_, step)| *step),
        _ if line.contains("unlinkat(") && line.contains("work.db-journal") => Some("unlink work.db-journal"),
        _ if line.contains("rename") && line.contains("work.state") => Some("rename"),
        _ => ["ready", "committed", "logged", "replaced"].into_iter().find(|word| said(word)),
    }
}
