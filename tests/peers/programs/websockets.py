# [requirements] websockets==17.4
"""websockets over TLS: server and clients in one program, those of asyncio and those of threads."""

import asyncio
import os
import ssl
import threading

import websockets
from websockets.asyncio.client import connect
from websockets.asyncio.server import broadcast, serve
from websockets.sync.client import connect as connect_in_thread
from websockets.sync.server import serve as serve_in_thread


def contexts():
    own = os.environ["OWN"]
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(f"{own}/server.pem", f"{own}/server.key")
    return server, ssl.create_default_context()


async def talk(socket):
    try:
        async for message in socket:
            if message == "end":
                await socket.close(4001, "as asked")
            else:
                await socket.send(message.upper() if isinstance(message, str) else message[::-1])
    except websockets.ConnectionClosedError:
        # By this side, for a reason of its own.
        pass


async def asynchronous(server, client):
    async with serve(talk, "127.0.0.1", 0, ssl=server, max_size=1 << 24) as listening:
        place = f"wss://localhost:{listening.sockets[0].getsockname()[1]}/path?x=1"
        async with connect(place, ssl=client, max_size=1 << 24) as socket:
            print(socket.request.path, socket.response.status_code, [one.name for one in socket.protocol.extensions])
            await socket.send("grüße")
            print(await socket.recv())
            large = bytes(range(256)) * 12_000
            await socket.send(large)
            print(await socket.recv() == large[::-1])
            await socket.send(part for part in ("in ", "three ", "parts"))
            print(await socket.recv())
            print((await (await socket.ping())) >= 0)
            await socket.send("end")
            try:
                await socket.recv()
            except websockets.ConnectionClosed as error:
                print(type(error).__name__, error.rcvd.code, error.rcvd.reason)

        async def one(number):
            async with connect(place, ssl=client, compression=None) as socket:
                for line in range(20):
                    await socket.send(f"client {number} line {line}")
                    said = await socket.recv()
            return said

        said = await asyncio.gather(*(one(number) for number in range(30)))
        print(len(set(said)), said[3])
        others = [await connect(place, ssl=client) for _ in range(5)]
        broadcast(listening.connections, "news")
        print([await other.recv() for other in others])
        for other in others:
            await other.close()
        try:
            async with connect(place, ssl=client) as socket:
                await socket.send(b"x" * ((1 << 24) + 1))
                await socket.recv()
        except websockets.ConnectionClosed as error:
            print(type(error).__name__, error.rcvd.code)


def in_threads(server, client):
    def talk(socket):
        for message in socket:
            socket.send(message[::-1])

    with serve_in_thread(talk, "127.0.0.1", 0, ssl=server) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        place = f"wss://localhost:{listening.socket.getsockname()[1]}/"
        with connect_in_thread(place, ssl=client) as one, connect_in_thread(place, ssl=client) as other:
            for socket in (one, other):
                socket.send("abc")
            print(one.recv(timeout=20), other.recv(timeout=20))
            try:
                one.recv(timeout=0.05)
            except TimeoutError as error:
                print(type(error).__name__)
        listening.shutdown()
        thread.join()


async def refused(what, name, client):
    try:
        async with asyncio.timeout(20):
            await connect(f"wss://localhost:{os.environ[name]}/about", ssl=client)
    except (OSError, websockets.WebSocketException) as error:
        print(f"{what}: {type(error).__name__} {getattr(error, 'verify_message', '')}".rstrip())


async def all_refused(client):
    await refused("no such protocol", "HTTPS", client)
    await refused("another host's certificate", "OTHER", client)
    await refused("no server", "REFUSING", client)


def main():
    server, client = contexts()
    asyncio.run(asynchronous(server, client))
    in_threads(server, client)
    asyncio.run(all_refused(client))


if __name__ == "__main__":
    main()
