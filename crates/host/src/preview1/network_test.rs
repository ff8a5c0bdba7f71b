//! Sockets as a C library uses them: by requests, and by the calls of preview1.

use super::test_guest::Guest;
use crate::preview1::types::{Errno, Fdflags, Riflags, Roflags, Sdflags};
use crate::{ContextBuilder, NetworkAttempts};
use std::io::Write;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};
use vfs::{Limits, Vfs};
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;

const LOOPBACK: &[&str] = &["127.0.0.1"];
const ANY_PORT: &[&str] = &["127.0.0.1:*"];

#[test]
fn streams_connect_are_accepted_and_go_both_ways() {
    let mut guest = Guest::with(LOOPBACK, ANY_PORT);
    let (listener, port) = guest.listener();
    let client = guest.request("socket/inet/stream").expect("made");
    assert_eq!(guest.told(&format!("peername/{client}")), Err(Errno::Notconn));
    guest.request(&format!("connect/{client}/127.0.0.1/{port}")).expect("connected");
    assert_eq!(guest.told(&format!("connect/{client}/127.0.0.1/{port}")), Err(Errno::Isconn));
    let server = guest.accept(listener, Fdflags::empty()).expect("accepted");
    let of_client = format!("127.0.0.1 {}", guest.port(client));
    assert_eq!(guest.text(&format!("accepted/{server}")), of_client);
    assert_eq!(guest.text(&format!("peername/{server}")), of_client);
    assert_eq!(guest.told(&format!("accepted/{client}")), Err(Errno::Notconn));

    assert_eq!(guest.write(client, &[b"one ", b"two"]), Ok(7));
    assert_eq!(guest.receive(server, &[3, 9], Riflags::RECV_PEEK).expect("it has come").0, b"one");
    assert_eq!(guest.told(&format!("receive/{server}/3/2")).expect("it has come"), b"- 0 0 3\none");
    assert_eq!(guest.receive(server, &[3, 9], Riflags::empty()).expect("it has come").0, b"one two");
    let urgent = guest.request(&format!("send/{server}/1")).expect("granted");
    assert_eq!(guest.write(urgent, &[b"!"]), Ok(1));
    assert_eq!(guest.write(urgent, &[b"!"]), Err(Errno::Inval));
    assert_eq!(guest.told(&format!("receive/{client}/1/65")).expect("it has come"), b"- 0 0 1\n!");

    assert_eq!((guest.poll(client, 1), guest.poll(client, 2)), (None, Some(false)));
    guest.make(|context, memory| context.sock_shutdown(memory, server.into(), Sdflags::WR)).expect("shut down");
    assert_eq!(guest.poll(client, 1), Some(false));
    assert_eq!(guest.read(client, 9).expect("the end"), b"");
    guest.make(|context, memory| context.sock_shutdown(memory, client.into(), Sdflags::WR)).expect("shut down");
    assert_eq!(guest.poll(client, 1), Some(true), "it is over both ways");
    assert_eq!(guest.write(client, &[b"x"]), Err(Errno::Pipe));
}

#[test]
fn what_does_not_wait_says_so() {
    let mut guest = Guest::with(LOOPBACK, ANY_PORT);
    let (listener, port) = guest.listener();
    guest.set_flags(listener, Fdflags::NONBLOCK);
    assert_eq!(guest.accept(listener, Fdflags::empty()), Err(Errno::Again));
    let client = guest.request("socket/inet/stream").expect("made");
    guest.set_flags(client, Fdflags::NONBLOCK);
    assert_eq!(guest.told(&format!("connect/{client}/127.0.0.1/{port}")), Err(Errno::Inprogress));
    assert_eq!(guest.poll(client, 2), Some(false));
    assert_eq!(guest.text(&format!("option/{client}/1/4")), "0");
    assert_eq!(guest.receive(client, &[9], Riflags::empty()), Err(Errno::Again));
    let server = guest.accept(listener, Fdflags::NONBLOCK).expect("accepted");
    assert_eq!(guest.read(server, 9), Err(Errno::Again));
    // A port where nobody listens any more.
    let gone = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let refused = guest.request("socket/inet/stream").expect("made");
    assert_eq!(guest.told(&format!("connect/{refused}/127.0.0.1/{}", gone.port())), Err(Errno::Connrefused));
    guest.set_flags(refused, Fdflags::NONBLOCK);
    assert_eq!(guest.told(&format!("connect/{refused}/127.0.0.1/{}", gone.port())), Err(Errno::Inprogress));
    assert_eq!(guest.poll(refused, 2), Some(true), "an error is told as the end");
    // Linux's number.
    assert_eq!(guest.text(&format!("option/{refused}/1/4")), "111");
}

#[test]
fn who_waits_for_all_gets_it_when_it_comes_or_what_has_come_in_its_time() {
    let mut guest = Guest::with(LOOPBACK, ANY_PORT);
    let (listener, port) = guest.listener();
    let peer = std::thread::spawn(move || {
        let mut peer = TcpStream::connect(("127.0.0.1", port)).expect("connected");
        for part in [&b"abc"[..], b"def", b"gh"] {
            peer.write_all(part).expect("sent");
            std::thread::sleep(Duration::from_millis(30));
        }
        peer
    });
    let server = guest.accept(listener, Fdflags::empty()).expect("accepted");
    assert_eq!(guest.receive(server, &[2, 5], Riflags::RECV_WAITALL).expect("it comes").0, b"abcdefg");
    let peer = peer.join().expect("it ends");
    assert_eq!(guest.text(&format!("option/{server}/1/20")), "0 0");
    guest.request(&format!("option/{server}/1/20/0/60000")).expect("set");
    assert_eq!(guest.text(&format!("option/{server}/1/20")), "0 60000");
    assert_eq!(guest.receive(server, &[5], Riflags::RECV_WAITALL).expect("it has come").0, b"h");
    let start = Instant::now();
    assert_eq!(guest.read(server, 5), Err(Errno::Again));
    assert!(start.elapsed() >= Duration::from_millis(60));
    drop(peer);
    assert_eq!(guest.receive(server, &[5], Riflags::RECV_WAITALL).expect("the end").0, b"");
}

#[test]
fn datagrams_come_from_granted_senders_only() {
    let (wanted, other) =
        (UdpSocket::bind("127.0.0.1:0").expect("bound"), UdpSocket::bind("127.0.0.1:0").expect("bound"));
    let port = wanted.local_addr().expect("bound").port();
    let mut guest = Guest::with(&[&format!("127.0.0.1:{port}")], &[]);
    let fd = guest.request("socket/inet/datagram").expect("made");
    assert_eq!(guest.told(&format!("bind/{fd}/127.0.0.1/5353")), Err(Errno::Acces));
    guest.request(&format!("bind/{fd}/127.0.0.1/0")).expect("bound");
    let own = ("127.0.0.1", guest.port(fd));
    other.send_to(b"unwanted", own).expect("sent");
    assert_eq!(guest.poll(fd, 1), None);
    other.send_to(b"unwanted", own).expect("sent");
    wanted.send_to(b"wanted", own).expect("sent");
    other.send_to(b"unwanted", own).expect("sent");
    let line = format!("127.0.0.1 {port}");
    assert_eq!(guest.text(&format!("receive/{fd}/100/2")), format!("{line} 0 6\nwanted"));
    assert_eq!(guest.text(&format!("receive/{fd}/4/2")), format!("{line} 32 6\nwant"));
    assert_eq!(guest.poll(fd, 1), Some(false));
    let (received, flags) = guest.receive(fd, &[2, 3], Riflags::empty()).expect("it has come");
    assert_eq!((&received[..], flags), (&b"wante"[..], Roflags::RECV_DATA_TRUNCATED));
    assert_eq!(guest.told(&format!("receive/{fd}/100/64")), Err(Errno::Again));
    assert_eq!(
        guest.told(&format!("send/{fd}/0/127.0.0.1/{}", other.local_addr().expect("bound").port())),
        Err(Errno::Acces)
    );

    // One message of two buffers; one of none.
    for (parts, expected) in [(&[&b"to "[..], b"it"][..], &b"to it"[..]), (&[], b"")] {
        let message = guest.request(&format!("send/{fd}/0/127.0.0.1/{port}")).expect("granted");
        assert_eq!(guest.write(message, parts), Ok(expected.len() as u32));
        let mut buffer = [0; 10];
        let (len, from) = wanted.recv_from(&mut buffer).expect("it has come");
        assert_eq!((&buffer[..len], from.port()), (expected, own.1));
    }
    assert_eq!(guest.write(fd, &[b"x"]), Err(Errno::Destaddrreq));
    guest.request(&format!("connect/{fd}/127.0.0.1/{port}")).expect("granted");
    assert_eq!(guest.write(fd, &[b"x", b"y"]), Ok(2));
    guest.request(&format!("connect/{fd}")).expect("forgotten");
    assert_eq!(guest.told(&format!("peername/{fd}")), Err(Errno::Notconn));
}

#[test]
fn where_it_may_listen_a_guest_answers_whoever_has_sent() {
    let (sender, silent) =
        (UdpSocket::bind("127.0.0.1:0").expect("bound"), UdpSocket::bind("127.0.0.1:0").expect("bound"));
    let mut guest = Guest::with(&[], ANY_PORT);
    let fd = guest.request("socket/inet/datagram").expect("made");
    guest.request(&format!("bind/{fd}/127.0.0.1/0")).expect("bound");
    sender.send_to(b"hello", ("127.0.0.1", guest.port(fd))).expect("sent");
    assert_eq!(guest.read(fd, 9).expect("it has come"), b"hello");
    let to = |socket: &UdpSocket| format!("send/{fd}/0/127.0.0.1/{}", socket.local_addr().expect("bound").port());
    let message = guest.request(&to(&sender)).expect("it was heard");
    assert_eq!(guest.write(message, &[b"back"]), Ok(4));
    assert_eq!(guest.told(&to(&silent)), Err(Errno::Acces));
}

#[test]
fn without_a_grant_a_socket_can_be_made_and_nothing_else() {
    let mut guest = Guest::of(ContextBuilder::new(Vfs::new(Limits::default())));
    let (stream, datagrams) =
        (guest.request("socket/inet/stream").expect("made"), guest.request("socket/inet/datagram").expect("made"));
    for request in [
        format!("connect/{stream}/127.0.0.1/80"),
        format!("connect/{datagrams}/127.0.0.1/80"),
        format!("bind/{stream}/127.0.0.1/0"),
        format!("bind/{datagrams}/0.0.0.0/0"),
        format!("listen/{stream}/5"),
        format!("send/{datagrams}/0/127.0.0.1/80"),
    ] {
        assert_eq!(guest.told(&request), Err(Errno::Acces), "{request}");
    }
    // IP_ADD_MEMBERSHIP.
    assert_eq!(guest.told(&format!("option/{datagrams}/0/35/239.1.1.1/127.0.0.1")), Err(Errno::Noprotoopt));
    for request in ["lookup/any/example.com", "lookup/inet/127.1", "reverse/127.0.0.1"] {
        assert_eq!(guest.text(request), "denied", "{request}");
    }
    // Nobody is asked for it, and it leads nowhere.
    assert_eq!(guest.text("lookup/inet/localhost"), "ok localhost\n127.0.0.1");
    assert_eq!(guest.text("reverse/127.0.0.1"), "denied");
    assert_eq!(guest.told(&format!("connect/{stream}/10.0.0.5/5432")), Err(Errno::Acces));
    // It is told only if that may have ended the guest.
    assert_eq!(guest.context.network_denied(), None);
    guest.context.ended_by = Some(2);
    assert_eq!(guest.context.network_denied(), None);
    guest.context.ended_by = Some(13);
    assert_eq!(guest.context.network_denied().expect("denied").entry, "10.0.0.5:5432");
}

#[test]
fn names_are_looked_up_at_once_or_while_others_run() {
    let mut guest = Guest::with(&["localhost"], &[]);
    for threaded in [false, true] {
        guest.context.threaded = threaded;
        assert_eq!(guest.text("lookup/inet/localhost"), "ok localhost\n127.0.0.1");
        assert!(guest.text("reverse/127.0.0.1").starts_with("ok localhost"));
        assert_eq!(guest.text("lookup/any/localhost.example"), "denied");
        assert_eq!(guest.text("lookup/any/"), "noname");
        assert_eq!(guest.text("lookup/any/a/b"), "denied");
    }
}

#[test]
fn what_is_not_as_the_table_has_it_is_told_apart() {
    let mut guest = Guest::with(LOOPBACK, ANY_PORT);
    let stream = guest.request("socket/inet/stream").expect("made");
    let datagrams = guest.request("socket/inet/datagram").expect("made");
    let pair = guest.request("socketpair").expect("made");
    for (request, errno) in [
        ("socket/unix/stream".to_string(), Errno::Inval),
        ("socket/inet/raw".to_string(), Errno::Inval),
        ("socket/inet".to_string(), Errno::Inval),
        ("name/99".to_string(), Errno::Badf),
        ("name/1".to_string(), Errno::Notsock),
        (format!("name/{pair}"), Errno::Notsup),
        (format!("connect/{stream}/::1/80"), Errno::Afnosupport),
        (format!("connect/{stream}/localhost/80"), Errno::Inval),
        (format!("connect/{stream}"), Errno::Inval),
        (format!("listen/{datagrams}/1"), Errno::Notsup),
        (format!("listen/{stream}/x"), Errno::Inval),
        (format!("option/{stream}/1/5/1"), Errno::Noprotoopt),
        (format!("option/{stream}/1/25/1"), Errno::Perm),
        (format!("receive/{stream}/9/0"), Errno::Notconn),
        // MSG_FASTOPEN.
        (format!("send/{stream}/536870912"), Errno::Notsup),
        ("lookup/unix/localhost".to_string(), Errno::Inval),
        ("reverse/localhost".to_string(), Errno::Inval),
        ("nonsense".to_string(), Errno::Nosys),
    ] {
        assert_eq!(guest.told(&request), Err(errno), "{request}");
    }
    assert_eq!(guest.accept(pair, Fdflags::empty()), Err(Errno::Inval));
    assert_eq!(guest.accept(stream, Fdflags::empty()), Err(Errno::Inval));
    assert_eq!(guest.accept(datagrams, Fdflags::empty()), Err(Errno::Notsup));
    assert_eq!(guest.accept(1, Fdflags::empty()), Err(Errno::Notsock));
    for (option, text) in [("1/3", "2"), ("1/38", "17"), ("1/39", "2"), ("1/13", "0 0")] {
        assert_eq!(guest.text(&format!("option/{datagrams}/{option}")), text, "{option}");
    }
    // Closing would wait for 30 seconds.
    guest.request(&format!("option/{stream}/1/13/1/30")).expect("set");
    assert_eq!(guest.text(&format!("option/{stream}/1/13")), "1 30");
}

#[test]
fn sockets_stand_in_the_way_of_a_snapshot_those_of_memory_too() {
    let attempts = NetworkAttempts::default();
    let unplugged = ContextBuilder::new(Vfs::new(Limits::default())).unplugged(&attempts);
    for mut guest in [Guest::with(&[], &[]), Guest::of(unplugged)] {
        let before = guest.context.descriptors();
        let fd = guest.request("socket/inet6/datagram").expect("made");
        assert_ne!(guest.context.descriptors(), before);
        guest.context.table.remove(fd.into()).expect("open");
        assert_eq!(guest.context.descriptors(), before);
    }
    assert!(attempts.list().is_empty());
}
