# [requirements] requests==2.34.2 urllib3==2.8.0 certifi==2026.10.19.post1 idna==3.20 charset-normalizer==3.5.3
"""requests against nginx: a session, redirects, uploads, streams, and what it refuses."""

import hashlib
import io
import os

import certifi
import requests


def address(name, path="/about"):
    scheme = "http" if name in ("HTTP", "SILENT", "CLOSING", "REFUSING") else "https"
    return f"{scheme}://localhost:{os.environ[name]}{path}"


def refused(what, call):
    try:
        found = call()
    except requests.exceptions.RequestException as error:
        inner, reasons = error, []
        while inner is not None and len(reasons) < 6:
            reasons.append(getattr(inner, "verify_message", None) or "")
            inner = inner.__cause__ or inner.__context__
        print(f"{what}: {type(error).__name__} {next(filter(None, reasons), '')}".rstrip())
    else:
        print(f"{what}: {found.status_code}")


def main():
    session = requests.Session()
    session.headers["X-More"] = "yes"
    for _ in range(3):
        print(session.get(address("HTTPS")).text, end="")
    print(session.get(address("HTTP")).text, end="")
    for _ in range(50):
        last = session.head(address("HTTPS"))
    print(last.status_code, last.headers["Content-Type"], last.headers["Connection"])

    page = session.get(address("HTTPS", "/moved"))
    print(page.status_code, [one.status_code for one in page.history], page.url.rpartition("/")[2], len(page.text))
    print(page.headers["Content-Encoding"], page.headers["Transfer-Encoding"], page.encoding, page.text.splitlines()[-1])
    plain = session.get(address("HTTPS", "/text.txt"), headers={"Accept-Encoding": "identity"})
    print(plain.headers.get("Content-Encoding"), plain.headers["Content-Length"], plain.text == page.text)
    secure = session.get(address("HTTP", "/secure/about"))
    print(secure.url.split(":")[0], secure.text.split(" request")[0])
    print(session.get(address("HTTPS", "/cookie")).json(), dict(session.cookies))
    print(session.get(address("HTTPS", "/private/secret.txt")).status_code)
    print(session.get(address("HTTPS", "/private/secret.txt"), auth=("ada", "the engine")).text, end="")

    files = {"one": ("one.txt", io.BytesIO(b"first"), "text/plain"), "two": ("two.bin", os.urandom(1000))}
    form = session.post(address("HTTPS", "/backend/echo/form"), files=files, data={"name": "Grüße"}).json()
    print(form["method"], form["path"], form["headers"]["content-type"], form["parts"])
    print(session.post(address("HTTPS", "/backend/echo"), json={"a": [1, 2]}).json())
    parts = (bytes([number]) * 10_000 for number in range(200))
    print(session.put(address("HTTPS", "/backend/echo"), data=parts).json())
    large = bytes(range(256)) * 20_000
    print(session.post(address("HTTPS", "/backend/echo"), data=io.BytesIO(large)).json())

    with session.get(address("HTTPS", "/big.bin"), stream=True) as big:
        digest, count = hashlib.sha256(), 0
        for chunk in big.iter_content(100_000):
            digest.update(chunk)
            count += len(chunk)
    print(big.headers["Content-Length"], count, digest.hexdigest())
    ranged = session.get(address("HTTP", "/big.bin"), headers={"Range": "bytes=100-199"})
    print(ranged.status_code, ranged.headers["Content-Range"], hashlib.sha256(ranged.content).hexdigest()[:16])
    with session.get(address("HTTPS", "/text.txt"), stream=True) as lines:
        print([line for line in lines.iter_lines(decode_unicode=True)][:2])
    print(len(session.get(address("HTTPS", "/backend/chunked/100")).content))

    own = os.environ["OWN"]
    mutual = session.get(address("MUTUAL"), cert=(f"{own}/client.pem", f"{own}/client.key"))
    print(mutual.text.split(" request")[0])
    refused("no certificate of the client", lambda: session.get(address("MUTUAL")))
    refused("an authority that is not known", lambda: requests.get(address("HTTPS"), verify=certifi.where()))
    refused("another host's certificate", lambda: session.get(address("OTHER")))
    refused("an expired certificate", lambda: session.get(address("EXPIRED")))
    refused("no answer", lambda: session.get(address("SILENT"), timeout=(5, 0.2)))
    refused("a slow answer", lambda: session.get(address("HTTPS", "/backend/slow/6"), timeout=2))
    refused("no server", lambda: session.get(address("REFUSING")))
    refused("a server that closes", lambda: session.get(address("CLOSING")))
    refused("a circle", lambda: session.get(address("HTTPS", "/loop")))
    refused("a page that is not there", lambda: session.get(address("HTTPS", "/nothing")))
    print(session.get(address("HTTPS")).text.split(" request")[0])


if __name__ == "__main__":
    main()
