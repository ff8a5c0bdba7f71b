//! Whom attempts may reach: servers on all addresses, which write down what arrives and say of themselves who they are.
//!
//! | port | server |
//! |---|---|
//! | 7001 to 7003 | says `tcp ADDRESS:PORT` on a line, and sends back what it gets; datagrams: both in one |
//! | 7900 | the caller: does what somebody outside would do |
//! | 8080 | HTTP: a path `/to?URL` leads on there |
//! | 3128 | a proxy: answers for all hosts itself |

use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const ECHOES: [u16; 3] = [7001, 7002, 7003];
const CALLER: u16 = 7900;
const WEB: u16 = 8080;
const PROXY: u16 = 3128;
/// Where datagrams are answered. All others are counted by the kernel.
const DATAGRAMS: [&str; 9] = [
    "127.0.0.1",
    "127.0.0.2",
    "10.1.2.3",
    "192.168.7.7",
    "169.254.169.254",
    "93.184.215.14",
    "8.8.8.8",
    "::1",
    "2606:2800:21f::1",
];
/// How long a peer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long is waited for what must not arrive.
const WATCHED: Duration = Duration::from_millis(100);

/// What has arrived, as `tcp ADDRESS:PORT` or `udp ADDRESS:PORT`.
#[derive(Clone, Default)]
pub struct Arrivals(Arc<Mutex<Vec<String>>>);

impl Arrivals {
    fn note(&self, what: String) {
        self.0.lock().expect("not poisoned").push(what);
    }

    fn count(&self) -> usize {
        self.0.lock().expect("not poisoned").len()
    }

    /// What has arrived since this was asked last, in order of the names. So many are expected.
    pub fn take(&self, expected: usize) -> Vec<String> {
        let until = Instant::now() + PATIENCE;
        while self.count() < expected && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(WATCHED);
        let mut arrived = std::mem::take(&mut *self.0.lock().expect("not poisoned"));
        arrived.sort();
        arrived
    }
}

/// Starts all servers. They run as long as the process.
pub fn start() -> Arrivals {
    let arrivals = Arrivals::default();
    for port in ECHOES {
        serve(port, &arrivals, |stream, name| echo(stream, &name));
    }
    serve(WEB, &arrivals, |stream, name| web(stream, &name));
    serve(PROXY, &arrivals, |stream, name| proxy(stream, &name));
    // Who calls it is not one of those that are counted.
    serve(CALLER, &Arrivals::default(), |stream, _| call(stream));
    for address in DATAGRAMS {
        for port in ECHOES {
            echo_datagrams(SocketAddr::new(address.parse().expect("an address"), port), arrivals.clone());
        }
    }
    arrivals
}

/// Datagrams that have come to a port where nobody is, in all.
pub fn strays() -> u64 {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/self/net/{file}")).expect("the kernel counts");
    // IPv4: a line of names, and one of numbers.
    let text = read("snmp");
    let mut udp = text.lines().filter_map(|line| line.strip_prefix("Udp: "));
    let (names, numbers) = (udp.next().expect("names"), udp.next().expect("numbers"));
    let four = names.split(' ').zip(numbers.split(' ')).find(|(name, _)| *name == "NoPorts").expect("counted").1;
    let text = read("snmp6");
    let six = text.lines().find_map(|line| line.strip_prefix("Udp6NoPorts")).expect("counted").trim();
    four.parse::<u64>().expect("a number") + six.parse::<u64>().expect("a number")
}

/// Serves connections to all addresses, with the one that has been reached as `tcp ADDRESS:PORT`.
fn serve(port: u16, arrivals: &Arrivals, talk: fn(TcpStream, String) -> std::io::Result<()>) {
    let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).expect("a port that is free");
    let arrivals = arrivals.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { continue };
            let Ok(at) = stream.local_addr() else { continue };
            let name = format!("tcp {}", SocketAddr::new(at.ip().to_canonical(), port));
            arrivals.note(name.clone());
            // Who has called may be gone.
            std::thread::spawn(move || talk(stream, name));
        }
    });
}

fn echo(mut stream: TcpStream, name: &str) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    writeln!(stream, "{name}")?;
    let mut from = stream.try_clone()?;
    std::io::copy(&mut from, &mut stream).map(drop)
}

fn echo_datagrams(at: SocketAddr, arrivals: Arrivals) {
    let socket = UdpSocket::bind(at).unwrap_or_else(|error| panic!("{at}: {error}"));
    std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        // A peer that is gone is told as an error of the next call.
        loop {
            let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
            arrivals.note(format!("udp {at}"));
            if length > 0 {
                let _ = socket.send_to(&[format!("udp {at}\n").as_bytes(), &buffer[..length]].concat(), from);
            }
        }
    });
}

/// The first line of a request of HTTP; the others are read, too.
fn head(stream: &TcpStream) -> std::io::Result<String> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    Ok(first)
}

fn web(mut stream: TcpStream, name: &str) -> std::io::Result<()> {
    let request = head(&stream)?;
    let target = request.split(' ').nth(1).and_then(|path| path.strip_prefix("/to?"));
    match target {
        Some(target) => {
            write!(stream, "HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        None => page(stream, name),
    }
}

fn page(mut stream: TcpStream, text: &str) -> std::io::Result<()> {
    let length = text.len();
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}")
}

fn proxy(mut stream: TcpStream, name: &str) -> std::io::Result<()> {
    if !head(&stream)?.starts_with("CONNECT ") {
        return page(stream, name);
    }
    stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
    // Nothing is said before the client has read that: Python's reads more than the head.
    stream.peek(&mut [0])?;
    stream.set_read_timeout(None)?;
    echo(stream, name)
}

/// `tcp ADDRESS PORT`: says `hello` there, and tells the answer. `udp OWN-ADDRESS OWN-PORT ADDRESS PORT [answer]`: sends a
/// datagram, tells that it is sent, or what is answered.
fn call(mut control: TcpStream) -> std::io::Result<()> {
    control.set_read_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new(&control).read_line(&mut line)?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = |address: &str, port: &str| {
        let address: IpAddr = address.parse().map_err(std::io::Error::other)?;
        Ok::<_, std::io::Error>(SocketAddr::new(address, port.parse().map_err(std::io::Error::other)?))
    };
    match words[..] {
        ["tcp", address, port] => {
            let told = say_hello(at(address, port)?).unwrap_or_else(|error| error.to_string());
            writeln!(control, "{told}")
        }
        ["udp", own, own_port, address, port, ref rest @ ..] => {
            let socket = UdpSocket::bind(at(own, own_port)?)?;
            socket.set_read_timeout(Some(PATIENCE))?;
            socket.send_to(format!("from {own}").as_bytes(), at(address, port)?)?;
            writeln!(control, "sent")?;
            if rest.is_empty() {
                return Ok(());
            }
            let mut buffer = [0; 99];
            match socket.recv(&mut buffer) {
                Ok(length) => writeln!(control, "answered {}", String::from_utf8_lossy(&buffer[..length])),
                Err(error) => writeln!(control, "{error}"),
            }
        }
        _ => writeln!(control, "what is {line:?}?"),
    }
}

fn say_hello(at: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&at, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"hello\n")?;
    let mut said = String::new();
    BufReader::new(&stream).read_line(&mut said)?;
    Ok(said.trim().to_string())
}
