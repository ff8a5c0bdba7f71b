//! Locks on files of a granted folder are the host's: an app and other programs keep each other out, both ways.
//!
//! The executable is that of `tests/doors`; `PYAPP_DOORS` names it, and the tests fail without. `tests/durability.rs` says how to
//! build it.

mod common;

use common::doors;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

const LOCK: &str = include_str!("locks/lock.py");
/// What the app may write to, below the folder that it is started in.
const GRANTED: &str = "writable";
/// How long somebody who must wait is watched.
const WATCHED: Duration = Duration::from_millis(200);
/// How long a line may take that must come. Who waits for a lock would wait for ever if it were not given back.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who takes a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Guest,
    Native,
}

/// Who holds a lock and who wants it: at least one is a guest.
const PAIRS: [(Side, Side); 3] = [(Side::Guest, Side::Native), (Side::Native, Side::Guest), (Side::Guest, Side::Guest)];
const KINDS: [&str; 4] = ["lockf", "range", "flock", "sqlite"];

/// A running program.
struct Process {
    child: Child,
    /// None when it has been closed.
    stdin: Option<ChildStdin>,
    /// What it says.
    lines: Receiver<String>,
}

impl Process {
    /// `lock.py`.
    fn start(side: Side, folder: &Path, kind: &str, how: &str) -> Process {
        Process::of(side, folder, LOCK, &[kind, how])
    }

    fn of(side: Side, folder: &Path, code: &str, arguments: &[&str]) -> Process {
        let program = match side {
            Side::Native => "python3".into(),
            Side::Guest => doors(),
        };
        let mut command = Command::new(program);
        command.env("PYAPP_INTERPRETER", "1").args(["-c", code, GRANTED]).args(arguments).current_dir(folder);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (line, lines) = channel();
        // It ends when the process does, or when nobody listens any more.
        std::thread::spawn(move || stdout.lines().try_for_each(|said| line.send(said.expect("UTF-8"))));
        Process { child, stdin, lines }
    }

    fn says(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line in time")
    }

    fn is_told(&mut self) {
        writeln!(self.stdin.as_ref().expect("open")).expect("it reads");
    }

    fn ends(mut self) {
        self.stdin = None;
        // What it says last is nobody's concern; then its stdout is closed.
        let end = std::iter::repeat_with(|| self.lines.recv_timeout(PATIENCE)).find_map(Result::err);
        assert_eq!(end, Some(RecvTimeoutError::Disconnected), "it does not end");
        assert!(self.child.wait().expect("it ends").success());
    }
}

impl Drop for Process {
    /// When a test has failed nobody may wait for ever.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A granted folder with a file and a database to be locked.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let granted = folder.path().join(GRANTED);
    std::fs::create_dir(&granted).expect("made");
    std::fs::write(granted.join("lock"), "x".repeat(200)).expect("written");
    let code =
        "import sqlite3; sqlite3.connect('lock.db').execute('CREATE TABLE entries (number INTEGER PRIMARY KEY)')";
    let status = Command::new("python3").args(["-c", code]).current_dir(granted).status().expect("it starts");
    assert!(status.success());
    folder
}

#[test]
#[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
fn who_holds_a_lock_keeps_others_out_until_he_gives_it_back() {
    for (holding, wanting) in PAIRS {
        for kind in KINDS {
            let what = format!("{kind}: {holding:?} holds, {wanting:?} wants");
            let folder = folder();
            let wants = || {
                let process = Process::start(wanting, folder.path(), kind, "try");
                let said = process.says();
                process.ends();
                said
            };
            let mut holder = Process::start(holding, folder.path(), kind, "hold");
            assert_eq!(holder.says(), "taken", "{what}");
            assert_eq!(wants(), "refused", "{what}");
            holder.is_told();
            assert_eq!(holder.says(), "given back", "{what}");
            // The holder still has the file open.
            assert_eq!(wants(), "taken", "{what}");
            holder.ends();
        }
    }
}

#[test]
#[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
fn who_waits_for_a_lock_gets_it_when_it_is_given_back() {
    for (holding, wanting) in PAIRS {
        for kind in KINDS {
            let what = format!("{kind}: {holding:?} holds, {wanting:?} waits");
            let folder = folder();
            let mut holder = Process::start(holding, folder.path(), kind, "hold");
            assert_eq!(holder.says(), "taken", "{what}");
            let mut waiter = Process::start(wanting, folder.path(), kind, "wait");
            assert_eq!(waiter.says(), "waiting", "{what}");
            std::thread::sleep(WATCHED);
            // It would have said that it has it, and ended.
            assert!(waiter.child.try_wait().expect("it runs").is_none(), "{what}");
            holder.is_told();
            assert_eq!(holder.says(), "given back", "{what}");
            assert_eq!(waiter.says(), "taken", "{what}");
            holder.ends();
            waiter.ends();
        }
    }
}

#[test]
#[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
fn a_kill_gives_locks_back() {
    for (holding, wanting) in PAIRS {
        for kind in KINDS {
            let what = format!("{kind}: {holding:?} held, {wanting:?} wants");
            let folder = folder();
            let mut holder = Process::start(holding, folder.path(), kind, "hold");
            assert_eq!(holder.says(), "taken", "{what}");
            holder.child.kill().expect("it runs");
            holder.child.wait().expect("it ends");
            let process = Process::start(wanting, folder.path(), kind, "try");
            assert_eq!(process.says(), "taken", "{what}");
            process.ends();
        }
    }
}

/// Locks of two ranges that share no byte do not meet, and readers do not keep each other out.
#[test]
#[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
fn locks_that_do_not_meet_do_not_keep_out() {
    for (first, second) in [
        ("lockf(file, fcntl.LOCK_EX, 10, 0)", "lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 10, 10)"),
        ("lockf(file, fcntl.LOCK_EX, 10, -10, 2)", "lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 190, 0)"),
        ("lockf(file, fcntl.LOCK_SH)", "lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)"),
        ("flock(file, fcntl.LOCK_SH)", "flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)"),
        // The one is about processes, the other about open files: on Linux they know nothing of each other.
        ("flock(file, fcntl.LOCK_EX)", "lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)"),
    ] {
        let code = format!(
            "import fcntl, sys\n\
             file = open(sys.argv[1] + '/lock', 'r+b')\n\
             fcntl.{first} if sys.argv[2] == 'first' else fcntl.{second}\n\
             print('taken', flush=True)\n\
             sys.stdin.read()"
        );
        for (holding, wanting) in PAIRS {
            let folder = folder();
            let holder = Process::of(holding, folder.path(), &code, &["first"]);
            assert_eq!(holder.says(), "taken", "{first}");
            let other = Process::of(wanting, folder.path(), &code, &["second"]);
            assert_eq!(other.says(), "taken", "{first}, then {second}");
            other.ends();
            holder.ends();
        }
    }
}
