"""Asks a build backend (PEP 517) of this machine for something. The sources are the current folder.

    backend.py more FILE SYSTEM          what it wants beside what the sources say that it needs
    backend.py wheel FILE SYSTEM FOLDER MESON LINKED
        a wheel, put into FOLDER; MESON is what meson is told of our platform, LINKED has (JSON) `settings` for the backend, and
        `files` for the wheel's metadata, by their names there

SYSTEM is what the sources say of the backend (JSON): `build-backend`, `backend-path`. The answer is written to FILE, as JSON.
"""
import base64
import hashlib
import json
import pathlib
import subprocess
import sys
import zipfile

def hooks(system):
    from pyproject_hooks import BuildBackendHookCaller
    return BuildBackendHookCaller(".", system["build-backend"], system["backend-path"] or None)


def add_files(wheel, files):
    """Puts files among the metadata of a wheel, each under its name there."""
    with zipfile.ZipFile(wheel) as old:
        entries = [(entry, old.read(entry)) for entry in old.infolist()]
    records = [(entry, text) for entry, text in entries if entry.filename.endswith(".dist-info/RECORD")]
    if len(records) != 1:
        sys.exit(f"{wheel.name}: expected one RECORD, found {len(records)}")
    [(record, lines)] = records
    folder = record.filename.removesuffix("RECORD")
    with zipfile.ZipFile(wheel, "w") as new:
        for entry, text in entries:
            if entry is not record:
                new.writestr(entry, text)
        for name, file in files.items():
            text = pathlib.Path(file).read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).decode().rstrip("=")
            lines += f"{folder}{name},sha256={digest},{len(text)}\n".encode()
            new.writestr(zipfile.ZipInfo(folder + name, record.date_time), text)
        new.writestr(record, lines)


def main():
    what, file, system, *more = sys.argv[1:]
    system = json.loads(system)
    if what == "more":
        answer = hooks(system).get_requires_for_build_wheel({})
    else:
        folder, meson, linked = more
        linked = json.loads(pathlib.Path(linked).read_text(encoding="utf-8"))
        settings = linked["settings"]
        if system["build-backend"] == "mesonpy":
            settings["setup-args"] = [f"--cross-file={meson}"]
        answer = hooks(system).build_wheel(folder, settings)
        add_files(pathlib.Path(folder, answer), linked["files"])
    pathlib.Path(file).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError:
        # It runs in a process of its own, and has said what is wrong.
        sys.exit(1)
