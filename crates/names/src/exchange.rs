//! One question, to one server: over UDP, and over TCP if the answer does not fit or if the machine says so. Each has a socket
//! of its own, whose port the kernel picks at random, and which takes datagrams of the server only.

use crate::message::{Miss, Query, Told};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

/// The longest message over UDP, bytes. Servers send 512 to those who do not ask for more.
const LONGEST_DATAGRAM: usize = 4096;
/// How many datagrams that are no answer are passed over. More are an attempt to guess the id.
const MOST_WRONG: usize = 64;
/// For how long is looked at what is there already. A socket takes no time at all for no end.
const SHORTEST: Duration = Duration::from_millis(1);

/// A question that has been sent.
#[derive(Debug)]
pub(crate) struct Sent {
    query: Query,
    server: SocketAddr,
    /// `None` if it is to go over TCP, which is when the answer is waited for.
    socket: Option<UdpSocket>,
}

impl Sent {
    /// Sends a question.
    pub fn new(query: Query, server: SocketAddr, is_tcp: bool) -> Result<Sent, Miss> {
        let send = || -> io::Result<UdpSocket> {
            let any = if server.is_ipv4() { IpAddr::from(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
            let socket = UdpSocket::bind(SocketAddr::from((any, 0)))?;
            socket.connect(server)?;
            socket.send(query.bytes())?;
            Ok(socket)
        };
        let socket = if is_tcp { None } else { Some(send().map_err(|_| Miss::Silent)?) };
        Ok(Sent { query, server, socket })
    }

    /// Waits for what the server tells.
    pub fn wait(self, until: Instant) -> Result<Told, Miss> {
        let Some(socket) = &self.socket else { return self.over_tcp(until) };
        let mut buffer = [0; LONGEST_DATAGRAM];
        let mut wrong = 0;
        while wrong < MOST_WRONG {
            // What has come while another answer was waited for is there even if the time is over.
            let left = left(until).unwrap_or(SHORTEST);
            match socket.set_read_timeout(Some(left)).and_then(|()| socket.recv(&mut buffer)) {
                Ok(len) => match self.query.answer(&buffer[..len]) {
                    Some(answer) if answer.header().tc() => return self.over_tcp(until),
                    Some(answer) => return self.query.told(answer),
                    None => wrong += 1,
                },
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Also that nobody listens there.
                Err(_) => return Err(Miss::Silent),
            }
        }
        Err(Miss::Silent)
    }

    fn over_tcp(&self, until: Instant) -> Result<Told, Miss> {
        let bytes = self.bytes_over_tcp(until).map_err(|_| Miss::Silent)?;
        self.query.told(self.query.answer(&bytes).ok_or(Miss::Refused)?)
    }

    fn bytes_over_tcp(&self, until: Instant) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&self.server, left(until)?)?;
        stream.set_write_timeout(Some(left(until)?))?;
        let len = u16::try_from(self.query.bytes().len()).map_err(io::Error::other)?;
        stream.write_all(&[&len.to_be_bytes(), self.query.bytes()].concat())?;
        let mut len = [0; 2];
        read(&mut stream, &mut len, until)?;
        let mut bytes = vec![0; u16::from_be_bytes(len).into()];
        read(&mut stream, &mut bytes, until)?;
        Ok(bytes)
    }
}

/// Fills the buffer. However slowly the bytes come, it ends in time.
fn read(stream: &mut TcpStream, mut buffer: &mut [u8], until: Instant) -> io::Result<()> {
    while !buffer.is_empty() {
        stream.set_read_timeout(Some(left(until)?))?;
        match stream.read(buffer) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(len) => buffer = &mut buffer[len..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// How long it is until then; an error if that is over.
fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
}
