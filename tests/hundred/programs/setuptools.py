"""setuptools: its backend makes a wheel and an sdist of a small project; finding packages."""

import contextlib
import io
import os
import tarfile
import tempfile
import zipfile
from pathlib import Path

from setuptools import build_meta, find_namespace_packages, find_packages

os.chdir(tempfile.mkdtemp())
Path("src/box/inner").mkdir(parents=True)
Path("src/box/__init__.py").write_text("")
Path("src/box/inner/data.txt").write_text("data")
Path("pyproject.toml").write_text("""
[project]
name = "box"
version = "1.0"
dependencies = ["click>=8"]
scripts = {box = "box:main"}
[build-system]
requires = ["setuptools"]
[tool.setuptools.package-data]
"*" = ["*.txt"]
""")
print(find_packages("src"), sorted(find_namespace_packages("src")))
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    wheel, source = build_meta.build_wheel("dist"), build_meta.build_sdist("dist")
print(build_meta.get_requires_for_build_wheel(), wheel, source)
with zipfile.ZipFile(Path("dist") / wheel) as names:
    print(sorted(names.namelist()))
    print([line for line in names.read("box-1.0.dist-info/METADATA").decode().splitlines() if line.startswith("Req")])
with tarfile.open(Path("dist") / source) as names:
    print(sorted(name for name in names.getnames() if "egg" not in name))
