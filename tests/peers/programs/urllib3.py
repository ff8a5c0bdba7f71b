# [requirements] urllib3==2.8.0
"""urllib3 against nginx: pools, retries, streams, timeouts."""

import hashlib
import io
import os
import ssl
from concurrent.futures import ThreadPoolExecutor

import urllib3
from urllib3.util import Retry, Timeout


def address(name, path="/about"):
    return f"{'http' if name == 'HTTP' else 'https'}://localhost:{os.environ[name]}{path}"


def refused(what, call):
    try:
        found = call()
    except urllib3.exceptions.HTTPError as error:
        inner = getattr(error, "reason", error)
        cause = inner.args[0] if inner.args and isinstance(inner.args[0], Exception) else inner
        print(f"{what}: {type(error).__name__} {type(inner).__name__} {getattr(cause, 'verify_message', '')}".rstrip())
    else:
        print(f"{what}: {found.status}")


def main():
    http = urllib3.PoolManager(num_pools=3, maxsize=4, timeout=Timeout(connect=10, read=20))
    for _ in range(20):
        http.request("GET", address("HTTPS"))
    answer = http.request("GET", address("HTTPS"))
    pool = http.connection_from_url(address("HTTPS"))
    print(answer.data.decode().strip(), pool.num_connections, pool.num_requests, answer.version_string)

    retries = Retry(total=5, status_forcelist=[503], backoff_factor=0.01, allowed_methods=None)
    flaky = http.request("POST", address("HTTPS", "/backend/flaky/one/3"), body=b"x", retries=retries)
    print(flaky.json(), [(one.status, one.method) for one in flaky.retries.history])
    refused("fails too often", lambda: http.request("GET", address("HTTPS", "/backend/flaky/two/99"), retries=retries))
    moved = http.request("GET", address("HTTPS", "/moved"))
    print(moved.geturl().rpartition("/")[2], len(moved.retries.history), len(moved.data))
    print(http.request("GET", address("HTTPS", "/moved"), redirect=False).status)

    fields = {"a": "b", "file": ("name.txt", b"contents", "text/plain")}
    print(http.request("POST", address("HTTP", "/backend/echo"), fields=fields, multipart_boundary="here").json())
    print(http.request("PUT", address("HTTPS", "/backend/echo"), body=io.BytesIO(b"z" * 1_000_000), chunked=True).json())
    big = http.request("GET", address("HTTPS", "/big.bin"), preload_content=False)
    digest = hashlib.sha256()
    for chunk in big.stream(65536):
        digest.update(chunk)
    big.release_conn()
    print(digest.hexdigest())
    chunked = http.request("GET", address("HTTPS", "/backend/chunked/40"), preload_content=False)
    print(chunked.chunked, sum(len(chunk) for chunk in chunked.read_chunked()))
    text = http.request("GET", address("HTTPS", "/text.txt"), headers={"Accept-Encoding": "gzip"}, preload_content=False)
    raw = text.read(decode_content=False)
    print(raw[:2].hex(), text.headers["Content-Encoding"], len(raw) < 12_000)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: http.request("GET", address("HTTPS", "/text.txt")).data, range(40)))
    print(len(answers), len(set(answers)), pool.num_connections <= 5)

    print(http.request("GET", address("HTTPS"), retries=False).status)
    own = os.environ["OWN"]
    mutual = urllib3.PoolManager(cert_file=f"{own}/client.pem", key_file=f"{own}/client.key")
    print(mutual.request("GET", address("MUTUAL")).data.decode(), end="")
    as_other = urllib3.PoolManager(assert_hostname="other.example", server_hostname="other.example")
    print(as_other.request("GET", address("OTHER")).status)
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(open(f"{own}/server.pem").read())).hexdigest()
    pinned = urllib3.PoolManager(assert_fingerprint=digest, cert_reqs="CERT_NONE")
    print(pinned.request("GET", address("HTTPS")).status)
    refused("another fingerprint", lambda: pinned.request("GET", address("OTHER"), retries=False))
    old = urllib3.PoolManager(ssl_maximum_version=ssl.TLSVersion.TLSv1_2)
    print(old.request("GET", address("HTTPS")).data.decode(), end="")
    once = {"retries": False}
    unknown = urllib3.PoolManager(ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    refused("an authority that is not known", lambda: unknown.request("GET", address("HTTPS"), **once))
    refused("another host's certificate", lambda: http.request("GET", address("OTHER"), **once))
    refused("an expired certificate, twice", lambda: http.request("GET", address("EXPIRED"), retries=1))
    refused("a slow answer", lambda: http.request("GET", address("HTTPS", "/backend/slow/6"), timeout=2, **once))
    refused("no server", lambda: http.request("GET", address("REFUSING"), **once))
    refused("a server that closes", lambda: http.request("GET", address("CLOSING").replace("https", "http"), retries=2))


if __name__ == "__main__":
    main()
