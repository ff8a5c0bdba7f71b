"""Shared memory and semaphores of multiprocessing, used by one process."""
import multiprocessing
from multiprocessing import shared_memory


def attempt(title, function, *arguments, **options):
    try:
        result = repr(function(*arguments, **options))
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    print(f"{title}: {result}")


print("-- shared memory")
first = shared_memory.SharedMemory("pyapp-test", create=True, size=100)
second = shared_memory.SharedMemory("pyapp-test")
first.buf[:5] = b"hello"
print(bytes(second.buf[:6]))
second.buf[0] = ord("J")
print(bytes(first.buf[:6]), first.name)
attempt("once more", shared_memory.SharedMemory, "pyapp-test", create=True, size=100)
second.close()
first.close()
first.unlink()
attempt("gone", shared_memory.SharedMemory, "pyapp-test")
numbers = shared_memory.ShareableList([1, "two", 3.0, None, b"five", True])
numbers[1] = "TWO"
again = shared_memory.ShareableList(name=numbers.shm.name)
print(list(again), len(again))
again.shm.close()
numbers.shm.close()
numbers.shm.unlink()

print("-- locks")
for context in "fork", "spawn":
    context = multiprocessing.get_context(context)
    lock, recursive = context.Lock(), context.RLock()
    print(lock.acquire(), lock.acquire(False), lock.acquire(timeout=0.01), lock.release())
    attempt("released too often", lock.release)
    print(recursive.acquire(), recursive.acquire(), recursive.release(), recursive.release())
    attempt("not held", recursive.release)
    with lock, recursive:
        print(lock, recursive)
    bounded, counting = context.BoundedSemaphore(2), context.Semaphore(0)
    attempt("at its bound", bounded.release)
    counting.release()
    counting.release()
    print(counting.get_value(), counting.acquire(False), counting.acquire(False), counting.acquire(False))
    event = context.Event()
    print(event.is_set(), event.set(), event.wait(1), event.is_set())
    condition = context.Condition()
    with condition:
        print(condition.wait(0.01), condition.notify())

print("-- values")
count, letters = multiprocessing.Value("i", 5), multiprocessing.Array("c", b"letters")
with count.get_lock():
    count.value += 1
print(count.value, letters.value, letters[0])
