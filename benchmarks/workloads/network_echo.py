"""An echo server of asyncio's streams. The argument says how many connections come. It prints its port, and `echo seconds result` when
all have gone: the time since the first came, and the bytes that went back.
"""
import asyncio
import sys
import time


async def serve(expected):
    begun = 0.0
    gone = total = 0
    done = asyncio.Event()

    async def answer(reader, writer):
        nonlocal begun, gone, total
        begun = begun or time.perf_counter()
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
            total += len(piece)
        writer.close()
        await writer.wait_closed()
        gone += 1
        if gone == expected:
            done.set()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=expected)
    async with server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await done.wait()
    print("echo", f"{time.perf_counter() - begun:.6f}", total)


asyncio.run(serve(int(sys.argv[1])))
