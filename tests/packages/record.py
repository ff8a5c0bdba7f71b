"""Writes what the programs say under native CPython 3.13, one file for each:

python3 tests/packages/install.py LIBS
python3.13 tests/packages/record.py LIBS tests/packages/expected
"""

import subprocess
import sys
from pathlib import Path

PROGRAMS = Path(__file__).resolve().with_name("programs")
CODE = "import sys; sys.path[:0] = sys.argv[1:3]; del sys.argv[1:3]; import app; sys.exit(app.main())"

assert sys.version_info[:2] == (3, 13), "expected CPython 3.13"
libs, expected = (Path(path).resolve() for path in sys.argv[1:])
for program in sorted(PROGRAMS.glob("use_*.py")):
    said = subprocess.run(
        [sys.executable, "-I", "-B", "-X", "utf8", "-c", CODE, PROGRAMS, libs, program.stem],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd="/",
        env={},
    )
    # What goes to stderr comes last, as the test collects it.
    text = said.stdout + said.stderr
    if said.returncode != 0:
        sys.exit(f"{program.name}: expected status 0, found {said.returncode}: {text.decode()}")
    (expected / f"{program.stem.removeprefix('use_')}.txt").write_bytes(text)
