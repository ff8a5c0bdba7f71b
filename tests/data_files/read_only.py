"""Every way to change what is below /vfs: as a read-only mount has it. Prints "done"."""
import errno
import os
import pathlib
import shutil
import sqlite3
import sys

BASE = "/vfs/usr/local/lib/python3.13"
FILE = BASE + "/os.pyc"


def fails(number, function, *arguments, **more):
    try:
        function(*arguments, **more)
    except OSError as error:
        assert error.errno == number, (errno.errorcode[error.errno], errno.errorcode[number], function, arguments)
    else:
        raise AssertionError((errno.errorcode[number], function, arguments))


for flags in os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_APPEND, os.O_RDONLY | os.O_TRUNC, os.O_WRONLY | os.O_CREAT:
    fails(errno.EROFS, os.open, FILE, flags)
for mode in "r+b", "wb", "ab":
    fails(errno.EROFS, open, FILE, mode)
fails(errno.EROFS, open, BASE + "/new", "w")
fails(errno.EEXIST, open, FILE, "x")
fails(errno.EROFS, os.truncate, FILE, 0)
fails(errno.EROFS, os.chmod, FILE, 0o644)
fails(errno.EROFS, os.chmod, FILE, 0o600)
fails(errno.EROFS, os.chmod, BASE, 0o755)
fails(errno.EROFS, os.utime, FILE)
fails(errno.EROFS, os.utime, FILE, (1, 1))
fails(errno.EROFS, os.utime, BASE)
fails(errno.EROFS, os.remove, FILE)
fails(errno.EROFS, os.rmdir, BASE + "/json")
fails(errno.EROFS, os.mkdir, BASE + "/new")
fails(errno.EEXIST, os.mkdir, BASE + "/json")
fails(errno.EROFS, os.symlink, "x", BASE + "/new")
fails(errno.EROFS, os.link, FILE, BASE + "/new")
fails(errno.EXDEV, os.link, FILE, "/tmp/new")
fails(errno.EROFS, os.rename, FILE, BASE + "/new")
fails(errno.EXDEV, os.rename, FILE, "/tmp/new")
pathlib.Path("/tmp/file").touch()
fails(errno.EXDEV, os.rename, "/tmp/file", BASE + "/new")
fails(errno.EROFS, pathlib.Path(FILE).touch)
fails(errno.EROFS, shutil.rmtree, BASE + "/json")
with open(FILE, "rb") as file:
    fails(errno.EROFS, os.fchmod, file.fileno(), 0o600)
    fails(errno.EROFS, os.utime, file.fileno(), (1, 1))
    fails(errno.EINVAL, os.ftruncate, file.fileno(), 0)
    fails(errno.EBADF, os.write, file.fileno(), b"x")
try:
    sqlite3.connect(BASE + "/new.db").execute("create table t (x)")
except sqlite3.OperationalError as error:
    assert str(error) == "unable to open database file"
else:
    raise AssertionError("a database on a read-only mount")

for path in FILE, BASE, "/vfs":
    assert not os.access(path, os.W_OK) and os.access(path, os.R_OK)
assert os.access(BASE, os.X_OK) and not os.access(FILE, os.X_OK)
assert os.access(sys.executable, os.X_OK) and shutil.which("python3.13", path=os.path.dirname(sys.executable))
assert os.statvfs(FILE).f_flag & os.ST_RDONLY and not os.statvfs("/tmp").f_flag & os.ST_RDONLY
assert os.stat(FILE).st_uid == 0
print("done")
