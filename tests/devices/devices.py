"""Devices and the names of descriptors. Runs under a native CPython on Linux, too, as an ordinary user without a terminal; where
the sandbox differs on purpose, `HERE` says so. Prints "done"."""
import errno
import logging
import os
import select
import shutil
import socket
import stat
import sys
import tempfile

HERE = sys.platform == "wasi"


def fails(number, function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        assert error.errno == number, (errno.errorcode[error.errno], errno.errorcode[number], function, arguments)
    else:
        raise AssertionError((errno.errorcode[number], function, arguments))


# Reading and writing.
assert open("/dev/null").read() == "" and open("/dev/null", "w").write("gone") == 4
for name in "zero", "full":
    with open(f"/dev/{name}", "rb") as file:
        assert file.read(5) == bytes(5)
        assert file.read(1 << 20) == bytes(1 << 20)
        into = bytearray(b"x" * 9)
        assert file.readinto(into) == 9 and into == bytes(9)
for name in "random", "urandom":
    with open(f"/dev/{name}", "rb") as file:
        assert len(file.read(16)) == 16
        assert len(set(file.read(100_000))) == 256
        into = [bytearray(20), bytearray(30)]
        assert os.readv(file.fileno(), into) == 50 and all(map(any, into))
full = os.open("/dev/full", os.O_RDWR)
fails(errno.ENOSPC, os.write, full, b"x")
fails(errno.ENOSPC, os.write, full, b"")
fails(errno.ENOSPC, os.pwrite, full, b"x", 5)
try:
    with open("/dev/full", "w") as file:
        file.write("x")
except OSError as error:
    assert error.errno == errno.ENOSPC
else:
    raise AssertionError("nothing is written to a full device")
assert open("/dev/zero", "ab").write(b"swallowed") == 9
reader = os.open("/dev/zero", os.O_RDONLY)
fails(errno.EBADF, os.write, reader, b"x")
writer = os.open("/dev/urandom", os.O_WRONLY)
fails(errno.EBADF, os.read, writer, 1)

# What else can be done with one.
devices = [os.open(f"/dev/{name}", os.O_RDWR) for name in ("null", "zero", "full", "random", "urandom")]
for device in devices:
    assert [os.lseek(device, 5, os.SEEK_SET), os.lseek(device, 0, os.SEEK_CUR), os.lseek(device, 0, os.SEEK_END)] == [0] * 3
    assert stat.filemode(os.fstat(device).st_mode) == "crw-rw-rw-" and os.fstat(device).st_size == 0
    assert not os.isatty(device)
    fails(errno.EINVAL, os.ftruncate, device, 4)
    fails(errno.EINVAL, os.fsync, device)
    if hasattr(os, "posix_fallocate"):
        fails(errno.ENODEV, os.posix_fallocate, device, 0, 4)
assert len(os.pread(devices[1], 4, 1 << 40)) == len(os.pread(devices[3], 4, 0)) == 4
assert select.select(devices, devices[:3], [], 0) == (devices, devices[:3], [])
for flags in os.O_TRUNC, os.O_CREAT, os.O_CREAT | os.O_TRUNC, os.O_APPEND:
    os.close(os.open("/dev/null", os.O_WRONLY | flags))
fails(errno.EEXIST, os.open, "/dev/null", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
fails(errno.ENOTDIR, os.listdir, "/dev/null")
fails(errno.ENXIO, os.open, "/dev/tty", os.O_RDWR)
assert stat.S_ISCHR(os.stat("/dev/tty").st_mode)

# They are the system's.
names = os.listdir("/dev")
assert {"fd", "full", "null", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero"} <= set(names)
fails(errno.EACCES, os.remove, "/dev/null")
fails(errno.EACCES, os.rename, "/dev/null", "/dev/other")
fails(errno.EACCES, os.mkdir, "/dev/new")
fails(errno.EACCES, os.symlink, "x", "/dev/new")
fails(errno.EACCES, os.open, "/dev/new", os.O_WRONLY | os.O_CREAT)
fails(errno.EXDEV, os.link, "/dev/null", "/tmp/null")
fails(errno.EPERM, os.chmod, "/dev/null", 0o600)
fails(errno.EPERM, os.chmod, "/dev", 0o777)
fails(errno.EPERM, os.fchmod, devices[0], 0o600)
fails(errno.EINVAL, os.truncate, "/dev/null", 0)
os.utime("/dev/null")
assert not os.access("/dev", os.W_OK) and os.access("/dev/null", os.R_OK | os.W_OK) and not os.access("/dev/null", os.X_OK)
assert os.listdir("/dev") == names

# Descriptors have names.
ends = os.pipe()
os.write(ends[1], b"abc")
with open(f"/dev/fd/{ends[0]}", "rb", buffering=0) as file:
    assert file.read(2) == b"ab"
    assert stat.S_ISFIFO(os.stat(f"/dev/fd/{ends[0]}").st_mode)
with open(f"/dev/fd/{ends[1]}", "w") as file:
    file.write("de")
os.write(ends[1], b"f")
os.close(ends[1])
assert os.read(ends[0], 9) == b"cdef" and os.read(ends[0], 9) == b""
fails(errno.ENOENT, os.stat, f"/dev/fd/{ends[1]}")
for name in "99", "x", "00", "-1", str(1 << 32), str(1 << 70):
    assert not os.path.exists(f"/dev/fd/{name}")
    fails(errno.ENOENT, os.open, f"/dev/fd/{name}", os.O_RDONLY)
if HERE:
    # The C library's own, and the current directory.
    assert not os.path.exists("/dev/fd/3") and not os.path.exists("/dev/fd/4") and not os.path.exists("/dev/fd/8192")
fails(errno.ENOENT, os.open, "/dev/fd/99", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
fails(errno.ENOENT, os.open, "/dev/fd/99", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
fails(errno.EEXIST, os.open, f"/dev/fd/{ends[0]}", os.O_RDONLY | os.O_CREAT | os.O_EXCL)
assert {"0", "1", "2", str(ends[0])} <= set(os.listdir("/dev/fd"))
assert "99" not in os.listdir("/dev/fd")
here, there = socket.socketpair()
assert stat.S_ISSOCK(os.stat(f"/dev/fd/{here.fileno()}").st_mode)
if HERE:
    # A duplicate; Linux opens no socket.
    with open(f"/dev/fd/{here.fileno()}", "wb") as file:
        file.write(b"through")
    assert there.recv(9) == b"through"
    # Linux would give the other end of the pipe.
    fails(errno.EACCES, os.open, f"/dev/fd/{ends[0]}", os.O_WRONLY)

# A file is opened once more, with an offset of its own and rights of its own.
with tempfile.TemporaryFile("w+") as file:
    file.write("0123")
    file.flush()
    again = f"/dev/fd/{file.fileno()}"
    assert open(again).read() == "0123" and file.tell() == 4
    with open(again, "a") as other:
        other.write("45")
    assert open(again).read() == "012345"
    open(again, "w").close()
    assert os.fstat(file.fileno()).st_size == 0
with tempfile.NamedTemporaryFile() as file:
    os.chmod(file.name, 0o400)
    fails(errno.EACCES, os.open, f"/dev/fd/{file.fileno()}", os.O_WRONLY)
with open("/vfs/pyapp.json" if HERE else "/etc/passwd") as file:
    assert open(f"/dev/fd/{file.fileno()}").read(1) == file.read(1)
    fails(errno.EROFS if HERE else errno.EACCES, os.open, f"/dev/fd/{file.fileno()}", os.O_WRONLY)

# The standard streams have names.
assert os.path.islink("/dev/stdin") and os.path.basename(os.readlink("/dev/stdin")) == "0"
for number, name in enumerate(("stdin", "stdout", "stderr")):
    mode = os.fstat(number).st_mode
    assert os.path.exists(f"/dev/{name}") and os.stat(f"/dev/{name}").st_mode == mode
    assert os.stat(f"/dev/{name}").st_ino == os.fstat(number).st_ino
    assert not open(f"/dev/{name}", "rb" if number == 0 else "wb", buffering=0).isatty()
os.chdir("/dev")
assert os.stat("../dev/./fd/0").st_mode == os.fstat(0).st_mode
os.chdir("/")
with open("/dev/stdout", "w") as file:
    file.write("one\n")
with open("/dev/stdout", "a") as file:
    file.write("two\n")
descriptor = os.open("/dev/stdout", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
assert descriptor > 2
os.write(descriptor, b"three\n")
os.close(descriptor)
fails(errno.EBADF, os.close, descriptor)
handler = logging.FileHandler("/dev/stderr", mode="w")
logging.getLogger("a").addHandler(handler)
logging.getLogger("a").warning("logged")
handler.close()
print("still open", file=sys.stderr)
shutil.copyfileobj(open("/dev/stdin", "rb"), open("/dev/stdout", "wb"))
print("done")
