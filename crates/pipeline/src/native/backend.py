"""Asks a build backend (PEP 517) of this machine for something. The sources are the current folder.

    backend.py requirements FILE         what the backend needs, as pyproject.toml has it
    backend.py more FILE                 what it wants beside that, when it is asked
    backend.py wheel FILE FOLDER MESON LINKED
        a wheel, put into FOLDER; MESON is what meson is told of our platform, LINKED what libraries want (JSON): `settings` for the
        backend, `licences`, files that are put among those of the wheel

The answer is written to FILE, as JSON.
"""
import base64
import hashlib
import json
import pathlib
import subprocess
import sys
import tomllib
import zipfile

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


def add_licences(wheel, files):
    """Puts licences of libraries that are in a wheel's extensions beside its own."""
    if not files:
        return
    with zipfile.ZipFile(wheel) as old:
        entries = [(entry, old.read(entry)) for entry in old.infolist()]
    records = [(entry, text) for entry, text in entries if entry.filename.endswith(".dist-info/RECORD")]
    if len(records) != 1:
        sys.exit(f"{wheel.name}: expected one RECORD, found {len(records)}")
    [(record, lines)] = records
    folder = record.filename.removesuffix("RECORD") + "licenses/"
    with zipfile.ZipFile(wheel, "w") as new:
        for entry, text in entries:
            if entry is not record:
                new.writestr(entry, text)
        for file in map(pathlib.Path, files):
            text = file.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).decode().rstrip("=")
            lines += f"{folder}{file.name},sha256={digest},{len(text)}\n".encode()
            new.writestr(zipfile.ZipInfo(folder + file.name, record.date_time), text)
        new.writestr(record, lines)


def main():
    what, file, *more = sys.argv[1:]
    if what == "requirements":
        answer = build_system()["requires"]
    elif what == "more":
        answer = hooks().get_requires_for_build_wheel({})
    else:
        folder, meson, linked = more
        linked = json.loads(pathlib.Path(linked).read_text(encoding="utf-8"))
        settings = linked["settings"]
        if build_system()["build-backend"] == "mesonpy":
            settings["setup-args"] = [f"--cross-file={meson}"]
        answer = hooks().build_wheel(folder, settings)
        add_licences(pathlib.Path(folder, answer), linked["licences"])
    pathlib.Path(file).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError:
        # It runs in a process of its own, and has said what is wrong.
        sys.exit(1)
