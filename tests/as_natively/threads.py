"""Programs with threads: a producer and consumers over SQLite, asyncio and threads, and what threads say of themselves."""
import asyncio
import queue
import sqlite3
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed, wait


def database():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/base"
        with sqlite3.connect(path) as base:
            base.execute("CREATE TABLE jobs (n INTEGER, square INTEGER, worker TEXT)")
        jobs, lock = queue.Queue(maxsize=10), threading.Lock()

        def consume():
            base = sqlite3.connect(path, timeout=30)
            while (n := jobs.get()) is not None:
                with lock, base:
                    base.execute("INSERT INTO jobs VALUES (?, ?, ?)", (n, n * n, threading.current_thread().name))
                jobs.task_done()
            base.close()

        workers = [threading.Thread(target=consume, name=f"worker {i}") for i in range(4)]
        for worker in workers:
            worker.start()
        for n in range(200):
            jobs.put(n)
        jobs.join()
        for _ in workers:
            jobs.put(None)
        for worker in workers:
            worker.join()
        base = sqlite3.connect(path)
        print(base.execute("SELECT count(*), sum(square), count(DISTINCT n) FROM jobs").fetchone())
        base.close()
        shared = sqlite3.connect(path, check_same_thread=False)
        with ThreadPoolExecutor(3) as pool:
            print(list(pool.map(lambda n: shared.execute("SELECT square FROM jobs WHERE n = ?", (n,)).fetchone()[0], range(6))))
        shared.close()


async def loop_and_threads():
    loop, called = asyncio.get_running_loop(), asyncio.Event()
    threading.Timer(0.01, loop.call_soon_threadsafe, (called.set,)).start()
    await called.wait()
    print(await asyncio.gather(*(asyncio.to_thread(pow, 2, n) for n in range(6))))
    future = asyncio.run_coroutine_threadsafe
    answer = await asyncio.to_thread(lambda: future(asyncio.sleep(0.01, "from the loop"), loop).result())
    print(answer)


def pools():
    with ThreadPoolExecutor(3, thread_name_prefix="pool") as pool:
        futures = {pool.submit(time.sleep, 0.01 * n): n for n in (3, 1, 2)}
        print(sorted(futures[future] for future in as_completed(futures)))
        failing = pool.submit(int, "x")
        print(type(failing.exception()).__name__, [len(part) for part in wait([failing], timeout=5)])
        print({thread.name.split("_")[0] for thread in threading.enumerate()} - {"MainThread"})


def themselves():
    print(threading.active_count(), threading.current_thread() is threading.main_thread(), threading.get_ident() > 0)
    print(threading.stack_size(1 << 20), threading.stack_size(0))
    seen = []
    threading.settrace(lambda *_: seen.append(1))
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    threading.settrace(None)
    print(bool(seen), thread.is_alive(), thread.native_id != threading.main_thread().native_id)
    lock = threading.RLock()
    with lock, lock:
        thread = threading.Thread(target=lambda: seen.append(lock.acquire(timeout=0.01)))
        thread.start()
        thread.join()
    print(seen[-1])
    gate, semaphore = threading.Barrier(3, timeout=10), threading.BoundedSemaphore(2)

    def meet():
        with semaphore:
            pass
        seen.append(gate.wait())

    threads = [threading.Thread(target=meet) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(seen[-3:]))


database()
asyncio.run(loop_and_threads())
pools()
themselves()
