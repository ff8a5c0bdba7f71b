"""Objects of every size in one process: each is made, or refused with MemoryError or OverflowError, and what comes later
still works. What would succeed is made small, or of memory that nobody touches, so that the machine need not have it."""
import array
import os
import sys

LARGEST = sys.maxsize
# Around the largest object there can be; a page of WebAssembly is 64 KiB.
NEAR = sorted({LARGEST - less for less in (*range(0, 200), *range(65000, 66000, 37), *range(200, 65000, 4001))})
REFUSED = MemoryError, OverflowError


def refused(make, *arguments):
    try:
        make(*arguments)
    except REFUSED:
        return
    raise AssertionError(f"{make} {arguments} did not fail")


def tried(make, *arguments):
    try:
        return make(*arguments)
    except REFUSED:
        return None


def grow(start, size):
    """A bytearray that is grown in its place."""
    grown = bytearray(start)
    grown += bytes(1)
    try:
        # Looks at the size first, and at the contents never.
        grown.__init__(size)
    finally:
        grown.clear()


def still_works():
    blocks = [bytes([number]) * (number * 1000) for number in range(100)]
    assert all(block.count(number) == number * 1000 for number, block in enumerate(blocks))


file = os.open("/tmp/file", os.O_CREAT | os.O_RDWR)
os.write(file, b"0123456789")

for size in [n for n in NEAR if n > LARGEST - 65000]:
    refused(bytes, size)
    refused(bytearray, size)
    refused(lambda: b"x" * size)
    refused(lambda: "x" * size)
    refused(lambda: array.array("b", b"x") * size)
    refused(grow, 1000, size)
    refused(bytes(100).ljust, size)
    refused("x".zfill, size)
still_works()

# What has items of more than a byte has fewer of them.
for item in 2, 4, 8, 16:
    for size in (LARGEST // item - less for less in (0, 1, 2, 3, 10, 100, 1000)):
        if item * size > LARGEST - 60000:
            refused(lambda: array.array({2: "h", 4: "i", 8: "d"}.get(item, "d"), [1]) * (size * item // min(item, 8)))
            refused(lambda: [None] * (size * item // 4))
            refused(lambda: (None,) * (size * item // 4))
            refused(lambda: "\u20ac" * (size * item // 2))
            refused(lambda: "\U0001f600" * (size * item // 4))
refused(int.to_bytes, 1, LARGEST, "big")
refused(lambda: 1 << (LARGEST // 4 * 30 + 5))
still_works()

# The memory that is read into is not touched before something is read.
for size in [*NEAR, *(1 << bit for bit in range(31)), *(3 << bit for bit in range(29))]:
    os.lseek(file, 0, os.SEEK_SET)
    read = tried(os.read, file, size)
    assert read is None and size > 1 << 30 or read == b"0123456789"[:size], (size, read)
still_works()
print("done")
