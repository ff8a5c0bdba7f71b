"""Asks a build backend (PEP 517) of this machine for something. The sources are the current folder.

    backend.py requirements FILE         what the backend needs, as pyproject.toml has it
    backend.py more FILE                 what it wants beside that, when it is asked
    backend.py wheel FILE FOLDER MESON   a wheel, put into FOLDER; MESON is what meson is told of our platform

The answer is written to FILE, as JSON.
"""
import json
import pathlib
import subprocess
import sys
import tomllib

# What holds without a [build-system]: PEP 518.
LEGACY = {"requires": ["setuptools>=40.8.0"], "build-backend": "setuptools.build_meta:__legacy__"}


def build_system():
    path = pathlib.Path("pyproject.toml")
    project = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    system = project.get("build-system", LEGACY)
    return {**system, "build-backend": system.get("build-backend", LEGACY["build-backend"])}


def hooks():
    from pyproject_hooks import BuildBackendHookCaller
    system = build_system()
    return BuildBackendHookCaller(".", system["build-backend"], system.get("backend-path"))


def main():
    what, file, *more = sys.argv[1:]
    if what == "requirements":
        answer = build_system()["requires"]
    elif what == "more":
        answer = hooks().get_requires_for_build_wheel({})
    else:
        folder, meson = more
        is_meson = build_system()["build-backend"] == "mesonpy"
        answer = hooks().build_wheel(folder, {"setup-args": [f"--cross-file={meson}"]} if is_meson else {})
    pathlib.Path(file).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError:
        # It runs in a process of its own, and has said what is wrong.
        sys.exit(1)
