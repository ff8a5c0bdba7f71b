# [requirements] httpx==0.28.1 httpcore==1.0.9 h11==0.16.0 anyio==4.16.0 certifi==2026.10.19.post1 idna==3.20
# [requirements] typing-extensions==4.16.0
"""httpx against nginx, both of its clients."""

import asyncio
import hashlib
import io
import os
import ssl

import httpx


def address(name, path="/about"):
    return f"{'http' if name in ('HTTP', 'REFUSING') else 'https'}://localhost:{os.environ[name]}{path}"


def told(what, error):
    inner, message = error, ""
    while inner is not None and not message:
        message, inner = getattr(inner, "verify_message", ""), inner.__cause__ or inner.__context__
    print(f"{what}: {type(error).__name__} {message}".rstrip())


REFUSED = {
    "another host's certificate": ("OTHER", "/about", 20),
    "an expired certificate": ("EXPIRED", "/about", 20),
    "a slow answer": ("HTTPS", "/backend/slow/6", 2),
    "a handshake that is not answered": ("SILENT", "/", 0.3),
    "no server": ("REFUSING", "/", 20),
    "a circle": ("HTTPS", "/loop", 20),
}


def blocking(context):
    with httpx.Client(verify=context, follow_redirects=True, timeout=20) as client:
        for _ in range(3):
            print(client.get(address("HTTPS")).text, end="")
        print(client.get(address("HTTP", "/secure/about")).text.split(" request")[0])
        page = client.get(address("HTTPS", "/moved"))
        print(page.status_code, page.http_version, len(page.history), page.headers["content-encoding"], len(page.text))
        print(client.get(address("HTTPS", "/cookie")).json(), dict(client.cookies))
        print(client.get(address("HTTPS", "/private/secret.txt"), auth=("ada", "the engine")).text, end="")
        files = {"one": ("one.txt", io.BytesIO(b"first"), "text/plain")}
        form = client.post(address("HTTPS", "/backend/echo"), files=files, data={"a": "b"}).json()
        print(form["headers"]["content-type"], form["parts"])
        parts = (bytes([number]) * 10_000 for number in range(100))
        print(client.put(address("HTTPS", "/backend/echo"), content=parts).json())
        digest = hashlib.sha256()
        with client.stream("GET", address("HTTPS", "/big.bin")) as big:
            for chunk in big.iter_bytes():
                digest.update(chunk)
        print(big.num_bytes_downloaded, digest.hexdigest())
        for what, (name, path, timeout) in REFUSED.items():
            try:
                print(what, client.get(address(name, path), timeout=timeout))
            except httpx.HTTPError as error:
                told(what, error)
    try:
        httpx.get(address("HTTPS"), verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    except httpx.ConnectError as error:
        told("an authority that is not known", error)


async def asynchronous(context):
    limits = httpx.Limits(max_connections=5)
    async with httpx.AsyncClient(verify=context, limits=limits, follow_redirects=True, timeout=20) as client:
        pages = await asyncio.gather(*(client.get(address("HTTPS", f"/backend/echo/{number}")) for number in range(40)))
        print(len({page.json()["path"] for page in pages}), {page.status_code for page in pages})

        async def parts():
            for number in range(50):
                await asyncio.sleep(0)
                yield bytes([number]) * 5_000

        print((await client.post(address("HTTPS", "/backend/echo"), content=parts())).json())
        digest = hashlib.sha256()
        async with client.stream("GET", address("HTTPS", "/big.bin")) as big:
            async for chunk in big.aiter_raw():
                digest.update(chunk)
        print(digest.hexdigest())
        async with client.stream("GET", address("HTTPS", "/text.txt")) as text:
            print([line async for line in text.aiter_lines()][-1])

        async def asked(what, name, path, timeout):
            try:
                return what, await client.get(address(name, path), timeout=timeout)
            except httpx.HTTPError as error:
                return what, error

        for what, error in await asyncio.gather(*(asked(what, *more) for what, more in REFUSED.items())):
            told(what, error)


def main():
    context = ssl.create_default_context()
    blocking(context)
    asyncio.run(asynchronous(context))
    own = os.environ["OWN"]
    context.load_cert_chain(f"{own}/client.pem", f"{own}/client.key")
    print(httpx.get(address("MUTUAL"), verify=context).text, end="")


if __name__ == "__main__":
    main()
