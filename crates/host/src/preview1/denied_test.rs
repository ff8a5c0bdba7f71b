//! What is refused where it looks as if it were granted, and what is told of what was refused.

use super::test_guest::Guest;
use crate::ContextBuilder;
use crate::preview1::types::{Errno, Sdflags};
use policy::{Audit, Network, Permissions};
use std::net::{TcpStream, UdpSocket};
use std::sync::Arc;
use vfs::{Limits, Vfs};
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;

/// The last port that is granted in [`a_port_that_the_system_chooses_anew_is_judged_anew`]: about half of those that it chooses.
const LAST: u16 = 46_000;

/// What grants what was refused last.
fn advised(guest: &mut Guest) -> Option<String> {
    guest.context.ended_by = Some(13);
    guest.context.network_denied().map(|denied| denied.entry)
}

#[test]
fn a_port_that_the_system_chooses_anew_is_judged_anew() {
    let mut guest = Guest::with(&["127.0.0.1"], &[&format!("127.0.0.1:1-{LAST}")]);
    for _ in 0..1000 {
        let fd = guest.request("socket/inet/stream").expect("made");
        guest.request(&format!("bind/{fd}/127.0.0.1/0")).expect("as whoever connects");
        let before = guest.port(fd);
        let listens = guest.told(&format!("listen/{fd}/5"));
        assert_eq!(listens.is_ok(), before <= LAST, "{before}");
        if listens.is_err() {
            guest.close(fd).expect("open");
            continue;
        }
        guest
            .make(|context, memory| context.sock_shutdown(memory, fd.into(), Sdflags::RD | Sdflags::WR))
            .expect("shut down");
        assert_eq!(guest.port(fd), before, "it is still told");
        let listens = guest.told(&format!("listen/{fd}/5"));
        let now = guest.port(fd);
        assert_eq!(listens.is_ok(), now <= LAST, "{now}");
        assert_eq!(TcpStream::connect(("127.0.0.1", now)).is_ok(), now <= LAST, "{now}");
        guest.close(fd).expect("open");
        if now > LAST {
            assert_eq!(listens, Err(Errno::Acces));
            return;
        }
    }
    panic!("expected another port");
}

#[test]
fn for_a_port_that_the_system_has_chosen_another_run_needs_any() {
    let mut guest = Guest::with(&["127.0.0.1"], &["127.0.0.1:1"]);
    let fd = guest.request("socket/inet/stream").expect("made");
    guest.request(&format!("bind/{fd}/127.0.0.1/0")).expect("as whoever connects");
    assert_eq!(guest.told(&format!("listen/{fd}/5")), Err(Errno::Acces));
    assert_eq!(advised(&mut guest).as_deref(), Some("127.0.0.1:0"));
}

#[test]
fn a_denial_of_the_systems_is_not_told_as_one_of_the_policys() {
    let mut guest = Guest::with(&["127.255.255.255"], &[]);
    let datagrams = guest.request("socket/inet/datagram").expect("made");
    for (what, is_own) in [("send", false), ("connect", false), ("connect", true)] {
        let stream = guest.request("socket/inet/stream").expect("made");
        assert_eq!(guest.told(&format!("connect/{stream}/10.0.0.5/5432")), Err(Errno::Acces));
        assert_eq!(advised(&mut guest).as_deref(), Some("10.0.0.5:5432"));
        // To whom all of a network would answer, without SO_BROADCAST.
        let refused = match what {
            "send" => {
                let message = guest.request(&format!("send/{datagrams}/0/127.255.255.255/9")).expect("granted");
                guest.write(message, &[b"x"]).err()
            }
            _ if is_own => guest.told(&format!("connect/{datagrams}/127.0.0.1/9")).err(),
            _ => guest.told(&format!("connect/{datagrams}/127.255.255.255/9")).err(),
        };
        assert_eq!(refused, Some(Errno::Acces), "{what}");
        assert_eq!(advised(&mut guest).as_deref(), is_own.then_some("127.0.0.1:9"), "{what}");
    }
}

#[test]
fn two_sockets_of_datagrams_do_not_share_a_port() {
    let mut guest = Guest::with(&[], &["127.0.0.1:*"]);
    let [first, second] = [(), ()].map(|()| guest.request("socket/inet/datagram").expect("made"));
    for fd in [first, second] {
        guest.request(&format!("option/{fd}/1/2/1")).expect("set");
        assert_eq!(guest.text(&format!("option/{fd}/1/2")), "1");
    }
    guest.request(&format!("bind/{first}/127.0.0.1/0")).expect("bound");
    let port = guest.port(first);
    assert_eq!(guest.told(&format!("bind/{second}/127.0.0.1/{port}")), Err(Errno::Addrinuse));
    // Of streams the system knows.
    let stream = guest.request("socket/inet/stream").expect("made");
    guest.request(&format!("option/{stream}/1/2/1")).expect("set");
    assert_eq!(guest.text(&format!("option/{stream}/1/2")), "1");
}

#[test]
fn the_audit_hears_of_answers_to_those_who_were_heard() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit");
    let audit = Arc::new(Audit::open(&path).expect("opened"));
    let permissions = Permissions { listen: vec!["127.0.0.1:*".into()], ..Permissions::default() };
    let network = Network::of(&permissions, &|_| None, Some(audit));
    let mut guest = Guest::of(ContextBuilder::new(Vfs::new(Limits::default())).network(network));
    let fd = guest.request("socket/inet/datagram").expect("made");
    guest.request(&format!("bind/{fd}/127.0.0.1/0")).expect("bound");
    let [client, other] = [(), ()].map(|()| UdpSocket::bind("127.0.0.1:0").expect("bound"));
    for client in [&client, &other] {
        client.send_to(b"x", ("127.0.0.1", guest.port(fd))).expect("sent");
        assert_eq!(guest.read(fd, 9).expect("it has come"), b"x");
    }
    let [to, connected] = [&client, &other].map(|client| client.local_addr().expect("bound"));
    for _ in 0..2 {
        guest.request(&format!("send/{fd}/0/127.0.0.1/{}", to.port())).expect("it was heard");
    }
    guest.request(&format!("connect/{fd}/127.0.0.1/{}", connected.port())).expect("it was heard");
    let text = std::fs::read_to_string(&path).expect("read");
    let told: Vec<&str> = text.lines().filter(|line| line.contains("\"connect\"")).collect();
    assert_eq!(told.len(), 2, "{text}");
    for (line, to) in told.iter().zip([to, connected]) {
        assert!(line.contains(&to.to_string()) && line.contains("\"granted\":true"), "{line}");
    }
}
