"""What a Python program sees of a file system, as text. Run on a host folder and in memory by transcripts.rs; both must
print the same. The folder is /work. Names are sorted and times are not shown, because both differ by nature.
"""
import errno
import os
import shutil
import stat

os.chdir("/work")


def show(label, function, *arguments, **options):
    try:
        result = function(*arguments, **options)
    except OSError as error:
        result = errno.errorcode.get(error.errno, error.errno)
    print(f"{label}: {result!r}")


def write(path, data, mode="wb"):
    with open(path, mode) as file:
        return file.write(data)


def read(path, start=0, whence=0, size=-1):
    with open(path, "rb") as file:
        file.seek(start, whence)
        return file.read(size)


def look(path, follow=True):
    found = os.stat(path, follow_symlinks=follow)
    size = None if stat.S_ISDIR(found.st_mode) else found.st_size
    return stat.S_IFMT(found.st_mode), size, found.st_ino != 0


def inode(path):
    return os.stat(path).st_ino


# Directories.
show("mkdir", os.mkdir, "d")
show("mkdir again", os.mkdir, "d")
show("mkdir below nothing", os.mkdir, "x/y")
show("makedirs", os.makedirs, "d/e/f")
show("makedirs again", os.makedirs, "d/e/f", exist_ok=True)
show("rmdir full", os.rmdir, "d")
show("rmdir nothing", os.rmdir, "x")
show("listdir", lambda: sorted(os.listdir("d")))
show("listdir nothing", os.listdir, "x")
show("stat directory", look, "d")
show("stat dots", look, "d/./e/../e")
show("same file", lambda: inode("d/e") == inode("d/./e/../e"))
# Files.
show("write", write, "file", b"0123456789")
show("read", read, "file")
show("read from 3", read, "file", 3)
show("read from the end", read, "file", -2, os.SEEK_END)
show("read beyond the end", read, "file", 100)
show("read a directory", read, "d")
show("write a directory", write, "d", b"")
show("file as directory", read, "file/x")
show("slash behind a file", read, "file/")
show("exclusive", write, "file", b"", "xb")
show("append", write, "file", b"abc", "ab")
show("appended", read, "file")
show("stat file", look, "file")
show("truncate", os.truncate, "file", 4)
show("truncated", read, "file")
show("extend", os.truncate, "file", 6)
show("extended", read, "file")
show("empty name", read, "")
show("long name", read, "n" * 300)


def update():
    with open("file", "r+b") as file:
        seen = [file.read(2), file.tell()]
        file.seek(0, os.SEEK_END)
        file.write(b"!")
        file.seek(-1, os.SEEK_CUR)
        return seen + [file.read(), file.seek(20), file.write(b"z"), file.tell()]


show("update", update)
show("hole", read, "file")


def descriptor(flags, action):
    fd = os.open("file", flags)
    try:
        return action(fd)
    finally:
        os.close(fd)


show("pread", descriptor, os.O_RDONLY, lambda fd: os.pread(fd, 3, 1))
show("pread behind", descriptor, os.O_RDONLY, lambda fd: os.pread(fd, 3, 1000))
show("pwrite", descriptor, os.O_RDWR, lambda fd: (os.pwrite(fd, b"PW", 1), os.pread(fd, 4, 0)))
show("write on read-only", descriptor, os.O_RDONLY, lambda fd: os.write(fd, b"x"))
show("read on write-only", descriptor, os.O_WRONLY, lambda fd: os.read(fd, 1))
show("seek before the start", descriptor, os.O_RDONLY, lambda fd: os.lseek(fd, -1, os.SEEK_SET))
show("seek from the end", descriptor, os.O_RDONLY, lambda fd: os.lseek(fd, -3, os.SEEK_END))
show("append by flag", descriptor, os.O_WRONLY | os.O_APPEND, lambda fd: (os.write(fd, b"+"), os.lseek(fd, 0, 1)))
show("directory flag on a file", os.open, "file", os.O_RDONLY | os.O_DIRECTORY)
show("create under directory flag", os.open, "d", os.O_WRONLY)
show("closed", os.close, 1000)
# Links.
show("symlink", os.symlink, "file", "link")
show("symlink again", os.symlink, "file", "link")
show("readlink", os.readlink, "link")
show("readlink of a file", os.readlink, "file")
show("through a link", read, "link", 0, 0, 3)
show("stat link", look, "link")
show("lstat link", look, "link", False)
show("dangling", os.symlink, "nothing", "dangling")
show("read dangling", read, "dangling")
show("loop", lambda: (os.symlink("l2", "l1"), os.symlink("l1", "l2")))
show("read loop", read, "l1")
show("link to a directory", os.symlink, "d/e", "de")
show("list through a link", lambda: sorted(os.listdir("de")))
show("unlink link", os.unlink, "de")
show("hard link", os.link, "/work/file", "/work/hard")
show("same inode", lambda: inode("file") == inode("hard"))
show("links", lambda: os.stat("file").st_nlink)
show("hard link again", os.link, "/work/file", "/work/hard")
# Renaming and removing.
show("rename over", lambda: (write("a", b"a"), write("b", b"b"), os.rename("a", "b"), read("b"), os.path.exists("a")))
show("rename nothing", os.rename, "nothing", "b")
show("rename file over directory", os.rename, "b", "d")
show("rename directory over file", os.rename, "d", "b")
show("rename directory", lambda: (os.rename("d", "moved"), sorted(os.listdir("moved"))))
show("rename into itself", os.rename, "moved", "moved/e/x")
show("rename over full directory", lambda: (os.mkdir("other"), write("other/x", b""), os.rename("moved", "other")))
show("unlink directory", os.unlink, "moved")
show("unlink nothing", os.unlink, "x")


def unlinked():
    with open("temporary", "w+b") as file:
        file.write(b"still here")
        os.unlink("temporary")
        file.seek(0)
        return file.read(), os.path.exists("temporary")


show("unlinked while open", unlinked)
# Times.
show("utime", lambda: (os.utime("file", ns=(123_456_789_000, 987_654_321_000)), os.stat("file").st_mtime_ns))
show("utime atime", lambda: os.stat("file").st_atime_ns)
show("mtime moves on writing", lambda: (write("file", b"x"), os.stat("file").st_mtime_ns > 987_654_321_000))
# Many entries: several buffers of the C library.
show("many", lambda: (os.mkdir("many"), [write(f"many/{i:04}", b"") for i in range(700)])[0])
show("count", lambda: len(os.listdir("many")))
show("scandir kinds", lambda: {(e.is_file(), e.is_dir(), e.inode() == e.stat().st_ino) for e in os.scandir("many")})
show("walk", lambda: [(root, sorted(dirs), len(files)) for root, dirs, files in sorted(os.walk("moved"))])
show("rmtree", shutil.rmtree, "many")
show("copytree", lambda: (shutil.copytree("moved", "copied"), sorted(os.listdir("copied"))))
show("all", lambda: sorted(os.listdir(".")))
