"""Descriptors: numbers that are closed, reused, renumbered, beyond all bounds, and those that the C library keeps."""

# ---- What the C library keeps ----
attempt("up from the archive's descriptor", "os.open('..' + SECRET, 0, dir_fd=3)", "ENOENT")
attempt("up from the root's descriptor", "os.open('../../..' + SECRET, 0, dir_fd=4)", "ENOENT")
attempt("the secret by the root's descriptor", "os.open(SECRET[1:], 0, dir_fd=4)", "ENOENT")
attempt("the archive's descriptor closed", "os.close(3)", "EBADF")
attempt("the root's descriptor closed", "os.close(4)", "EBADF")
attempt("a file in place of the archive", "os.dup2(opened('/dev/null'), 3)", "EBADF")
attempt("a folder in place of the root", "os.dup2(opened(ANY if MODE != 'none' else '/tmp'), 4)", "EBADF")
attempt("the root's descriptor read", "os.read(4, 10)", "EISDIR EBADF")
attempt("the root's descriptor written to", "os.write(4, b'x')", "EBADF EISDIR")
attempt("the root's mode by its descriptor", "os.fchmod(4, 0o777)", "EPERM EACCES EROFS")
attempt("the archive's mode by its descriptor", "os.fchmod(3, 0o777)", "EROFS")
attempt("names of the kept ones", "[os.path.exists(f'/dev/fd/{fd}') for fd in (3, 4)]", "=[False, False]")
attempt("the current folder's number closed", "os.close(8192)", "EBADF")
attempt("the current folder's number taken", "os.dup2(opened('/dev/null'), 8192)", "EBADF")
attempt("the current folder's number moved", "os.open('../' * 9 + SECRET, 0, dir_fd=os.dup(opened('/tmp')))", "ENOENT")
attempt("up from the current folder's number", "os.open('neighbour.txt', 0, dir_fd=8192)", "ENOENT EBADF")

# ---- Closed, reused, renumbered ----
attempt("a folder's number that was closed", "fd = opened('/tmp'); os.close(fd); os.open('x', 0, dir_fd=fd)", "EBADF")
attempt("a number that was closed, read", "fd = opened('/dev/zero'); os.close(fd); os.read(fd, 1)", "EBADF")
attempt("a number that was closed, twice", "fd = opened('/dev/zero'); os.close(fd); os.close(fd)", "EBADF")
attempt("a number that was closed, its mode", "fd = opened('/tmp'); os.close(fd); os.fchmod(fd, 0o777)", "EBADF")
attempt("a number that was closed, locked", "fd = opened('/tmp/lock', os.O_CREAT); os.close(fd); fcntl.flock(fd, 2)", "EBADF")
attempt("a folder's number reused for a file",
    "fd = opened('/tmp'); os.close(fd); opened('/dev/null'); os.open('../x', 0, dir_fd=fd)", "ENOTDIR")
attempt("a file's number reused for a folder",
    "fd = opened('/dev/zero'); os.close(fd); opened('/tmp'); os.read(fd, 1)", "EISDIR EBADF")
attempt("a reading number put over a writing one",
    "w = opened('/tmp/w', os.O_CREAT | os.O_WRONLY); os.dup2(opened(READ + '/file.txt'), w); os.write(w, b'x')",
    "EBADF", READING)
attempt("a reading number put under a writing one",
    "r = opened(READ + '/file.txt'); os.dup2(opened('/tmp/w', os.O_CREAT | os.O_WRONLY), r); os.write(r, b'x'); "
    "read(READ + '/file.txt')",
    r"=b'plain\n'", READING)
attempt("a granted folder's number put over memory's",
    "m = opened('/tmp'); os.dup2(opened(READ), m); os.mkdir('made', dir_fd=m)", "EROFS", READING)
attempt("memory's number put over a granted folder's",
    "g = opened(ANY); os.dup2(opened('/tmp'), g); os.open('../neighbour.txt', 0, dir_fd=g)", "ENOENT", GRANTED)
attempt("up from a copy", "os.open('../neighbour.txt', 0, dir_fd=os.dup(opened(ANY)))", "ENOENT")
attempt("a copy of a copy, taken up",
    "fd = opened(ANY)\nfor _ in range(9): fd = os.dup(fd)\nos.open('..', 0, dir_fd=fd) > 0; "
    "os.open('neighbour.txt', 0, dir_fd=os.open('..', 0, dir_fd=fd))",
    "ENOENT")
attempt("the current folder by a number that is closed",
    "fd = opened(ANY); os.fchdir(fd); os.close(fd); read('../neighbour.txt')", "ENOENT")
attempt("the current folder, a file", "os.fchdir(opened('/dev/null'))", "ENOTDIR")
attempt("the current folder, a number that is closed", "fd = opened('/tmp'); os.close(fd); os.fchdir(fd)", "EBADF")
attempt("a file as a folder", "os.open('../neighbour.txt', 0, dir_fd=opened(ANY + '/file.txt'))", "ENOENT ENOTDIR")
attempt("stdin as a folder", "os.open('../neighbour.txt', 0, dir_fd=0)", "ENOTDIR")
attempt("a listing by a file's number", "os.listdir(opened('/dev/null'))", "ENOTDIR")
attempt("a listing by a number that is closed", "fd = opened('/tmp'); os.close(fd); os.listdir(fd)", "EBADF")

# ---- Numbers that are none ----
attempt("minus one as a folder", "os.open('x', 0, dir_fd=-1)", "EBADF")
attempt("the current folder's own value as a folder", "os.open('neighbour.txt', 0, dir_fd=-2)", "ENOENT")
attempt("the current folder's own value on the machine", "os.open('neighbour.txt', 0, dir_fd=-100)", "EBADF")
attempt("2^31 - 1 as a folder", "os.open('x', 0, dir_fd=2**31 - 1)", "EBADF")
attempt("2^31 as a folder", "os.open('x', 0, dir_fd=2**31)", "OverflowError")
attempt("2^32 as a folder", "os.open('x', 0, dir_fd=2**32)", "OverflowError")
attempt("2^63 as a number", "os.read(2**63, 1)", "OverflowError")
attempt("2^31 - 1 read", "os.read(2**31 - 1, 1)", "EBADF")
attempt("a number below none", "os.read(-2**31, 1)", "EBADF")
attempt("a copy at 2^31 - 1", "os.dup2(0, 2**31 - 1)", "EBADF")
attempt("a copy below none", "os.dup2(0, -1)", "EBADF")
attempt("a copy beyond all numbers", "fcntl.fcntl(0, fcntl.F_DUPFD, 8192)", "EINVAL EMFILE")
attempt("a copy at the last number", "os.dup2(opened('/dev/null'), 8191); os.close(8191)", "=None")
attempt("a range of numbers closed", "os.closerange(5, 100_000); read(SECRET)", "ENOENT", fresh=True)
attempt("all numbers closed but the streams", "os.closerange(3, 10_000); read(SECRET)", "ENOENT", fresh=True)

# ---- Names of numbers ----
attempt("the name of a kept number", "read('/dev/fd/3')", "ENOENT")
attempt("up from the name of a number", "read('/dev/fd/1/../..' + SECRET)", "ENOENT ENOTDIR")
attempt("up from the name of a folder's number", "read(f'/dev/fd/{opened(ANY)}/../neighbour.txt')", "ENOENT ENOTDIR")
attempt("down from the name of a folder's number", "os.listdir(f'/dev/fd/{opened(ANY)}/..')", "ENOENT ENOTDIR")
attempt("the name of a number beyond all", "read('/dev/fd/99999999999999999999')", "ENOENT")
attempt("the name of a number below none", "read('/dev/fd/-1')", "ENOENT")
attempt("the name of a number with zeros", "read('/dev/fd/00')", "ENOENT")
attempt("the name of a number in words", "read('/dev/fd/0x0')", "ENOENT")
attempt("up from stdin's name", "read('/dev/stdin/../..' + SECRET)", "ENOENT ENOTDIR")
attempt("a number's name taken away", "os.unlink('/dev/fd/0')", "EACCES EPERM EBUSY ENOENT")
attempt("a link put among the numbers", "os.symlink(SECRET, '/dev/fd/77')", "EACCES EPERM ENOENT EEXIST")
attempt("numbers that are none of its own", "[n for n in os.listdir('/dev/fd') if int(n) > 16]", "=[]")
attempt("a number's name among the process's", "read('/proc/self/fd/0')", "ENOENT")

# ---- More than there are ----
full = "fds = []\ntry:\n  while True: fds.append({how})\nexcept OSError as error: first = errno.errorcode[error.errno]\n"
attempt("numbers of memory used up", full.format(how="opened('/tmp')") + "read(SECRET)", "EMFILE", fresh=True)
attempt("numbers of the host used up",
    full.format(how="opened(ANY)") + "write(ANY + '/file.txt')", "EMFILE", GRANTED, fresh=True)
attempt("numbers used up, and given back",
    full.format(how="opened(ANY)") + "[os.close(fd) for fd in fds]; first, read(ANY + '/file.txt')",
    r"=('EMFILE', b'plain\n')", GRANTED, fresh=True)
attempt("numbers used up, then a file cut",
    full.format(how="opened(ANY)") + "os.open(WRITE + '/file.txt', os.O_WRONLY | os.O_TRUNC)", "EMFILE", WRITING, fresh=True)
attempt("numbers used up by pipes", full.format(how="os.pipe()") + "first", "='EMFILE'", fresh=True)
attempt("numbers used up by requests", full.format(how="opened('/dev/pyapp/statvfs/4')") + "first", "='EMFILE'", fresh=True)
