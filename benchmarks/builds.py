#!/usr/bin/env python3
"""Build large projects and time each build and start; see README.md beside this file."""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from compare import ROOT, environment, fail

# A site as one finds it: with what it imports some 2,600 modules, most of them dependencies.
DJANGO = ["django==5.2.8", "djangorestframework==3.16.1", "celery==5.5.3", "babel==2.17.0"]
CONSOLE = ["rich==14.2.0", "click==8.3.1"]

HELLO = """\
import click
from rich.console import Console
from rich.table import Table


@click.command()
@click.option("--name", default="world")
def main(name):
    table = Table(title="hello")
    table.add_column("name")
    table.add_row(name)
    Console().print(table)
"""

SITE = """\
import django
from django.conf import settings
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, USE_TZ=True, SECRET_KEY="none", ALLOWED_HOSTS=["*"], INSTALLED_APPS=[
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.admin",
    "django.contrib.messages", "django.contrib.staticfiles", "rest_framework"])
django.setup()

import babel.dates
import celery
from django.http import HttpResponse
from django.test import Client
from rest_framework import serializers, viewsets

urlpatterns = [path("", lambda request: HttpResponse("hello"))]


def main():
    print(Client().get("/").content.decode())
"""


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def distribution(folder, name, dependencies, source):
    """A project with a script and dependencies, in src-layout."""
    wanted = ", ".join(f'"{each}"' for each in dependencies)
    write(folder / "pyproject.toml", f"""\
[project]
name = "{name}"
version = "1"
dependencies = [{wanted}]
scripts = {{ {name} = "{name}:main" }}

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
""")
    edited = folder / f"src/{name}/__init__.py"
    write(edited, source)
    return edited


def many_modules(folder, count):
    """A plain folder of small modules, all of which the entry imports. None was ever compiled: each names this moment."""
    write(folder / "pyproject.toml", '[tool.pyapp]\nentry = "many:main"\nlibs = ["libs"]\n')
    for number in range(count):
        write(folder / f"libs/many/part{number // 100:02}/module{number % 100:02}.py", f"""\
'''Module {number} of a run at {time.time_ns()}.'''


class Record:
    def __init__(self, key, value={number}):
        self.key = key
        self.value = value

    def twice(self):
        return Record(self.key, self.value * 2)


def total(records):
    return sum(record.value for record in records)
""")
    imports = "".join(f"import many.part{n // 100:02}.module{n % 100:02}\n" for n in range(count))
    edited = folder / "libs/many/__init__.py"
    write(edited, imports + f"\n\ndef main():\n    print({count})\n")
    return edited


def build(project):
    """Seconds and the largest resident set, in bytes, of one build."""
    kept = {name: os.environ[name] for name in ("PYAPP_CACHE", "PYAPP_RUSTC") if name in os.environ}
    begun = time.perf_counter()
    run = subprocess.run(["/usr/bin/time", "-f", "%M", "cargo", "build", "--release"], cwd=ROOT, check=False, text=True,
                         env=environment(**kept, PYAPP_PROJECT=str(project)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if run.returncode:
        fail(f"{project}: expected a build, found an error:\n{run.stderr}")
    return time.perf_counter() - begun, int(run.stderr.split()[-1]) * 1024


def measure(folder, name, edited, rounds):
    """Builds a project, and again after a line has come to a module; keeps the executable."""
    first, peak = build(folder)
    again = []
    for number in range(rounds):
        with open(edited, "a", encoding="utf-8") as file:
            file.write(f"LINE_{number} = {number}\n")
        again.append(build(folder))
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    executable = folder / name
    shutil.copy2(target / "release/pyapp", executable)
    after = statistics.median(seconds for seconds, _ in again)
    print(f"{name:8} {first:6.1f} s {peak / 1e6:6.0f} MB | after one line {after:5.2f} s "
          f"{max(size for _, size in again) / 1e6:6.0f} MB | executable {executable.stat().st_size:,} bytes", flush=True)
    return executable


def starts(commands, runs):
    """Medians of wall time, milliseconds, of commands that alternate."""
    times = [[] for _ in commands]
    for _ in range(runs):
        for which, command in enumerate(commands):
            begun = time.perf_counter()
            subprocess.run(command, env=environment(), check=True, stdout=subprocess.DEVNULL)
            times[which].append(time.perf_counter() - begun)
    return [statistics.median(each) * 1000 for each in times]


def compare(title, executable, native, runs):
    outputs = [subprocess.run(command, env=environment(), check=True, capture_output=True, text=True).stdout
               for command in ([executable], native)]
    if outputs[0] != outputs[1]:
        fail(f"{title}: expected native Python's output {outputs[1]!r}, found {outputs[0]!r}")
    pyapp, python = starts([[executable], native], runs)
    print(f"{title:8} start {pyapp:.1f} ms | native {python:.1f} ms | {pyapp / python:.2f}x", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default="python3.13", help="the native CPython 3.13 (default: python3.13)")
    parser.add_argument("--modules", type=int, default=4000, help="modules of the project of many (default: 4000)")
    parser.add_argument("--rounds", type=int, default=3, help="builds after one line (default: 3)")
    parser.add_argument("--runs", type=int, default=40, help="starts of each (default: 40)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        environ = work / "native"
        subprocess.run([options.python, "-m", "venv", environ], check=True)
        python = environ / "bin/python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *DJANGO, *CONSOLE],
                       check=True)

        def native(source, entry):
            return [str(python), "-c", f"import sys; sys.path.insert(0, {str(source)!r}); from {entry} import main; main()"]

        # So that what is timed compiles no crates.
        build(ROOT)
        edited = many_modules(work / "many", options.modules)
        many = measure(work / "many", "many", edited, options.rounds)
        compare("many", many, native(work / "many/libs", "many"), max(3, options.runs // 10))
        edited = distribution(work / "portal", "portal", DJANGO, SITE)
        portal = measure(work / "portal", "portal", edited, options.rounds)
        compare("portal", portal, native(work / "portal/src", "portal"), options.runs)
        edited = distribution(work / "hello", "hello", CONSOLE, HELLO)
        hello = measure(work / "hello", "hello", edited, options.rounds)
        compare("hello", hello, native(work / "hello/src", "hello"), options.runs)


if __name__ == "__main__":
    sys.exit(main())
