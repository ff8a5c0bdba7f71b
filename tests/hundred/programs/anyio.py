"""anyio on asyncio: groups of tasks, streams in memory, limits, time-outs and cancelling. (Threads and sockets it has not here.)"""

import anyio
from anyio.streams.text import TextReceiveStream


async def count(stream, number):
    async with stream:
        for index in range(number):
            await stream.send(f"{number}.{index}")
            await anyio.lowlevel.checkpoint()


async def fail():
    raise ValueError("failed")


async def main():
    send, receive = anyio.create_memory_object_stream(5)
    async with anyio.create_task_group() as group, receive:
        async with send:
            group.start_soon(count, send.clone(), 2)
            group.start_soon(count, send.clone(), 3)
        print(sorted([item async for item in receive]))
    with anyio.move_on_after(0.01) as scope:
        await anyio.sleep(5)
    print(scope.cancelled_caught)
    try:
        with anyio.fail_after(0.01):
            await anyio.Event().wait()
    except TimeoutError as error:
        print(type(error).__name__)
    limiter = anyio.CapacityLimiter(2)
    async with limiter:
        print(limiter.borrowed_tokens, limiter.available_tokens)
    lock, condition = anyio.Lock(), anyio.Condition()
    async with lock, condition:
        print(lock.locked(), condition.locked())
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(fail)
            group.start_soon(anyio.sleep, 5)
    except ExceptionGroup as error:
        print(repr(error))
    data, out = anyio.create_memory_object_stream(1)
    await data.send("ü".encode())
    print(await TextReceiveStream(out).receive(), anyio.get_current_task().name is not None)
    data.close(), out.close()


anyio.run(main)
