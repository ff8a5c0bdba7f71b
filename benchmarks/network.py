#!/usr/bin/env python3
"""Compare work over the network with a native CPython 3.13: nginx, TLS and asyncio, all on loopback; see README.md beside this file."""
import argparse
import contextlib
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import builds
import compare

PROJECT = "network"
HOST = "127.0.0.1"
LARGE = 200_000_000
# What the parts of workloads/network_client.py do, and how much of native's time they may take.
NAMES = {
    "keep_alive": "{requests:,} requests, at most cpu",
    "handshakes": "{handshakes} handshakes, at most 3x",
    "tcp": "200 MB over TCP, at most 1.3x",
    "tls_any": "200 MB over TLS",
    "tls_aes128": "the same, AES-128-GCM",
    "tls_chacha20": "the same, ChaCha20-Poly1305",
}
# Servers with TLS, and the ciphers that each agrees to. Without any, it is the client that chooses.
SERVERS = {"any": None, "aes128": "TLS_AES_128_GCM_SHA256", "chacha20": "TLS_CHACHA20_POLY1305_SHA256"}


def executable(work, project):
    """What a build makes of a project in projects/; kept for another run."""
    program = work / project
    if not program.is_file():
        builds.build(compare.HERE / "projects" / project)
        target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", compare.ROOT / "target"))
        shutil.copy2(target / "release/pyapp", program)
    return str(program.resolve())


def installed(work, project, python):
    """A native Python with what the project depends on, in the same versions."""
    environ = work / f"{project}-native"
    native = environ / "bin/python"
    if not native.exists():
        subprocess.run([python, "-m", "venv", environ], check=True)
        read = "import sys, tomllib; print(*tomllib.load(open(sys.argv[1], 'rb'))['project']['dependencies'], sep='\\n')"
        asked = subprocess.run([native, "-c", read, compare.HERE / "projects" / project / "pyproject.toml"], check=True,
                               capture_output=True, text=True).stdout.split()
        subprocess.run([native, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *asked], check=True)
    return str(native.absolute())


def need(*tools):
    for tool, package in tools:
        if shutil.which(tool) is None:
            compare.fail(f"expected {tool}, found none; Debian: apt-get install {package}")


def free_ports(count):
    """Ports that nobody listens at; that nobody takes them in between is not certain."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.create_server((HOST, 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in held]


def await_port(port, process, seconds=60):
    """Waits until the process listens."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection((HOST, port), timeout=5).close()
            return
        except OSError as error:
            if process.poll() is not None:
                compare.fail(f"{process.args[0]}: expected a service, found that it ended with {process.returncode}")
            if time.monotonic() > end:
                compare.fail(f"{process.args[0]}: expected a service within {seconds} s, found {error}")
            time.sleep(0.02)


def certificate(folder):
    """A certificate for the loopback address that is its own authority, with a key on P-256."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                    "-subj", "/CN=benchmark", "-addext", f"subjectAltName=IP:{HOST},DNS:localhost",
                    "-addext", "keyUsage=critical,digitalSignature,keyCertSign",
                    "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"], check=True, stderr=subprocess.DEVNULL)
    return folder / "certificate.pem"


def configuration(folder, plain, secure):
    servers = [f"server {{ listen {HOST}:{plain}; }}"]
    for name, port in secure.items():
        ciphers = f"ssl_conf_command Ciphersuites {SERVERS[name]};" if SERVERS[name] else ""
        servers.append(f"server {{ listen {HOST}:{port} ssl; {ciphers} }}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n    ".join(f"{kind}_temp_path {folder}/temporary;" for kind in kinds)
    # One process, so that it may read the folder whoever starts it.
    return f"""\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    {temporary}
    root {folder}/files;
    sendfile on;
    keepalive_requests 10000000;
    ssl_certificate {folder}/certificate.pem;
    ssl_certificate_key {folder}/key.pem;
    ssl_protocols TLSv1.3;
    ssl_session_cache off;
    {' '.join(servers)}
}}
"""


@contextlib.contextmanager
def nginx(folder):
    """Servers for the time of a block; answers their ports by name."""
    (folder / "files").mkdir()
    (folder / "files/small").write_bytes(b"small file\n" * 93)
    with open(folder / "files/large", "w+b") as file:
        file.truncate(LARGE)
        # Into the page cache, so that the first to ask has nothing to wait for.
        while file.read(1 << 20):
            pass
    plain, *rest = free_ports(1 + len(SERVERS))
    secure = dict(zip(SERVERS, rest))
    (folder / "nginx.conf").write_text(configuration(folder, plain, secure), encoding="utf-8")
    process = subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
    try:
        await_port(plain, process)
        yield {"plain": plain, **secure}
    finally:
        process.terminate()
        process.wait(10)


def ciphers(sides, authority, port):
    """What each side and the server agree on by default."""
    code = "import socket, ssl, sys; context = ssl.create_default_context(cafile=sys.argv[1]); " \
           f"plain = socket.create_connection(('{HOST}', {port})); " \
           f"print(context.wrap_socket(plain, server_hostname='{HOST}').cipher()[0])"
    return {side: subprocess.run([program, "-c", code, authority], env=compare.environment(**extra), check=True, capture_output=True,
                                 text=True).stdout.strip() for side, (program, extra) in sides.items()}


def echo(options, sides):
    """For each side the seconds that its server took, and for how much of them the clients computed; rounds alternate."""
    script = (compare.WORKLOADS / "network_echo.py").read_bytes()
    times, busy = {side: [] for side in sides}, {side: [] for side in sides}
    for _ in range(options.rounds):
        for side, (program, extra) in sides.items():
            server = subprocess.Popen([program, "-", str(options.connections)], env=compare.environment(**extra),
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            try:
                server.stdin.write(script)
                server.stdin.close()
                port = server.stdout.readline().decode().strip()
                clients = [options.python, compare.WORKLOADS / "network_echo_clients.py", port, str(options.connections),
                           str(options.messages)]
                computed = float(subprocess.run(clients, env=compare.environment(), check=True, capture_output=True, text=True,
                                                timeout=600).stdout)
                _, seconds, total = server.stdout.read().split()
                server.wait(60)
            finally:
                server.kill()
                server.wait()
            expected = options.connections * options.messages * 1024
            if int(total) != expected:
                compare.fail(f"{side}: expected {expected} bytes through the echo server, found {int(total)}")
            times[side].append(float(seconds))
            busy[side].append(computed / float(seconds))
    return times, {side: statistics.median(shares) for side, shares in busy.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default="python3.13", help="the native CPython 3.13 (default: python3.13)")
    parser.add_argument("--work", type=pathlib.Path, help="a folder that is kept, for another run (default: a temporary one)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each workload (default: 5)")
    parser.add_argument("--runs", type=int, default=60, help="runs of each start (default: 60)")
    parser.add_argument("--requests", type=int, default=10_000, help="requests over one connection (default: 10000)")
    parser.add_argument("--handshakes", type=int, default=300, help="handshakes (default: 300)")
    parser.add_argument("--connections", type=int, default=500, help="connections of the echo server (default: 500)")
    parser.add_argument("--messages", type=int, default=60, help="messages of each of them (default: 60)")
    options = parser.parse_args()
    need(("nginx", "nginx-light"), ("openssl", "openssl"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        work = options.work or folder / "work"
        work.mkdir(parents=True, exist_ok=True)
        options.python = installed(work, PROJECT, options.python)
        program = executable(work, PROJECT)
        sides = {"pyapp": (program, {"PYAPP_INTERPRETER": "1"}), "native": (options.python, {})}
        compare.head(options.python)
        authority = certificate(folder)
        with nginx(folder) as ports:
            numbers = {**ports, "requests": options.requests, "handshakes": options.handshakes}
            arguments = [str(authority), *(f"{name}={value}" for name, value in numbers.items())]
            times = compare.inside(options, program, "network_client.py", arguments)
            agreed = ciphers(sides, authority, ports["any"])
        for part, name in NAMES.items():
            both = (statistics.median(times[part][side]) * 1e3 for side in sides)
            compare.row(name.format(**vars(options)), *both, "ms", 0)
        times, busy = echo(options, sides)
        both = (statistics.median(times[side]) * 1e3 for side in sides)
        compare.row(f"{options.connections} echo clients, at most cpu", *both, "ms", 0)
        commands = [[program], [options.python, "-m", "network_start"]]
        said = [subprocess.run(command, env=compare.environment(), check=True, capture_output=True, text=True).stdout
                for command in commands]
        if said[0] != said[1]:
            compare.fail(f"network_start: expected native Python's output {said[1]!r}, found {said[0]!r}")
        compare.row("import requests, at most 0.25x", *builds.starts(commands, options.runs), "ms")
        mean = compare.geometric_mean(compare.cpu(options, program))
        print(f"| {'cpu, geometric mean':36} | {'':9} | {'':9} | {mean:5.2f}x |\n")
    print("cipher by default: " + ", ".join(f"{side} {name}" for side, name in agreed.items()))
    print("clients of the echo server, share of the time in which they computed: "
          + ", ".join(f"{side} {share:.2f}" for side, share in busy.items()))


if __name__ == "__main__":
    sys.exit(main())
