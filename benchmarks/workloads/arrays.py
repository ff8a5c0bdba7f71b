"""Work on arrays of numpy, timed inside the program: each part prints its name, the seconds of one call, and a result that shows
that it has been done."""
import statistics
import time

import numpy as np

MILLION = 1_000_000
generator = np.random.default_rng(7)
numbers = generator.random(MILLION)
others = generator.random(MILLION)
whole = generator.integers(0, MILLION, MILLION)
matrix = generator.random((500, 500))
small = generator.random(8)


def total():
    return numbers.sum()


def add():
    return (numbers + others)[-1]


def sine():
    return np.sin(numbers)[-1]


def sort():
    return np.sort(numbers)[MILLION // 2]


def sort_integers():
    return np.sort(whole)[MILLION // 2]


def dot():
    return (matrix @ matrix)[0, 0]


def fft():
    return abs(np.fft.rfft(numbers)[1])


def small_arrays():
    result = small
    for _ in range(10_000):
        result = result * 0.5 + small
    return result[0]


for part in total, add, sine, sort, sort_integers, dot, fft, small_arrays:
    times = []
    for _ in range(7):
        begun = time.perf_counter()
        result = part()
        times.append(time.perf_counter() - begun)
    print(part.__name__, f"{statistics.median(times):.9f}", f"{result:.6g}")
