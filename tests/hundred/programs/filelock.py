"""filelock: a lock of a file, taken again, by another, and with a limit of time."""

# [reason] locks of files in memory always succeed, as `docs/limits.md` says
import asyncio
import os
import tempfile

from filelock import AsyncSoftFileLock, FileLock, SoftFileLock, Timeout

for kind in (FileLock, SoftFileLock):
    path = os.path.join(tempfile.mkdtemp(), "a.lock")
    lock = kind(path)
    with lock, lock:
        print(lock.is_locked, lock.lock_counter, os.path.exists(path))
        try:
            kind(path, timeout=0).acquire()
        except Timeout as error:
            print(type(error).__name__, os.path.basename(error.lock_file))
    print(lock.is_locked, lock.lock_counter)


async def main():
    async with AsyncSoftFileLock(path + "2", run_in_executor=False) as lock:
        print(lock.is_locked)


asyncio.run(main())
