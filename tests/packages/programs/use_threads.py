"""Threads below packages: rich's progress with the thread that refreshes it, and tqdm with its monitor and its thread_map."""

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

from rich.console import Console
from rich.progress import Progress
from tqdm import tqdm
from tqdm.contrib.concurrent import thread_map


def rich_progress():
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=60)
    with Progress(console=console, refresh_per_second=50) as progress:
        task = progress.add_task("working", total=20)
        threads = {thread.name.rsplit("-", 1)[0] for thread in threading.enumerate()}
        for _ in range(20):
            time.sleep(0.005)
            progress.advance(task)
    print(len(threads), progress.finished, "100%" in screen.getvalue(), screen.getvalue().count("working") > 2)


def bars():
    screen = io.StringIO()
    done = []

    def work(bar, number):
        for _ in range(5):
            time.sleep(0.002)
            bar.update()
        done.append(number)

    with tqdm(total=40, file=screen, mininterval=0) as bar, ThreadPoolExecutor(4) as pool:
        for number in range(8):
            pool.submit(work, bar, number)
    print(bar.n, sorted(done), "40/40" in screen.getvalue())
    print(isinstance(tqdm.monitor, threading.Thread), tqdm.monitor.daemon)
    print(thread_map(str.upper, "abc", file=io.StringIO(), max_workers=2))


def main():
    print("tqdm", version("tqdm"))
    rich_progress()
    bars()


if __name__ == "__main__":
    main()
