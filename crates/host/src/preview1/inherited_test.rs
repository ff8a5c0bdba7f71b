//! Sockets that the process was started with, as a C library uses them: over a preopen, by the calls of preview1.

use super::test_guest::{Answer, Guest};
use crate::ContextBuilder;
use crate::machine::left;
use crate::wasi::types::{Errno, Fdflags, Fdstat, Filetype, Rights, Sdflags};
use policy::{Network, Permissions};
use rustix::net::{AddressFamily, SocketType, socket};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixListener;
use vfs::{Limits, RootKind, Vfs};
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wasmtime_wasi::runtime::poll_noop;

/// A guest that has nothing but sockets with these numbers, and no grant that says where to listen. Up to the last there are preopens,
/// which are kept.
fn builder(first: u32, last: u32) -> ContextBuilder {
    let mut vfs = Vfs::new(Limits::default());
    let root = vfs.add_root(RootKind::Confined).expect("a root");
    let network = Network::of(&Permissions::default(), &|_| None, None);
    let builder = ContextBuilder::new(vfs).network(network).inherited(first..last + 1);
    (3..=last).fold(builder, |builder, number| builder.preopen(root, format!("/{number}"))).keep_preopens()
}

fn listening() -> (u32, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = listener.local_addr().expect("an address");
    (left(listener), address)
}

fn status(guest: &mut Guest, fd: u32) -> Answer<Fdstat> {
    guest.make(|context, memory| {
        let mut status = std::pin::pin!(context.fd_fdstat_get(memory, fd.into()));
        poll_noop(status.as_mut()).expect("it does not wait")
    })
}

#[test]
fn a_socket_that_listens_serves_at_its_number_and_goes_when_it_is_closed() {
    let (fd, address) = listening();
    let mut guest = Guest::of(builder(fd, fd));
    assert_eq!(guest.text(&format!("name/{fd}")), format!("127.0.0.1 {}", address.port()));
    assert_eq!(guest.text(&format!("option/{fd}/1/30")), "1");
    // Servers do so with whatever they are given; it grants no other socket anything.
    guest.request(&format!("listen/{fd}/16")).expect("it listens");
    let other = guest.request("socket/inet/stream").expect("made");
    assert_eq!(guest.told(&format!("listen/{other}/16")), Err(Errno::Acces));

    assert_eq!(guest.poll(fd, 1), None);
    let mut client = TcpStream::connect(address).expect("connected");
    client.write_all(b"question").expect("sent");
    assert_eq!(guest.poll(fd, 1), Some(false));
    let served = guest.accept(fd, Fdflags::empty()).expect("accepted");
    assert_eq!(guest.read(served, 64).expect("it has come"), b"question");
    assert_eq!(guest.write(served, &[b"answer"]), Ok(6));
    assert_eq!(guest.close(served), Ok(()));
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("received");
    assert_eq!(answer, "answer");

    assert_eq!(guest.close(fd), Ok(()));
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_socket_that_was_shut_down_listens_where_it_did_and_nowhere_else() {
    for _ in 0..100 {
        let (fd, address) = listening();
        let mut guest = Guest::of(builder(fd, fd));
        guest
            .make(|context, memory| context.sock_shutdown(memory, fd.into(), Sdflags::RD | Sdflags::WR))
            .expect("shut down");
        let listens = guest.told(&format!("listen/{fd}/16"));
        let is_same = guest.port(fd) == address.port();
        assert_eq!(listens.is_ok(), is_same);
        if !is_same {
            assert_eq!(listens, Err(Errno::Acces));
            assert!(TcpStream::connect(("127.0.0.1", guest.port(fd))).is_err());
            return;
        }
    }
    panic!("expected another port");
}

#[test]
fn paths_are_seen_from_the_preopen_below_it() {
    // Beside the first preopen, which is seen below.
    let (fd, _) = [listening(), listening()].into_iter().max_by_key(|(fd, _)| *fd).expect("two");
    let mut guest = Guest::of(builder(fd, fd));
    let preopen = status(&mut guest, 3).expect("a directory");
    let socket = status(&mut guest, fd).expect("a socket");
    assert_eq!((preopen.fs_filetype, socket.fs_filetype), (Filetype::Directory, Filetype::SocketStream));
    // What wasi-libc opens there has these rights.
    assert_eq!(socket.fs_rights_inheriting, preopen.fs_rights_inheriting);
    assert!(socket.fs_rights_inheriting.contains(Rights::FD_READ | Rights::FD_WRITE));
    for _ in 0..2 {
        let seen = guest.make(|context, memory| context.fd_prestat_get(memory, fd.into()));
        assert!(seen.is_ok());
        assert!(guest.context.table.directory(fd.into()).is_ok_and(|directory| directory.node().is_ok()));
        // What is left when it is closed is kept.
        let _ = guest.close(fd);
    }
    assert_eq!(status(&mut guest, fd).expect("a directory").fs_filetype, Filetype::Directory);
    assert_eq!(guest.close(fd), Err(Errno::Badf));
    assert_eq!(guest.accept(fd, Fdflags::empty()), Err(Errno::Notsock));
    assert_eq!(guest.make(|context, memory| context.fd_prestat_get(memory, (fd + 1).into())).err(), Some(Errno::Badf));
}

#[test]
fn a_datagram_socket_hears_everybody_and_answers_whom_it_has_heard() {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("bound");
    let address = socket.local_addr().expect("an address");
    let fd = left(socket);
    let mut guest = Guest::of(builder(fd, fd));
    let client = UdpSocket::bind("127.0.0.1:0").expect("bound");
    let port = client.local_addr().expect("an address").port();
    assert_eq!(guest.told(&format!("send/{fd}/0/127.0.0.1/{port}")), Err(Errno::Acces));
    client.send_to(b"ping", address).expect("sent");
    let told = guest.told(&format!("receive/{fd}/64/0")).expect("it has come");
    assert_eq!(String::from_utf8(told).expect("UTF-8"), format!("127.0.0.1 {port} 0 4\nping"));
    let message = guest.request(&format!("send/{fd}/0/127.0.0.1/{port}")).expect("it was heard");
    assert_eq!(guest.write(message, &[b"pong"]), Ok(4));
    let mut answer = [0; 64];
    assert_eq!(client.recv(&mut answer).expect("it has come"), 4);
}

#[test]
fn what_a_guest_cannot_have_from_its_start_on_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let (reader, _writer) = std::io::pipe().expect("a pipe");
    let (stream, datagram) = (SocketType::STREAM, SocketType::DGRAM);
    let new = |kind| left(socket(AddressFamily::INET, kind, None).expect("made"));
    let (taken, _) = listening();
    let _guest = Guest::of(builder(taken, taken));
    for (number, expected) in [
        (left(reader), "something that is no socket"),
        (left(UnixListener::bind(folder.path().join("s")).expect("bound")), "a Unix socket"),
        (new(stream), "a TCP socket that does not listen"),
        (new(datagram), "a UDP socket that is not bound"),
        (taken, "nothing"),
        (1000, "nothing"),
    ] {
        let error = builder(number, number).build().err().expect(expected).to_string();
        let line = format!(
            "fd:{number}: expected a TCP socket that listens or a UDP socket that is bound, as LISTEN_FDS says that there is one, found \
             {expected}; pass such a socket, or run without with PYAPP_DENY=listen"
        );
        assert_eq!(error, line);
    }
}
