"""Writes expected/NAME.txt for each of programs/NAME.py: what it prints under the Python that runs this.

    python3.13 tests/modules/record.py
"""
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent

for program in sorted((FOLDER / "programs").glob("*.py")):
    done = subprocess.run([sys.executable, "-B", program], capture_output=True, text=True, check=True)
    (FOLDER / "expected" / f"{program.stem}.txt").write_text(done.stdout)
