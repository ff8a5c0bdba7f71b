"""What threads cost. Each part prints `name seconds result`: the median time of one step, and what must be the same on both sides."""
import queue
import statistics
import threading
import time

clock = time.perf_counter


def median(step, times):
    took = []
    for _ in range(times):
        start = clock()
        step()
        took.append(clock() - start)
    return statistics.median(took)


def start_and_join():
    def step():
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()

    return median(step, 300), "-"


def hand_over():
    """Two locks, each released by one thread and waited for by the other: there and back."""
    there, back, steps = threading.Lock(), threading.Lock(), 2000
    there.acquire()
    back.acquire()

    def answer():
        for _ in range(steps):
            there.acquire()
            back.release()

    def step():
        there.release()
        back.acquire()

    thread = threading.Thread(target=answer)
    thread.start()
    took = median(step, steps)
    thread.join()
    return took, "-"


def round_trip():
    there, back = queue.Queue(), queue.Queue()

    def answer():
        while (item := there.get()) is not None:
            back.put(item)

    def step():
        there.put(1)
        back.get()

    thread = threading.Thread(target=answer)
    thread.start()
    took = median(step, 1000)
    there.put(None)
    thread.join()
    return took, "-"


def late():
    """How long `sleep(0.01)` takes beside a thread that computes."""
    done = []

    def busy():
        while not done:
            pass

    thread = threading.Thread(target=busy)
    thread.start()
    took = median(lambda: time.sleep(0.01), 60)
    done.append(1)
    thread.join()
    return took, "-"


def share():
    """Of two threads that compute, what the one does for what the other does."""
    counts, end = [0, 0], clock() + 1

    def busy(which):
        while clock() < end:
            counts[which] += 1

    threads = [threading.Thread(target=busy, args=(which,)) for which in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return max(counts) / min(counts), "-"


for part in start_and_join, hand_over, round_trip, late, share:
    seconds, result = part()
    print(part.__name__, f"{seconds:.9f}", result)
