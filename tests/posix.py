"""What the POSIX layer and the host's requests give, as a program sees it. Ends with an AssertionError if not."""
import asyncio
import errno
import os
import select
import socket
import sqlite3
import stat
import threading


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
assert os.stat("/vfs").st_uid == 0 and os.stat("/tmp").st_uid == os.getuid()
assert os.statvfs("/tmp").f_bavail > 0 and os.statvfs("/vfs").f_flag & os.ST_RDONLY

# The current directory is a directory, and not a text.
os.chdir("/tmp/private")
os.rename("/tmp/private", "/tmp/moved")
assert os.getcwd() == "/tmp/moved"
fails(errno.ENOENT, os.rmdir, "")
os.rmdir("/tmp/moved")
fails(errno.ENOENT, os.getcwd)
os.chdir("/")

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
one.shutdown(socket.SHUT_WR)
assert two.recv(1) == b""


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

try:
    threading.Thread(target=print).start()
except RuntimeError as error:
    assert "use asyncio" in str(error)
print("done")
