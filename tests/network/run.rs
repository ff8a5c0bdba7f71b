//! Makes the attempts of a group in one run of the app, and says what is wrong with it.

use super::attempts::Group;
use super::common::project::{App, Project, settings};
use super::servers::{self, Arrivals};
use super::zone::Zone;
use bundle::Run;
use host::{Outcome, Output, Timing};
use policy::{Audit, Machine, Narrowing, Permissions, Reach};
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex};
use vfs::Limits;

const APP: &str = include_str!("app.py");

/// The app that makes them. It is granted nothing: each run is, as its group says.
pub fn app() -> App {
    Project::new(&settings("app:main"), &[("python_libs/app.py", APP)]).build().expect("built")
}

/// Whom attempts meet, and what they have left there.
pub struct World {
    arrivals: Arrivals,
    zone: Zone,
    strays: u64,
}

impl World {
    /// In a network of its own.
    pub fn start() -> World {
        World { arrivals: servers::start(), zone: Zone::start(), strays: servers::strays() }
    }

    /// Makes the attempts; what is wrong, a line for each.
    pub fn judge(&mut self, app: &App, run: Run, group: &Group) -> Vec<String> {
        let (met, said) = attempt(app, run, group, &group.permissions(), None);
        let mut wrong = Vec::new();
        let mut expected = Vec::new();
        for (attempt, met) in group.attempts.iter().zip(&met) {
            if !attempt.meets.contains(met) {
                wrong.push(format!("{}: met {met:?}, expected {:?}", attempt.line, attempt.meets));
            }
            expected.extend(attempt.via.iter().cloned());
            expected.extend(met.strip_prefix("reached ").map(str::to_string));
        }
        if met.len() != group.attempts.len() {
            wrong.push(format!("it ended behind {} of {} attempts: {said}", met.len(), group.attempts.len()));
        }
        wrong.extend(self.arrived(expected));
        wrong.extend(self.asked(group));
        wrong.iter().map(|line| format!("{} ({run:?}): {line}", group.name)).collect()
    }

    /// What has arrived, and should not have; or the other way round.
    fn arrived(&mut self, mut expected: Vec<String>) -> Vec<String> {
        expected.sort();
        let arrived = self.arrivals.take(expected.len());
        let mut wrong = Vec::new();
        for (more, than, what) in [(&arrived, &expected, "more than"), (&expected, &arrived, "fewer than")] {
            let count = |list: &[String], one: &String| list.iter().filter(|other| *other == one).count();
            let mut servers = more.clone();
            servers.dedup();
            servers.retain(|server| count(more, server) > count(than, server));
            let expected = |server| count(&expected, server);
            wrong
                .extend(servers.iter().map(|server| format!("{server} was reached {what} {} times", expected(server))));
        }
        let strays = servers::strays();
        if strays != self.strays {
            wrong.push(format!("{} datagrams came to where nobody is", strays - self.strays));
        }
        self.strays = strays;
        wrong
    }

    /// Names that were asked for, and may not be.
    fn asked(&mut self, group: &Group) -> Vec<String> {
        let asked = self.zone.take();
        let forbidden = asked.iter().filter(|name| !group.may_ask_for(name));
        forbidden.map(|name| format!("the name server was asked for {name}")).collect()
    }

    /// Forgets what has come until now.
    pub fn forget(&mut self) {
        self.arrivals.take(0);
        self.zone.take();
        self.strays = servers::strays();
    }
}

/// What each attempt meets under these permissions, and everything that the app says.
pub fn attempt(
    app: &App,
    run: Run,
    group: &Group,
    permissions: &Permissions,
    audit: Option<&Path>,
) -> (Vec<String>, String) {
    let text: Vec<&str> = group.attempts.iter().map(|attempt| attempt.line.as_str()).collect();
    let variable = |name: &str| {
        let found = group.variables.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| OsString::from(value))
    };
    let machine = Machine { current_folder: None, executable_folder: None, home: None, variable: &variable };
    let narrowing = Narrowing::parse(&group.deny).expect("words");
    let audit = audit.map(|path| Audit::open(path).expect("opened"));
    let reach = Reach::of(permissions, &narrowing, &machine, &[], audit);
    let said = Arc::new(Mutex::new(Vec::new()));
    let output = || Output::Capture { into: Arc::clone(&said), limit: 1 << 20 };
    let context = app.bundle.context(run, Limits::default(), reach).expect("room");
    let context = context.argument("the-app").argument(text.join("\n")).variables(group.variables.iter().cloned());
    let context = context.stdout(output()).stderr(output()).build().expect("a context");
    let program = app.bundle.program(run, &mut Timing::start()).expect("loaded");
    let (outcome, _) = host::run(&program, context).expect("started");
    let said = String::from_utf8(said.lock().expect("not poisoned").clone()).expect("UTF-8");
    let lines = said.lines().map(str::to_string).collect();
    match outcome {
        Outcome::Exited(0) => (lines, said),
        other => (lines, format!("{other:?}: {said}")),
    }
}
