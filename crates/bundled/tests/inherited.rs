//! Sockets that whoever starts an app has made for it, and passes as systemd does: by number, and in variables of the environment.

use pipeline::settings::Settings;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

const PROJECT: &str = r#"
[tool.pyapp]
entry = "app:main"

[tool.pyapp.permissions]
listen = ["fd:3-4"]
"#;

/// Says what it has, and then answers one request at each socket. What it does with files is in the way of nothing: the C library
/// knows directories by the same numbers.
const APP: &str = r#"
import asyncio
import os
import socket
import sys


def main():
    names = os.environ.get("LISTEN_FDNAMES")
    count = int(os.environ.get("LISTEN_FDS", 0))
    print(count, names, os.environ.get("LISTEN_PID") == str(os.getpid()), flush=True)
    sockets = [socket.socket(fileno=number) for number in range(3, 3 + count)]
    with open("/tmp/note", "w") as note:
        note.write("noted")
    import colorsys
    print(open("/tmp/note").read(), "tmp" in os.listdir("/"), colorsys.__name__, flush=True)
    for inherited in sockets:
        if inherited.type == socket.SOCK_DGRAM:
            data, sender = inherited.recvfrom(64)
            inherited.sendto(data.upper(), sender)
        elif sys.argv[1:] == ["asyncio"]:
            asyncio.run(serve(inherited))
        else:
            connection, _ = inherited.accept()
            connection.sendall(connection.recv(64).upper())
            connection.close()
        number = inherited.fileno()
        inherited.close()
        try:
            socket.socket(fileno=number)
        except OSError:
            print("closed", number, flush=True)
    print(open("/tmp/note").read(), flush=True)


async def serve(inherited):
    served = asyncio.Event()

    async def answer(reader, writer):
        writer.write((await reader.read(64)).upper())
        await writer.drain()
        writer.close()
        served.set()

    async with await asyncio.start_server(answer, sock=inherited.dup()):
        await served.wait()
"#;

/// Takes its standard input and output for what it passes as 3 and 4, tells the app that they are its own, and becomes it.
const START: &str = r#"exec 3<&0 4<&1 </dev/null >&2; export LISTEN_PID="${LISTEN_PID-$$}"; exec "$@""#;

/// The app, bundled once for all tests.
static BUNDLE: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let (project, out) = (folder(), folder());
    std::fs::create_dir(project.path().join("python_libs")).expect("made");
    std::fs::write(project.path().join("pyproject.toml"), PROJECT).expect("written");
    std::fs::write(project.path().join("python_libs/app.py"), APP).expect("written");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("there");
    let settings = Settings::for_tool(source, host::engine::TARGET, out.path().into()).expect("settings");
    let report = pipeline::build(&Settings { project: project.path().into(), offline: true, ..settings });
    report.unwrap_or_else(|error| panic!("{error}"));
    out
});

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// The app in this way, with these variables, to which two files are passed as 3 and 4. What it says is in its stderr.
fn start(mode: &[&str], arguments: &[&str], variables: &[(&str, &str)], passed: [OwnedFd; 2]) -> Command {
    let [third, fourth] = passed;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", START, "sh", env!("CARGO_BIN_EXE_bundled")]).args(mode).arg(BUNDLE.path()).args(arguments);
    command.env_clear().envs(variables.iter().copied());
    command.stdin(third).stdout(fourth).stderr(Stdio::piped());
    command
}

/// A TCP socket and a UDP socket, and their addresses.
fn sockets() -> ([OwnedFd; 2], SocketAddr, SocketAddr) {
    let stream = TcpListener::bind("127.0.0.1:0").expect("bound");
    let datagrams = UdpSocket::bind("127.0.0.1:0").expect("bound");
    let addresses = (stream.local_addr().expect("an address"), datagrams.local_addr().expect("an address"));
    ([stream.into(), datagrams.into()], addresses.0, addresses.1)
}

fn said(output: Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
}

/// What a server at a TCP socket answers, that may not have begun.
fn asked(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).expect("connected");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
    stream.write_all(b"question").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    answer
}

#[test]
fn sockets_that_are_passed_serve_at_their_numbers() {
    let ways: [(&[&str], &[&str]); 3] = [(&["--cold"], &[]), (&[], &[]), (&[], &["asyncio"])];
    for (mode, arguments) in ways {
        let (passed, stream, datagrams) = sockets();
        // Of three the last is not granted.
        let variables = [("LISTEN_FDS", "3"), ("LISTEN_FDNAMES", "web:dns:more")];
        let app = start(mode, arguments, &variables, passed).spawn().expect("it starts");
        assert_eq!(asked(stream), "QUESTION", "{mode:?} {arguments:?}");
        let client = UdpSocket::bind("127.0.0.1:0").expect("bound");
        client.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
        client.send_to(b"question", datagrams).expect("sent");
        let mut answer = [0; 64];
        let length = client.recv(&mut answer).expect("answered");
        assert_eq!(&answer[..length], b"QUESTION");
        let expected = "2 web:dns True\nnoted True colorsys\nclosed 3\nclosed 4\nnoted\n";
        assert_eq!(said(app.wait_with_output().expect("it ends")), (Some(0), expected.to_string()), "{mode:?}");
    }
}

#[test]
fn what_is_passed_to_another_process_is_not_there() {
    for variables in [&[("LISTEN_FDS", "2"), ("LISTEN_PID", "1"), ("LISTEN_FDNAMES", "a:b")][..], &[]] {
        let output = start(&[], &[], variables, sockets().0).output().expect("it starts");
        assert_eq!(said(output), (Some(0), "0 None False\nnoted True colorsys\nnoted\n".to_string()));
    }
}

/// Also: where nothing was passed the executable has something of its own by the time that it looks, which is not taken for a socket.
#[test]
fn what_is_said_to_be_passed_and_is_not_ends_the_start() {
    let null = || OwnedFd::from(std::fs::File::open("/dev/null").expect("there"));
    let mut command = start(&[], &[], &[("LISTEN_FDS", "1")], [null(), null()]);
    assert_says(command.output().expect("it starts"), "something that is no socket");
    command = Command::new("/bin/sh");
    let start = "exec 3<&-; export LISTEN_PID=$$; exec \"$@\"";
    command.args(["-c", start, "sh", env!("CARGO_BIN_EXE_bundled")]).arg(BUNDLE.path());
    command.env_clear().env("LISTEN_FDS", "2");
    assert_says(command.output().expect("it starts"), "nothing");
}

fn assert_says(output: Output, found: &str) {
    let (status, line) = said(output);
    assert_eq!(status, Some(125), "{line}");
    let (start, end) =
        ("bundled: fd:3: expected a TCP socket that listens", format!("found {found}; pass such a socket"));
    assert!(line.starts_with(start) && line.contains(&end) && line.lines().count() == 1, "{line}");
}
