"""Installs the packages under native CPython 3.13, each with what it needs in a folder of its own below WORK, and writes what the
programs say, one file for each. A package without a program is imported.

python3.13 tests/record.py LIST WORK [NAME ...]

LIST is the folder of the list: tests/hundred, tests/native. Without names, all of them.
"""

import subprocess
import sys
from pathlib import Path

USE = "import runpy, sys; sys.path[:0] = sys.argv[1:2]; runpy.run_path(sys.argv[2], run_name='__main__')"
IMPORT = "import importlib, sys; sys.path[:0] = sys.argv[1:2]; importlib.import_module(sys.argv[2]); print('is imported')"
# The module of a package that is only imported, where it is not called as the package is.
MODULES = {
    "google-api-core": "google.api_core.protobuf_helpers",
    "google-auth": "google.auth.credentials",
    "grpcio": "grpc",
    "grpcio-health-checking": "grpc_health.v1.health",
    "grpcio-status": "grpc_status.rpc_status",
    "grpcio-tools": "grpc_tools.protoc",
    "pillow": "PIL.Image",
    "pyzmq": "zmq",
    "rpds-py": "rpds",
}


def said(libs, code, what):
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-c", code, libs, what]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, cwd="/", env={}, timeout=60)
    # What goes to stderr comes last, as the test collects it.
    text = done.stdout + done.stderr
    if done.returncode != 0:
        sys.exit(f"{what}: expected status 0, found {done.returncode}: {text.decode()}")
    return text


assert sys.version_info[:2] == (3, 13), "expected CPython 3.13"
HERE, work, names = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:]
for line in (HERE / "packages.txt").read_text().splitlines():
    pins = line.removeprefix("+ ").split()
    if not pins or line.startswith("#"):
        continue
    name = pins[0].partition("==")[0]
    if names and name not in names:
        continue
    libs, program = work / name, HERE / "programs" / f"{name}.py"
    if program.is_file():
        mark = "# [requirements] "
        pins += [line.removeprefix(mark) for line in program.read_text().splitlines() if line.startswith(mark)]
    if not libs.is_dir():
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", libs, *pins]
        subprocess.run(pip, check=True)
    if program.is_file():
        text = said(libs, USE, program)
    else:
        text = said(libs, IMPORT, MODULES.get(name, name.replace("-", "_")))
    (HERE / "expected" / f"{name}.txt").write_bytes(text)
