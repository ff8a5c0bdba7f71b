"""Runs the programs under native CPython 3.13, each with what it requires in a folder of its own below WORK, against the servers of
`servers.py`, and writes what they say: `expected/NAME.txt`, and `expected/NAME.curl.txt` of what curl says of those that serve.

    python3.13 tests/peers/record.py WORK [NAME ...]

Without names, all of them.
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

USE = "import runpy, sys; sys.path[:0] = sys.argv[1:2]; runpy.run_path(sys.argv[2], run_name='__main__')"
MARK = "# [requirements] "
HERE = Path(__file__).resolve().parent


def required(program):
    lines = program.read_text().splitlines()
    return [pin for line in lines if line.startswith(MARK) for pin in line.removeprefix(MARK).split()]


def libs_of(program, work):
    pins, libs = required(program), work / program.stem
    if pins and not libs.is_dir():
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", libs, *pins]
        subprocess.run(pip, check=True)
    return libs


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def said(program, libs, variables):
    """What the program says, and what curl says of it."""
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-c", USE, libs, program]
    # What goes to stderr comes last, as the test collects it.
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    port, client, calls = free_port(), b"", program.with_suffix(".curl")
    app = subprocess.Popen(command, cwd="/", env=variables | {"PORT": str(port)}, **pipes)
    if calls.is_file():
        arguments = [calls, str(port), variables["OWN"], variables["SSL_CERT_FILE"]]
        client = subprocess.run([sys.executable, HERE / "outside.py", *arguments], capture_output=True, check=True).stdout
    out, errors = app.communicate(timeout=120)
    if app.returncode != 0:
        sys.exit(f"{program.stem}: expected status 0, found {app.returncode}: {(out + errors).decode()}")
    return out + errors, client


def main():
    assert sys.version_info[:2] == (3, 13), "expected CPython 3.13"
    work, names = Path(sys.argv[1]).resolve(), sys.argv[2:]
    servers = subprocess.Popen(
        [sys.executable, HERE / "servers.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ)
    )
    variables = json.loads(servers.stdout.readline())
    (HERE / "expected").mkdir(exist_ok=True)
    for program in sorted((HERE / "programs").glob("*.py")):
        if names and program.stem not in names:
            continue
        text, client = said(program, libs_of(program, work), variables)
        (HERE / f"expected/{program.stem}.txt").write_bytes(text)
        if client:
            (HERE / f"expected/{program.stem}.curl.txt").write_bytes(client)
        print(program.stem, flush=True)
    servers.stdin.close()
    servers.wait(30)


if __name__ == "__main__":
    main()
