import importlib.metadata
import sys
import threading

from own import classes, odd, plain

# Made when the module is imported, so in the snapshot.
EARLY = classes.Words()
EARLY.add("early")
PLACE = plain.place()
plain.count()


def in_threads(work):
    """What each of eight threads gets, which run together."""
    barrier, results = threading.Barrier(8), [None] * 8

    def run(number):
        barrier.wait()
        results[number] = work(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def own_counts(number):
    """Counts up the thread's own counter, with other threads in between; whether nobody else did."""
    for _ in range(200):
        before = plain.own()
        sum(range(500))
        if plain.own() != before + 1:
            return "disturbed"
    return plain.own()


def import_late(number):
    """What a module says that one thread imports while the others are busy in another one."""
    while number > 0 and "own.late" not in sys.modules:
        classes.sorted_words(number)
    from own import late
    return late.count()


def main():
    print("constructed", plain.constructed(), "counted", plain.count(), "at", plain.place() == PLACE)
    print("names", plain.names())
    print("sum", plain.total([1, 2.5, 3]), plain.total(range(100)))
    try:
        plain.total(["a"])
    except TypeError as error:
        print("TypeError:", error)
    print("arithmetic", plain.arithmetic(10))
    print("flags", plain.flags())
    print("characters", plain.characters())
    print("own", plain.own(), plain.own(), in_threads(own_counts), plain.own())
    print("odd", odd.nothing(), odd.none_taken(), odd.one(5), odd.keywords(1, 2))
    thing = odd.Thing()
    thing.value = 7
    print("thing", thing.value, thing.doubled())
    EARLY.add("late")
    print("words", EARLY.joined(), len(EARLY), sorted(EARLY.lengths().items()))
    print("threads", in_threads(classes.sorted_words)[7], classes.sorted_words(8), classes.sorted_words(9))
    print("late", in_threads(import_late))
    print("suffix", plain.__file__.rsplit("/", 1)[1], "metadata", importlib.metadata.version("own"))
    files = [str(file) for file in importlib.metadata.files("own") if file.suffix == ".so"]
    print("files", files, all(file.locate().is_file() for file in importlib.metadata.files("own")))
    print("bad slot", end=" ", flush=True)
    try:
        odd.bad_type()
    except SystemError as error:
        print(error)
    sys.exit(3 if len(sys.argv) > 1 else 0)
