"""The certificates of the tests: an authority, and what it has signed; EC keys, made by `openssl` and valid for two days.

| folder | holds |
|---|---|
| `trust` | `ca.pem`: what a client trusts |
| `own` | `server.pem` and `server.key` for localhost, `client.pem` and `client.key`: what an app serves with, and shows |
| `private` | what only the servers of the tests need: the authority's key, a certificate for another host, one that has expired |
"""

import os
import subprocess
from pathlib import Path

CONFIG = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[signed]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = {use}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {names}
[ca]
default_ca = tests
[tests]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = anything
unique_subject = no
[anything]
commonName = supplied
"""

LOCALHOST = "DNS:localhost, IP:127.0.0.1, IP:::1"


def _openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise SystemExit(f"openssl {' '.join(map(str, arguments))}: {done.stderr}")


def _signed(private, to, name, names, use="serverAuth", has_expired=False):
    """A key, and a certificate of the authority for it: `to`.key and `to`.pem."""
    config, request = private / f"{to.name}.cnf", private / f"{to.name}.csr"
    config.write_text(CONFIG.format(name=name, names=names, use=use, folder=private))
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{to}.key"]
    _openssl("req", "-new", "-config", config, *key, "-out", request)
    dates = ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"] if has_expired else ["-days", "2"]
    authority = ["-cert", private.parent / "trust/ca.pem", "-keyfile", private / "ca.key"]
    signed = ["-extensions", "signed", "-notext", "-batch", "-in", request, "-out", f"{to}.pem"]
    _openssl("ca", "-config", config, *authority, *dates, *signed)


def make(folder: Path):
    """Makes them below `folder`."""
    private, trust, own = (folder / name for name in ("private", "trust", "own"))
    for place in (private, trust, own):
        place.mkdir()
    os.chmod(private, 0o700)
    (private / "index.txt").touch()
    config = private / "ca.cnf"
    config.write_text(CONFIG.format(name="Authority of the tests", names=LOCALHOST, use="serverAuth", folder=private))
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", private / "ca.key"]
    what = ["-extensions", "authority", "-days", "2", "-out", trust / "ca.pem"]
    _openssl("req", "-x509", "-config", config, *key, *what)
    _signed(private, own / "server", "localhost", LOCALHOST)
    _signed(private, own / "client", "a client", "DNS:client.example", use="clientAuth")
    _signed(private, private / "other", "other.example", "DNS:other.example")
    _signed(private, private / "expired", "localhost", LOCALHOST, has_expired=True)
