//! Calls that wait, and what becomes of their descriptors meanwhile; and how much one call gets.

use super::test_guest::Guest;
use crate::context::Resumption;
use crate::files::Wait;
use crate::preview1::types::{Errno, Fdflags, Sdflags};
use crate::wasi::Result;
use crate::{Context, ContextBuilder};
use rustix::net::{SendFlags, send};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use vfs::{Limits, Vfs};
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wiggle::GuestMemory;

/// How long something may take that the system does by itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads, as `fd_read` does.
fn reading(guest: &mut Guest, fd: u32) -> impl FnMut(&mut Context, &mut GuestMemory<'_>) -> Result<u32> + use<> {
    let list = guest.list(&[64]);
    move |context, memory| context.read(memory, fd.into(), list, None, |file, vfs, buffer| file.read(vfs, buffer))
}

/// A call that waits.
fn waiting(
    guest: &mut Guest,
    call: &mut impl FnMut(&mut Context, &mut GuestMemory<'_>) -> Result<u32>,
) -> (Wait, Resumption) {
    guest.attempt(call).expect_err("it waits")
}

fn unplugged() -> Guest {
    Guest::of(ContextBuilder::new(Vfs::new(Limits::default())))
}

/// A pair of sockets.
fn pair(guest: &mut Guest) -> (u32, u32) {
    let here = guest.request("socketpair").expect("made");
    (here, guest.request(&format!("peer/{here}")).expect("made"))
}

/// A client of a guest's listener, and the guest's socket of it.
fn connected(guest: &mut Guest) -> (TcpStream, u32) {
    let (listener, port) = guest.listener();
    let client = TcpStream::connect(("127.0.0.1", port)).expect("connected");
    (client, guest.accept(listener, Fdflags::empty()).expect("accepted"))
}

#[test]
fn who_reads_finds_the_end_of_what_another_thread_has_shut_down_and_closed() {
    let mut guest = unplugged();
    let (here, _there) = pair(&mut guest);
    let mut call = reading(&mut guest, here);
    let (_, resumption) = waiting(&mut guest, &mut call);
    guest
        .make(|context, memory| context.sock_shutdown(memory, here.into(), Sdflags::RD | Sdflags::WR))
        .expect("shut down");
    guest.close(here).expect("open");
    guest.context.resume(resumption);
    assert_eq!(guest.attempt(&mut call).expect("it goes on"), Ok(0));
    assert_eq!(guest.read(here, 1), Err(Errno::Badf));
}

#[test]
fn who_reads_gets_nothing_of_what_its_number_has_come_to_lead_to() {
    let mut guest = unplugged();
    let (here, there) = pair(&mut guest);
    let mut call = reading(&mut guest, here);
    let (_, resumption) = waiting(&mut guest, &mut call);
    guest.close(here).expect("open");
    let (other, beyond) = pair(&mut guest);
    assert_eq!(other, here, "the lowest number that is free");
    guest.write(beyond, &[b"other"]).expect("written");
    // It still waits, and so it does once more.
    guest.context.resume(resumption);
    let (_, resumption) = waiting(&mut guest, &mut call);
    guest.write(there, &[b"own"]).expect("it is read");
    let mut call = reading(&mut guest, here);
    guest.context.resume(resumption);
    assert_eq!(guest.attempt(&mut call).expect("it has come"), Ok(3));
    assert_eq!(guest.data(3), b"own");
    assert_eq!(guest.read(other, 9).expect("it has come"), b"other");
    assert_eq!(guest.write(there, &[b"x"]), Err(Errno::Pipe), "nothing reads there any more");
}

#[test]
fn a_socket_is_closed_when_the_call_that_waited_on_it_is_over() {
    let mut guest = Guest::with(&[], &["127.0.0.1:*"]);
    for is_interrupted in [false, true] {
        let (mut client, server) = connected(&mut guest);
        let mut call = reading(&mut guest, server);
        let (wait, resumption) = waiting(&mut guest, &mut call);
        assert!(matches!(wait, Wait::Host { .. }));
        drop(wait);
        guest.close(server).expect("open");
        assert_eq!(guest.read(server, 9), Err(Errno::Badf));
        let expected = if is_interrupted { Err(Errno::Intr) } else { Ok(4) };
        if !is_interrupted {
            client.write_all(b"late").expect("it is not closed");
        }
        guest.context.resume(Resumption { interrupted: is_interrupted, ..resumption });
        assert_eq!(guest.make(&mut call), expected);
        client.set_read_timeout(Some(PATIENCE)).expect("set");
        assert_eq!(client.read(&mut [0; 1]).expect("it is closed"), 0);
    }
}

#[test]
fn urgent_data_of_a_stream_are_not_waited_for() {
    let mut guest = Guest::with(&[], &["127.0.0.1:*"]);
    let listener = guest.request("socket/inet/stream").expect("made");
    // So little room that what is urgent is told of before it can come.
    guest.request(&format!("option/{listener}/1/8/4096")).expect("set");
    guest.request(&format!("bind/{listener}/127.0.0.1/0")).expect("bound");
    guest.request(&format!("listen/{listener}/5")).expect("it listens");
    let mut client = TcpStream::connect(("127.0.0.1", guest.port(listener))).expect("connected");
    let server = guest.accept(listener, Fdflags::empty()).expect("accepted");
    client.write_all(&[0; 40_000]).expect("there is room on this side");
    send(&client, b"!", SendFlags::OOB).expect("sent");
    let start = Instant::now();
    let mut told = Err(Errno::Inval);
    while told == Err(Errno::Inval) && start.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(10));
        told = guest.told(&format!("receive/{server}/1/1"));
    }
    assert_eq!(told, Err(Errno::Again));
}

#[test]
fn a_long_message_to_a_stream_goes_in_part_and_no_answer_is_long() {
    let mut guest = Guest::with(&[], &["127.0.0.1:*"]);
    let (mut client, server) = connected(&mut guest);
    // MSG_MORE.
    let message = guest.request(&format!("send/{server}/32768")).expect("granted");
    let sent = guest.write(message, &[&[0; 1_500_000]]).expect("a part of it");
    assert!(sent > 0 && sent <= 1 << 20, "{sent}");

    client.set_nonblocking(true).expect("set");
    let start = Instant::now();
    let mut told = 0;
    while told <= 64 << 10 && start.elapsed() < PATIENCE {
        let _ = client.write(&[0; 50_000]);
        let answer = guest.request(&format!("receive/{server}/1000000/2")).expect("it has come");
        told = guest.read(answer, 1 << 20).expect("told").len();
        guest.close(answer).expect("open");
    }
    assert_eq!(told, "- 0 0 65536\n".len() + (64 << 10));
}
