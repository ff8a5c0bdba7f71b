//! Whole lookups, against a server of the tests.

use crate::testing::{A, AAAA, Query, Server};
use crate::{Failure, Family, Found, LONGEST_LOOKUP, MOST_ADDRESSES, Resolver};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A resolver with files of its own.
struct Machine {
    folder: tempfile::TempDir,
    servers: Vec<SocketAddr>,
}

impl Machine {
    fn new(servers: &[SocketAddr]) -> Machine {
        Machine { folder: tempfile::tempdir().expect("a temporary folder"), servers: servers.to_vec() }
            .settings("options timeout:1 attempts:1\n")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn settings(self, text: &str) -> Machine {
        std::fs::write(self.file("resolv.conf"), text).expect("written");
        self
    }

    fn hosts(self, text: &str) -> Machine {
        std::fs::write(self.file("hosts"), text).expect("written");
        self
    }

    fn resolver(&self) -> Resolver {
        Resolver::with_servers(self.file("hosts"), self.file("resolv.conf"), self.servers.clone())
    }

    /// The addresses, with spaces between.
    fn look_up(&self, name: &str, family: Family) -> Result<String, Failure> {
        self.resolver().look_up(name, family).map(|found| text(&found))
    }

    fn any(&self, name: &str) -> Result<String, Failure> {
        self.look_up(name, Family::Any)
    }

    fn reverse(&self, address: &str) -> Result<String, Failure> {
        self.resolver().reverse(ip(address))
    }
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn text(found: &Found) -> String {
    found.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// A machine whose one server answers each question with one message.
fn answered(mut answer: impl FnMut(&Query) -> Vec<u8> + Send + 'static) -> (Machine, Server) {
    let server = Server::answering(move |query| vec![answer(query)]);
    (Machine::new(&[server.address()]), server)
}

/// A server that takes questions and says nothing.
fn silent() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("bound");
    let address = socket.local_addr().expect("bound");
    (socket, address)
}

#[test]
fn the_file_of_hosts_comes_first_in_both_directions() {
    let (machine, server) = answered(|query| query.reply_of(&[ip("192.0.2.9"), ip("::1")]).bytes());
    let machine = machine.hosts("10.0.0.1 db.example db\n10.0.0.2 db\n");
    let found = machine.resolver().look_up("DB", Family::Any).expect("found");
    assert_eq!((found.canonical.as_str(), text(&found).as_str()), ("db.example", "10.0.0.1 10.0.0.2"));
    assert_eq!(machine.reverse("10.0.0.2").as_deref(), Ok("db"));
    assert_eq!(machine.reverse("::ffff:10.0.0.1").as_deref(), Ok("db.example"));
    assert!(server.asked().is_empty());
    // What the file does not have of a name, the servers may have.
    assert_eq!(machine.look_up("db", Family::V6).as_deref(), Ok("::1"));
}

#[test]
fn localhost_is_this_machine_whatever_others_say() {
    let (machine, server) = answered(|query| query.reply_of(&[ip("192.0.2.9")]).bytes());
    for name in ["localhost", "LOCALHOST.", "app.localhost"] {
        assert_eq!(machine.look_up(name, Family::V4).as_deref(), Ok("127.0.0.1"));
        assert_eq!(machine.look_up(name, Family::V6).as_deref(), Ok("::1"));
        assert_eq!(machine.resolver().look_up(name, Family::Any).expect("found").addresses.len(), 2);
    }
    assert_eq!(machine.reverse("127.0.0.1").as_deref(), Ok("localhost"));
    assert_eq!(machine.reverse("::1").as_deref(), Ok("localhost"));
    let machine = machine.hosts("10.0.0.1 localhost\n127.0.0.1 localhost\n");
    assert_eq!(machine.any("localhost").as_deref(), Ok("127.0.0.1"));
    assert_eq!(machine.look_up("localhost", Family::V6).as_deref(), Ok("::1"));
    assert!(server.asked().is_empty());
}

#[test]
fn both_families_are_asked_for_and_each_alone() {
    let server = Server::start(|_, _| vec![ip("127.0.0.1"), ip("127.0.0.2"), ip("fe80::1")]);
    let machine = Machine::new(&[server.address()]);
    // There is no route to the last.
    assert_eq!(machine.any("db.example").as_deref(), Ok("127.0.0.1 127.0.0.2 fe80::1"));
    assert_eq!(server.asked(), [("db.example".to_string(), A), ("db.example".to_string(), AAAA)]);
    assert_eq!(machine.look_up("db.example", Family::V4).as_deref(), Ok("127.0.0.1 127.0.0.2"));
    assert_eq!(machine.look_up("db.example", Family::V6).as_deref(), Ok("fe80::1"));
    assert_eq!(server.asked().len(), 4);
    let machine = machine.settings("options no-aaaa\n");
    assert_eq!(machine.any("db.example").as_deref(), Ok("127.0.0.1 127.0.0.2"));
    assert_eq!(machine.look_up("db.example", Family::V6), Err(Failure::NoData));
    assert_eq!(server.asked().len(), 5);
}

#[test]
fn an_answer_may_change_from_one_lookup_to_the_next() {
    let mut times = 0;
    let server = Server::start(move |_, _| {
        times += 1;
        vec![IpAddr::from([192, 0, 2, times])]
    });
    let machine = Machine::new(&[server.address()]);
    assert_eq!(machine.look_up("db", Family::V4).as_deref(), Ok("192.0.2.1"));
    assert_eq!(machine.look_up("db", Family::V4).as_deref(), Ok("192.0.2.2"));
}

#[test]
fn short_names_are_searched_for_in_the_domains() {
    let server = Server::start(|name, _| match name {
        "db.b.example" => vec![ip("192.0.2.1")],
        "www.example.com" => vec![ip("192.0.2.2")],
        _ => vec![],
    });
    let machine = Machine::new(&[server.address()]).settings("search a.example b.example\noptions timeout:1 ndots:2\n");
    let found = machine.resolver().look_up("db", Family::V4).expect("found");
    assert_eq!((found.canonical.as_str(), text(&found).as_str()), ("db.b.example", "192.0.2.1"));
    let asked: Vec<String> = server.asked().into_iter().map(|(name, _)| name).collect();
    assert_eq!(asked, ["db.a.example", "db.b.example"]);
    assert_eq!(machine.look_up("www.example.com", Family::V4).as_deref(), Ok("192.0.2.2"));
    assert_eq!(server.asked().len(), 3);
    assert_eq!(machine.look_up("db.", Family::V4), Err(Failure::NoName));
    assert_eq!(server.asked().len(), 4);
}

#[test]
fn a_domain_whose_server_fails_does_not_hide_the_next() {
    let (machine, _server) = answered(|query| match query.name.as_str() {
        "db.b" => query.reply_of(&[ip("192.0.2.1")]).bytes(),
        "x.b" => query.reply().bytes(),
        name if name.ends_with(".a") => query.reply().status(2).bytes(),
        _ => query.reply().status(3).bytes(),
    });
    let machine = machine.settings("search a b\noptions timeout:1 attempts:1\n");
    assert_eq!(machine.look_up("db", Family::V4).as_deref(), Ok("192.0.2.1"));
    assert_eq!(machine.any("x"), Err(Failure::NoData));
    assert_eq!(machine.any("y"), Err(Failure::Again));
}

#[test]
fn aliases_are_followed_and_the_last_is_the_canonical_name() {
    let (machine, _server) = answered(|query| {
        let reply = query.reply().alias("b.example", "C.example").alias("a.example", "B.example");
        reply.address("c.example", ip("192.0.2.1")).address("other.example", ip("192.0.2.2")).bytes()
    });
    let found = machine.resolver().look_up("A.example", Family::V4).expect("found");
    assert_eq!((found.canonical.as_str(), text(&found).as_str()), ("C.example", "192.0.2.1"));
}

#[test]
fn aliases_that_lead_nowhere_end() {
    let (machine, _server) = answered(|query| query.reply().alias("a", "b").alias("b", "a").bytes());
    assert_eq!(machine.any("a"), Err(Failure::Fail));
    let (machine, _server) = answered(|query| query.reply().alias("a", "b").address("a", ip("192.0.2.1")).bytes());
    assert_eq!(machine.any("a"), Err(Failure::NoData));
    let (machine, _server) = answered(|query| {
        let links =
            (0..200).map(|at| (if at == 0 { "a".to_string() } else { format!("n{at}") }, format!("n{}", at + 1)));
        links.fold(query.reply(), |reply, (from, to)| reply.alias(&from, &to)).bytes()
    });
    assert_eq!(machine.any("a"), Err(Failure::Fail));
}

#[test]
fn a_canonical_name_that_is_none_is_not_told() {
    for name in ["a\\010b.example", "127.0.0.1", "a\\.b.example", "a\\ b"] {
        let (machine, _server) =
            answered(move |query| query.reply().alias("a", name).address(name, ip("192.0.2.1")).bytes());
        assert_eq!(machine.resolver().look_up("a", Family::V4).expect("found").canonical, "a", "{name}");
    }
}

#[test]
fn an_answer_that_does_not_fit_comes_over_tcp() {
    let (machine, server) = answered(|query| {
        let addresses: Vec<IpAddr> = (0..50).map(|number| IpAddr::from([192, 0, 2, number])).collect();
        let reply = query.reply_of(if query.is_tcp { &addresses } else { &addresses[..1] });
        if query.is_tcp { reply.bytes() } else { reply.truncated().bytes() }
    });
    assert_eq!(machine.resolver().look_up("db", Family::V4).expect("found").addresses.len(), 50);
    assert_eq!(server.asked().len(), 2);
    let machine = machine.settings("options use-vc timeout:1\n");
    assert_eq!(machine.resolver().look_up("db", Family::V4).expect("found").addresses.len(), 50);
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn answers_with_another_id_or_question_are_passed_over() {
    let server = Server::answering(|query| {
        let wrong = query.reply_of(&[ip("6.6.6.6")]).other_id().bytes();
        let mut other = query.reply_of(&[ip("6.6.6.6")]).bytes();
        // The first letter of the name in the question.
        other[13] ^= 1;
        let mut question = query.reply_of(&[ip("6.6.6.6")]).bytes();
        // Not an answer.
        question[2] &= 0x7f;
        vec![wrong, other, question, vec![], vec![0; 5], query.reply_of(&[ip("192.0.2.1")]).bytes()]
    });
    assert_eq!(Machine::new(&[server.address()]).look_up("db", Family::V4).as_deref(), Ok("192.0.2.1"));
    // Who guesses on and on is not listened to.
    let server = Server::answering(|query| {
        let wrong = || query.reply_of(&[ip("6.6.6.6")]).other_id().bytes();
        (0..100).map(|_| wrong()).chain([query.reply_of(&[ip("192.0.2.1")]).bytes()]).collect()
    });
    assert_eq!(Machine::new(&[server.address()]).look_up("db", Family::V4), Err(Failure::Again));
}

#[test]
fn answers_of_others_than_the_server_do_not_arrive() {
    let (server, address) = silent();
    let thread = std::thread::spawn(move || {
        let mut buffer = [0; 512];
        let (len, from) = server.recv_from(&mut buffer).expect("asked");
        let other = UdpSocket::bind("127.0.0.1:0").expect("bound");
        // An answer: the question with the bit that says so.
        buffer[2] |= 0x80;
        buffer[3] = 3;
        other.send_to(&buffer[..len], from).expect("sent");
    });
    assert_eq!(Machine::new(&[address]).look_up("db", Family::V4), Err(Failure::Again));
    thread.join().expect("sent");
}

#[test]
fn the_next_server_is_asked_if_one_fails_refuses_or_is_silent() {
    let good = Server::start(|_, _| vec![ip("192.0.2.1"), ip("fe80::1")]);
    for status in [2, 4, 5] {
        let bad = Server::answering(move |query| vec![query.reply().status(status).bytes()]);
        let machine = Machine::new(&[bad.address(), good.address()]);
        assert_eq!(machine.any("db").as_deref(), Ok("192.0.2.1 fe80::1"), "{status}");
        assert_eq!(bad.asked().len(), 2);
    }
    let (_socket, silent) = silent();
    assert_eq!(Machine::new(&[silent, good.address()]).any("db").as_deref(), Ok("192.0.2.1 fe80::1"));
}

#[test]
fn a_family_that_is_never_answered_does_not_hide_the_other() {
    for address in ["192.0.2.1", "2600::1"] {
        let kind = if ip(address).is_ipv4() { A } else { AAAA };
        let server = Server::answering(move |query| {
            let answer = query.reply_of(&[ip(address)]).bytes();
            if query.kind == kind { vec![answer] } else { vec![] }
        });
        let start = Instant::now();
        let machine = Machine::new(&[server.address()]).settings("options timeout:1 attempts:5\n");
        assert_eq!(machine.any("db").as_deref(), Ok(address));
        assert!(start.elapsed() < Duration::from_secs(3));
    }
}

#[test]
fn what_no_server_can_tell_may_be_tried_again_and_what_all_refuse_fails() {
    let check = |status, expected| {
        let (machine, _server) = answered(move |query| query.reply().status(status).bytes());
        assert_eq!(machine.any("db"), Err(expected));
    };
    check(2, Failure::Again);
    check(5, Failure::Fail);
    check(3, Failure::NoName);
    check(0, Failure::NoData);
}

#[test]
fn a_lookup_ends_in_time() {
    let (_socket, address) = silent();
    let machine = Machine::new(&[address]).settings("search a b c\noptions timeout:1 attempts:2\n");
    let start = Instant::now();
    assert_eq!(machine.any("db"), Err(Failure::Again));
    let took = start.elapsed();
    assert!(took >= Duration::from_secs(2) && took < Duration::from_secs(4), "{took:?}");
    assert!(LONGEST_LOOKUP <= Duration::from_secs(30));
}

#[test]
fn a_server_that_nobody_runs_is_known_at_once() {
    let (socket, address) = silent();
    drop(socket);
    let machine = Machine::new(&[address]).settings("options timeout:30 attempts:5\n");
    let start = Instant::now();
    assert_eq!(machine.any("db"), Err(Failure::Again));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_stream_that_drips_ends_in_time() {
    let (udp, address) = silent();
    drop(udp);
    let tcp = std::net::TcpListener::bind(address).expect("bound");
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = tcp.accept().expect("called");
        // The longest message, a byte now and then.
        while std::io::Write::write(&mut stream, &[0xff]).is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let machine = Machine::new(&[address]).settings("options use-vc timeout:1 attempts:1\n");
    let start = Instant::now();
    assert_eq!(machine.look_up("db", Family::V4), Err(Failure::Again));
    assert!(start.elapsed() < Duration::from_secs(3));
    thread.join().expect("ended");
}

#[test]
fn too_many_addresses_are_cut_and_none_is_there_twice() {
    let server = Server::start(|name, _| {
        let four = (0..100).map(|number| IpAddr::from([127, 0, 0, number]));
        let six = (0..100).map(|number| IpAddr::from([0xfe80, 0, 0, 0, 0, 0, 0, number]));
        match name {
            "both" => six.chain(four).collect(),
            "few" => six.take(3).chain(four).collect(),
            _ => [1, 2, 1].map(|last| IpAddr::from([127, 0, 0, last])).to_vec(),
        }
    });
    let machine = Machine::new(&[server.address()]);
    let count = |name, family| {
        let addresses = machine.resolver().look_up(name, family).expect("found").addresses;
        (addresses.len(), addresses.iter().filter(|address| address.is_ipv4()).count())
    };
    assert_eq!(count("both", Family::Any), (MOST_ADDRESSES, MOST_ADDRESSES / 2));
    assert_eq!(count("few", Family::Any), (MOST_ADDRESSES, MOST_ADDRESSES - 3));
    assert_eq!(count("both", Family::V4), (MOST_ADDRESSES, MOST_ADDRESSES));
    assert_eq!(machine.look_up("twice", Family::V4).as_deref(), Ok("127.0.0.1 127.0.0.2"));
}

#[test]
fn numbers_and_what_is_no_name_are_refused_before_anybody_is_asked() {
    let (machine, server) = answered(|query| query.reply_of(&[ip("192.0.2.1")]).bytes());
    let machine = machine.hosts("10.0.0.1 127.1 2130706433\n");
    for name in ["127.1", "2130706433", "0x7f.1", "127.0.0.1", "127.0.0.1.", "::1", "", ".", "a..b", "a b", "a\n", "é"]
    {
        assert_eq!(machine.any(name), Err(Failure::NoName), "{name:?}");
    }
    for name in ["a.".repeat(127) + "a", "a".repeat(64)] {
        assert_eq!(machine.any(&name), Err(Failure::NoName), "{name}");
    }
    assert!(server.asked().is_empty());
}

#[test]
fn garbage_is_no_answer_and_breaks_nothing() {
    // All that can be left of an answer, and all that one wrong byte can make of it.
    let mut at = 0;
    let (machine, _server) = answered(move |query| {
        at += 1;
        let reply = query.reply().alias("a.example", "b.example").alias("b.example", "c.example");
        let mut bytes = reply.address("c.example", ip("192.0.2.1")).bytes();
        let (place, len) = (at / 2, bytes.len());
        // The id and the question stay, so that it is read as an answer.
        if at % 2 == 0 {
            bytes.truncate(27 + place % (len - 27));
        } else {
            bytes[27 + place % (len - 27)] = 0xc0 | place as u8;
        }
        bytes
    });
    for _ in 0..300 {
        if let Ok(found) = machine.resolver().look_up("a.example", Family::V4) {
            assert!(found.addresses.len() == 1 && crate::name::is_name(&found.canonical));
        }
    }
    let (machine, _server) = answered(|query| {
        let mut bytes = query.reply().bytes();
        // Many records, of which there is none.
        bytes[6..8].fill(0xff);
        bytes
    });
    assert_eq!(machine.any("a.example"), Err(Failure::Fail));
}

#[test]
fn an_address_has_the_name_that_its_pointer_leads_to() {
    let (machine, server) = answered(|query| match query.name.as_str() {
        "1.2.0.192.in-addr.arpa" => {
            let reply =
                query.reply().alias("1.2.0.192.in-addr.arpa", "1.net.example").pointer("1.net.example", "Db.example");
            reply.pointer("1.net.example", "late.example").bytes()
        }
        "2.2.0.192.in-addr.arpa" => query.reply().pointer(&query.name, "127.0.0.1").bytes(),
        "3.2.0.192.in-addr.arpa" => query.reply().pointer(&query.name, "a\\010ok.example").bytes(),
        name if name.ends_with("0.6.2.ip6.arpa") => query.reply().pointer(name, "six.example").bytes(),
        _ => query.reply().status(3).bytes(),
    });
    assert_eq!(machine.reverse("192.0.2.1").as_deref(), Ok("Db.example"));
    assert_eq!(machine.reverse("::ffff:192.0.2.1").as_deref(), Ok("Db.example"));
    assert_eq!(machine.reverse("2600::1").as_deref(), Ok("six.example"));
    assert_eq!(machine.reverse("260::1"), Err(Failure::NoName));
    // What is no name, or would be taken for an address.
    assert_eq!(machine.reverse("192.0.2.2"), Err(Failure::NoName));
    assert_eq!(machine.reverse("192.0.2.3"), Err(Failure::NoName));
    assert!(server.asked().iter().all(|(_, kind)| *kind == 12));
}

#[test]
fn the_machine_itself_can_be_asked() {
    let found = Resolver::of_machine().look_up("localhost", Family::Any).expect("found");
    assert!(found.addresses.iter().all(IpAddr::is_loopback));
}
