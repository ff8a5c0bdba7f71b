"""Makes the expected outputs: what native CPython 3.13 prints.

    python3.13 tests/as_natively/record.py
"""
import subprocess
import sys
from pathlib import Path

# Nothing of the environment that it runs in: under PYTHONUNBUFFERED, say, other things are printed.
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "7", "HOME": "/home/pyapp"}

for program in sorted(Path(__file__).parent.glob("*.py")):
    if program != Path(__file__):
        done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True, env=ENVIRONMENT)
        program.with_suffix(".txt").write_text(done.stdout)
