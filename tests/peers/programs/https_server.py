"""The HTTPS server of the standard library, read by curl: both versions of TLS, kept connections, certificates of the client."""

import hashlib
import os
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self):
        secure, path = self.connection, self.path
        peer = secure.getpeercert()
        name = peer["subject"][0][0][1] if peer else "nobody"
        if path == "/big":
            return self.reply(bytes(range(256)) * 40_000)
        if path == "/chunked":
            return self.chunks(b"%d\n" % number for number in range(1000))
        if path == "/stop":
            threading.Thread(target=self.server.shutdown).start()
        self.reply(f"{path} {secure.version()} {self.request_version} {name}\n".encode())

    def do_POST(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(iter(self.chunk, b""))
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self.reply(f"{len(body)} {hashlib.sha256(body).hexdigest()}\n".encode())

    do_PUT = do_POST

    def chunk(self):
        data = self.rfile.read(int(self.rfile.readline(), 16))
        self.rfile.readline()
        return data

    def reply(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def chunks(self, parts):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (*parts, b""):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = False

    def finish_request(self, request, address):
        # The handshake, in the connection's own thread.
        with self.context.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, address)
            served.append(address)

    def handle_error(self, request, address):
        refused.append(address)


served, refused = [], []


def main():
    own = os.environ["OWN"]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=os.environ["SSL_CERT_FILE"])
    context.load_cert_chain(f"{own}/server.pem", f"{own}/server.key")
    context.verify_mode = ssl.CERT_OPTIONAL
    with Server(("127.0.0.1", int(os.environ["PORT"])), Handler) as server:
        server.context = context
        server.serve_forever(0.05)
    # Of some that it refuses, curl has ended the handshake.
    print("ended", len(served) >= 15, len(refused) >= 2)


if __name__ == "__main__":
    main()
