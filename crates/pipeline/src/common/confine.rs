//! What programs may do on this machine that build what others have written. uv, before it runs a backend, installs what that asks
//! for, and among that may be programs that come before others, or in place of what it takes for a Python. So it may start only what
//! lies where this machine has its programs, and write only where it has to. A backend that runs here itself may write in its own
//! folder only, and needs no network. Landlock (Linux 5.13; 6.7 for the network) sees to that, for a program and for all that it starts.

use crate::error::{Error, Result};
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus,
};
use std::env;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;

/// The newest version whose ways of writing are known here; an older kernel knows fewer, and a newer one these, too.
const KNOWN: ABI = ABI::V3;
/// Where Linux has programs, and what they need to be started.
const PROGRAMS: [&str; 7] = ["/bin", "/lib", "/lib64", "/nix/store", "/opt", "/sbin", "/usr"];

/// What may be done where.
pub(crate) struct Confined {
    /// Folders in which anything may be written.
    pub writable: Vec<PathBuf>,
    /// Folders whose programs may be started, beside those of this machine.
    pub programs: Vec<PathBuf>,
    /// Nothing is connected to and nothing listened at, by TCP.
    pub without_network: bool,
}

impl Confined {
    /// Does `work` on a thread that is confined so, as are the programs that it starts. Elsewhere nothing changes.
    ///
    /// # Errors
    /// [`Error::Runtime`] if this kernel cannot: see [`is_possible`].
    pub fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T> {
        thread::scope(|scope| {
            let thread = scope.spawn(|| {
                let status = self.confine().map_err(|error| Error::Runtime(format!("Landlock: {error}")))?;
                if status == RulesetStatus::NotEnforced {
                    return Err(Error::Runtime(MISSING.to_string()));
                }
                Ok(work())
            });
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// The same for what may be trusted: then it is done even if this kernel cannot confine it.
    ///
    /// # Errors
    /// As [`Confined::within`].
    pub fn unless<T: Send>(&self, is_trusted: bool, work: impl FnOnce() -> T + Send) -> Result<T> {
        if is_trusted && !is_possible() { Ok(work()) } else { self.within(work) }
    }

    /// Confines this thread, for good.
    fn confine(&self) -> std::result::Result<RulesetStatus, RulesetError> {
        let write = AccessFs::from_write(KNOWN);
        let mut ruleset = Ruleset::default().handle_access(write | AccessFs::Execute)?;
        if self.without_network {
            ruleset = ruleset.handle_access(AccessNet::from_all(ABI::V4))?;
        }
        let ruleset = ruleset.create()?;
        let own = env::var_os("PATH").unwrap_or_default();
        let programs = PROGRAMS.iter().map(PathBuf::from).chain(env::split_paths(&own)).chain(self.programs.clone());
        let ruleset = ruleset.add_rules(rules(programs, AccessFs::Execute.into()))?;
        let ruleset = ruleset.add_rules(rules(self.writable.clone(), write))?;
        let devices = rules([PathBuf::from("/dev")], AccessFs::WriteFile.into());
        Ok(ruleset.add_rules(devices)?.restrict_self()?.ruleset)
    }
}

/// Whether this kernel can confine. Some containers keep it from that, too.
pub(crate) fn is_possible() -> bool {
    static POSSIBLE: OnceLock<bool> = OnceLock::new();
    let nowhere = Confined { writable: Vec::new(), programs: Vec::new(), without_network: false };
    *POSSIBLE.get_or_init(|| nowhere.within(|| ()).is_ok())
}

/// That this kernel cannot confine, and what to do.
pub(crate) const MISSING: &str = "expected a kernel that can confine what uv builds (Linux 5.13 with Landlock), found none; name what has to be \
    built in [tool.pyapp] build-on-host, if you trust it";

/// Rules for folders; those that are not there need none.
fn rules(
    folders: impl IntoIterator<Item = PathBuf>,
    access: BitFlags<AccessFs>,
) -> impl Iterator<Item = std::result::Result<PathBeneath<PathFd>, RulesetError>> {
    let folders = folders.into_iter().filter(|folder| folder.is_absolute() && *folder != Path::new("/"));
    folders.filter_map(move |folder| Some(Ok(PathBeneath::new(PathFd::new(folder).ok()?, access))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    #[test]
    fn only_known_programs_start_and_only_known_folders_change() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        for name in ["own", "other"] {
            fs::create_dir(path(name)).expect("made");
            fs::write(path(name).join("program"), "#!/bin/sh\necho started\n").expect("written");
            fs::set_permissions(path(name).join("program"), fs::Permissions::from_mode(0o755)).expect("set");
        }
        let confined = Confined { writable: vec![path("own")], programs: vec![path("other")], without_network: false };
        let said = |program: &Path, argument: &str| {
            let output = Command::new(program).args(["-c", argument]).output().ok();
            output.filter(|output| output.status.success()).map(|output| output.stdout.len())
        };
        let write = |name: &str| said(Path::new("/bin/sh"), &format!("echo x > {}", path(name).display()));
        let found = confined.within(|| {
            let started = ["own", "other"].map(|name| said(&path(name).join("program"), ""));
            (started, [write("own/new"), write("other/new"), write("new")], said(Path::new("/bin/sh"), "ls /"))
        });
        let (started, written, system) = match found {
            // A kernel without it: then nothing is built.
            Err(error) => return assert!(error.to_string().contains("build-on-host"), "{error}"),
            Ok(found) => found,
        };
        assert_eq!((started, written), ([None, Some(8)], [Some(0), None, None]));
        assert!(system.is_some());
        // Here nothing has changed.
        assert_eq!(write("other/new"), Some(0));
    }

    #[test]
    fn without_network_nothing_is_connected_to() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let connects = |without_network: bool| {
            let confined = Confined { writable: Vec::new(), programs: Vec::new(), without_network };
            confined.within(|| std::net::TcpStream::connect(address).map(drop).map_err(|error| error.kind()))
        };
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let mut numbers = release.split(['.', '-']).map_while(|number| number.parse::<u32>().ok());
        let version = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
        if let (Ok(free), Ok(confined), true) = (connects(false), connects(true), version >= (6, 7)) {
            assert_eq!((free, confined), (Ok(()), Err(std::io::ErrorKind::PermissionDenied)));
        }
    }
}
