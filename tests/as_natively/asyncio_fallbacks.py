"""A program that has a way on where asyncio can start no thread."""
import asyncio
import io
import socket


async def to_thread(function):
    try:
        return await asyncio.to_thread(function)
    except RuntimeError:
        return function()


async def look_up(loop):
    try:
        return await loop.getaddrinfo("host.invalid", 80)
    except OSError:
        # Here it is not granted, and natively there is no such name.
        return "OSError"


async def connect():
    try:
        await asyncio.open_connection("host.invalid", 80)
    except OSError:
        # Here it is not granted, and natively there is no such name.
        return "OSError"


async def send_file(loop):
    here, there = socket.socketpair()
    here.setblocking(False)
    with here, there:
        sent = await loop.sock_sendfile(here, io.BytesIO(b"text of a file"))
        return sent, there.recv(100)


async def main():
    loop = asyncio.get_running_loop()
    print("to_thread:", await to_thread(lambda: "done"))
    print("getaddrinfo of an address:", (await loop.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM))[0][4])
    print("getaddrinfo of a name:", await look_up(loop))
    print("open_connection:", await connect())
    print("getnameinfo:", await loop.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV))
    print("sock_sendfile:", await send_file(loop))


asyncio.run(main())
# The loop is at its end in order, and another can follow.
asyncio.run(asyncio.sleep(0))
print("done")
