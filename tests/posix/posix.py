"""What the POSIX layer and the host's requests give, as a program sees it. Ends with an AssertionError if not."""
import asyncio
import concurrent.futures
import curses
import errno
import fcntl
import os
import select
import signal
import socket
import sqlite3
import stat
import time


def fails(number, function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        assert error.errno == number, error
    else:
        raise AssertionError(f"{function} {arguments} did not fail")


# Pipes.
reader, writer = os.pipe()
assert stat.S_ISFIFO(os.fstat(reader).st_mode)
fails(errno.EDEADLK, os.read, reader, 1)
os.set_blocking(reader, False)
fails(errno.EAGAIN, os.read, reader, 1)
assert select.select([reader], [writer], [], 0) == ([], [writer], [])
assert os.writev(writer, [b"ab", b"", b"cd"]) >= 2
copy = os.dup(reader)
assert os.read(copy, 2) == b"ab"
os.close(reader)
os.close(writer)
poll = select.poll()
poll.register(copy, select.POLLIN)
assert poll.poll(0)[0][1] & select.POLLHUP
os.close(copy)
fails(errno.EBADF, os.fstat, copy)

# Duplicates share an offset; a preopen stays open.
file = os.open("/tmp/file", os.O_RDWR | os.O_CREAT, 0o640)
assert stat.S_IMODE(os.fstat(file).st_mode) == 0o640
os.write(file, b"0123456789")
other = os.dup2(file, 77)
os.lseek(file, 3, os.SEEK_SET)
assert os.read(other, 2) == b"34"
os.closerange(3, 200)
assert os.listdir("/tmp") == ["file"]
fails(errno.EBADF, os.dup, -1)

# Modes count, for an ordinary user.
os.chmod("/tmp/file", 0)
fails(errno.EACCES, open, "/tmp/file")
assert not os.access("/tmp/file", os.R_OK)
old = os.umask(0o077)
os.mkdir("/tmp/private")
assert stat.S_IMODE(os.stat("/tmp/private").st_mode) == 0o700
os.umask(old)
fails(errno.EPERM, os.chown, "/tmp/file", 0, 0)
fails(errno.EROFS, open, "/vfs/pyapp.json", "w")
fails(errno.EROFS, os.chown, "/vfs/pyapp.json", os.getuid(), -1)
os.chown("/tmp/file", os.getuid(), -1)
assert os.stat("/vfs").st_uid == 0 and os.stat("/tmp").st_uid == os.getuid()
assert os.statvfs("/tmp").f_bavail > 0 and os.statvfs("/vfs").f_flag & os.ST_RDONLY

# The current directory is a directory, and not a text.
os.chdir("/tmp/private")
os.rename("/tmp/private", "/tmp/moved")
assert os.getcwd() == "/tmp/moved"
fails(errno.ENOENT, os.rmdir, "")
os.rmdir("/tmp/moved")
fails(errno.ENOENT, os.getcwd)
os.chdir("/tmp")
os.closerange(3, os.sysconf("SC_OPEN_MAX") + 10)
fails(errno.EBADF, os.close, 8192)
fails(errno.EBADF, os.dup2, 1, 8192)
assert os.listdir(".") == ["file"]
# A directory is entered with the right to search it, and nothing else.
os.mkdir("search", 0o300)
os.mkdir("read", 0o600)
fails(errno.EACCES, os.chdir, "read")
os.chdir("search")
fails(errno.EACCES, os.listdir, ".")
fails(errno.EBADF, os.listdir, os.open(".", os.O_SEARCH))
os.chdir("/tmp")
os.statvfs("file")
# A path that is longer than any call takes.
os.makedirs("d" * 200)
os.chdir("d" * 200)
for _ in range(20):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
os.makedirs("/tmp/long" + "g" * 200)
os.rename("/tmp/" + "d" * 200, "/tmp/long" + "g" * 200 + "/d")
fails(errno.ENAMETOOLONG, os.getcwd)
gone = os.open("/tmp/search", os.O_SEARCH)
os.rmdir("/tmp/search")
os.fchdir(gone)
fails(errno.ENOENT, os.getcwd)
os.chdir("/")

# Flags of other systems, which preview1 does not know.
file = os.open("/tmp/flags", os.O_CREAT | os.O_RDWR | 0o2000200, 0o600)
fcntl.fcntl(file, fcntl.F_SETFL, 0o4000 | os.O_APPEND)
assert fcntl.fcntl(file, fcntl.F_GETFL) & os.O_APPEND
fails(errno.EISDIR, os.open, "/tmp", os.O_RDONLY | os.O_CREAT, 0o600)
fails(errno.EBADF, fcntl.lockf, os.open("/tmp/flags", os.O_RDONLY), fcntl.LOCK_EX)

# Time of the process stands still while it sleeps.
before = os.times()
time.sleep(0.2)
after = os.times()
assert after.user - before.user < 0.1 < after.elapsed - before.elapsed < 10

# Signals that end nothing.
os.kill(os.getpid(), 0)
signal.raise_signal(signal.SIGWINCH)

# Nothing can be asked for but what is a request.
fails(errno.ENOSYS, os.open, "/dev/pyapp/format/3", os.O_RDONLY)
fails(errno.EINVAL, os.open, "/dev/pyapp/dup/3", os.O_RDONLY)
fails(errno.EBADF, os.open, "/dev/pyapp/dup/4000000000/0", os.O_RDONLY)
fails(errno.ENOENT, os.open, "/tmp/dev/pyapp/pipe", os.O_RDONLY)
fails(errno.ENXIO, os.open, "/dev/tty", os.O_RDWR)
assert "pyapp" not in os.listdir("/dev")

# A pair of sockets, and asyncio on top of it.
one, two = socket.socketpair()
one.sendall(b"hello")
assert two.recv(2, socket.MSG_PEEK) == b"he" and two.recv(9) == b"hello"
two.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
assert two.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
one.sendall(b"last")
one.shutdown(socket.SHUT_WR)
fails(errno.EPIPE, one.send, b"x")
assert select.select([two], [], [two], 0) == ([two], [], [])
assert two.recv(9) == b"last" and two.recv(1) == b""

# Watching descriptors of which one is bad, and one whose other end is gone.
reader, writer = os.pipe()
os.close(reader)
poll = select.poll()
poll.register(9999, select.POLLIN)
poll.register(writer, select.POLLOUT)
assert dict(poll.poll(0)) == {9999: select.POLLNVAL, writer: select.POLLOUT | select.POLLERR}
os.close(writer)
pipes = [os.pipe() for _ in range(1100)]
fails(errno.ENOBUFS, lambda: [os.write(writer, bytes(65536)) for _, writer in pipes])
for ends in pipes:
    for end in ends:
        os.close(end)

# What is not there says so.
fails(errno.EACCES, socket.create_connection, ("example.com", 80))
try:
    concurrent.futures.ProcessPoolExecutor()
except NotImplementedError as error:
    assert "the sandbox starts no processes" in str(error), error
assert curses.KEY_UP == 259 and curses.window


async def echo():
    reader, writer = os.pipe()
    loop = asyncio.get_running_loop()
    stream = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), open(reader, "rb", 0))
    loop.call_later(0.01, os.write, writer, b"line\n")
    return await asyncio.wait_for(stream.readline(), 5)


assert asyncio.run(echo()) == b"line\n"

# Locks hold between connections.
first, second = (sqlite3.connect("/tmp/base", timeout=0) for _ in range(2))
first.execute("CREATE TABLE t (n)")
first.execute("BEGIN EXCLUSIVE")
try:
    second.execute("SELECT * FROM t")
except sqlite3.OperationalError as error:
    assert "locked" in str(error)
else:
    raise AssertionError("an exclusive lock lets others in")
assert os.listdir("/tmp").count("base.lock") == 0

print("done")
