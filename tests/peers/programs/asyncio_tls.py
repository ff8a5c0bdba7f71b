"""Streams of asyncio with TLS, server and clients in one program: many at once, an upgrade by start_tls, certificates of both."""

import asyncio
import os
import socket
import ssl


def contexts():
    own = os.environ["OWN"]
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(f"{own}/server.pem", f"{own}/server.key")
    return server, ssl.create_default_context()


async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def served(handle, client, context=None, **more):
    async with await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context, **more) as server:
        return await client(server.sockets[0].getsockname()[1])


async def many(server, client):
    async def one(port, number):
        reader, writer = await asyncio.open_connection("localhost", port, ssl=client)
        lines = []
        for line in range(20):
            writer.write(f"client {number} line {line}\n".encode())
            lines.append(await reader.readline())
        writer.close()
        await writer.wait_closed()
        return lines[-1]

    async def ask(port):
        said = await asyncio.gather(*(one(port, number) for number in range(60)))
        print(len(set(said)), said[7])

    await served(echo, ask, server)
    await served(lambda reader, writer: echo(reader, writer), ask_plain, None)


async def ask_plain(port):
    reader, writer = await asyncio.open_connection("localhost", port)
    writer.write(b"without tls\n")
    writer.write_eof()
    print(await reader.read(), writer.get_extra_info("peername")[0], writer.get_extra_info("ssl_object"))
    writer.close()


async def upgrade(server, client):
    async def handle(reader, writer):
        writer.write(b"hello " + await reader.readline())
        await writer.drain()
        await reader.readexactly(8)
        writer.write(b"go on\n")
        await writer.start_tls(server)
        await echo(reader, writer)

    async def ask(port):
        reader, writer = await asyncio.open_connection("localhost", port)
        writer.write(b"plain\n")
        print(await reader.readline(), writer.get_extra_info("cipher"))
        writer.write(b"STARTTLS")
        print(await reader.readline())
        await writer.start_tls(client, server_hostname="localhost")
        writer.write(b"secret\n")
        print(await reader.readline(), writer.get_extra_info("ssl_object").version())
        names = writer.get_extra_info("peercert")["subjectAltName"]
        print(names[0], writer.get_extra_info("sslcontext") is client)
        writer.close()
        await writer.wait_closed()

    await served(handle, ask)


async def both(server, client):
    """The client has to show a certificate, too."""
    own = os.environ["OWN"]
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(os.environ["SSL_CERT_FILE"])

    async def handle(reader, writer):
        name = writer.get_extra_info("peercert")["subject"][0][0][1]
        writer.write(f"welcome, {name}\n".encode())
        writer.close()

    async def ask(port):
        try:
            reader, writer = await asyncio.open_connection("localhost", port, ssl=client)
            said = await reader.read()
        except OSError:
            # In TLS 1.3 a client hears of it behind its own handshake.
            said = b""
        print("without a certificate:", said)
        client.load_cert_chain(f"{own}/client.pem", f"{own}/client.key")
        reader, writer = await asyncio.open_connection("localhost", port, ssl=client)
        print(await reader.read())
        writer.close()

    await served(handle, ask, server)


async def large(server, client):
    """More than the buffers hold, both ways at once, so that both sides have to wait."""
    size = 6_000_000

    async def handle(reader, writer):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def ask(port, context):
        reader, writer = await asyncio.open_connection("localhost", port, ssl=context)

        async def send():
            for number in range(size // 60_000):
                writer.write(bytes([number]) * 60_000)
                await writer.drain()

        _, back = await asyncio.gather(send(), reader.readexactly(size))
        print(len(back), back[::60_000] == bytes(range(100)))
        writer.close()

    await served(handle, lambda port: ask(port, client), server)
    await served(handle, lambda port: ask(port, None))


class Lines(asyncio.Protocol):
    def __init__(self, done):
        self.done, self.data = done, b""

    def connection_made(self, transport):
        transport.write(b"by a protocol\n")

    def data_received(self, data):
        self.data += data
        if self.data.endswith(b"\n"):
            self.done.set_result(self.data)


async def protocols(server, client):
    loop = asyncio.get_running_loop()

    async def ask(port):
        done = loop.create_future()
        transport, _ = await loop.create_connection(lambda: Lines(done), "localhost", port, ssl=client)
        print(await done)
        transport.close()
        plain = socket.create_connection(("localhost", port))
        plain.setblocking(False)
        await loop.sock_sendall(plain, b"no TLS at all\n")
        try:
            said = await loop.sock_recv(plain, 100)
        except ConnectionError:
            said = b""
        # An alert, if it comes through.
        print(said[:1] in (b"", b"\x15"))
        plain.close()

    loop.set_exception_handler(lambda loop, context: None)
    await served(echo, ask, server)


async def refused(what, awaitable):
    try:
        await awaitable
        print(f"{what}: no")
    except (OSError, TimeoutError) as error:
        print(f"{what}: {type(error).__name__} {getattr(error, 'verify_message', '')}".rstrip())


async def main():
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        for part in (many, upgrade, both, large, protocols):
            server, client = contexts()
            client.minimum_version = client.maximum_version = version
            await part(server, client)
    _, client = contexts()
    ports = {name: int(os.environ[name]) for name in ("HTTPS", "OTHER", "EXPIRED", "SILENT", "CLOSING", "REFUSING")}
    reader, writer = await asyncio.open_connection("localhost", ports["HTTPS"], ssl=client)
    writer.write(b"GET /about HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    print((await reader.read()).splitlines()[-1])
    opened = asyncio.open_connection
    await refused("another host's certificate", opened("localhost", ports["OTHER"], ssl=client))
    await refused("an expired certificate", opened("localhost", ports["EXPIRED"], ssl=client))
    await refused("no answer", opened("localhost", ports["SILENT"], ssl=client, ssl_handshake_timeout=0.2))
    await refused("no answer in time", asyncio.wait_for(opened("localhost", ports["SILENT"], ssl=client), 0.2))
    await refused("it closes", opened("localhost", ports["CLOSING"], ssl=client))
    await refused("no server", opened("127.0.0.1", ports["REFUSING"], ssl=client))


if __name__ == "__main__":
    asyncio.run(main())
