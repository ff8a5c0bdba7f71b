"""Makes attempts at the network, and says what each met: an attempt a line of the first argument, a verb and its words.

What is met is `reached` and what a server of `servers.rs` says of itself, `refused` for a PermissionError, the name of another
error's errno or of its type, or what the verb says. A server's own name is said only once it has echoed what it was sent.
"""
import asyncio
import errno
import http.client
import os
import select
import socket
import sys
import threading
import urllib.error
import urllib.request

# Where servers.rs does what somebody outside would do.
CALLER = ("127.0.0.1", 7900)
PATIENCE = 5
# How long is waited for what must not come.
WATCHED = 0.3
VERBS = {}


def verb(function):
    VERBS[function.__name__] = function
    return function


def named(error):
    """An error's word."""
    reason = getattr(error, "reason", None)
    if isinstance(error, urllib.error.URLError) and isinstance(reason, BaseException):
        return named(reason)
    if isinstance(error, PermissionError) and error.errno == errno.EACCES:
        return "refused"
    if isinstance(error, (socket.gaierror, socket.herror)):
        return type(error).__name__
    return errno.errorcode.get(getattr(error, "errno", None)) or type(error).__name__


def family(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def address(host, port):
    return socket.getaddrinfo(host, int(port), family(host))[0][4]


def exchanged(stream):
    """What the other end says of itself, once it has echoed."""
    with stream.makefile("rwb") as file:
        file.write(b"ping\n")
        file.flush()
        name = file.readline()
        assert file.readline() == b"ping\n"
    return "reached " + name.decode().strip()


def answer(datagram):
    name, payload = datagram.split(b"\n")
    assert payload == b"ping", datagram
    return "reached " + name.decode()


def stream(host, timeout=PATIENCE):
    made = socket.socket(family(host), socket.SOCK_STREAM)
    made.settimeout(timeout)
    return made


def datagram(host, timeout=PATIENCE):
    made = socket.socket(family(host), socket.SOCK_DGRAM)
    made.settimeout(timeout)
    return made


def call(*words):
    """Has the other side do something; the file in which it then says what came of it."""
    control = socket.create_connection(CALLER, PATIENCE)
    control.sendall(" ".join(map(str, words)).encode() + b"\n")
    return control.makefile("r")


# ---- Streams ----


@verb
def tcp(host, port):
    with socket.create_connection((host, int(port)), PATIENCE) as made:
        return exchanged(made)


@verb
def blocking(host, port):
    with stream(host, None) as made:
        made.connect((host, int(port)))
        return exchanged(made)


@verb
def nonblocking(host, port):
    with stream(host, 0) as made:
        try:
            made.connect((host, int(port)))
        except BlockingIOError:
            select.select([], [made], [], PATIENCE)
        number = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            raise OSError(number, os.strerror(number))
        made.settimeout(PATIENCE)
        return exchanged(made)


@verb
def connect_ex(host, port):
    with stream(host) as made:
        number = made.connect_ex((host, int(port)))
        if number:
            raise OSError(number, os.strerror(number))
        return exchanged(made)


@verb
def scoped(host, port, flow, scope):
    with stream(host) as made:
        made.connect((host, int(port), int(flow), int(scope)))
        return exchanged(made)


@verb
def after_failure(first, first_port, host, port):
    """A socket whose first connection was not made."""
    with stream(host) as made:
        try:
            made.connect((first, int(first_port)))
        except OSError:
            pass
        made.connect((host, int(port)))
        return exchanged(made)


@verb
def connected_again(first, first_port, host, port):
    """A socket that is connected already."""
    with stream(host) as made:
        made.connect((first, int(first_port)))
        exchanged(made)
        # Where it is not refused, Linux may say that all is well, and nothing changes.
        made.connect((host, int(port)))
        return "= still" if made.getpeername()[:2] == (first, int(first_port)) else exchanged(made)


@verb
def copied(host, port):
    """A copy of the descriptor connects, and the first one talks."""
    with stream(host) as made, socket.socket(fileno=os.dup(made.fileno())) as copy:
        copy.settimeout(PATIENCE)
        copy.connect((host, int(port)))
        return exchanged(made)


@verb
def bound_first(source, host, port):
    with stream(host) as made:
        made.bind((source, 0))
        made.connect((host, int(port)))
        return exchanged(made)


@verb
def in_thread(host, port):
    met = []
    thread = threading.Thread(target=lambda: met.append(meet("tcp", host, port)))
    thread.start()
    thread.join()
    return met[0]


@verb
def opened(host, port):
    """By asyncio's streams."""
    async def talk():
        reader, writer = await asyncio.open_connection(host, int(port))
        name = await reader.readline()
        writer.write(b"ping\n")
        assert await reader.readline() == b"ping\n"
        writer.close()
        return "reached " + name.decode().strip()
    return asyncio.run(asyncio.wait_for(talk(), PATIENCE))


@verb
def sendmsg_to(host, port):
    """A stream that is not connected, with an address."""
    with stream(host) as made:
        made.sendmsg([b"ping\n"], [], 0, (host, int(port)))
        return exchanged(made)


@verb
def fast_open(host, port):
    """MSG_FASTOPEN connects and sends at once."""
    with stream(host) as made:
        made.sendto(b"ping\n", 0x20000000, (host, int(port)))
        return exchanged(made)


@verb
def peer(host, port):
    """What a connected socket knows of its other end."""
    with socket.create_connection((host, int(port)), PATIENCE) as made:
        exchanged(made)
        return "= {}:{}".format(*made.getpeername()[:2])


@verb
def looked_up_then(name, host, port):
    """A number, once a name has been looked up."""
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        pass
    return tcp(host, port)


# ---- Datagrams ----


@verb
def udp(host, port):
    with datagram(host) as made:
        made.sendto(b"ping", (host, int(port)))
        return answer(made.recvfrom(99)[0])


@verb
def udp_connected(host, port):
    with datagram(host) as made:
        made.connect((host, int(port)))
        made.send(b"ping")
        return answer(made.recv(99))


@verb
def udp_message(host, port):
    with datagram(host) as made:
        made.sendmsg([b"pi", b"ng"], [], 0, (host, int(port)))
        return answer(made.recvmsg(99)[0])


@verb
def udp_nonblocking(host, port):
    with datagram(host, 0) as made:
        made.sendto(b"ping", socket.MSG_DONTWAIT, (host, int(port)))
        select.select([made], [], [], PATIENCE)
        return answer(made.recv(99))


@verb
def udp_empty(host, port):
    """A datagram of no bytes is one, too."""
    with datagram(host, WATCHED) as made:
        made.sendto(b"", (host, int(port)))
        try:
            made.recv(99)
        except TimeoutError:
            pass
        return "sent"


@verb
def udp_again(first, first_port, host, port):
    """Another peer in the place of the first."""
    with datagram(host) as made:
        made.connect((first, int(first_port)))
        made.send(b"ping")
        answer(made.recv(99))
        made.connect((host, int(port)))
        made.send(b"ping")
        return answer(made.recv(99))


@verb
def udp_still(first, first_port, host, port):
    """The first peer stays where another one is refused."""
    with datagram(host) as made:
        made.connect((first, int(first_port)))
        try:
            made.connect((host, int(port)))
        except PermissionError:
            pass
        made.send(b"ping")
        return answer(made.recv(99))


@verb
def udp_elsewhere(first, first_port, host, port):
    """Connected to one, and sent to another, whose answer would find nobody: so it is sent what is not answered."""
    with datagram(host) as made:
        made.connect((first, int(first_port)))
        made.sendto(b"", (host, int(port)))
        made.connect((host, int(port)))
        return "sent"


@verb
def udp_endpoint(host, port):
    """By asyncio's protocols."""
    class Once(asyncio.DatagramProtocol):
        def __init__(self):
            self.met = asyncio.get_running_loop().create_future()

        def connection_made(self, transport):
            transport.sendto(b"ping")

        def datagram_received(self, data, sender):
            self.met.done() or self.met.set_result(answer(data))

        def error_received(self, error):
            self.met.done() or self.met.set_exception(error)

    async def talk():
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_datagram_endpoint(Once, remote_addr=(host, int(port)))
        try:
            return await protocol.met
        finally:
            transport.close()
    return asyncio.run(asyncio.wait_for(talk(), PATIENCE))


@verb
def hears(peer, peer_port, sender, port):
    """Whether a socket that has talked with a peer is reached by another sender, who knows its port."""
    with datagram(peer) as made:
        made.sendto(b"ping", (peer, int(peer_port)))
        answer(made.recv(99))
        return heard(made, sender, port, peer)


@verb
def bound_hears(host, sender, port):
    """The same of one that is bound to a port of the system's choice."""
    with datagram(host) as made:
        made.bind((host, 0))
        return heard(made, sender, port, host)


def heard(made, sender, port, at):
    with call("udp", sender, port, at, made.getsockname()[1]) as told:
        assert told.readline() == "sent\n"
    made.settimeout(WATCHED)
    # Not to be seen by a look at the queue either.
    ready = bool(select.select([made], [], [], WATCHED)[0])
    try:
        return "heard " + made.recvfrom(99)[0].decode()
    except TimeoutError:
        return "silence"
    except BlockingIOError:
        return "silence" if not ready else "ready, and nothing there"


@verb
def udp_serves(host, port, sender, sender_port):
    """A bound socket hears a sender and answers him."""
    with datagram(host) as made:
        made.bind((host, int(port)))
        with call("udp", sender, sender_port, host, port, "answer") as told:
            assert told.readline() == "sent\n"
            data, known = made.recvfrom(99)
            made.sendto(b"back", known)
            return told.readline().strip()


@verb
def udp_serves_another(host, port, sender, sender_port, other, other_port):
    """A bound socket hears one sender, and sends to somebody else."""
    with datagram(host) as made:
        made.bind((host, int(port)))
        with call("udp", sender, sender_port, host, port) as told:
            assert told.readline() == "sent\n"
        made.recvfrom(99)
        made.sendto(b"ping", (other, int(other_port)))
        return answer(made.recv(99))


# ---- Names ----


@verb
def resolved(host, wanted="any"):
    families = {"any": 0, "inet": socket.AF_INET, "inet6": socket.AF_INET6}
    found = socket.getaddrinfo(host, None, families[wanted], socket.SOCK_STREAM)
    return "= " + " ".join(sorted({entry[4][0] for entry in found}))


@verb
def resolved_numeric(host):
    return "= " + socket.getaddrinfo(host, None, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)[0][4][0]


@verb
def host_by_name(host):
    return "= " + socket.gethostbyname(host)


@verb
def hosts_by_name(host):
    return "= " + " ".join(sorted(socket.gethostbyname_ex(host)[2]))


@verb
def name_of(host):
    return "= " + socket.gethostbyaddr(host)[0]


@verb
def name_info(host):
    name = socket.getnameinfo((host, 80), socket.NI_NUMERICSERV | socket.NI_NAMEREQD)[0]
    return "= " + name


@verb
def looked_up(host):
    """By asyncio."""
    async def look():
        return await asyncio.get_running_loop().getaddrinfo(host, 80, type=socket.SOCK_STREAM)
    return "= " + " ".join(sorted({entry[4][0] for entry in asyncio.run(look())}))


# ---- HTTP ----


def read(opener, url):
    with opener.open(url, timeout=PATIENCE) as response:
        return "reached " + response.read().decode().strip()


@verb
def fetched(url):
    return read(urllib.request.build_opener(urllib.request.ProxyHandler({})), url)


@verb
def proxied(proxy, url):
    return read(urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy})), url)


@verb
def proxied_by_environment(proxy, url):
    os.environ["http_proxy"] = proxy
    try:
        return read(urllib.request.build_opener(), url)
    finally:
        del os.environ["http_proxy"]


@verb
def tunnelled(proxy, proxy_port, host, port):
    connection = http.client.HTTPConnection(proxy, int(proxy_port), timeout=PATIENCE)
    connection.set_tunnel(host, int(port))
    connection.connect()
    with connection.sock as made:
        return exchanged(made)


@verb
def asked(host, port):
    connection = http.client.HTTPConnection(host, int(port), timeout=PATIENCE)
    connection.request("GET", "/")
    return "reached " + connection.getresponse().read().decode().strip()


# ---- Servers ----


@verb
def bound(host, port):
    with stream(host) as made:
        made.bind((host, int(port)))
        return "bound"


@verb
def udp_bound(host, port):
    with datagram(host) as made:
        made.bind((host, int(port)))
        return "bound"


@verb
def listening(host, port):
    with stream(host) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, int(port)))
        made.listen()
        return "listening"


@verb
def listening_unbound(host):
    with stream(host) as made:
        made.listen()
        return "listening"


@verb
def listening_twice(host, port):
    """The same socket, with another backlog."""
    with stream(host) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, int(port)))
        made.listen()
        made.listen(1)
        return "listening"


@verb
def serves(host, port, called):
    """Listens, and is called at an address from outside."""
    with stream(host) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, int(port)))
        made.listen()
        with call("tcp", called, made.getsockname()[1]) as told:
            accepted, _ = made.accept()
            with accepted:
                accepted.settimeout(PATIENCE)
                assert accepted.recv(9) == b"hello\n"
                accepted.sendall(b"served\n")
                return told.readline().strip()


@verb
def serves_itself(host, port):
    with socket.create_server((host, int(port)), family=family(host)) as made:
        with socket.create_connection(made.getsockname()[:2], PATIENCE) as client, made.accept()[0] as accepted:
            client.sendall(b"hello")
            return "served" if accepted.recv(5) == b"hello" else "nothing"


@verb
def started(host, port):
    """By asyncio's servers."""
    async def serve():
        async def answer(reader, writer):
            await reader.readline()
            writer.write(b"served\n")
            writer.close()
        server = await asyncio.start_server(answer, host, int(port))
        async with server:
            return await asyncio.get_running_loop().run_in_executor(None, hello)

    def hello():
        with call("tcp", "127.0.0.1", port) as told:
            return told.readline().strip()
    return asyncio.run(serve())


# ---- What there is none of ----


@verb
def made(kind, how, protocol="0"):
    number = lambda name: getattr(socket, name) if name.isupper() or "_" in name else int(name)
    socket.socket(number(kind), number(how), number(protocol)).close()
    return "made"


@verb
def unix(path):
    with socket.socket(socket.AF_UNIX) as made:
        made.connect(path)
        return "connected"


@verb
def option(kind, level, name, value):
    """Numbers as in Linux: Python has no names for some."""
    with socket.socket(socket.AF_INET6 if level == "41" else socket.AF_INET, getattr(socket, kind)) as made:
        made.setsockopt(int(level), int(name), bytes.fromhex(value[1:]) if value[0] == "x" else int(value))
        return "set"


# ---- Requests of the host, as the C library makes them ----


def ask(request):
    descriptor = os.open("/dev/pyapp/" + request, os.O_RDONLY)
    try:
        return os.read(descriptor, 4096)
    finally:
        os.close(descriptor)


@verb
def request(family, words):
    """Made of a new socket, whose descriptor stands for `FD`."""
    with socket.socket(socket.AF_INET6 if family == "inet6" else socket.AF_INET) as made:
        ask(words.replace("FD", str(made.fileno())))
        made.settimeout(PATIENCE)
        return exchanged(made)


@verb
def request_send(family, words):
    with socket.socket(socket.AF_INET6 if family == "inet6" else socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.settimeout(PATIENCE)
        descriptor = os.open("/dev/pyapp/" + words.replace("FD", str(made.fileno())), os.O_WRONLY)
        try:
            os.write(descriptor, b"ping")
        finally:
            os.close(descriptor)
        return answer(made.recv(99))


@verb
def request_lookup(words):
    return "= " + " ".join(ask(words).decode().split())


def meet(name, *words):
    try:
        return VERBS[name](*words)
    except Exception as error:
        return named(error)


def main():
    for line in sys.argv[1].splitlines():
        print(meet(*line.split(" ")), flush=True)


if __name__ == "__main__":
    main()
