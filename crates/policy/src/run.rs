//! What one run may reach: the permissions, narrowed, on this machine, with these arguments.

use crate::audit::{Audit, Record};
use crate::certificates::{Certificates, certificates};
use crate::grant::{Grant, Source, grants, without_planted};
use crate::narrow::Narrowing;
use crate::network::{Inherited, Network};
use crate::permissions::Permissions;
use crate::places::Machine;
use crate::policy::Policy;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a run may reach.
pub struct Reach {
    /// The permissions that are left.
    pub permissions: Permissions,
    /// The grants, to be mounted.
    pub grants: Vec<Grant>,
    /// The policy made of them.
    pub policy: Policy,
    /// What it may reach of the network.
    pub network: Network,
    /// The sockets that it has from its start on.
    pub inherited: Inherited,
    /// What its connections are trusted by; the grants for it are among the others.
    pub certificates: Certificates,
    /// Where the run begins, if that is its caller's folder.
    pub current_folder: Option<PathBuf>,
    /// The user's home folder, if a key grants something in it. Otherwise the app has a home of its own: what it keeps there
    /// would only be found by chance.
    pub home: Option<PathBuf>,
}

impl Reach {
    /// What a run with these arguments, the program's name not among them, may reach of what the build has granted.
    pub fn of(
        baked: &Permissions,
        narrowing: &Narrowing,
        machine: &Machine<'_>,
        arguments: &[OsString],
        audit: Option<Audit>,
    ) -> Reach {
        let permissions = narrowing.apply(baked.clone());
        let text = |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
        if let Some(audit) = &audit {
            audit.append(&Record::Run { current_folder: text(&machine.current_folder), home: text(&machine.home) });
        }
        let mut grants = grants(baked, &permissions, machine, arguments);
        let (certificates, trusted) = certificates(&permissions, machine, Path::new("/"));
        grants.extend(without_planted(trusted, baked, machine));
        let home = machine.home.clone().filter(|home| {
            let concerns = |grant: &Grant| {
                let is_key = matches!(grant.source, Source::Key(_));
                is_key
                    && [&grant.path, &grant.named]
                        .into_iter()
                        .any(|path| path.starts_with(home) || home.starts_with(path))
            };
            grants.iter().any(concerns)
        });
        let current_folder = machine.current_folder.clone().filter(|_| permissions.starts_in_callers_folder());
        let audit = audit.map(Arc::new);
        let variable = |name: &str| (machine.variable)(name)?.into_string().ok();
        let network = Network::of(&permissions, &variable, audit.clone());
        let inherited = network.inherited(std::process::id(), &variable);
        let policy = Policy::new(&grants, audit);
        Reach { permissions, policy, grants, network, inherited, certificates, current_folder, home }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_folder_is_the_users_if_a_key_grants_something_in_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = folder.path().canonicalize().expect("real");
        std::fs::write(home.join("in.csv"), "").expect("written");
        let none = |_: &str| None;
        let machine = Machine {
            current_folder: Some(home.clone()),
            executable_folder: None,
            home: Some(home.clone()),
            variable: &none,
        };
        let reach = |read: &[&str]| {
            let read = read.iter().map(|place| (*place).to_string()).collect();
            let permissions = Permissions { read, ..Permissions::default() };
            Reach::of(&permissions, &Narrowing::default(), &machine, &["in.csv".into()], None)
        };
        assert_eq!(reach(&[]).home, None);
        assert_eq!(reach(&[]).grants.len(), 1);
        assert_eq!(reach(&["~/in.csv"]).home, Some(home.clone()));
        assert_eq!(reach(&["/"]).home, Some(home.clone()));
        assert_eq!(reach(&["~/in.csv"]).current_folder, Some(home.clone()));
    }

    #[test]
    fn sockets_are_inherited_unless_that_is_denied() {
        let variable = |name: &str| match name {
            "LISTEN_PID" => Some(std::process::id().to_string().into()),
            "LISTEN_FDS" => Some("2".into()),
            _ => None,
        };
        let machine = Machine { current_folder: None, executable_folder: None, home: None, variable: &variable };
        let permissions = Permissions { listen: vec!["fd:3-4".to_string()], ..Permissions::default() };
        for (deny, numbers) in [("", 3..5), ("connect,env", 3..5), ("listen", 0..0), ("all", 0..0)] {
            let narrowing = Narrowing::parse(deny).expect(deny);
            let reach = Reach::of(&permissions, &narrowing, &machine, &[], None);
            assert_eq!(reach.inherited.numbers, numbers, "{deny}");
        }
    }

    #[test]
    fn a_run_that_denies_connections_has_no_certificates_either() {
        let variable = |name: &str| (name == "PORT").then(|| "8123".into());
        let machine = Machine { current_folder: None, executable_folder: None, home: None, variable: &variable };
        let (connect, listen) = (vec!["a.example:443".to_string()], vec!["127.0.0.1:$PORT".to_string()]);
        let permissions = Permissions { connect, listen, ..Permissions::default() };
        for (deny, connects, listens) in
            [("", true, true), ("connect", false, true), ("listen", true, false), ("all", false, false)]
        {
            let narrowing = Narrowing::parse(deny).expect(deny);
            let reach = Reach::of(&permissions, &narrowing, &machine, &[], None);
            assert_eq!(reach.network.grants_connect(), connects, "{deny}");
            let at = "127.0.0.1:8123".parse().expect("an address");
            assert_eq!(reach.network.is_listen_granted(at), listens, "{deny}");
            assert_eq!(reach.certificates != Certificates::None, connects, "{deny}");
            assert!(connects || reach.grants.is_empty(), "{deny}");
        }
    }
}
