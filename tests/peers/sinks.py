"""The small servers of the tests, in threads: what nginx passes requests on to, a sink for mail, one that never answers."""

import hashlib
import json
import socket
import ssl
import threading
import time
from base64 import b64decode, b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, StreamRequestHandler, ThreadingTCPServer

TOLD = ("content-type", "authorization", "cookie", "x-more")


class Backend(BaseHTTPRequestHandler):
    """Behind nginx, which has read the whole request and passes it on."""

    protocol_version = "HTTP/1.1"
    failed = {}

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind, *rest = self.path.partition("?")[0].strip("/").split("/")
        getattr(self, f"_{kind}", self._missing)(body, *rest)

    do_POST = do_PUT = do_DELETE = do_GET

    def _reply(self, status, value, **headers):
        text = json.dumps(value, sort_keys=True).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(text), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(text)

    def _missing(self, body, *rest):
        self._reply(404, {"missing": self.path})

    def _echo(self, body, *rest):
        """What has arrived."""
        told = {name: self.headers[name] for name in TOLD if name in self.headers}
        # The boundary of a form is drawn.
        told = {name: text.partition("; boundary=")[0] for name, text in told.items()}
        parts = body.count(b"Content-Disposition: form-data")
        answer = {"method": self.command, "path": self.path, "headers": told, "length": len(body)}
        self._reply(200, answer | {"sha256": hashlib.sha256(body).hexdigest(), "parts": parts} if body else answer)

    def _flaky(self, body, name, times):
        """Fails that many times, for each name, and then works."""
        failed = self.failed[name] = self.failed.get(name, 0) + 1
        if failed > int(times):
            del self.failed[name]
            return self._reply(200, {"tries": failed})
        self._reply(503, {"failed": failed}, Retry_After=0)

    def _slow(self, body, seconds):
        time.sleep(float(seconds))
        self._reply(200, {"slept": seconds})

    def _chunked(self, body, count):
        """Chunks of growing size, without a length."""
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number in range(int(count)):
            chunk = bytes([number % 256]) * (number * 7 + 1)
            self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *arguments):
        pass


class Mail(StreamRequestHandler):
    """A server for mail that delivers nothing: HELP tells the message that came last on this connection."""

    timeout = 60
    users = {"ada": "the engine"}

    def handle(self):
        self.is_secure, self.user, self.last = False, None, "nothing"
        if self.server.is_secure:
            self._secure()
        self._forget()
        self._say("220 sink ready")
        while line := self.rfile.readline(1000):
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if verb.upper() == "QUIT":
                return self._say("221 bye")
            getattr(self, f"_{verb.lower()}", self._unknown)(rest)

    def _say(self, *lines):
        for line, sign in zip(lines, "-" * (len(lines) - 1) + " "):
            self.wfile.write(f"{line[:3]}{sign}{line[4:]}\r\n".encode())

    def _secure(self):
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.is_secure = True
        self.setup()

    def _forget(self):
        self.sender, self.recipients = None, []

    def _unknown(self, rest):
        self._say("502 no such command")

    def _helo(self, rest):
        self._say("250 sink")

    def _ehlo(self, rest):
        more = ["250 AUTH PLAIN LOGIN"] if self.is_secure else ["250 STARTTLS"]
        self._say("250 sink", "250 8BITMIME", "250 SMTPUTF8", "250 SIZE 4000000", *more)

    def _starttls(self, rest):
        if self.is_secure:
            return self._say("503 it is TLS already")
        self._say("220 go on")
        self._secure()

    def _auth(self, rest):
        how, _, first = rest.partition(" ")
        if not self.is_secure:
            return self._say("538 not without TLS")
        if how == "LOGIN":
            name = b64decode(first) if first else self._asked(b"Username:")
            user, password = name.decode(), self._asked(b"Password:").decode()
        else:
            _, user, password = b64decode(first).decode().split("\0")
        if self.users.get(user) != password:
            return self._say("535 wrong user or password")
        self.user = user
        self._say("235 welcome")

    def _asked(self, what):
        self._say(f"334 {b64encode(what).decode()}")
        return b64decode(self.rfile.readline(1000))

    def _mail(self, rest):
        self._forget()
        self.sender = rest.partition(":")[2]
        self._say("250 ok")

    def _rcpt(self, rest):
        if "nobody@" in rest:
            return self._say("550 nobody of that name")
        self.recipients.append(rest.partition(":")[2])
        self._say("250 ok")

    def _rset(self, rest):
        self._forget()
        self._say("250 ok")

    def _noop(self, rest):
        self._say("250 ok")

    def _help(self, rest):
        self._say(f"214 {self.last}")

    def _data(self, rest):
        if not self.recipients:
            return self._say("503 to whom?")
        self._say("354 end it with a dot")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        text = b"".join(lines)
        digest = hashlib.sha256(text).hexdigest()[:16]
        to = ",".join(self.recipients)
        self.last = f"user={self.user} from={self.sender} to={to} lines={len(lines)} bytes={len(text)} sha256={digest}"
        self._forget()
        self._say("250 it is kept")


class Silent(BaseRequestHandler):
    """Reads, and never answers."""

    def handle(self):
        while self.request.recv(65536):
            pass


class Closing(BaseRequestHandler):
    """Reads what comes first, and closes."""

    def handle(self):
        self.request.recv(65536)


class _Patient:
    daemon_threads = True

    def handle_error(self, request, address):
        # A client that goes away, or does not like the certificate.
        pass


class _Web(_Patient, ThreadingHTTPServer):
    pass


class _Server(_Patient, ThreadingTCPServer):
    is_secure = False


def _serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def start(own):
    """Starts them; their ports, by name."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(own / "server.pem", own / "server.key")
    ports = {"BACKEND": _serve(_Web(("127.0.0.1", 0), Backend))}
    for name, handler in {"SMTP": Mail, "SMTPS": Mail, "SILENT": Silent, "CLOSING": Closing}.items():
        server = _Server(("127.0.0.1", 0), handler)
        server.context, server.is_secure = context, name == "SMTPS"
        ports[name] = _serve(server)
    # Taken, and nobody listens there: a connection is refused.
    refusing = socket.socket()
    refusing.bind(("127.0.0.1", 0))
    start.refusing = refusing
    return ports | {"REFUSING": refusing.getsockname()[1]}
