"""aiosignal: receivers that are awaited in order, once frozen."""

import asyncio

from aiosignal import Signal


async def main():
    signal = Signal(owner="me")
    seen = []

    async def first(*args, **kwargs):
        seen.append((args, kwargs))

    @signal
    async def second(number, **_):
        seen.append(number * 2)

    signal.insert(0, first)
    print(len(signal), signal.frozen)
    try:
        await signal.send(1)
    except RuntimeError as error:
        print(type(error).__name__)
    signal.freeze()
    await signal.send(1, key="x")
    print(seen)
    try:
        signal.append(first)
    except RuntimeError as error:
        print(error)


asyncio.run(main())
