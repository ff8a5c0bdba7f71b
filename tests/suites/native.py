"""Downloads the suites of `suites.txt` into WORK, runs them under this CPython, 3.13, and writes `native.txt`:

python3.13 tests/suites/native.py WORK [NAME ...]

Then, with the same folder: PYAPP_SUITES=WORK cargo suites
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
# What says how the tests are run. The package itself is not taken from here.
CONFIG = ("pyproject.toml", "tox.ini", "setup.cfg", "pytest.ini")


def pip(*arguments):
    subprocess.run([sys.executable, "-m", "pip", *arguments], check=True)


def fetch(work, pin, names):
    """These folders and files of a source distribution, without the package beside them."""
    downloads, unpacked = work / "sdist", work / "unpacked"
    if not list(downloads.glob("*.tar.gz")):
        pip("download", "-q", "--no-deps", "--no-binary", pin.partition("==")[0], "-d", downloads, pin)
    with tarfile.open(next(downloads.glob("*.tar.gz"))) as file:
        file.extractall(unpacked, filter="data")
    root = next(unpacked.iterdir())
    (work / "suite").mkdir()
    for name in (*names, *(name for name in CONFIG if (root / name).is_file())):
        copy = shutil.copytree if (root / name).is_dir() else shutil.copy
        (work / "suite" / name).parent.mkdir(parents=True, exist_ok=True)
        copy(root / name, work / "suite" / name)
    shutil.rmtree(unpacked)


def copied_for(path):
    """The first folder of a path; below `src`, where the package lies, too, only the path itself."""
    return path if path.startswith("src/") else path.split("/")[0]


assert sys.version_info[:2] == (3, 13), "expected CPython 3.13"
top, names = Path(sys.argv[1]).resolve(), sys.argv[2:]
native = HERE / "native.txt"
found = dict(line.split(" ", 1) for line in native.read_text().splitlines()) if native.is_file() else {}
for line in (HERE / "suites.txt").read_text().splitlines():
    if not line or line.startswith("#"):
        continue
    words, pins = (part.split() for part in line.split(" | "))
    name = pins[0].partition("==")[0]
    if names and name not in names:
        continue
    work = top / name
    if not (work / "suite").is_dir():
        # Tests that lie in the package itself are installed with it.
        paths = [] if words[0] == "--pyargs" else [word for word in words if word[0] not in "-+"]
        fetch(work, pins[0], {copied_for(path) for path in paths} | {word[1:] for word in words if word[0] == "+"})
    if not (work / "libs").is_dir():
        pip("install", "-q", "--root-user-action", "ignore", "--no-deps", "--target", work / "libs", *pins)
    arguments = [word for word in words if word[0] != "+"]
    command = [sys.executable, "-B", "-X", "utf8", "-P", HERE / "suite.py", work / "suite", *arguments]
    environment = {"HOME": "/tmp", "PATH": os.defpath, "PYTHONPATH": str(work / "libs")}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1800, env=environment)
    if "\nRESULTS " not in done.stdout:
        sys.exit(f"{name}: expected results, found {done.stdout[-500:]}{done.stderr[-2000:]}")
    said = json.loads(done.stdout.rpartition("\nRESULTS ")[2].splitlines()[0])
    print(name, said["status"], said["extensions"], said["counts"], list(said["failed"].items())[:5])
    if said["status"] not in (0, 1):
        sys.exit(f"{name}: expected all tests run, found pytest's status {said['status']}: {done.stderr[-2000:]}")
    found[name] = json.dumps(said["counts"])
native.write_text("".join(f"{name} {counts}\n" for name, counts in sorted(found.items())))
