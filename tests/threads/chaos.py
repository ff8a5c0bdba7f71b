"""Threads that wait, start others, compute and end at random. Prints the errors, and whether every thread has done something."""
import gc
import json
import os
import random
import re
import sys
import threading
import time
import zlib

SEED = int(sys.argv[1])
END = time.monotonic() + 3
errors = []
done = [0] * 8


def step(rng, number):
    match rng.randrange(8):
        case 0:
            data = {str(i): [rng.random() for _ in range(20)] for i in range(30)}
            assert json.loads(json.dumps(data)) == data
        case 1:
            assert re.sub(r"(\d+)-(\d+)", r"\2-\1", "12-34 " * 200) == "34-12 " * 200
        case 2:
            data = os.urandom(5000) * 3
            assert zlib.decompress(zlib.compress(data)) == data
        case 3:
            path = f"/tmp/chaos{number}"
            with open(path, "w") as file:
                file.write("x" * 3000 + str(number))
            with open(path) as file:
                assert file.read()[-1] == str(number)
        case 4:
            time.sleep(rng.random() * 0.002)
        case 5:
            results = []
            thread = threading.Thread(target=lambda: results.append(sum(range(1000))))
            thread.start()
            thread.join()
            assert results == [499500]
        case 6:
            cycle = []
            cycle.append(cycle)
            try:
                os.stat("/nowhere")
            except FileNotFoundError:
                pass
        case 7:
            lock = threading.Lock()
            lock.acquire()
            assert not lock.acquire(timeout=rng.random() * 0.001)


def work(number):
    rng = random.Random(SEED * 1000 + number)
    try:
        while time.monotonic() < END:
            step(rng, number)
            done[number] += 1
    except BaseException as error:
        errors.append((number, repr(error)))


threads = [threading.Thread(target=work, args=(number,)) for number in range(len(done))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
gc.collect()
print(errors, all(done))
