#!/usr/bin/env python3
"""Put a Flask service under load and under hostile clients, and see that it loses nothing; see README.md beside this file."""
import argparse
import contextlib
import os
import pathlib
import random
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import compare
import network

PROJECT = "network_soak"
HOST = "127.0.0.1"
# How much the resident set may be, of what it was after a tenth of the requests.
GROWTH = 1.1
# Seconds within which SIGTERM must end the service.
END = 5
# Seconds within which what hostile clients have left must be gone; the service lets silent clients go after 5.
SETTLED = 30
# Seconds that hostile clients have at least before a sample.
FIRST = 20
# Connections of wrk.
CONNECTIONS = 20
# What wrk asks for, in turn.
ASKED = """\
local agent = {["User-Agent"] = "wrk"}
local asked = {
    wrk.format("GET", "/", agent), wrk.format("GET", "/json?rows=20", agent), wrk.format("POST", "/length", agent, string.rep("x", 3000)),
}
local turn = 0
request = function()
    turn = turn % #asked + 1
    return asked[turn]
end
"""


def connected(port, **options):
    client = socket.socket()
    client.settimeout(5)
    for option, value in options.items():
        client.setsockopt(socket.SOL_SOCKET, getattr(socket, option), value)
    client.connect((HOST, port))
    return client


def reset(client):
    """Closes with RST in place of FIN."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def until_closed(client):
    """Reads what comes until the service closes; no more than a few seconds."""
    end = time.monotonic() + 10
    while time.monotonic() < end and client.recv(65536):
        pass


def vanishes_in_request(port, _):
    client = connected(port)
    client.sendall(b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nbegun")
    time.sleep(0.02)
    reset(client)


def vanishes_in_answer(port, _):
    client = connected(port)
    client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    client.recv(1)
    reset(client)


def half_open(port, _):
    """Is gone without a word, as after a power cut. Only root can; others send half a request, and are silent for a while."""
    client = connected(port)
    client.sendall(b"GET / HTTP/1.1\r\nHo")
    try:
        client.setsockopt(socket.IPPROTO_TCP, 19, 1)  # TCP_REPAIR: close says nothing.
    except PermissionError:
        time.sleep(3)
    client.close()


def half_closed(port, _):
    with connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        client.shutdown(socket.SHUT_WR)
        until_closed(client)


def never_reads(port, _):
    with contextlib.ExitStack() as stack:
        for _ in range(4):
            client = stack.enter_context(connected(port, SO_RCVBUF=4096))
            client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(3)


def a_byte_at_a_time(port, _):
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connected(port)) for _ in range(8)]
        for byte in b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: yes":
            for client in clients:
                client.sendall(bytes([byte]))
            time.sleep(0.1)


def garbage(port, chance):
    with connected(port) as client:
        client.sendall(chance.randbytes(chance.randrange(1, 20_000)) + b"\r\n\r\n")
        until_closed(client)


def garbage_in_chunks(port, chance):
    with connected(port) as client:
        client.sendall(b"POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n" + chance.randbytes(3000))
        client.shutdown(socket.SHUT_WR)
        until_closed(client)


def speaks_tls(port, _):
    context = ssl.create_default_context()
    with connected(port) as client, context.wrap_socket(client, server_hostname="localhost"):
        pass


def huge_headers(port, _):
    with connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(400)) + b"\r\n")
        until_closed(client)


HOSTILE = (vanishes_in_request, vanishes_in_answer, half_open, half_closed, never_reads, a_byte_at_a_time, garbage, garbage_in_chunks,
           speaks_tls, huge_headers)


class Crowd:
    """Hostile clients, one thread for each kind, for the time of a block."""

    def __init__(self, port, counts, pause=0.05):
        self.port, self.counts, self.pause = port, counts, pause
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.come, args=(kind, number), daemon=True) for number, kind in enumerate(HOSTILE)]

    def come(self, kind, number):
        chance = random.Random(number)
        while not self.over.is_set():
            # That the service hangs up on them is what should happen.
            with contextlib.suppress(OSError):
                kind(self.port, chance)
            self.counts[kind.__name__] = self.counts.get(kind.__name__, 0) + 1
            self.over.wait(self.pause)

    def __enter__(self):
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join(30)


class Service:
    """The service as a process, with its output in a folder."""

    def __init__(self, command, folder, *arguments):
        self.port, = network.free_ports(1)
        self.log, self.errors = folder / "access.log", folder / "errors.log"
        with open(self.log, "wb") as out, open(self.errors, "wb") as errors:
            self.process = subprocess.Popen([*command, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=errors, cwd=folder,
                                            env=compare.environment(PORT=str(self.port)))
        network.await_port(self.port, self.process)

    def resident(self):
        """The resident set, bytes."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) * 1024

    def descriptors(self):
        """What each descriptor is, without the numbers of sockets and pipes."""
        found = []
        for path in pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                found.append(re.sub(r"\[\d+\]", "", os.readlink(path)))
        return sorted(found)

    def settled(self, wanted):
        """Descriptors as soon as they are as many as wanted; at the latest after some time, whatever they are."""
        end = time.monotonic() + SETTLED
        while len(found := self.descriptors()) > wanted and time.monotonic() < end:
            time.sleep(0.2)
        return found

    def terminate(self):
        """The status after SIGTERM, and the seconds until the end."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(END)
        except subprocess.TimeoutExpired:
            status = None
        return status, time.monotonic() - begun

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def load(port, script, seconds):
    """One slice of wrk: the requests that were answered, and what went wrong with clients that do nothing wrong."""
    said = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", script, f"http://{HOST}:{port}/"],
                          check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    answered = int(re.search(r"(\d+) requests in", said)[1])
    return answered, re.findall(r"Socket errors: .*|Non-2xx.*", said)


class Soak:
    def __init__(self, options, service, script):
        self.options, self.service, self.script = options, service, script
        self.answered, self.hostile, self.complaints = 0, {}, []
        self.begun = time.monotonic()

    def expect(self, holds, expected, found):
        if not holds:
            self.complaints.append(f"expected {expected}, found {found}")

    def tell(self, what, descriptors):
        seconds = time.monotonic() - self.begun
        print(f"{what:24} {self.answered:8,} requests {seconds:6.0f} s   {self.service.resident() / 1e6:7.1f} MB   "
              f"{len(descriptors):4} descriptors", flush=True)

    def until(self, requests, seconds):
        """Load with hostile clients beside it, until so many requests are answered, and for so long at least."""
        least, tell = time.monotonic() + seconds, self.answered + self.options.requests // 10
        with Crowd(self.service.port, self.hostile):
            while self.answered < requests or time.monotonic() < least:
                if time.monotonic() - self.begun > self.options.seconds:
                    self.expect(False, f"{requests:,} requests within {self.options.seconds} s", f"{self.answered:,}")
                    return
                answered, errors = load(self.service.port, self.script, self.options.slice)
                self.answered += answered
                self.expect(answered > 0 and not errors, "answers for all whom wrk sends", f"{answered} answers; {'; '.join(errors)}")
                if self.answered >= tell:
                    self.tell("with hostile clients", self.service.descriptors())
                    tell += self.options.requests // 10

    def run(self):
        service = self.service
        answered, _ = load(service.port, self.script, 2)
        self.answered += answered
        time.sleep(1)
        before = service.descriptors()
        self.tell("before hostile clients", before)

        self.until(self.options.requests // 10, FIRST)
        self.sample(before, "a tenth, they are gone")
        tenth = service.resident()
        self.until(self.options.requests, FIRST)
        self.sample(before, "all, they are gone")
        grown = service.resident() / tenth
        self.expect(grown <= GROWTH, f"a resident set of at most {GROWTH}x that after a tenth", f"{grown:.2f}x")

        last = urllib.request.Request(f"http://{HOST}:{service.port}/", headers={"User-Agent": "last"})
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(last, timeout=10).close()
        status, seconds = service.terminate()
        self.expect(status == 0, f"status 0 within {END} s of SIGTERM", status)
        log = service.log.read_text(encoding="utf-8").splitlines()
        lines = sum(line.endswith(" 200 wrk") for line in log)
        self.expect(lines >= self.answered, f"{self.answered:,} lines of wrk in the access log", f"{lines:,}")
        self.expect(log[-1:] == ["GET / 200 last"], "the last request at the end of the access log", log[-1:])
        errors = service.errors.read_text(encoding="utf-8", errors="replace")
        self.expect("Traceback" not in errors, "no traceback on stderr", errors[-3000:])
        print(f"\nhostile clients: {', '.join(f'{name} {count}' for name, count in sorted(self.hostile.items()))}")
        print(f"resident set, end to a tenth: {grown:.3f}x\nSIGTERM: status {status} after {seconds:.2f} s\n"
              f"access log: {lines:,} lines of wrk, {self.answered:,} requests answered to wrk")

    def sample(self, before, what):
        after = self.service.settled(len(before))
        self.tell(what, after)
        self.expect(after == before, f"the descriptors {before}", after)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200_000, help="requests that wrk has answered (default: 200000)")
    parser.add_argument("--seconds", type=int, default=3600, help="how long that may take (default: 3600)")
    parser.add_argument("--slice", type=int, default=5, help="seconds of a call of wrk (default: 5)")
    parser.add_argument("--work", type=pathlib.Path, help="a folder that is kept, for another run (default: a temporary one)")
    parser.add_argument("--executable", type=pathlib.Path, help="a build of projects/network_soak (default: is built)")
    parser.add_argument("--native", metavar="PYTHON", help="runs the service in this CPython 3.13 instead")
    options = parser.parse_args()
    network.need(("wrk", "wrk"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        work = options.work or folder / "work"
        work.mkdir(parents=True, exist_ok=True)
        if options.native:
            command = [network.installed(work, PROJECT, options.native), "-m", "network_service"]
        else:
            command = [str(options.executable.resolve()) if options.executable else network.executable(work, PROJECT)]
        script = folder / "asked.lua"
        script.write_text(ASKED, encoding="utf-8")
        with Service(command, folder) as service:
            soak = Soak(options, service, script)
            soak.run()
        # Where nothing handles it, the signal ends the process; a shell says 143 in both cases.
        with Service(command, folder, "unhandled") as service:
            status, seconds = service.terminate()
            soak.expect(status in (-signal.SIGTERM, 128 + signal.SIGTERM), "the end by SIGTERM", status)
            print(f"SIGTERM, unhandled: status {status} after {seconds:.2f} s")
    for complaint in soak.complaints:
        print(complaint)
    return 1 if soak.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
