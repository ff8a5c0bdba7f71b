//! Programs that talk to real servers on the loopback device, or are one that curl reads: nginx, PostgreSQL, Redis, a sink for mail.
//! `tests/peers/servers.py` starts the servers, `tests/peers/outside.py` is curl.
//!
//! Each program is a project of its own with the packages that its first lines pin. It has to say, resumed from its snapshot and cold,
//! what it says under native CPython 3.13, and so has curl: `tests/peers/record.py` has written that. pip downloads the packages, and
//! the servers are Debian's; so these tests are run by a command of their own, `cargo peers`.

mod common;

use bundle::Run;
use common::project::{App, Project, folder, settings_with};
use host::{Outcome, Output, Timing};
use pipeline::settings::Settings;
use policy::{Machine, Narrowing, Reach};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};
use vfs::Limits;

/// How long one run may take, by far.
const PATIENCE: Duration = Duration::from_secs(240);

fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn python(program: &str) -> Command {
    let mut command = common::unmoved("python3");
    command.arg("-B").arg(own(program));
    command
}

/// The servers that `servers.py` has started. They end when its input does, whatever ends it.
struct Servers {
    child: Child,
    input: Option<ChildStdin>,
    /// What the programs get to know of them.
    variables: BTreeMap<String, String>,
}

impl Servers {
    /// Those that other tests have, or new ones.
    fn get() -> Arc<Servers> {
        static RUNNING: Mutex<Weak<Servers>> = Mutex::new(Weak::new());
        // A test that could not start them leaves nothing behind that others could not use.
        let mut running = RUNNING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        running.upgrade().unwrap_or_else(|| {
            let servers = Arc::new(Servers::start());
            *running = Arc::downgrade(&servers);
            servers
        })
    }

    fn start() -> Servers {
        let said = folder();
        let errors = said.path().join("errors");
        let mut command = python("servers.py");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(&errors).expect("created"));
        let mut child = command.spawn().expect("python3 3.11 or newer; it is in the Debian package python3");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("UTF-8");
        let Ok(variables) = serde_json::from_str(&line) else {
            let status = child.wait().expect("it ends");
            panic!("the servers did not start ({status}): {}", read(&errors));
        };
        Servers { input: child.stdin.take(), child, variables }
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        drop(self.input.take());
        let until = Instant::now() + Duration::from_secs(30);
        while self.child.try_wait().is_ok_and(|status| status.is_none()) {
            if Instant::now() > until {
                // Those that it has started end with it.
                let _ = self.child.kill();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A program, with what stands beside it.
struct Program {
    name: &'static str,
    source: String,
    /// What curl asks, if it is a server.
    calls: Option<PathBuf>,
}

impl Program {
    fn of(name: &'static str) -> Program {
        let calls = own(&format!("programs/{name}.curl"));
        let source = read(&own(&format!("programs/{name}.py")));
        Program { name, source, calls: calls.is_file().then_some(calls) }
    }

    /// Builds a project of it.
    fn build(&self) -> App {
        let pins = self.source.lines().filter_map(|line| line.strip_prefix("# [requirements] "));
        let pins = pins.collect::<Vec<_>>().join(" ").replace(' ', "\n");
        let listen = if self.calls.is_some() { "127.0.0.1:$PORT" } else { "localhost:*" };
        let more = format!("[tool.pyapp.permissions]\nconnect = [\"localhost:*\"]\nlisten = [\"{listen}\"]");
        let files = [("requirements.txt", pins.as_str()), ("python_libs/use.py", &self.source)];
        // One that asks for nothing has no such file.
        let files = &files[usize::from(pins.is_empty())..];
        let project = Project::new(&settings_with("use", &more), files);
        let tool = Settings::for_tool(project.path(""), "", project.path("")).expect("settings");
        let app = project.build_with(&Settings { offline: tool.offline, ..project.settings() });
        app.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// What it says with these servers, and what curl says of it.
    fn said(&self, app: &Arc<App>, mode: Run, servers: &Servers) -> (String, String) {
        let mut variables = servers.variables.clone();
        let port = free_port();
        variables.insert("PORT".to_string(), port.clone());
        let outside = self.calls.as_ref().map(|calls| {
            let mut curl = python("outside.py");
            curl.arg(calls).args([&port, &variables["OWN"], &variables["SSL_CERT_FILE"]]);
            curl.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("python3 starts")
        });
        let (done, end) = channel();
        let app = app.clone();
        std::thread::spawn(move || done.send(run(&app, mode, &variables)));
        // A run that does not end is left alone: this process ends with the tests.
        let ended = end.recv_timeout(PATIENCE);
        let failed = !matches!(&ended, Ok((0, _)));
        let client = outside.map(|mut outside| {
            if failed {
                let _ = outside.kill();
            }
            let output = outside.wait_with_output().expect("it ends");
            [output.stdout, output.stderr].map(|said| String::from_utf8(said).expect("UTF-8")).concat()
        });
        let client = client.unwrap_or_default();
        match ended {
            Ok((0, text)) => (text, client),
            Ok((status, text)) => (format!("{text}status {status}\n"), client),
            Err(_) => panic!("{}, {mode:?}: it has not ended within {PATIENCE:?}; curl: {client}", self.name),
        }
    }

    fn says_what_it_says_natively(&self) {
        let expected = |kind: &str| read(&own(&format!("expected/{}{kind}.txt", self.name)));
        let expected = [expected(""), self.calls.as_ref().map(|_| expected(".curl")).unwrap_or_default()];
        let app = Arc::new(self.build());
        let servers = Servers::get();
        for mode in [Run::Resumed, Run::Cold] {
            let (text, client) = self.said(&app, mode, &servers);
            for (who, expected, said) in [("the program", &expected[0], text), ("curl", &expected[1], client)] {
                let differences = diffy::create_patch(expected, &said).to_string();
                assert!(*expected == said, "{}, {mode:?}, {who}:\n{differences}", self.name);
            }
        }
    }
}

/// A port that was free just now; that of a server that the program is.
fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port().to_string()
}

/// One run with these variables. The folder of certificates that they name is an argument, which grants reading it; the certificates
/// of the authorities are found by SSL_CERT_FILE, which needs no grant.
fn run(app: &App, mode: Run, variables: &BTreeMap<String, String>) -> (u32, String) {
    let (stdout, stderr) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
    let capture = |into: &Arc<Mutex<Vec<u8>>>| Output::Capture { into: into.clone(), limit: 1 << 20 };
    let variable = |name: &str| variables.get(name).map(OsString::from);
    let machine = Machine { current_folder: None, executable_folder: None, home: None, variable: &variable };
    let arguments = [OsString::from(&variables["OWN"])];
    let reach = Reach::of(app.bundle.permissions(), &Narrowing::default(), &machine, &arguments, None);
    let context = app.bundle.context(mode, Limits::default(), reach).expect("room");
    let context = context.argument("the-app").argument(&variables["OWN"]).variables(variables);
    let context = context.stdout(capture(&stdout)).stderr(capture(&stderr)).build().expect("a context");
    let program = app.bundle.program(mode, &mut Timing::start()).expect("loaded");
    let (outcome, _) = host::run(&program, context).expect("started");
    let text = [stdout, stderr].map(|said| String::from_utf8(said.lock().expect("not poisoned").clone()));
    let text = text.map(|text| text.expect("UTF-8")).concat();
    match outcome {
        Outcome::Exited(status) => (status, text),
        other => (u32::MAX, format!("{text}{other:?}\n")),
    }
}

macro_rules! programs {
    ($($name:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            #[ignore = "downloads packages, and needs Debian's nginx-light, postgresql, redis-server and curl; cargo peers runs it"]
            fn $name() {
                Program::of(stringify!($name)).says_what_it_says_natively();
            }
        )*
    };
}

programs! {
    aiohttp asyncio_tls flask https_server httpx postgresql redis requests smtplib urllib urllib3 uvicorn websockets
}

#[test]
fn each_program_has_a_test_and_what_it_says_natively() {
    let files = |place: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(own(place)).expect("listed").map(|entry| entry.expect("listed").file_name());
        entries.map(|name| name.into_string().expect("UTF-8")).collect()
    };
    let with = |ending: &str| NAMES.iter().map(|name| format!("{name}{ending}")).collect::<BTreeSet<_>>();
    let (programs, calls): (BTreeSet<_>, BTreeSet<_>) =
        files("programs").into_iter().partition(|name| name.ends_with(".py"));
    assert_eq!(programs, with(".py"));
    let said = calls.iter().map(|name| format!("{name}.txt")).chain(with(".txt")).collect::<BTreeSet<_>>();
    assert_eq!(files("expected"), said);
}
