"""Sizes and offsets at the ends of 32 and 64 bits, signed and not."""

# A file of its own, whose first bytes must stay where they are.
own = "fd = opened(new, os.O_RDWR | os.O_CREAT); os.write(fd, b'first'); "
start = "os.pread(fd, 5, 0)"
attempt("read at 2^31", own + "os.pread(fd, 5, 2**31)", "=b''", WRITING)
attempt("read at 2^32", own + "os.pread(fd, 5, 2**32)", "=b''", WRITING)
attempt("read at 2^32 + 1", own + "os.pread(fd, 5, 2**32 + 1)", "=b''", WRITING)
attempt("read at 2^63 - 1", own + "os.pread(fd, 5, 2**63 - 1)", "EINVAL EOVERFLOW =b''", WRITING)
attempt("read at 2^63", own + "os.pread(fd, 5, 2**63)", "OverflowError", WRITING)
attempt("read below nothing", own + "os.pread(fd, 5, -1)", "EINVAL", WRITING)
attempt("read at -2^63", own + "os.pread(fd, 5, -2**63)", "EINVAL", WRITING)
attempt("read 2^31 bytes", own + "os.pread(fd, 2**31, 0)", "MemoryError EINVAL OverflowError", WRITING)
attempt("read 2^63 bytes", own + "os.read(fd, 2**63)", "OverflowError", WRITING)
attempt("read less than nothing", own + "os.read(fd, -1)", "EINVAL", WRITING)
attempt("read into ten thousand buffers", own + "os.preadv(fd, [bytearray(1)] * 10_000, 0)", "EINVAL =5", WRITING)
attempt("read what is granted at 2^63 - 1",
    "os.pread(opened(READ + '/file.txt'), 5, 2**63 - 1)", "EINVAL EOVERFLOW =b''", READING)
attempt("read what is granted at 2^32", "os.pread(opened(READ + '/file.txt'), 5, 2**32)", "=b''", READING)
attempt("read the archive at 2^63 - 1", "os.pread(opened('/vfs/pyapp.json'), 5, 2**63 - 1)", "EINVAL EOVERFLOW =b''")
attempt("write at 2^31", own + "os.pwrite(fd, b'x', 2**31); " + start, "=b'first'", WRITING)
attempt("write at 2^32", own + "os.pwrite(fd, b'x', 2**32); " + start, "=b'first'", WRITING)
attempt("write at 2^32 + 1", own + "os.pwrite(fd, b'x', 2**32 + 1); os.fstat(fd).st_size", "=4294967298", WRITING)
attempt("write at 2^63 - 1", own + "os.pwrite(fd, b'x', 2**63 - 1)", "EFBIG EINVAL EOVERFLOW", WRITING)
attempt("write at 2^63", own + "os.pwrite(fd, b'x', 2**63)", "OverflowError", WRITING)
attempt("write below nothing", own + "os.pwrite(fd, b'x', -1)", "EINVAL", WRITING)
attempt("write across 2^63", own + "os.pwrite(fd, b'x' * 100, 2**63 - 50)", "EFBIG EINVAL EOVERFLOW", WRITING)
attempt("write in memory at 2^63 - 1",
    "os.pwrite(opened('/tmp/big', os.O_RDWR | os.O_CREAT), b'x', 2**63 - 1)", "EFBIG EINVAL EOVERFLOW ENOSPC")
attempt("write in memory at 2^40", "os.pwrite(opened('/tmp/big', os.O_RDWR | os.O_CREAT), b'x', 2**40)", "EFBIG ENOSPC =1")
attempt("move to 2^31", own + "os.lseek(fd, 2**31, 0); os.write(fd, b'x'); " + start, "=b'first'", WRITING)
attempt("move to 2^63 - 1", own + "os.lseek(fd, 2**63 - 1, 0); os.write(fd, b'x')", "EFBIG EINVAL EOVERFLOW", WRITING)
attempt("move past 2^63", own + "os.lseek(fd, 2**63 - 1, 1)", "EINVAL EOVERFLOW", WRITING)
attempt("move past 2^63 from the end", own + "os.lseek(fd, 2**63 - 1, 2)", "EINVAL EOVERFLOW", WRITING)
attempt("move below nothing", own + "os.lseek(fd, -6, 2)", "EINVAL", WRITING)
attempt("move by -2^63", own + "os.lseek(fd, -2**63, 1)", "EINVAL EOVERFLOW", WRITING)
attempt("move in a way there is not", own + "os.lseek(fd, 0, 99)", "EINVAL", WRITING)
attempt("move in a folder", "os.lseek(opened(ANY), 2**62, 0)", "EBADF ENOENT EISDIR ESPIPE")
attempt("cut at 2^32", own + "os.ftruncate(fd, 2**32); " + start, "=b'first'", WRITING)
attempt("cut at 2^63 - 1", own + "os.ftruncate(fd, 2**63 - 1)", "EFBIG EINVAL", WRITING)
attempt("cut at 2^63", own + "os.ftruncate(fd, 2**63)", "OverflowError", WRITING)
attempt("cut below nothing", own + "os.ftruncate(fd, -1)", "EINVAL", WRITING)
attempt("cut by its name at -2^63", own + "os.truncate(new, -2**63)", "EINVAL", WRITING)
attempt("cut in memory at 2^63 - 1",
    "os.ftruncate(opened('/tmp/big', os.O_RDWR | os.O_CREAT), 2**63 - 1)", "EFBIG EINVAL ENOSPC =None")
attempt("a range locked across 2^63",
    own + "fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 2**63 - 1, 2**63 - 1)", "EINVAL EOVERFLOW", WRITING)
attempt("a range locked below nothing",
    own + "fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, -10)", "EINVAL EOVERFLOW", WRITING)
attempt("a lock of -2^63 bytes", own + "fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, -2**63, 0)", "EINVAL EOVERFLOW", WRITING)
attempt("times at 2^63 ns", own + "os.utime(new, ns=(2**63, 2**63))", "OverflowError EINVAL =None", WRITING)
attempt("times at 2^62 s", own + "os.utime(new, (2**62, 2**62))", "OverflowError EINVAL =None", WRITING)
attempt("times at -2^63 ns", own + "os.utime(new, ns=(-2**63, -2**63))", "OverflowError EINVAL =None", WRITING)
attempt("a mode of 2^31", own + "os.chmod(new, 2**31)", "OverflowError EINVAL =None", WRITING)
attempt("an owner of 2^32", own + "os.chown(new, 2**32, 0)", "OverflowError EPERM", WRITING)
attempt("a mapping of 2^31",
    own + "import mmap; mmap.mmap(fd, 2**31)", "OverflowError MemoryError ENOMEM ValueError EINVAL", WRITING)
attempt("a mapping at 2^62",
    "import mmap; mmap.mmap(opened(READ + '/file.txt'), 5, access=mmap.ACCESS_READ, offset=2**62)",
    "ValueError EINVAL OverflowError", READING)
attempt("a descriptor's flags of 2^31 - 1", own + "fcntl.fcntl(fd, fcntl.F_SETFL, 2**31 - 1)", "EINVAL =0", WRITING)
attempt("a command that there is not", own + "fcntl.fcntl(fd, 2**31 - 1, 2**31 - 1)", "EINVAL", WRITING)
attempt("opened with every flag", "opened(READ + '/file.txt', 2**31 - 1)", "EINVAL EROFS ENOTDIR EEXIST", READING)
attempt("opened with flags below nothing", "opened(READ + '/file.txt', -1)", "EINVAL EROFS ENOTDIR EEXIST", READING)
attempt("random bytes, too many", "os.urandom(2**31 - 1)[:0]", "MemoryError OverflowError =b''", ["none"], fresh=True)
