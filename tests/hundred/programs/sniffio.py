"""sniffio: which library of coroutines runs."""

import asyncio

import sniffio


async def ask():
    return sniffio.current_async_library()


print(asyncio.run(ask()))
try:
    sniffio.current_async_library()
except sniffio.AsyncLibraryNotFoundError as error:
    print(error)
token = sniffio.current_async_library_cvar.set("mine")
print(sniffio.current_async_library())
sniffio.current_async_library_cvar.reset(token)
sniffio.thread_local.name = "other"
print(sniffio.current_async_library())
