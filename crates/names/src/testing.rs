//! A name server for tests, on a port of its own at 127.0.0.1, over UDP and TCP. It says what a closure says: for most tests
//! [`Server::start`] with the addresses of names is enough, [`Server::answering`] sends any bytes. Its functions panic if the
//! machine has no loopback.
//!
//! ```
//! # use std::{net::IpAddr, path::PathBuf};
//! let server = names::testing::Server::start(|name, _| match name {
//!     "db.example" => vec![IpAddr::from([192, 0, 2, 1])],
//!     _ => vec![],
//! });
//! let resolver = names::Resolver::with_servers(PathBuf::new(), PathBuf::new(), vec![server.address()]);
//! let found = resolver.look_up("db.example", names::Family::Any).expect("found");
//! assert_eq!(found.addresses, [IpAddr::from([192, 0, 2, 1])]);
//! ```

use domain::base::iana::{Class, Rcode};
use domain::base::message_builder::AnswerBuilder;
use domain::base::rdata::ComposeRecordData;
use domain::base::{Message, MessageBuilder, Name, Ttl};
use domain::rdata::{Aaaa, Cname, Ptr};
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// The number of questions for IPv4 addresses.
pub const A: u16 = 1;
/// The number of questions for IPv6 addresses.
pub const AAAA: u16 = 28;

/// A question that has come.
#[derive(Debug)]
pub struct Query {
    /// The name, without a dot at its end.
    pub name: String,
    /// What is asked for: [`A`], [`AAAA`] or another number.
    pub kind: u16,
    /// Whether it came over TCP.
    pub is_tcp: bool,
    message: Message<Vec<u8>>,
}

impl Query {
    fn read(bytes: &[u8], is_tcp: bool) -> Option<Query> {
        let message = Message::from_octets(bytes.to_vec()).ok()?;
        let question = message.sole_question().ok()?;
        let (name, kind) = (question.qname().to_string(), question.qtype().to_int());
        Some(Query { name: name.trim_end_matches('.').to_string(), kind, is_tcp, message })
    }

    /// An answer with nothing in it.
    pub fn reply(&self) -> Reply {
        let builder = MessageBuilder::new_vec().start_answer(&self.message, Rcode::NOERROR);
        Reply(builder.expect("a vector has room"))
    }

    /// The answer of a server that knows these addresses of the name, of both families; of none at all there is no such name.
    pub fn reply_of(&self, addresses: &[IpAddr]) -> Reply {
        let is_asked = |address: &&IpAddr| self.kind == if address.is_ipv4() { A } else { AAAA };
        let reply = if addresses.is_empty() { self.reply().status(3) } else { self.reply() };
        addresses.iter().filter(is_asked).fold(reply, |reply, address| reply.address(&self.name, *address))
    }
}

/// An answer that is being made.
#[derive(Debug)]
pub struct Reply(AnswerBuilder<Vec<u8>>);

impl Reply {
    /// `owner` has this address.
    pub fn address(self, owner: &str, address: IpAddr) -> Reply {
        match address {
            IpAddr::V4(address) => self.record(owner, domain::rdata::A::new(address)),
            IpAddr::V6(address) => self.record(owner, Aaaa::new(address)),
        }
    }

    /// `owner` is another name of `target`.
    pub fn alias(self, owner: &str, target: &str) -> Reply {
        self.record(owner, Cname::new(name(target)))
    }

    /// The address whose name in the tree of addresses is `owner` has the name `target`.
    pub fn pointer(self, owner: &str, target: &str) -> Reply {
        self.record(owner, Ptr::new(name(target)))
    }

    /// With this status: 2 if the server fails, 3 if there is no such name, 5 if it refuses.
    pub fn status(mut self, status: u8) -> Reply {
        self.0.header_mut().set_rcode(Rcode::masked_from_int(status));
        self
    }

    /// It says that there is more, over TCP.
    pub fn truncated(mut self) -> Reply {
        self.0.header_mut().set_tc(true);
        self
    }

    /// With another id than the question has.
    pub fn other_id(mut self) -> Reply {
        let id = self.0.header().id();
        self.0.header_mut().set_id(id.wrapping_add(1));
        self
    }

    /// The bytes to send.
    pub fn bytes(self) -> Vec<u8> {
        self.0.finish()
    }

    fn record(mut self, owner: &str, data: impl ComposeRecordData) -> Reply {
        self.0.push((name(owner), Class::IN, Ttl::from_secs(60), data)).expect("a vector has room");
        self
    }
}

fn name(text: &str) -> Name<Vec<u8>> {
    text.parse().expect("a test uses names")
}

type Answers = Arc<Mutex<dyn FnMut(&Query) -> Vec<Vec<u8>> + Send>>;

/// A name server. It ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<(String, u16)>>>,
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    /// One that knows the addresses of names. The closure is given the name and what is asked for; it may answer with both
    /// families, of which the asked one is sent, and may say something else each time. No address at all: there is no such name.
    pub fn start(mut answers: impl FnMut(&str, u16) -> Vec<IpAddr> + Send + 'static) -> Server {
        Server::answering(move |query| {
            let addresses = answers(&query.name, query.kind);
            vec![query.reply_of(&addresses).bytes()]
        })
    }

    /// One that sends what the closure says, one message after the other.
    pub fn answering(answers: impl FnMut(&Query) -> Vec<Vec<u8>> + Send + 'static) -> Server {
        let (udp, tcp) = listen();
        let address = udp.local_addr().expect("it is bound");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let is_over = Arc::new(AtomicBool::new(false));
        let answers: Answers = Arc::new(Mutex::new(answers));
        let reply = {
            let asked = Arc::clone(&asked);
            move |bytes: &[u8], is_tcp: bool| {
                let Some(query) = Query::read(bytes, is_tcp) else { return Vec::new() };
                asked.lock().unwrap_or_else(PoisonError::into_inner).push((query.name.clone(), query.kind));
                answers.lock().unwrap_or_else(PoisonError::into_inner)(&query)
            }
        };
        let (reply_tcp, over_udp, over_tcp) = (reply.clone(), Arc::clone(&is_over), Arc::clone(&is_over));
        let udp = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok((len, from)) = udp.recv_from(&mut buffer) {
                if over_udp.load(Ordering::SeqCst) {
                    return;
                }
                // Who has asked may be gone.
                reply(&buffer[..len], false).iter().for_each(|bytes| drop(udp.send_to(bytes, from)));
            }
        });
        let tcp = std::thread::spawn(move || {
            for stream in tcp.incoming() {
                if over_tcp.load(Ordering::SeqCst) {
                    return;
                }
                let _ = stream.and_then(|stream| serve(stream, &reply_tcp));
            }
        });
        Server { address, asked, is_over, threads: vec![udp, tcp] }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// All questions until now: names, and what was asked for.
    pub fn asked(&self) -> Vec<(String, u16)> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Both threads wait for something to come.
        let _ = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.send_to(&[], self.address));
        let _ = TcpStream::connect(self.address);
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

/// Sockets of both kinds with one port.
fn listen() -> (UdpSocket, TcpListener) {
    let pair = (0..100).find_map(|_| {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("the machine has loopback");
        let tcp = TcpListener::bind(udp.local_addr().expect("it is bound")).ok()?;
        Some((udp, tcp))
    });
    pair.expect("a port that is free for both")
}

/// Answers the one question of a connection.
fn serve(mut stream: TcpStream, reply: impl Fn(&[u8], bool) -> Vec<Vec<u8>>) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut len = [0; 2];
    stream.read_exact(&mut len)?;
    let mut bytes = vec![0; u16::from_be_bytes(len).into()];
    stream.read_exact(&mut bytes)?;
    reply(&bytes, true).iter().try_for_each(|bytes| {
        let len = u16::try_from(bytes.len()).map_err(io::Error::other)?;
        stream.write_all(&[&len.to_be_bytes(), bytes.as_slice()].concat())
    })
}
