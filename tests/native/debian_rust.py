"""Unpacks Debian's Rust compiler, with the sources of its standard library, for machines that have none of these:

python3 tests/native/debian_rust.py FOLDER

Then, with FOLDER/bin in front of PATH, builds find it as `rustc`. It is not installed, and runs with its own C library. The packages
are those of the suite below, from where this machine gets its own; their hashes are checked against the suite's index.
"""

import hashlib
import lzma
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

SUITE = "trixie"
WANTED = ["rustc-web", "rust-web-src"]
# What only programs of this machine are compiled and linked with.
LEFT_OUT = {"gcc", "libc-dev", "binutils"}


def mirror():
    for path in sorted(Path("/etc/apt").glob("sources.list.d/*.sources")) + [Path("/etc/apt/sources.list")]:
        found = path.is_file() and re.search(r"^(?:URIs: |deb )(\S+/debian/?)$", path.read_text(), re.MULTILINE)
        if found:
            return found.group(1).rstrip("/")
    sys.exit("expected Debian's packages among apt's sources, found none")


def get(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def index(base):
    text = lzma.decompress(get(f"{base}/dists/{SUITE}/main/binary-amd64/Packages.xz")).decode()
    entries = (dict(re.findall(r"^([\w-]+): (.*)$", entry, re.MULTILINE)) for entry in text.split("\n\n"))
    return {entry["Package"]: entry for entry in entries if entry}


def closure(entries):
    found, open_ = {}, list(WANTED)
    while open_:
        name = open_.pop()
        if name in found or name in LEFT_OUT or name not in entries:
            continue
        found[name] = entries[name]
        open_ += [re.split(r"[ :(|]", item.strip())[0] for item in entries[name].get("Depends", "").split(",")]
    return [found[name] for name in sorted(found)]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    folder, base = Path(sys.argv[1]).resolve(), mirror()
    root = folder / "root"
    if folder.exists():
        sys.exit(f"{folder}: expected a new folder, found one; remove it or name another")
    root.mkdir(parents=True)
    for entry in closure(index(base)):
        print(entry["Package"], entry["Version"])
        data = get(f"{base}/{entry['Filename']}")
        if hashlib.sha256(data).hexdigest() != entry["SHA256"]:
            sys.exit(f"{entry['Filename']}: expected the hash of the index, found another")
        package = folder / "package.deb"
        package.write_bytes(data)
        subprocess.run(["dpkg-deb", "--extract", package, root], check=True)
        package.unlink()
    lib = root / "usr/lib/x86_64-linux-gnu"
    program = root / "usr/bin/rustc"
    script = folder / "bin/rustc"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {lib}/ld-linux-x86-64.so.2 --library-path {lib} --argv0 {program} {program} "$@"\n')
    script.chmod(0o755)
    subprocess.run([script, "-vV"], check=True)


main()
