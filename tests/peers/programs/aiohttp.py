# [requirements] aiohttp==3.14.5 aiohappyeyeballs==2.7.1 aiosignal==1.4.0 attrs==26.1.0 frozenlist==1.8.0 idna==3.20 multidict==7.2.1
# [requirements] propcache==0.5.4 yarl==1.25.1
"""aiohttp: its client against nginx, and against its own server with TLS, with WebSockets between the two."""

import asyncio
import hashlib
import os
import ssl

import aiohttp
from aiohttp import web


def address(name, path="/about"):
    return f"{'http' if name in ('HTTP', 'REFUSING') else 'https'}://localhost:{os.environ[name]}{path}"


async def refused(what, session, name, path="/about", timeout=20):
    try:
        async with session.get(address(name, path), timeout=aiohttp.ClientTimeout(total=timeout)) as answer:
            print(f"{what}: {answer.status}")
    except (aiohttp.ClientError, TimeoutError) as error:
        inner = getattr(error, "certificate_error", error)
        print(f"{what}: {type(error).__name__} {getattr(inner, 'verify_message', '')}".rstrip())


async def client(context):
    connector = aiohttp.TCPConnector(ssl=context, limit=6)
    async with aiohttp.ClientSession(connector=connector) as session:
        for _ in range(2):
            async with session.get(address("HTTPS")) as answer:
                print((await answer.text()).strip(), answer.version.major, answer.version.minor)

        async def one(number):
            async with session.get(address("HTTPS", f"/backend/echo/{number}")) as answer:
                return (await answer.json())["path"]

        print(len(set(await asyncio.gather(*(one(number) for number in range(60))))))
        async with session.get(address("HTTPS", "/moved")) as answer:
            print(len(answer.history), answer.headers["Content-Encoding"], answer.charset, len(await answer.text()))
        digest = hashlib.sha256()
        async with session.get(address("HTTPS", "/big.bin")) as answer:
            async for chunk in answer.content.iter_chunked(65536):
                digest.update(chunk)
        print(answer.content_length, digest.hexdigest())
        form = aiohttp.FormData({"a": "b"})
        form.add_field("file", b"contents", filename="name.txt", content_type="text/plain")
        async with session.post(address("HTTPS", "/backend/echo"), data=form) as answer:
            found = await answer.json()
            print(found["headers"]["content-type"], found["parts"])

        async def parts():
            for number in range(50):
                yield bytes([number]) * 10_000

        async with session.put(address("HTTPS", "/backend/echo"), data=parts()) as answer:
            found = await answer.json()
            print(found["length"], found["sha256"])
        basic = aiohttp.encode_basic_auth("ada", "the engine")
        async with session.get(address("HTTPS", "/private/secret.txt"), headers={"Authorization": basic}) as answer:
            print(await answer.text(), end="")
        async with session.get(address("HTTPS", "/cookie")) as answer:
            print((await answer.json())["headers"]["cookie"])
        await refused("another host's certificate", session, "OTHER")
        await refused("an expired certificate", session, "EXPIRED")
        await refused("a slow answer", session, "HTTPS", "/backend/slow/6", 2)
        await refused("a circle", session, "HTTPS", "/loop")
        await refused("no server", session, "REFUSING")
        await refused("a page that is not there", session, "HTTPS", "/nothing")


async def greet(request):
    return web.json_response({"name": request.match_info["name"], "scheme": request.scheme, "q": request.query.get("q")})


async def upload(request):
    digest, count = hashlib.sha256(), 0
    async for chunk in request.content.iter_chunked(10_000):
        digest.update(chunk)
        count += len(chunk)
    return web.Response(text=f"{count} {digest.hexdigest()}")


async def stream(request):
    answer = web.StreamResponse()
    answer.enable_chunked_encoding()
    answer.enable_compression()
    await answer.prepare(request)
    for number in range(100):
        await answer.write(f"line {number}\n".encode())
    await answer.write_eof()
    return answer


async def talk(request):
    socket = web.WebSocketResponse(heartbeat=20)
    await socket.prepare(request)
    async for message in socket:
        if message.type == aiohttp.WSMsgType.TEXT and message.data == "end":
            await socket.close(code=4000, message=b"as asked")
        elif message.type == aiohttp.WSMsgType.TEXT:
            await socket.send_str(message.data.upper())
        else:
            await socket.send_bytes(message.data[::-1])
    return socket


async def broken(request):
    raise web.HTTPConflict(text="no")


async def server(context):
    own = os.environ["OWN"]
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(f"{own}/server.pem", f"{own}/server.key")
    app = web.Application(client_max_size=1 << 24)
    app.add_routes([web.get("/hi/{name}", greet), web.put("/upload", upload), web.get("/stream", stream)])
    app.add_routes([web.get("/talk", talk), web.get("/broken", broken)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=serving)
    await site.start()
    port = runner.addresses[0][1]
    base = f"https://localhost:{port}"
    async with aiohttp.ClientSession(base, connector=aiohttp.TCPConnector(ssl=context)) as session:
        async with session.get("/hi/ada?q=1") as answer:
            print(answer.status, await answer.json())
        async with session.put("/upload", data=b"0123456789" * 300_000) as answer:
            print(await answer.text())
        async with session.get("/stream") as answer:
            print(answer.headers["Content-Encoding"], len(await answer.text()))
        async with session.get("/broken") as answer:
            print(answer.status, await answer.text())
        async with session.ws_connect("/talk", compress=15) as socket:
            await socket.send_str("grüße")
            print(await socket.receive_str())
            await socket.send_bytes(bytes(range(256)) * 4000)
            print(len(await socket.receive_bytes()))
            await socket.send_str("end")
            last = await socket.receive()
            print(last.type.name, last.data, last.extra)
    await runner.cleanup()


async def main():
    context = ssl.create_default_context()
    await client(context)
    await server(context)


if __name__ == "__main__":
    asyncio.run(main())
