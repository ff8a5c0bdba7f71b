"""Starts the servers that the programs talk to, on free ports of the loopback device: nginx, PostgreSQL, Redis, and those of
`sinks.py`. Prints one line of JSON, the variables that the programs get, and ends all servers when its input ends.

    python3 tests/peers/servers.py

Needs Python 3.11 and no packages, and of Debian nginx-light, postgresql, redis-server and openssl.
"""

import certificates
import json
import os
import random
import shutil
import signal
import sinks
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGES = {"nginx": "nginx-light", "redis-server": "redis-server", "openssl": "openssl", "setpriv": "util-linux"}
PATIENCE = 60

NGINX = """\
daemon off;
worker_processes 1;
pid {folder}/nginx/pid;
error_log {folder}/nginx/log warn;
{user}
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/nginx/body;
    proxy_temp_path {folder}/nginx/proxy;
    fastcgi_temp_path {folder}/nginx/fastcgi;
    uwsgi_temp_path {folder}/nginx/uwsgi;
    scgi_temp_path {folder}/nginx/scgi;
    types {{ text/html html; text/plain txt; }}
    default_type application/octet-stream;
    charset utf-8;
    server_tokens off;
    sendfile on;
    gzip on;
    gzip_types text/plain;
    gzip_min_length 100;
    client_max_body_size 64m;
    keepalive_requests 100000;
    root {folder}/site;
    ssl_certificate {folder}/own/server.pem;
    ssl_certificate_key {folder}/own/server.key;
    ssl_client_certificate {folder}/trust/ca.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:tests:1m;
    server {{
        listen 127.0.0.1:{HTTP};
        include {folder}/nginx/places;
        location /secure/ {{ rewrite ^/secure(/.*)$ https://localhost:{HTTPS}$1 permanent; }}
    }}
    server {{
        listen 127.0.0.1:{HTTPS} ssl;
        ssl_verify_client optional;
        include {folder}/nginx/places;
    }}
    server {{
        listen 127.0.0.1:{MUTUAL} ssl;
        ssl_verify_client on;
        include {folder}/nginx/places;
    }}
    server {{
        listen 127.0.0.1:{OTHER} ssl;
        ssl_certificate {folder}/private/other.pem;
        ssl_certificate_key {folder}/private/other.key;
        include {folder}/nginx/places;
    }}
    server {{
        listen 127.0.0.1:{EXPIRED} ssl;
        ssl_certificate {folder}/private/expired.pem;
        ssl_certificate_key {folder}/private/expired.key;
        include {folder}/nginx/places;
    }}
}}
"""

PLACES = """\
location = /about {{
    default_type text/plain;
    return 200 "$request_method $server_protocol tls=$ssl_protocol client=$ssl_client_s_dn request=$connection_requests\\n";
}}
location = /moved {{ return 302 /text.txt; }}
location = /loop {{ return 302 /loop; }}
location = /cookie {{
    add_header Set-Cookie "taste=sweet; Path=/";
    return 302 /backend/echo;
}}
location /private/ {{
    auth_basic tests;
    auth_basic_user_file {folder}/nginx/users;
}}
location /backend/ {{
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_pass http://127.0.0.1:{BACKEND}/;
}}
"""


def tool(name):
    """A program of the machine. Those of PostgreSQL lie where Debian has them, on no path, and have to be of one version."""
    if name in PACKAGES:
        place = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    else:
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
        place = found[-1] if found else shutil.which(name)
    return place or sys.exit(f"{name}: not found; it is in the Debian package {PACKAGES.get(name, 'postgresql')}")


def free_ports(names):
    """Ports below those that the kernel gives to connections, so that they stay free until the servers have them."""
    def is_free(port):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
        return True

    return dict(zip(names, filter(is_free, random.sample(range(10000, 32000), 2000))))


class Servers:
    """What has been started, in the order of starting; their output is in files beside each other."""

    def __init__(self, folder):
        self.folder, self.children = folder, []

    def start(self, name, command, port, user=None):
        """Starts a server and waits until it takes connections. It ends with this process, however that ends."""
        log = open(self.folder / f"{name}.log", "wb")
        command = [*as_user(user), *map(str, command)]
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")
        self.children.append(child)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                if child.poll() is not None or time.monotonic() > until:
                    sys.exit(f"{name} does not listen on port {port}: {Path(log.name).read_text()}")
                time.sleep(0.02)

    def end(self):
        for child in reversed(self.children):
            child.send_signal(signal.SIGINT)
        for child in self.children:
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def as_user(user):
    """What stands in front of a command, so that it ends with this process; as another user, if this one is root."""
    switch = [f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user and os.geteuid() == 0 else []
    return [tool("setpriv"), "--pdeathsig", "INT", *switch]


def nginx(servers, ports):
    folder, site = servers.folder, servers.folder / "site"
    (folder / "nginx").mkdir()
    (site / "private").mkdir(parents=True)
    (site / "text.txt").write_text("".join(f"line {number}: Grüße\n" for number in range(1000)))
    (site / "index.html").write_text("<!doctype html>\n<title>tests</title>\n")
    (site / "private/secret.txt").write_text("for Ada only\n")
    (site / "big.bin").write_bytes(random.Random(7).randbytes(1 << 23))
    (folder / "nginx/users").write_text("ada:{PLAIN}the engine\n")
    values = ports | {"folder": folder, "user": "user root;" if os.geteuid() == 0 else ""}
    (folder / "nginx/conf").write_text(NGINX.format(**values))
    (folder / "nginx/places").write_text(PLACES.format(**values))
    log = folder / "nginx/log"
    servers.start("nginx", [tool("nginx"), "-p", folder, "-e", log, "-c", folder / "nginx/conf"], ports["HTTPS"])


def postgresql(servers, port):
    """It refuses to run as root."""
    folder = servers.folder / "postgresql"
    folder.mkdir(0o700)
    for name in ("server.pem", "server.key"):
        shutil.copy(servers.folder / "own" / name, folder)
        os.chmod(folder / name, 0o600)
    (folder / "password").write_text("the engine\n")
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            try:
                shutil.chown(path, "postgres", "postgres")
            except LookupError:
                sys.exit("there is no user postgres; the Debian package postgresql makes it")
    data, user = folder / "data", ["-U", "ada", "--pwfile", folder / "password", "-A", "scram-sha-256"]
    make = [tool("initdb"), "-D", data, *user, "-E", "UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run([*as_user("postgres"), *make], capture_output=True, text=True, cwd="/", timeout=PATIENCE)
    if done.returncode != 0:
        sys.exit(f"initdb: {done.stdout}{done.stderr}")
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "TimeZone": "UTC",
        "ssl": "on",
        "ssl_cert_file": folder / "server.pem",
        "ssl_key_file": folder / "server.key",
    }
    settings = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    servers.start("postgresql", [tool("postgres"), "-D", data, "-p", port, *settings], port, "postgres")
    # It listens some time before it serves.
    ready = [tool("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    until = time.monotonic() + PATIENCE
    while subprocess.run(ready, timeout=PATIENCE).returncode != 0:
        if time.monotonic() > until:
            sys.exit("postgresql listens and does not serve")
        time.sleep(0.05)


def redis(servers, ports):
    folder = servers.folder / "redis"
    folder.mkdir()
    own = servers.folder / "own"
    secure = ["--tls-cert-file", own / "server.pem", "--tls-key-file", own / "server.key", "--tls-auth-clients", "no"]
    secure += ["--tls-ca-cert-file", servers.folder / "trust/ca.pem", "--tls-port", ports["REDISS"]]
    more = ["--bind", "127.0.0.1", "--save", "", "--dir", folder, "--requirepass", "the engine"]
    servers.start("redis", [tool("redis-server"), "--port", ports["REDIS"], *more, *secure], ports["REDISS"])


def start(servers):
    """Starts all of them; the variables that the programs get."""
    folder = servers.folder
    certificates.make(folder)
    names = ("HTTP", "HTTPS", "MUTUAL", "OTHER", "EXPIRED", "POSTGRESQL", "REDIS", "REDISS")
    ports = sinks.start(folder / "own") | free_ports(names)
    nginx(servers, ports)
    postgresql(servers, ports["POSTGRESQL"])
    redis(servers, ports)
    authority = str(folder / "trust/ca.pem")
    variables = {name: str(port) for name, port in ports.items() if name != "BACKEND"}
    trusted = {"SSL_CERT_FILE": authority, "REQUESTS_CA_BUNDLE": authority}
    return variables | trusted | {"OWN": str(folder / "own")}


def main():
    for name in ("nginx", "openssl", "redis-server", "initdb", "postgres", "pg_isready", "setpriv"):
        tool(name)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="peers-", ignore_cleanup_errors=True) as folder:
        # Other users than this one have to reach what is theirs.
        os.chmod(folder, 0o711)
        servers = Servers(Path(folder))
        try:
            print(json.dumps(start(servers)), flush=True)
            sys.stdin.read()
        finally:
            servers.end()


if __name__ == "__main__":
    main()
