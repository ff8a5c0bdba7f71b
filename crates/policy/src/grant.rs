//! The grants of one run: what the permissions say, and what the arguments name.

use crate::permissions::{Arguments, Permissions};
use crate::places::{Machine, Place, is_kernels};
use crate::policy::Access;
use crate::way::{Passed, way, without_parents};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A path that the app may reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its real path: absolute, no symbolic link on the way. It need not exist if it may be written.
    pub path: PathBuf,
    /// The absolute path by which it was named, without `.` and `..`; it leads to `path`.
    pub named: PathBuf,
    /// The folders that the name passes and leaves by `..`.
    pub passed: Vec<Passed>,
    /// What may be done with it.
    pub access: Access,
    /// What granted it.
    pub source: Source,
}

/// What grants something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A place in `read` or `write`.
    Key(String),
    /// An argument.
    Argument(OsString),
    /// What a connection is trusted by.
    Certificates,
}

/// Most arguments that are looked at: each costs the host a folder that it keeps open. (A shell's own limit on arguments lets
/// some hundred thousand pass.)
const MAX_NAMED: usize = 4096;

/// Most bytes of a name, on every file system of Linux.
const LONGEST_NAME: usize = 255;

/// The grants of a run with these arguments, the program's name not among them. Of what is `baked` in it has `left` so much.
///
/// A link that the app itself may have made in an earlier run grants nothing: it lies where a key lets the app write, and leads
/// away from there. That run may not have been narrowed, so the keys that count are those that are baked in.
pub fn grants(baked: &Permissions, left: &Permissions, machine: &Machine<'_>, arguments: &[OsString]) -> Vec<Grant> {
    without_planted(asked_for(left, machine, arguments), baked, machine)
}

/// These grants without those that a link leads to which the app itself may have made.
pub(crate) fn without_planted(mut grants: Vec<Grant>, baked: &Permissions, machine: &Machine<'_>) -> Vec<Grant> {
    let writable: Vec<PathBuf> = of_keys(&baked.write, Access::Write, machine).map(|grant| grant.path).collect();
    let may_be_planted = |grant: &Grant| {
        let passed = grant.passed.iter().map(|passed| (&passed.named, &passed.path));
        let ways: Vec<_> =
            passed.chain([(&grant.named, &grant.path)]).map(|(named, path)| (way(named), path)).collect();
        let mut links = ways.iter().flat_map(|(way, _)| &way.links);
        // An app that still runs may change a link between two looks: what is granted is what this look has led to.
        ways.iter().any(|(way, path)| !way.leads_to(path))
            || links.any(|link| {
                let mut above = writable.iter().filter(|folder| !grant.path.starts_with(folder));
                above.any(|folder| link != folder && link.starts_with(folder))
            })
    };
    grants.retain(|grant| writable.is_empty() || !may_be_planted(grant));
    grants
}

/// The grants, with those that planted links would widen.
fn asked_for(permissions: &Permissions, machine: &Machine<'_>, arguments: &[OsString]) -> Vec<Grant> {
    let mut grants: Vec<Grant> = of_keys(&permissions.read, Access::Read, machine).collect();
    grants.extend(of_keys(&permissions.write, Access::Write, machine));
    let access = match permissions.arguments {
        Arguments::None => return grants,
        Arguments::Read => Access::Read,
        Arguments::Write => Access::Write,
    };
    for argument in arguments.iter().take(MAX_NAMED) {
        for named in [Some(argument.as_os_str()), behind_equals(argument)].into_iter().flatten() {
            let path = machine.named(Path::new(named));
            let path = path.filter(|_| !named.is_empty() && (access == Access::Read || may_be_a_path(named)));
            let grant = path.and_then(|path| grant(&path, access, Source::Argument(named.to_os_string())));
            grants.extend(grant.filter(is_of_a_user));
        }
    }
    grants
}

/// The grants of a key's places.
fn of_keys(places: &[String], access: Access, machine: &Machine<'_>) -> impl Iterator<Item = Grant> {
    places.iter().filter_map(move |text| {
        let path = machine.path(&Place::parse(text).ok()?)?;
        grant(&path, access, Source::Key(text.clone()))
    })
}

/// Whether an argument leads to a file of somebody's. The kernel's files are none, and the guest has a /dev of its own. Everything
/// is more than can be meant.
fn is_of_a_user(grant: &Grant) -> bool {
    [&grant.named, &grant.path].into_iter().all(|path| !is_kernels(path) && *path != Path::new("/"))
}

/// What stands behind the first `=`.
fn behind_equals(argument: &OsStr) -> Option<&OsStr> {
    let bytes = argument.as_bytes();
    let at = bytes.iter().position(|byte| *byte == b'=')?;
    Some(OsStr::from_bytes(&bytes[at + 1..]))
}

/// Whether something that does not exist may be meant as a path to be made: options are not.
fn may_be_a_path(named: &OsStr) -> bool {
    !named.as_bytes().starts_with(b"-") || Path::new(named).symlink_metadata().is_ok()
}

/// The grant of an absolute path; `None` if there is nothing to reach.
pub(crate) fn grant(path: &Path, access: Access, source: Source) -> Option<Grant> {
    let (named, passed) = without_parents(path)?;
    let path = match named.canonicalize() {
        Ok(path) => path,
        // Else nothing can be made there: a whole program in an argument (`-c`) is no name of a file.
        Err(_) if access == Access::Write && has_possible_names(&named) => real_path_of_missing(&named)?,
        Err(_) => return None,
    };
    Some(Grant { path, named, passed, access, source })
}

/// Whether a file system can have names as long as these.
fn has_possible_names(path: &Path) -> bool {
    path.components().all(|name| name.as_os_str().len() <= LONGEST_NAME)
}

/// The real path of something that does not exist: of what is there of it, with the rest behind.
fn real_path_of_missing(path: &Path) -> Option<PathBuf> {
    for folder in path.ancestors().skip(1) {
        match folder.canonicalize() {
            Ok(real) if real.is_dir() => return Some(real.join(path.strip_prefix(folder).ok()?)),
            Ok(_) => return None,
            // A link that leads nowhere is there, and nothing can be made below it.
            Err(_) if folder.symlink_metadata().is_ok() => return None,
            Err(_) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::narrow::Narrowing;
    use std::fs;
    use std::os::unix::fs::symlink;

    /// A folder with `in.csv`, `src/a`, `link` to `src`, and its real path.
    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().canonicalize().expect("real");
        fs::write(path.join("in.csv"), "x").expect("written");
        fs::create_dir(path.join("src")).expect("made");
        fs::write(path.join("src/a"), "x").expect("written");
        symlink("src", path.join("link")).expect("linked");
        symlink("nowhere", path.join("dangling")).expect("linked");
        (folder, path)
    }

    fn granted(permissions: &Permissions, here: &Path, arguments: &[&str]) -> Vec<(PathBuf, PathBuf, Access)> {
        granted_of(permissions, permissions, here, arguments)
    }

    fn granted_of(
        baked: &Permissions,
        left: &Permissions,
        here: &Path,
        arguments: &[&str],
    ) -> Vec<(PathBuf, PathBuf, Access)> {
        let none = |_: &str| None;
        let machine = Machine {
            current_folder: Some(here.to_path_buf()),
            executable_folder: None,
            home: Some(here.join("src")),
            variable: &none,
        };
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let relative = |path: PathBuf| path.strip_prefix(here).map(Path::to_path_buf).unwrap_or(path);
        let grants = grants(baked, left, &machine, &arguments);
        grants.into_iter().map(|grant| (relative(grant.named), relative(grant.path), grant.access)).collect()
    }

    #[test]
    fn what_an_argument_names_is_granted_if_it_exists() {
        let (_folder, here) = folder();
        let paths = granted(
            &Permissions::default(),
            &here,
            &["in.csv", "--config=src/a", "a=b=src", "missing", "-v", "link/a", "dangling", "", "=", "/dev/null", "/"],
        );
        let expected = [("in.csv", "in.csv"), ("src/a", "src/a"), ("link/a", "src/a")];
        let expected: Vec<_> = expected.map(|(named, path)| (named.into(), path.into(), Access::Read)).into();
        assert_eq!(paths, expected);
    }

    #[test]
    fn as_many_arguments_as_are_looked_at_can_name_files() {
        let (_folder, here) = folder();
        for (options, expected) in [(MAX_NAMED - 1, 1), (MAX_NAMED, 0)] {
            let arguments = [vec!["-v"; options], vec!["in.csv"]].concat();
            assert_eq!(granted(&Permissions::default(), &here, &arguments).len(), expected);
        }
    }

    #[test]
    fn a_name_may_leave_folders_by_dots() {
        let (_folder, here) = folder();
        let paths = granted(&Permissions::default(), &here, &["src/../in.csv", "link/../in.csv", "missing/../in.csv"]);
        assert_eq!(paths, vec![("in.csv".into(), "in.csv".into(), Access::Read); 2]);
    }

    #[test]
    fn a_link_to_what_is_the_kernels_is_no_file_of_a_user() {
        let (_folder, here) = folder();
        symlink("/proc/self/environ", here.join("environment")).expect("linked");
        symlink("/", here.join("root")).expect("linked");
        assert_eq!(granted(&Permissions::default(), &here, &["environment", "root", "/proc/self", "/dev/null"]), []);
    }

    #[test]
    fn an_output_that_does_not_exist_yet_is_granted_for_writing() {
        let (_folder, here) = folder();
        let write = Permissions { arguments: Arguments::Write, ..Permissions::default() };
        let paths = granted(&write, &here, &["out.csv", "--out=link/new", "-v", "in.csv/x", "dangling/x"]);
        let long = "n".repeat(256);
        assert_eq!(granted(&write, &here, &[&long, &format!("missing/{long}")]), []);
        let expected = [("out.csv", "out.csv"), ("link/new", "src/new")];
        let expected: Vec<_> = expected.map(|(named, path)| (named.into(), path.into(), Access::Write)).into();
        assert_eq!(paths, expected);
    }

    #[test]
    fn a_link_that_the_app_may_have_made_grants_nothing() {
        let (_folder, here) = folder();
        fs::create_dir(here.join("out")).expect("made");
        fs::write(here.join("out/own"), "x").expect("written");
        for (target, name) in [("../in.csv", "out/planted"), ("..", "out/up"), ("own", "out/fine")] {
            symlink(target, here.join(name)).expect("linked");
        }
        symlink("out", here.join("to-out")).expect("linked");
        let permissions = Permissions {
            read: vec!["$CWD/out/planted".into()],
            write: vec!["$CWD/to-out".into(), "$CWD/out/up/src".into()],
            ..Permissions::default()
        };
        let arguments = ["out/planted", "out/up/in.csv", "to-out/planted", "out/up/../in.csv", "out/fine", "in.csv"];
        let paths: Vec<PathBuf> =
            granted(&permissions, &here, &arguments).into_iter().map(|(_, path, _)| path).collect();
        assert_eq!(paths, [Path::new("out"), Path::new("out/own"), Path::new("in.csv")]);
        // A run that is narrowed does not trust it either.
        let baked = Permissions { write: vec!["$CWD/out".into()], ..Permissions::default() };
        for deny in ["write", "read"] {
            let left = Narrowing::parse(deny).expect("a word").apply(baked.clone());
            let paths = granted_of(&baked, &left, &here, &["out/planted", "in.csv"]);
            let arguments = paths.into_iter().filter(|(named, ..)| named != Path::new("out"));
            assert_eq!(arguments.map(|(named, ..)| named).collect::<Vec<_>>(), [Path::new("in.csv")], "{deny}");
        }
        // Where the app cannot write, a link is its user's.
        let paths = granted(&Permissions::default(), &here, &["out/planted"]);
        assert_eq!(paths, [("out/planted".into(), "in.csv".into(), Access::Read)]);
    }

    #[test]
    fn keys_are_granted_with_what_is_missing_of_their_path() {
        let (_folder, here) = folder();
        let permissions = Permissions {
            arguments: Arguments::None,
            read: vec!["$CWD/in.csv".into(), "$CWD/missing".into()],
            write: vec!["~/deep/er".into()],
            ..Permissions::default()
        };
        let paths = granted(&permissions, &here, &["src"]);
        let expected: Vec<(PathBuf, PathBuf, Access)> = vec![
            ("in.csv".into(), "in.csv".into(), Access::Read),
            ("src/deep/er".into(), "src/deep/er".into(), Access::Write),
        ];
        assert_eq!(paths, expected);
        let none = |_: &str| None;
        let machine =
            Machine { current_folder: None, executable_folder: None, home: Some(here.join("src")), variable: &none };
        let policy = crate::Policy::new(&grants(&permissions, &permissions, &machine, &[]), None);
        assert_eq!(policy.access(&here.join("src/deep")), Access::Make);
        assert_eq!(policy.access(&here.join("src/deep/er/x")), Access::Write);
        assert_eq!(policy.access(&here.join("src/other")), Access::None);
    }
}
