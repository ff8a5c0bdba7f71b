//! Doors: what an app may reach of the machine that it runs on.
//!
//! The demo has the permissions of a project that asks for nothing: what an argument names may be read. `tests/doors` is an app
//! with every kind of permission, of which a test takes away what it does not want; its tests are ignored, because it has to be
//! linked first: see `common::doors`.

mod common;

use common::{Run, dedent, doors, run, run_with_input};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of a caller: `in.csv`, `secret`, `conf/x.toml`, `sub` with links that lead to all of them, and `link` to `sub`.
struct Caller {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Caller {
    fn new() -> Caller {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let path = folder.path().canonicalize().expect("real");
        for name in ["sub", "conf", "readable", "writable"] {
            fs::create_dir(path.join(name)).expect("made");
        }
        for (name, text) in
            [("in.csv", "a,b"), ("secret", "secret"), ("conf/x.toml", "x=1"), ("sub/s.txt", "s"), ("readable/r", "r")]
        {
            fs::write(path.join(name), text).expect("written");
        }
        for (name, target) in [
            ("link", "sub"),
            ("sub/csv", "../in.csv"),
            ("sub/out", "../secret"),
            ("sub/s", "s.txt"),
            ("dangling", "no"),
        ] {
            symlink(target, path.join(name)).expect("linked");
        }
        Caller { _folder: folder, path }
    }

    /// What a program prints that the executable runs here as `python3` does.
    fn runs(&self, executable: &Path, program: &str, arguments: &[&str], deny: &str) -> Run {
        let mut command = common::unmoved(executable);
        command.env("PYAPP_INTERPRETER", "1").env("PYAPP_DENY", deny);
        command.current_dir(&self.path).arg("-").args(arguments);
        run_with_input(command, program)
    }

    fn prints(&self, executable: &Path, program: &str, arguments: &[&str], deny: &str) -> String {
        let run = self.runs(executable, program, arguments, deny);
        assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        run.stdout
    }
}

fn demo() -> PathBuf {
    env!("CARGO_BIN_EXE_pyapp").into()
}

/// Prints what each line of the text in front of it leads to: what a file holds, how many names a folder has, or the error.
const LOOK: &str = r#"
import errno, os, sys
for path in paths.splitlines():
    try: found = len(os.listdir(path)) if os.path.isdir(path) else open(path).read()
    except OSError as error: found = errno.errorcode[error.errno]
    print(path, found)
"#;

/// [`LOOK`] at these paths. (In an argument they would be granted.)
fn look(paths: &str) -> String {
    format!("paths = {paths:?}\n{LOOK}")
}

#[test]
fn what_an_argument_names_can_be_read_by_that_name_and_its_absolute_path() {
    let caller = Caller::new();
    let absolute = |name: &str| caller.path.join(name).display().to_string();
    // The argument, a path, what it leads to.
    for (argument, path, expected) in [
        ("in.csv", "in.csv", "a,b"),
        ("in.csv", "./sub/../in.csv", "ENOENT"),
        ("in.csv", &absolute("in.csv"), "a,b"),
        (&absolute("in.csv"), "in.csv", "a,b"),
        ("./in.csv", "./in.csv", "a,b"),
        ("sub/../in.csv", "sub/../in.csv", "a,b"),
        ("link/../in.csv", "link/../in.csv", "a,b"),
        ("--config=conf/x.toml", "conf/x.toml", "x=1"),
        ("--config=conf/x.toml", "conf", "1"),
        ("a=b=conf/x.toml", "conf/x.toml", "ENOENT"),
        ("sub", "sub/s.txt", "s"),
        ("sub", "sub/s", "s"),
        ("sub/", "sub/s.txt", "s"),
        ("link", "link/s.txt", "s"),
        ("link/s.txt", "link/s.txt", "s"),
        ("link/s.txt", "sub/csv", "ENOENT"),
        ("sub/s", "sub/s", "s"),
        ("sub/out", "sub/out", "secret"),
        // Nothing else: no neighbour, no folder above, no link that leads out, no device or file of the kernel's.
        ("in.csv", "secret", "ENOENT"),
        ("sub", "secret", "ENOENT"),
        ("sub", "sub/../secret", "ENOENT"),
        ("sub", "sub/out", "ENOENT"),
        ("sub", "sub/csv", "ENOENT"),
        ("sub", ".", "1"),
        ("sub", "..", "1"),
        ("dangling", "dangling", "ENOENT"),
        ("missing", "missing", "ENOENT"),
        ("/", "/etc", "ENOENT"),
        ("/proc/self/environ", "/proc/self/environ", "ENOENT"),
    ] {
        let printed = caller.prints(&demo(), &look(path), &[argument], "");
        assert_eq!(printed, format!("{path} {expected}\n"), "{argument}");
    }
}

/// Stands in front of a program: `error(action, ...)` is the name of the errno that an action fails with, or `done`.
const ERROR: &str = r#"
import errno, os, pathlib, sys
def error(action, *arguments):
    try: action(*arguments)
    except OSError as error: return errno.errorcode[error.errno]
    return "done"
"#;

/// A program that stands as [`dedent`] wants it, behind [`ERROR`].
fn with_error(program: &str) -> String {
    format!("{ERROR}{}", dedent(program))
}

/// Tries to change what is at the path in the first argument, and what is in it; prints the errors.
const CHANGE: &str = r#"
path = sys.argv[1]
inside = os.path.join(path, "s.txt") if os.path.isdir(path) else path
print(error(open, inside, "w"), error(open, inside, "a"), error(os.open, inside, os.O_RDONLY | os.O_TRUNC),
      error(os.truncate, inside, 0), error(os.utime, inside), error(os.chmod, inside, 0o777), error(os.unlink, inside),
      error(os.chown, inside, 1, 1), error(os.utime, path), error(os.chmod, path, 0o777))
print(error(open, inside + "2", "w"), error(os.mkdir, inside + "2"), error(os.symlink, "x", inside + "2"),
      error(os.link, inside, inside + "2"), error(os.rename, inside, inside + "2"))
with open("/tmp/x", "w"): pass
print(error(os.rename, inside, "/tmp/y"), error(os.rename, "/tmp/x", inside), error(os.link, inside, "/tmp/y"))
"#;

#[test]
fn what_may_be_read_cannot_be_changed() {
    let caller = Caller::new();
    let before = listing(&caller.path);
    let read_only = ["EROFS"; 10].join(" ");
    // Beside a file that was named nothing can be made; the folder is there by name only, and is no part of the same disk.
    let file = format!("{read_only}\nEACCES EACCES EACCES EXDEV EXDEV\nEXDEV EXDEV EXDEV\n");
    let folder = format!("{read_only}\n{}\nEXDEV EXDEV EXDEV\n", ["EROFS"; 5].join(" "));
    for (argument, expected) in [("in.csv", &file), ("sub", &folder), ("link", &folder)] {
        assert_eq!(caller.prints(&demo(), &format!("{ERROR}{CHANGE}"), &[argument], ""), *expected, "{argument}");
    }
    assert_eq!(listing(&caller.path), before);
}

/// All names below a folder, with what they hold and their modes and times.
fn listing(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("listed") {
        let path = entry.expect("an entry").path();
        let status = path.symlink_metadata().expect("there");
        let holds = if status.is_file() { fs::read(&path).expect("read") } else { Vec::new() };
        found.push(format!("{path:?} {:o} {:?} {holds:?}", status.permissions().mode(), status.modified()));
        if status.is_dir() {
            found.extend(listing(&path));
        }
    }
    found.sort();
    found
}

#[test]
fn nothing_is_lost_in_silence() {
    let caller = Caller::new();
    let before = listing(&caller.path);
    let program = with_error(
        r#"
        print(os.getcwd())
        print(error(open, "out.csv", "w"), error(os.mkdir, "out"), error(open, "/x", "w"), error(open, "/home/x", "w"))
        print(error(open, "secret"), error(open, "secret", "r+"), error(open, "/etc/passwd"))
        home = os.environ["HOME"]
        print(home, {os.path.expanduser("~"), str(pathlib.Path.home()), os.path.expandvars("$HOME")} == {home})
        print(error(open, home + "/x", "w"), error(open, "/tmp/x", "w"))
        "#,
    );
    let cwd = caller.path.display();
    let said =
        |cwd: &str| format!("{cwd}\nEACCES EACCES EACCES EACCES\nENOENT ENOENT ENOENT\n/home/pyapp True\ndone done\n");
    assert_eq!(caller.prints(&demo(), &program, &[], ""), said(&cwd.to_string()));
    // Without any grant that a relative path could mean, where the caller is is not told.
    assert_eq!(caller.prints(&demo(), &program, &["in.csv"], "all"), said("/"));
    assert_eq!(listing(&caller.path), before);
}

#[test]
fn a_run_takes_permissions_away_and_adds_none() {
    let caller = Caller::new();
    for (deny, expected) in [("", "in.csv a,b\n"), ("write", "in.csv a,b\n"), ("arguments", "in.csv ENOENT\n")] {
        assert_eq!(caller.prints(&demo(), &look("in.csv"), &["in.csv"], deny), expected, "{deny}");
    }
    let environment = "import os; print(sorted(os.environ))";
    assert_eq!(caller.prints(&demo(), environment, &[], "env"), "['HOME']\n");
    let run = caller.runs(&demo(), environment, &[], "write,reed");
    assert_eq!(run.status, Some(125));
    assert!(
        run.stderr.contains("expected words out of all, arguments, connect, env, listen, read, write, found \"reed\""),
        "{run:?}"
    );
}

#[test]
fn an_audit_tells_what_was_asked_for_and_what_would_have_sufficed() {
    let caller = Caller::new();
    let (audit, paths) = (caller.path.join("audit"), "secret\nsub/s.txt\n/etc/x");
    let mut command = common::python(&["-", "sub"]);
    command.env("PYAPP_AUDIT", &audit).current_dir(&caller.path);
    assert_eq!(run_with_input(command, &look(paths)).status, Some(0));
    let lines = fs::read_to_string(&audit).expect("written");
    let told = |path: &str, granted: bool| {
        format!("{{\"kind\":\"access\",\"path\":\"{path}\",\"write\":false,\"granted\":{granted}}}")
    };
    let here = caller.path.display();
    for expected in
        [told(&format!("{here}/secret"), false), told(&format!("{here}/sub/s.txt"), true), told("/etc/x", false)]
    {
        assert!(lines.lines().any(|line| line == expected), "{expected}: {lines}");
    }
    let audit = audit.display().to_string();
    let least = run(common::tools(&["permissions", "--from", &audit])).stdout;
    // `python3 -` looks whether its script, as it takes it to be, is a link.
    let read = r#"["/etc/x","$CWD/-","$CWD/secret","$CWD/sub/s.txt"]"#;
    assert_eq!(least, format!("[tool.pyapp.permissions]\narguments = \"none\"\nread = {read}\nwrite = []\n"));
}

#[test]
fn the_tools_say_what_is_baked_in() {
    let words = run(common::tools(&["permissions"])).stdout;
    assert!(
        words.starts_with("arguments: what an argument names may be read\nread: nothing\nwrite: nothing\nenv: *\n"),
        "{words}"
    );
    let json = run(common::tools(&["permissions", "--json"])).stdout;
    assert!(json.contains("\"arguments\": \"read\"") && json.contains("\"write\": []"), "{json}");
    let missing = run(common::tools(&["permissions", "--from", "/missing"]));
    assert_eq!(missing.status, Some(1));
    assert!(missing.stderr.contains("/missing: expected an audit, as PYAPP_AUDIT=FILE writes it"), "{missing:?}");
}

/// The rest: on the linked app of `tests/doors`.
mod linked {
    use super::*;

    const DISK: &str = include_str!("doors/disk.py");

    #[test]
    #[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
    fn a_granted_folder_is_a_real_disk() {
        let (native, granted) = (Caller::new(), Caller::new());
        let mut command = Command::new("python3");
        command.arg("-").arg("writable").current_dir(&native.path);
        let expected = run_with_input(command, DISK);
        assert_eq!((expected.status, expected.stderr.as_str()), (Some(0), ""));
        assert!(expected.stdout.lines().count() > 60, "{}", expected.stdout);
        assert_eq!(granted.prints(&doors(), DISK, &["writable"], "arguments"), expected.stdout);
        // Named in an argument, too.
        assert_eq!(granted.prints(&doors(), DISK, &["new-folder"], "read"), expected.stdout);
    }

    #[test]
    #[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
    fn a_run_narrows_what_was_granted() {
        let caller = Caller::new();
        let doors = doors();
        let program = with_error(
            r#"
            print(error(open, "readable/r"), error(open, "readable/r", "a"), error(os.listdir, "writable"),
                  error(open, "writable/w", "a"), error(open, "in.csv"), error(open, "in.csv", "a"), error(open, "new", "a"))
            "#,
        );
        for (deny, expected) in [
            ("", "done EROFS done done done done done"),
            ("write", "done EROFS done EROFS done EROFS EACCES"),
            ("arguments", "done EROFS done done ENOENT EACCES EACCES"),
            ("read", "ENOENT ENOENT ENOENT ENOENT done done done"),
            ("read,write", "ENOENT ENOENT ENOENT ENOENT done EROFS EACCES"),
            ("all", "ENOENT ENOENT ENOENT ENOENT ENOENT EACCES EACCES"),
        ] {
            let _ = fs::remove_file(caller.path.join("new"));
            assert_eq!(caller.prints(&doors, &program, &["in.csv", "new"], deny), format!("{expected}\n"), "{deny}");
        }
        // A text that no file can have as its name grants nothing, and is in nobody's way.
        let listing = "import os; print(os.listdir('.'))";
        assert_eq!(caller.prints(&doors, listing, &[&"print()\n".repeat(99), "in.csv"], "read"), "['in.csv']\n");
    }

    #[test]
    #[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
    fn no_file_becomes_a_program_that_runs_as_its_owner() {
        let caller = Caller::new();
        let program = with_error(
            r#"
            open("writable/x", "w")
            for path, bits in ("writable/x", 0o755), ("writable/x", 0o4755), ("writable/x", 0o2755), ("writable", 0o2755):
                print(error(os.chmod, path, bits), oct(os.stat(path).st_mode & 0o7777))
            "#,
        );
        let expected = "done 0o755\ndone 0o755\ndone 0o755\ndone 0o2755\n";
        assert_eq!(caller.prints(&doors(), &program, &[], ""), expected);
    }

    /// The app itself, not `python3`.
    fn app(caller: &Caller, home: &Path, program: &str, arguments: &[&str]) -> Run {
        let mut command = Command::new(doors());
        command.args(arguments).current_dir(&caller.path).env_remove("PYAPP_DENY").env("HOME", home);
        run_with_input(command, program)
    }

    #[test]
    #[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
    fn an_error_about_a_path_says_what_would_grant_it() {
        let caller = Caller::new();
        let here = caller.path.display();
        let said = |program: &str| {
            app(&caller, &caller.path, program, &[]).stderr.lines().last().unwrap_or_default().to_string()
        };
        let read = format!(
            "pyapp: {here}/secret: the app may not read it; name it in an argument, or add \"~/secret\" to read in \
             [tool.pyapp.permissions]"
        );
        assert_eq!(said("open('secret')"), read);
        let write = |name: &str| {
            format!(
                "pyapp: {here}/{name}: the app may not write it; add \"~/{name}\" to write in [tool.pyapp.permissions], or \
                 name it in an argument under arguments = \"write\""
            )
        };
        assert_eq!(said("open('new', 'w')"), write("new"));
        assert_eq!(said("open('readable/r', 'w')"), write("readable/r"));
        // Nothing would help against what is not there, or is no matter of grants.
        for program in
            ["open('missing')", "open('writable/missing')", "open('/tmp/missing')", "open('/vfs/x')", "1 / 0"]
        {
            assert!(!said(program).starts_with("pyapp: "), "{program}: {}", said(program));
        }
        // Each way out is a way out.
        assert_eq!(app(&caller, &caller.path, "open('secret')", &["secret"]).status, Some(0));
        assert_eq!(app(&caller, &caller.path, "open('new', 'w')", &["new"]).status, Some(0));
    }

    #[test]
    #[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
    fn an_error_about_the_network_says_what_would_grant_it() {
        let caller = Caller::new();
        let said = |deny: &str, program: &str| {
            let mut command = Command::new(doors());
            command.current_dir(&caller.path).env("PYAPP_DENY", deny);
            let run = run_with_input(command, &format!("import socket\n{program}"));
            run.stderr.lines().last().unwrap_or_default().to_string()
        };
        let met = "server = socket.create_server(('127.0.0.1', 0))\nsocket.create_connection(server.getsockname())\n";
        assert_eq!(said("", met), "");
        // PYAPP_DENY has taken away what the build had granted.
        let listening = "pyapp: 127.0.0.1:0: the app may not listen there; add \"127.0.0.1:0\" to listen in [tool.pyapp.permissions]";
        assert_eq!(said("connect,listen", met), listening);
        let connecting = "pyapp: 10.1.2.3:80: the app may not connect to it; add \"10.1.2.3:80\" to connect in [tool.pyapp.permissions]";
        assert_eq!(said("", "socket.create_connection(('10.1.2.3', 80))"), connecting);
        assert!(
            said("connect", "socket.create_connection(('127.0.0.1', 1))").contains("add \"127.0.0.1:1\" to connect")
        );
        let name = "pyapp: api.example.com: the app may not look it up; add \"api.example.com\" to connect in [tool.pyapp.permissions]";
        assert_eq!(said("", "socket.getaddrinfo('api.example.com', 443)"), name);
        // Libraries wrap the error in one of their own.
        let wrapped = "import urllib.request\nurllib.request.urlopen('http://api.example.com/')";
        assert_eq!(said("", wrapped), name);
        // No grant would help against these.
        for program in ["socket.create_connection(('127.0.0.1', 1))", "open('readable/r', 'w')", "1 / 0"] {
            assert!(!said("", program).contains("to connect in"), "{program}: {}", said("", program));
        }
    }

    #[test]
    #[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
    fn an_audit_tells_of_the_network() {
        let caller = Caller::new();
        let audit = caller.path.join("audit");
        let mut command = Command::new(doors());
        command.current_dir(&caller.path).env_remove("PYAPP_DENY").env("PYAPP_AUDIT", &audit);
        let program = "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n\
                       socket.create_connection(server.getsockname())\nserver.accept()\n\
                       try: socket.getaddrinfo('api.example.com', 443)\nexcept PermissionError: pass\n";
        assert_eq!(run_with_input(command, program).status, Some(0));
        let lines = fs::read_to_string(&audit).expect("written");
        let kinds: Vec<&str> = lines.lines().filter_map(|line| line.split('"').nth(3)).collect();
        for kind in ["bind", "listen", "connect", "accept", "lookup"] {
            assert!(kinds.contains(&kind), "{kind}: {lines}");
        }
        assert!(lines.contains(r#""name":"api.example.com","granted":false"#), "{lines}");
        let mut tools = Command::new(doors());
        tools.env("PYAPP_TOOLS", "1").args(["permissions", "--from"]).arg(&audit);
        let least = run(tools).stdout;
        assert!(least.contains(r#""api.example.com""#) && least.contains("listen = [\"127.0.0.1:0\"]"), "{least}");
    }

    #[test]
    #[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
    fn files_that_are_lost_at_exit_are_told() {
        let caller = Caller::new();
        let home = Path::new("/nowhere");
        let run =
            app(&caller, home, "import os; open(os.path.expanduser('~/notes'), 'w'); open('/tmp/scratch', 'w')", &[]);
        let expected = "pyapp: 1 file was written to memory only and lost, such as /home/pyapp/notes; grant a folder with write in \
                        [tool.pyapp.permissions], or silence this with report-lost-files = false\n";
        assert_eq!((run.status, run.stderr.as_str()), (Some(0), expected));
        assert_eq!(app(&caller, home, "open('/tmp/scratch', 'w'); open('writable/kept', 'w')", &[]).stderr, "");
    }

    #[test]
    #[ignore = "needs an executable of tests/doors, which .ci/run builds and names in PYAPP_DOORS"]
    fn the_environment_is_what_was_granted() {
        let caller = Caller::new();
        let mut command = Command::new(doors());
        command.current_dir(&caller.path).env_clear().env("DOORS_ONE", "1").env("SECRET", "1").env("PYAPP_X", "1");
        // With it the app is told where certificates are.
        command.env("PYAPP_DENY", "connect");
        let run = run_with_input(command, "import os; print(sorted(os.environ))");
        assert_eq!((run.status, run.stdout.as_str()), (Some(0), "['DOORS_ONE', 'HOME']\n"));
    }
}
