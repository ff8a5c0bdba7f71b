"""wheel: its command packs, unpacks and tags a wheel; records are checked."""

import contextlib
import io
import os
import runpy
import sys
import tempfile
from pathlib import Path

os.chdir(tempfile.mkdtemp())
info = Path("box-1.0/box-1.0.dist-info")
info.mkdir(parents=True)
Path("box-1.0/box.py").write_text("x = 1\n")
(info / "METADATA").write_text("Metadata-Version: 2.1\nName: box\nVersion: 1.0\n")
(info / "WHEEL").write_text("Wheel-Version: 1.0\nGenerator: me\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
(info / "RECORD").write_text("")


def wheel(*arguments):
    sys.argv = ["wheel", *arguments]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            runpy.run_module("wheel", run_name="__main__")
        except SystemExit as stop:
            print(stop.code)
    print("$ wheel", *arguments)
    print(said.getvalue().strip())


wheel("pack", "box-1.0")
wheel("unpack", "box-1.0-py3-none-any.whl", "-d", "out")
wheel("tags", "--python-tag", "py313", "box-1.0-py3-none-any.whl")
print(sorted(os.listdir(".")), open("out/box-1.0/box-1.0.dist-info/RECORD").read().splitlines()[0])
