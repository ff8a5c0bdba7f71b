//! A network of a test's own: nothing of the machine's is in it, and each address leads back into it.
//!
//! A test runs itself once more, in a process whose network and mounts are its own. There every address of IPv4 and of IPv6 is
//! local, so that an attempt that gets through reaches a server of the test, wherever it leads.

use std::process::{Command, Stdio};

/// Set in the process that has a network of its own.
const INSIDE: &str = "NETWORK_OF_ITS_OWN";
/// Addresses at which datagrams are answered: for those of IPv6 a route is not enough to be bound to.
const BOUND: [&str; 2] = ["2606:2800:21f::1/128", "fd12:3456::1/128"];
/// How long a test may take, seconds. A run that waits for what never comes would wait for ever.
const PATIENCE: &str = "1200";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/network");

/// Runs the rest of the test of this name in a network of its own. Where there can be none it says so, and the test is over.
///
/// # Panics
///
/// Where the test fails in there.
pub fn in_a_network_of_its_own(test: &str, rest: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        set_up();
        return rest();
    }
    if let Err(why) = try_out() {
        eprintln!("not tested: {test}: {why}");
        return;
    }
    let mut command = Command::new("timeout");
    command.args([PATIENCE, "unshare", "--net", "--mount"]).arg(std::env::current_exe().expect("a path"));
    command.args(["--exact", test, "--include-ignored", "--nocapture", "--test-threads=1"]).env(INSIDE, "1");
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(output.status.success(), "{test}, in a network of its own: {}\n{said}", output.status);
    assert!(said.contains("1 passed"), "{test} is no test's name:\n{said}");
}

/// Whether this machine lets a process have a network of its own.
fn try_out() -> Result<(), String> {
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "ip", "-6", "address", "add", "fd12::1/128", "dev", "lo"]);
    let output = command.output().map_err(|error| format!("unshare: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("unshare and ip, which need root: {}", said.lines().next().unwrap_or("they fail")))
}

fn set_up() {
    ip("link set lo up");
    ip("route add local default dev lo");
    ip("-6 route add local default dev lo");
    for address in BOUND {
        ip(&format!("-6 address add {address} dev lo nodad"));
    }
    for file in ["hosts", "resolv.conf"] {
        let mut command = Command::new("mount");
        // Where it is a link into a folder that is not there, there is nothing to be covered.
        command.args(["--bind", &format!("{FOLDER}/{file}"), &format!("/etc/{file}")]);
        done(command);
    }
}

fn ip(arguments: &str) {
    let mut command = Command::new("ip");
    command.args(arguments.split(' '));
    done(command);
}

fn done(mut command: Command) {
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
