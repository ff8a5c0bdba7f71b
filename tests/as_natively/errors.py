"""Errors of the system: their numbers, names, classes and texts; and what usual failures say."""
import ctypes
import errno
import fcntl
import os
import shutil
import signal
import socket
import sqlite3
import tempfile
import termios
import time


def fails(function, *arguments, **options):
    try:
        result = repr(function(*arguments, **options))
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    # Descriptors have other numbers here.
    print(function.__name__, [argument for argument in arguments if isinstance(argument, str)], result)


print("-- names")
print(errno.errorcode)
for name in dir(errno):
    if name.startswith("E"):
        print(name, getattr(errno, name))
for name in "ADDRFAMILY AGAIN BADFLAGS FAIL FAMILY MEMORY NODATA NONAME OVERFLOW SERVICE SOCKTYPE SYSTEM".split():
    print(name, getattr(socket, f"EAI_{name}"))

print("-- texts and classes")
for number in range(-2, 140):
    print(number, os.strerror(number), repr(OSError(number, "text")))

print("-- paths")
os.chdir(tempfile.mkdtemp())
os.makedirs("folder/inner")
os.symlink("second", "first")
os.symlink("first", "second")
with open("file", "w") as file:
    file.write("text")
for path in "missing", "file/x", "folder", "first", "n" * 300, "":
    fails(open, path)
fails(open, "folder", "w")
fails(open, "missing/x", "w")
fails(open, "file", "x")
fails(os.open, "file", os.O_RDONLY | os.O_DIRECTORY)
fails(os.open, "first", os.O_RDONLY | os.O_NOFOLLOW)
for path in "missing/x", "folder", "file", "first":
    fails(os.mkdir, path)
    fails(os.rmdir, path)
for path in "missing/x", "file", "first":
    fails(os.listdir, path)
    fails(os.scandir, path)
    fails(os.chdir, path)
for path in "missing/x", "folder", "file":
    fails(os.readlink, path)
for path in "missing/x", "folder":
    fails(os.unlink, path)
for path in "missing/x", "first":
    fails(os.stat, path)
fails(os.rename, "missing", "x")
fails(os.rename, "folder", "folder/inner/x")
fails(os.rename, "file", "folder")
fails(os.rename, "folder", "file")
fails(os.link, "file", "folder")
fails(os.link, "missing", "x")
fails(os.symlink, "x", "file")
fails(os.truncate, "folder", 0)
fails(os.utime, "missing")
fails(os.chmod, "missing", 0o600)
fails(os.statvfs, "missing")
fails(shutil.rmtree, "missing")
fails(shutil.copyfile, "missing", "x")
fails(shutil.copyfile, "file", "missing/x")
fails(os.makedirs, "folder/inner")
fails(sqlite3.connect, "missing/x")

print("-- descriptors")
for function in os.close, os.dup, os.fstat, os.fsync, os.isatty, os.fchdir, termios.tcgetattr, open:
    fails(function, 999)
fails(os.dup2, 999, 5)
fails(os.read, 999, 1)
fails(os.write, 999, b"x")
fails(os.lseek, 999, 0, os.SEEK_SET)
fails(os.ftruncate, 999, 0)
fails(fcntl.fcntl, 999, fcntl.F_GETFD)
fails(fcntl.flock, 999, fcntl.LOCK_SH)
reads, writes = os.open("file", os.O_RDONLY), os.open("file", os.O_WRONLY)
fails(os.write, reads, b"x")
fails(os.read, writes, 1)
fails(os.ftruncate, reads, 0)
fails(os.lseek, reads, -1, os.SEEK_SET)
fails(os.lseek, reads, 0, 99)
fails(os.pread, reads, 1, -1)
fails(termios.tcgetattr, reads)
fails(os.fchdir, reads)

print("-- pipes and sockets")
reader, writer = os.pipe()
fails(os.lseek, reader, 0, os.SEEK_SET)
fails(os.pread, reader, 1, 0)
fails(os.ftruncate, writer, 0)
fails(os.write, reader, b"x")
fails(os.read, writer, 1)
os.set_blocking(reader, False)
fails(os.read, reader, 1)
os.close(reader)
fails(os.write, writer, b"x")
one, other = socket.socketpair()
other.setblocking(False)
fails(other.recv, 1)
one.close()
fails(other.send, b"x")
fails(one.recv, 1)
print(other.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
numeric = socket.AI_NUMERICHOST
for where in ("no host", 80), ("127.0.0.1", "no service"), ("localhost", 80, 99), ("no host", 80, 0, 0, 0, numeric):
    try:
        socket.getaddrinfo(*where)
    except socket.gaierror as error:
        print(where, error.errno)

print("-- the process")
fails(os.kill, os.getpid(), 999)
fails(os.kill, 2**22 + 1, 0)
fails(os.waitpid, -1, 0)
fails(time.clock_gettime, 999)
fails(signal.signal, signal.SIGKILL, signal.SIG_DFL)
ctypes.set_errno(errno.EACCES)
print(ctypes.get_errno())
print(OSError(errno.ENOENT, "text", "name").errno, FileNotFoundError(2, "text"))
