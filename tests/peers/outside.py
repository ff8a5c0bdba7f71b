"""curl against the server that a program is: one run of curl for each line of a file, and what comes of it.

    python3 tests/peers/outside.py FILE PORT OWN AUTHORITY

Waits until somebody listens on the port. In a line `{port}`, `{own}` and `{authority}` stand for the arguments; curl reads the same
data each time, for a line that sends them. The last line has to tell the program to end. Needs Python 3.11 and no packages, and of
Debian curl.
"""

import hashlib
import shlex
import shutil
import socket
import subprocess
import sys
import time

PATIENCE = 90
INPUT = bytes(range(256)) * 12_000
TOLD = "\\n%{http_code} HTTP/%{http_version} %{num_connects} new\\n"
NOT_TRUSTED = 60


def wait_for(port):
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                sys.exit(f"nobody listens on port {port}")
            time.sleep(0.02)


def short(said):
    """What curl says; of a long body only how long it is, and its hash."""
    body, _, told = said.rstrip(b"\n").rpartition(b"\n")
    if len(body) > 600:
        body = f"{len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()[:16]}".encode()
    return b"\n".join([body.rstrip(b"\n"), told]).replace(b"\r", b"").decode()


def main():
    file, port, own, authority = sys.argv[1:]
    curl = shutil.which("curl") or sys.exit("curl: not found; it is in the Debian package curl")
    wait_for(int(port))
    for line in open(file, encoding="utf-8").read().splitlines():
        words = [word.format(port=port, own=own, authority=authority) for word in shlex.split(line)]
        common = ["-q", "-sS", "--noproxy", "*", "--max-time", "30", "--cacert", authority, "-w", TOLD]
        done = subprocess.run([curl, *common, *words], input=INPUT, capture_output=True, timeout=60)
        print(f"curl {line}")
        if done.returncode == 0:
            print(short(done.stdout) + "\n")
        else:
            # Which status tells of a connection that ended at once is another one in each version.
            print("it does not trust the server\n" if done.returncode == NOT_TRUSTED else "it was refused\n")


if __name__ == "__main__":
    main()
