"""http.client and urllib.request of the standard library against nginx, with the machine's certificates as they are found."""

import hashlib
import http.client
import http.cookiejar
import os
import socket
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request


def address(name, path="/about"):
    return f"{'http' if name == 'HTTP' else 'https'}://localhost:{os.environ[name]}{path}"


def refused(what, call):
    try:
        found = call()
    except (OSError, http.client.HTTPException) as error:
        inner = getattr(error, "reason", None)
        inner = inner if isinstance(inner, Exception) else error
        print(f"{what}: {type(error).__name__} {type(inner).__name__} {getattr(inner, 'verify_message', '')}".rstrip())
    else:
        print(f"{what}: {found}")


def connections():
    context = ssl.create_default_context()
    print(context.verify_mode.name, context.check_hostname, len(context.get_ca_certs()))
    port = int(os.environ["HTTPS"])
    connection = http.client.HTTPSConnection("localhost", port, timeout=20)
    for path in ("/about", "/about", "/text.txt", "/nothing", "/about"):
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        print(answer.status, answer.version, answer.getheader("Content-Type"), len(body), body[:70] if b"tls" in body else "")
    connection.request("POST", "/backend/echo", body=iter([b"a" * 100_000, b"b" * 5]), encode_chunked=True)
    print(connection.getresponse().read().decode())
    print(connection.sock.cipher()[0] in {cipher["name"] for cipher in context.get_ciphers()}, connection.sock.version())
    connection.close()
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = ssl.create_default_context()
        context.minimum_version = context.maximum_version = version
        kept = None
        for _ in range(2):
            with socket.create_connection(("localhost", port), 20) as plain:
                with context.wrap_socket(plain, server_hostname="localhost", session=kept) as secure:
                    secure.sendall(b"GET /about HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    text = b"".join(iter(lambda: secure.recv(4096), b""))
                    kept = secure.session
                    names = [value for kind, value in secure.getpeercert()["subjectAltName"]]
                    print(secure.version(), secure.session_reused, text.splitlines()[-1].decode(), names)


def opened():
    with urllib.request.urlopen(address("HTTPS"), timeout=20) as answer:
        print(answer.status, answer.headers.get_content_charset(), answer.read().decode(), end="")
    with urllib.request.urlopen(address("HTTP", "/moved"), timeout=20) as answer:
        print(answer.url.rpartition("/")[2], len(answer.read()))
    form = urllib.parse.urlencode({"name": "Grüße", "a": 1}).encode()
    print(urllib.request.urlopen(address("HTTPS", "/backend/echo"), form, timeout=20).read().decode())
    request = urllib.request.Request(address("HTTPS", "/backend/echo"), b"x" * 3_000_000, method="PUT")
    print(urllib.request.urlopen(request, timeout=20).read().decode())
    with urllib.request.urlopen(address("HTTPS", "/big.bin"), timeout=20) as answer:
        print(hashlib.file_digest(answer, "sha256").hexdigest())

    jar, passwords = http.cookiejar.CookieJar(), urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, address("HTTPS", "/private/"), "ada", "the engine")
    handlers = [urllib.request.HTTPCookieProcessor(jar), urllib.request.HTTPBasicAuthHandler(passwords)]
    opener = urllib.request.build_opener(*handlers)
    print(opener.open(address("HTTPS", "/cookie"), timeout=20).read().decode(), [cookie.name for cookie in jar])
    print(opener.open(address("HTTPS", "/private/secret.txt"), timeout=20).read().decode(), end="")
    own = os.environ["OWN"]
    context = ssl.create_default_context()
    context.load_cert_chain(f"{own}/client.pem", f"{own}/client.key")
    print(urllib.request.urlopen(address("MUTUAL"), timeout=20, context=context).read().decode(), end="")


def at_once():
    """Eight threads, each with connections of its own."""
    found = [None] * 8

    def ask(number):
        bodies = [urllib.request.urlopen(address("HTTPS", "/text.txt"), timeout=20).read() for _ in range(5)]
        found[number] = len(set(bodies)), len(bodies[0])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(set(found))


def main():
    connections()
    opened()
    at_once()

    def get(name, path="/about", **more):
        return urllib.request.urlopen(address(name, path), **{"timeout": 20, **more}).status

    unknown, careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl._create_unverified_context()
    refused("an authority that is not known", lambda: get("HTTPS", context=unknown))
    refused("another host's certificate", lambda: get("OTHER"))
    refused("an expired certificate", lambda: get("EXPIRED"))
    refused("the same, and not looked at", lambda: get("EXPIRED", context=careless))
    refused("no certificate of the client", lambda: get("MUTUAL"))
    refused("a page that is not there", lambda: get("HTTPS", "/nothing"))
    refused("a slow answer", lambda: get("HTTPS", "/backend/slow/6", timeout=2))
    refused("a handshake that is not answered", lambda: get("SILENT", timeout=0.3))
    refused("a handshake that is cut", lambda: get("CLOSING"))
    refused("no server", lambda: get("REFUSING"))
    refused("TLS with one who has none", lambda: urllib.request.urlopen(f"https://localhost:{os.environ['HTTP']}/", timeout=20))


if __name__ == "__main__":
    main()
