"""pip, without a network: takes a hash, lists, and installs a wheel from a folder."""

import contextlib
import io
import os
import tempfile
import zipfile

from pip._internal.cli.main import main

os.environ.update(PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_CACHE_DIR="1")
os.chdir(tempfile.mkdtemp())
files = {
    "box.py": "def main(): pass\n",
    "box-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: box\nVersion: 1.0\nSummary: a box\n",
    "box-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
with zipfile.ZipFile("box-1.0-py3-none-any.whl", "w") as wheel:
    for name, text in files.items():
        wheel.writestr(zipfile.ZipInfo(name), text)
    wheel.writestr(zipfile.ZipInfo("box-1.0.dist-info/RECORD"), "".join(f"{name},,\n" for name in files) + "box-1.0.dist-info/RECORD,,\n")


def pip(*arguments):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = main(list(arguments))
    print("$ pip", *arguments, "->", status)
    print(said.getvalue().replace(os.getcwd(), "HERE").rstrip())


pip("hash", "box-1.0-py3-none-any.whl")
pip("list", "--path", "to", "--format", "json")
pip("freeze", "--path", "to")
pip("install", "-q", "--no-index", "--find-links", ".", "--target", "to", "--no-compile", "--root-user-action", "ignore", "box")
print(sorted(os.listdir("to")), open("to/box-1.0.dist-info/INSTALLER").read().strip())
