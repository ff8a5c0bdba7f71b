//! Runs the attempts in one mode, and says which were not refused.

use super::common::end_of;
use super::race::{Mover, Swaps};
use super::world::{CANARY, GRANTABLE, Known, World, contains};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The status that the runner ends with.
const END: &str = "7";
/// How long one process may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often the other process of a race must have gone round at least.
const ROUNDS: u64 = 100;
/// How long each race is run, seconds. If that was too short for the other process, on a machine that has much to do, once more.
const RACES: [f64; 3] = [0.25, 1.0, 4.0];
/// The folder of the runner and of the attempts.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/escapes");

/// A way to start the executable: what it may reach.
pub struct Mode {
    pub name: &'static str,
    /// `PYAPP_DENY`.
    pub deny: &'static str,
    pub arguments: &'static [&'static str],
    /// What a program may change, below the base.
    pub free: &'static [&'static str],
}

const NAMED: &[&str] = &["named", "--in=given.txt", "--out=made.out"];
/// Nothing is granted.
pub const NONE: Mode = Mode { name: "none", deny: "all", arguments: &[], free: &[] };
/// What arguments name may be read. (The other permissions of the executable, if there are any, are denied.)
pub const ARGUMENTS_READ: Mode = Mode { name: "arguments-read", deny: "read,write", arguments: NAMED, free: &[] };
/// `readable` and `writable` may be read.
pub const READ: Mode = Mode { name: "read", deny: "write,arguments", arguments: &[], free: &[] };
/// `readable` may be read, and `writable` be written.
pub const WRITE: Mode = Mode { name: "write", deny: "arguments", arguments: &[], free: &["here/writable"] };
/// What arguments name may be written. What is in the caller's folder may come and go, so its own times may change.
pub const ARGUMENTS_WRITE: Mode = Mode {
    name: "arguments-write",
    deny: "read",
    arguments: NAMED,
    free: &["here", "here/named", "here/given.txt", "here/made.out"],
};

/// Nothing is denied, and an argument names a file where a key lets the app write.
pub const NAMED_WHERE_IT_WRITES: Mode =
    Mode { name: "write", deny: "", arguments: &["writable/race/flip"], free: &["here/writable"] };

/// The runner, to which attempts are added.
pub fn runner() -> String {
    std::fs::read_to_string(Path::new(FOLDER).join("runner.py")).expect("there")
}

/// The runner, and behind it the attempts: the program that the executable is given.
pub fn program() -> String {
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("there");
    let attempts = std::fs::read_dir(Path::new(FOLDER).join("attempts")).expect("there");
    let mut files: Vec<_> = attempts.map(|entry| entry.expect("listed").path()).collect();
    files.sort();
    let attempts = files.iter().filter(|path| path.extension() == Some("py".as_ref())).map(read);
    runner() + &attempts.collect::<String>()
}

/// What came of one process.
struct Ended {
    status: String,
    lines: Vec<Value>,
    /// Everything that it said.
    said: Vec<u8>,
}

/// A run of the attempts in one mode, and what is wrong with it.
pub struct Attempts<'a> {
    executable: &'a Path,
    mode: &'a Mode,
    program: String,
    world: World,
    /// How many attempts were made.
    pub made: usize,
    /// What was not refused, or has changed, each as a line.
    pub wrong: Vec<String>,
}

impl<'a> Attempts<'a> {
    pub fn new(executable: &'a Path, mode: &'a Mode, attempts: &str) -> Attempts<'a> {
        let program = format!("{attempts}\nfinish()\n");
        Attempts { executable, mode, program, world: World::new(), made: 0, wrong: Vec::new() }
    }

    /// Makes all attempts but the races, and looks whether anything outside has changed.
    pub fn make(&mut self) {
        let is_free = |path: &Path| self.mode.free.iter().any(|free| is_below(path, free));
        let before = self.world.snapshot(is_free);
        let ended = self.process(&Start::default());
        self.judge(&ended, "");
        for line in ended.lines.iter().filter(|line| line["fresh"] == true) {
            self.make_one(line);
        }
        let after = self.world.snapshot(is_free);
        self.compare(&before, &after);
    }

    /// Makes one attempt in a process of its own.
    fn make_one(&mut self, told: &Value) {
        let name = told["name"].as_str().expect("a name");
        let text =
            |value: &Value| value.as_str().expect("a text").replace("{BASE}", &self.world.base().display().to_string());
        let variables = told["env"].as_object().expect("variables").iter();
        let variables = variables.map(|(name, value)| (name.clone(), text(value))).collect();
        let arguments = told["arguments"].as_array().map(|list| list.iter().map(text).collect::<Vec<_>>());
        let ended = self.process(&Start { variables, arguments, only: Some(name), swaps: None });
        self.leaks(&ended, &format!("{name}: "));
        // One that ends the guest meets the status that it ends with.
        let met = ended.lines.iter().find_map(|line| line["met"].as_str()).unwrap_or(&ended.status);
        self.check(name, &told["meets"], met);
        if ended.lines.iter().any(|line| line["met"].is_string()) && ended.status != END {
            self.wrong.push(format!("{name}: ended with {}", ended.status));
        }
    }

    /// Makes the races, while another process moves things about.
    pub fn race(&mut self, swaps: Swaps) {
        let is_enough = RACES.iter().any(|seconds| self.race_for(swaps, *seconds) >= ROUNDS);
        assert!(is_enough, "fewer than {ROUNDS} rounds: no race");
    }

    /// Makes each race for some time; how often the other process went round.
    fn race_for(&mut self, swaps: Swaps, seconds: f64) -> u64 {
        // What the program may change, and what the other process moves about: for granted folders also the folder around them.
        let is_free = |path: &Path| {
            let is_moved = GRANTABLE.iter().any(|name| match swaps {
                Swaps::Inside | Swaps::Start => is_below(path, &format!("here/{name}/race")),
                Swaps::Grant => {
                    [name.to_string(), format!("{name}_out")].iter().any(|name| is_below(path, &format!("here/{name}")))
                }
            });
            let is_around = swaps == Swaps::Grant && path == "here";
            is_moved || is_around || path.starts_with("away") || self.mode.free.iter().any(|free| is_below(path, free))
        };
        self.world = World::new();
        let before = self.world.snapshot(is_free);
        let kind = if swaps == Swaps::Inside { "inside" } else { "grant" };
        let mut child = self.start(&Start { swaps: Some((kind, seconds)), ..Start::default() });
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut first = String::new();
        output.read_line(&mut first).expect("read");
        let mover = Mover::start(&self.world, swaps);
        let ended = finish(child, output, first);
        let rounds = mover.end();
        self.judge(&ended, &format!("race, {kind}: "));
        // On a slow machine one or the other may meet nothing but errors; if most do, nothing is raced for.
        let told = |saw: bool| ended.lines.iter().filter(move |line| line["saw"] == saw).map(|line| &line["name"]);
        let blind: Vec<_> = told(false).collect();
        if told(true).count() < blind.len() {
            self.wrong.push(format!("race, {kind}: most saw no value: {blind:?}"));
        }
        self.compare(&before, &self.world.snapshot(is_free));
        for name in GRANTABLE {
            let away = std::fs::read_dir(self.world.path("away").join(name)).expect("there");
            let names: Vec<_> = away.map(|entry| entry.expect("listed").file_name()).collect();
            if names.iter().any(|name| name != "secret.txt" && name != "beside.txt" && name != "moved") {
                self.wrong.push(format!("away/{name} has {names:?}"));
            }
        }
        rounds
    }

    /// Makes all attempts in many processes, while another one moves things about: as long as an app runs it can do that, too.
    pub fn race_starts(&mut self, times: usize) {
        let mover = Mover::start(&self.world, Swaps::Start);
        for _ in 0..times {
            let ended = self.process(&Start::default());
            self.judge(&ended, "");
        }
        let rounds = mover.end();
        assert!(rounds >= ROUNDS, "{rounds} rounds only: no race");
    }

    /// Judges a process in which many attempts were made.
    fn judge(&mut self, ended: &Ended, prefix: &str) {
        self.leaks(ended, prefix);
        for line in ended.lines.iter().filter(|line| line["met"].is_string()) {
            let name = line["name"].as_str().expect("a name");
            self.check(&format!("{prefix}{name}"), &line["meets"], line["met"].as_str().expect("a text"));
        }
        let last = ended.lines.last().cloned().unwrap_or_default();
        if ended.status != END || last["done"].is_null() {
            let said = String::from_utf8_lossy(&ended.said);
            let end: String = said.chars().rev().take(600).collect::<Vec<_>>().into_iter().rev().collect();
            self.wrong.push(format!("{prefix}the host ended with {} behind: {end}", ended.status));
        }
    }

    /// Checks what an attempt has met.
    fn check(&mut self, name: &str, meets: &Value, met: &str) {
        self.made += 1;
        let meets = meets.as_array().expect("a list");
        // A race meets nothing at all.
        if !(meets.iter().any(|one| one == met) || (meets.is_empty() && met.is_empty())) {
            self.wrong.push(format!("{name}: met {met}, expected one of {meets:?}"));
        }
    }

    /// Checks that nothing that a process has said is out of a secret.
    fn leaks(&mut self, ended: &Ended, prefix: &str) {
        if contains(&ended.said) {
            let said = String::from_utf8_lossy(&ended.said);
            let lines: Vec<_> = said.lines().filter(|line| line.contains(CANARY)).collect();
            self.wrong.push(format!("{prefix}it says {lines:?}"));
        }
    }

    fn compare(&mut self, before: &Snapshot, after: &Snapshot) {
        for name in before.keys().chain(after.keys()) {
            let (one, other) = (before.get(name), after.get(name));
            if one != other {
                self.wrong.push(format!("{} has changed: was {one:?}, is {other:?}", name.display()));
            }
        }
        self.wrong.extend(self.world.stolen().iter().map(|path| format!("{} holds a secret", path.display())));
    }

    fn process(&self, how: &Start<'_>) -> Ended {
        let mut child = self.start(how);
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        finish(child, output, String::new())
    }

    fn start(&self, how: &Start<'_>) -> Child {
        let mut command = Command::new(self.executable);
        // The ways to a network that is granted are in `tests/network.rs`.
        let deny = format!("{},connect,listen", self.mode.deny);
        command.env_clear().env("PYAPP_INTERPRETER", "1").env("PYAPP_DENY", deny).env("PYAPP_HIDDEN", CANARY);
        command.env("HOME", self.world.path("home")).envs(&how.variables);
        let own = self.mode.arguments.iter().map(|argument| (*argument).to_string());
        let arguments = how.arguments.clone().unwrap_or_else(|| own.collect());
        command.arg("-").args(arguments).current_dir(self.world.path("here"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let given = json!({
            "mode": self.mode.name, "base": self.world.base(), "program": self.executable, "only": how.only,
            "swaps": how.swaps.map(|(swaps, _)| swaps), "seconds": how.swaps.map_or(0.0, |(_, seconds)| seconds),
        });
        let program = format!("import json; GIVEN = json.loads({:?})\n{}", given.to_string(), self.program);
        let mut stdin = child.stdin.take().expect("a pipe");
        // A process that is refused reads nothing.
        std::thread::spawn(move || stdin.write_all(program.as_bytes()));
        child
    }
}

/// How a process is started, other than the mode says.
#[derive(Default)]
struct Start<'a> {
    variables: BTreeMap<String, String>,
    arguments: Option<Vec<String>>,
    /// The only attempt that is made.
    only: Option<&'a str>,
    /// Which races are made, and how long each, seconds.
    swaps: Option<(&'a str, f64)>,
}

type Snapshot = BTreeMap<PathBuf, Known>;

/// Whether a path is one that is free; `here` itself is, what is in it is not.
fn is_below(path: &Path, free: &str) -> bool {
    if free == "here" { path == "here" } else { path.starts_with(free) }
}

/// Waits for the end of a process, or ends it.
fn finish(mut child: Child, mut output: impl Read + Send + 'static, first: String) -> Ended {
    let reader = std::thread::spawn(move || {
        let mut said = first.into_bytes();
        output.read_to_end(&mut said).map(|_| said)
    });
    let mut errors = child.stderr.take().expect("a pipe");
    let errors = std::thread::spawn(move || {
        let mut said = Vec::new();
        errors.read_to_end(&mut said).map(|_| said)
    });
    let start = Instant::now();
    let status = loop {
        match child.try_wait().expect("waited") {
            Some(status) => {
                break end_of(status).to_string();
            }
            None if start.elapsed() > PATIENCE => {
                child.kill().expect("ended");
                child.wait().expect("waited");
                break format!("no end after {PATIENCE:?}");
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let mut said = reader.join().expect("it ends").expect("read");
    let lines = String::from_utf8_lossy(&said).lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    said.extend(errors.join().expect("it ends").expect("read"));
    Ended { status, lines, said }
}
