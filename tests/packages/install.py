"""Installs what lock.txt pins into a new folder, as Python code only: `python3 install.py FOLDER`.

pip checks the hashes. It takes wheels for the machine named here, whatever machine this is.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).with_name("lock.txt")
MACHINE = ["--platform", "manylinux2014_x86_64", "--python-version", "3.13", "--implementation", "cp", "--abi", "cp313"]

folder = Path(sys.argv[1])
pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", "--no-compile"]
done = subprocess.run(
    [*pip, "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", LOCK, *MACHINE, "--target", folder],
    env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"},
)
if done.returncode != 0:
    sys.exit(done.returncode)
for native in list(folder.rglob("*.so")):
    native.unlink()
# Commands, whose first line names the Python of this machine.
shutil.rmtree(folder / "bin")
