"""Writes what native CPython 3.13 says to the cases, for start_modes.rs:

    python3.13 tests/start_modes/record.py > tests/start_modes/expected.txt
"""
import json
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
CODE = f"import sys; sys.path.insert(0, {str(HERE / 'python_libs')!r}); import cases; sys.exit(cases.main())"


def neutral(text):
    """Without what differs by nature: where the module lies, addresses, the frames and source lines of tracebacks."""
    text = re.sub(r"[^\s\"]*/cases\.py", "cases.py", text)
    text = re.sub(r" at 0x[0-9a-f]+", "", text)
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("  "))


assert sys.version_info[:2] == (3, 13), "expected CPython 3.13"
for name, case in json.loads((HERE / "cases.json").read_text(encoding="utf-8")).items():
    run = subprocess.run(
        [sys.executable, "-B", "-X", "utf8", "-c", CODE, name, *case.get("arguments", [])],
        input=case.get("input", "").encode(), capture_output=True, check=False,
        env={"FRUIT": "apple", "DELETED": "yes", "PYTHONTZPATH": "/zones", "NOW": str(time.time())},
    )
    said = [neutral(stream.decode("utf-8", "replace")) for stream in (run.stdout, run.stderr)]
    sys.stdout.buffer.write(f"=== {name}: {run.returncode}\n{said[0]}\n--- stderr\n{said[1]}\n".encode())
