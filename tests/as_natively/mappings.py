"""What mmap does to memory and files, as seen from one process; no more than works over a copy of the file, too."""
import mmap
import os
import tempfile


def attempt(title, function, *arguments, **options):
    try:
        result = repr(function(*arguments, **options))
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    print(f"{title}: {result}")


folder = tempfile.mkdtemp()
path = os.path.join(folder, "file")
with open(path, "wb") as file:
    file.write(b"0123456789" * 1000)


def contents():
    with open(path, "rb") as file:
        return file.read()


print("-- reading")
with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
    print(len(mapped), mapped[:3], mapped[-1], mapped.find(b"90"), mapped.rfind(b"01"), mapped.readline()[:4], mapped.size())
    attempt("assignment", mapped.__setitem__, 0, 1)
    attempt("writable, of a file open for reading", mmap.mmap, file.fileno(), 0)
    attempt("private and writable", lambda: mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)[:2])
    attempt("longer than the file", mmap.mmap, file.fileno(), 20_000, access=mmap.ACCESS_READ)
    attempt("an offset that is no page's", mmap.mmap, file.fileno(), 10, access=mmap.ACCESS_READ, offset=10)
    attempt("the second page", lambda: mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ, offset=4096)[:5])
    attempt("behind the end", mmap.mmap, file.fileno(), 0, access=mmap.ACCESS_READ, offset=1 << 16)

print("-- writing")
with open(path, "r+b") as file:
    with mmap.mmap(file.fileno(), 0) as mapped:
        mapped[:5] = b"HELLO"
        mapped.flush()
        print(contents()[:12])
        mapped.seek(9998)
        mapped.write(b"!!")
        attempt("behind the end", mapped.write_byte, 33)
        mapped.move(20, 0, 5)
    print(contents()[:30], contents()[-3:], len(contents()))

    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as mapped:
        mapped[:5] = b"other"
        mapped.flush()
        print(mapped[:7])
    print(contents()[:7])

    print("-- what others write stays")
    with mmap.mmap(file.fileno(), 0) as mapped:
        mapped[0] = ord("J")
        with open(path, "r+b") as other:
            other.seek(100)
            other.write(b"another")
    print(contents()[:7], contents()[98:110])

    print("-- two mappings of a file")
    first, second = mmap.mmap(file.fileno(), 0), mmap.mmap(file.fileno(), 100)
    first[3] = ord("x")
    second[4] = ord("y")
    print(second[:6], first[:6])
    third = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    print(third[:6])
    third.close()
    first.close()
    second[5] = ord("z")
    second.close()
    print(contents()[:7])

    print("-- length")
    with mmap.mmap(file.fileno(), 0) as mapped:
        mapped.resize(12_000)
        print(len(mapped), mapped[:3], mapped[11_990:], os.fstat(file.fileno()).st_size)
        mapped[11_999] = 42
        mapped.resize(50)
        print(len(mapped), mapped[:3], os.fstat(file.fileno()).st_size)
    with mmap.mmap(file.fileno(), 0) as mapped:
        file.truncate(10)
        mapped[:2] = b"ab"
        mapped.flush()
    print(contents())

with open(path, "wb"):
    pass
with open(path, "rb") as file:
    attempt("an empty file", mmap.mmap, file.fileno(), 0, access=mmap.ACCESS_READ)

print("-- the descriptor may be closed")
with open(path, "wb") as file:
    file.write(b"abc" * 100)
with open(path, "r+b") as file:
    mapped = mmap.mmap(file.fileno(), 0, trackfd=False)
mapped[:3] = b"xyz"
attempt("size", mapped.size)
mapped.close()
print(contents()[:6])

print("-- memory without a file")
memory = mmap.mmap(-1, 10_000)
print(len(memory), memory[:4], memory[-1])
memory[5_000:5_005] = b"there"
memory.resize(20_000)
print(len(memory), memory.find(b"there"))
with memoryview(memory) as view:
    view[0] = 65
    attempt("closing under a view", memory.close)
print(memory.read(2), memory.read_byte(), memory.tell(), memory.madvise(mmap.MADV_WILLNEED))
memory.close()
attempt("closed", memory.read, 1)
private = mmap.mmap(-1, 100, flags=mmap.MAP_PRIVATE)
private[:5] = b"hello"
private.madvise(mmap.MADV_DONTNEED)
print(private[:5])
attempt("nothing", mmap.mmap, -1, 0)
attempt("less than nothing", mmap.mmap, -1, -1)
attempt("a folder", mmap.mmap, os.open(folder, os.O_RDONLY), 10, access=mmap.ACCESS_READ)
attempt("a pipe", mmap.mmap, os.pipe()[0], 10, access=mmap.ACCESS_READ)
attempt("no descriptor", mmap.mmap, 999, 10)
attempt("more than there is", mmap.mmap, -1, 2**31 - 1 if mmap.PAGESIZE > 4096 else 2**62)
