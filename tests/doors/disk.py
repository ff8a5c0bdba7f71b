"""What a program can do with the files of a real disk. It prints the same natively and in an app, which the test compares.

The folder in the first argument is empty or missing, and may be written.
"""
import fcntl
import glob
import mmap
import os
import shutil
import stat
import sys
import tempfile
import time
from pathlib import Path

os.umask(0o022)
folder = Path(sys.argv[1]).absolute()
folder.mkdir(exist_ok=True)


def show(*values):
    print(*values, flush=True)


def attempt(action, *arguments, **options):
    """The result, or the error without its path."""
    try:
        return action(*arguments, **options)
    except OSError as error:
        return f"{type(error).__name__} {error.errno} {error.strerror}"


def kind(path):
    found = os.lstat(path)
    return stat.filemode(found.st_mode), found.st_nlink if not stat.S_ISDIR(found.st_mode) else "-", found.st_size


show("# files")
file = folder / "file.txt"
show(file.write_text("first\nsecond\n"), file.read_text(), kind(file))
with open(file, "a") as appending:
    show(appending.write("third\n"), appending.tell())
with open(file, "r+b") as both:
    both.seek(6)
    both.write(b"SECOND")
    both.truncate(12)
    show(both.seek(0, os.SEEK_END), os.fstat(both.fileno()).st_size)
show(file.read_bytes())
show(attempt(open, file, "x"), attempt(open, folder / "missing"), attempt(open, folder), attempt(open, folder / "a/b", "w"))
show(attempt(open, str(file) + "/"), attempt(os.mkdir, file), attempt(os.rmdir, file), attempt(os.listdir, file))
show(attempt(os.unlink, folder), attempt(os.rmdir, folder / "missing"), attempt(os.readlink, file))
handle = os.open(file, os.O_RDWR)
show(os.pread(handle, 3, 2), os.pwrite(handle, b"xy", 10), os.lseek(handle, 0, os.SEEK_CUR), os.fsync(handle))
show(os.fdatasync(handle), os.ftruncate(handle, 40), os.fstat(handle).st_size)
show(attempt(os.lseek, handle, -1, os.SEEK_SET), attempt(os.pread, handle, 5, 1 << 40), attempt(os.read, handle, 5))
os.close(handle)
handle = os.open(file, os.O_WRONLY | os.O_APPEND)
show(os.write(handle, b"end"), attempt(os.read, handle, 1), fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_APPEND == os.O_APPEND)
os.close(handle)
show(os.path.getsize(file), os.truncate(file, 5), file.read_bytes())

show("# modes, times, owners, inodes")
os.chmod(file, 0o640)
show(kind(file), os.access(file, os.R_OK), os.access(file, os.X_OK))
os.chmod(folder, 0o700)
show(kind(folder)[0])
os.utime(file, ns=(1_234_567_890_123_456_789, 987_654_321_000_000_001))
found = os.stat(file)
show(found.st_atime_ns, found.st_mtime_ns, abs(found.st_ctime - time.time()) < 60)
show(found.st_uid == os.getuid(), found.st_gid == os.getgid(), file.owner() == Path(folder).owner())
os.link(file, folder / "hard")
show(os.stat(folder / "hard").st_ino == found.st_ino, os.stat(file).st_nlink, os.path.samefile(file, folder / "hard"))
show(attempt(os.link, file, folder / "hard"), attempt(os.link, folder, folder / "other"))
show(sorted(entry.name for entry in os.scandir(folder) if entry.inode() == found.st_ino))
show(os.stat(folder).st_dev == found.st_dev, found.st_blksize > 0, os.stat(file).st_blocks)

show("# links")
os.symlink("file.txt", folder / "link")
os.symlink(file, folder / "absolute")
os.symlink("nowhere", folder / "dangling")
os.symlink("loop", folder / "loop")
os.mkdir(folder / "inner")
os.symlink("inner", folder / "folder-link")
show(os.readlink(folder / "link"), (folder / "link").read_bytes(), (folder / "absolute").read_bytes())
show(attempt(open, folder / "dangling"), attempt(open, folder / "loop"), os.path.lexists(folder / "dangling"))
show(kind(folder / "link")[0], os.path.realpath(folder / "folder-link") == os.path.realpath(folder / "inner"))
(folder / "folder-link" / "deep.txt").write_text("deep")
show(os.listdir(folder / "inner"), (folder / "folder-link/../file.txt").read_bytes())
show(attempt(os.symlink, "x", folder / "link"), attempt(os.rmdir, folder / "folder-link"))
show(attempt(os.unlink, folder / "loop"), attempt(os.open, folder / "link", os.O_RDONLY | os.O_NOFOLLOW))
(folder / "dangling").write_text("made through the link")
show((folder / "nowhere").read_text(), attempt(os.open, folder / "dangling", os.O_CREAT | os.O_EXCL))

show("# moving and removing")
show(attempt(os.rename, file, folder / "moved.txt"), attempt(os.replace, folder / "moved.txt", folder / "hard"))
show(attempt(os.rename, folder / "hard", folder / "inner"), attempt(os.rename, folder / "inner", folder / "hard"))
show(attempt(os.rename, folder / "inner", folder / "inner/below"), attempt(os.rename, folder / "inner", folder / "renamed"))
show(attempt(os.rmdir, folder / "renamed"), attempt(os.rename, folder / "missing", folder / "x"))
show(sorted(os.listdir(folder)))

show("# trees")
tree = folder / "tree"
for number in range(40):
    (tree / f"d{number % 4}" / f"e{number % 3}").mkdir(parents=True, exist_ok=True)
    (tree / f"d{number % 4}" / f"e{number % 3}" / f"f{number}.txt").write_text(str(number))
os.chmod(tree / "d0/e0/f0.txt", 0o755)
show(sum(len(files) for _, _, files in os.walk(tree)), len(list(tree.rglob("*.txt"))), len(glob.glob(f"{tree}/d*/e1/*")))
shutil.copytree(tree, folder / "copy")
show(sum(len(files) for _, _, files in os.walk(folder / "copy")), kind(folder / "copy/d0/e0/f0.txt")[0])
shutil.copy2(tree / "d1/e1/f1.txt", folder / "one")
shutil.move(folder / "one", folder / "copy" / "one")
show((folder / "copy" / "one").read_text(), shutil.rmtree(tree), tree.exists())
many = folder / "many"
many.mkdir()
for number in range(3000):
    (many / f"{number:04}-{'x' * (number % 60)}").touch()
show(len(os.listdir(many)), len(set(os.listdir(many))), sum(entry.is_file() for entry in os.scandir(many)))
for entry in os.scandir(many):
    os.unlink(entry)
show(os.listdir(many), os.rmdir(many))
usage = shutil.disk_usage(folder)
show(usage.total > 0, usage.free > 0, os.statvfs(folder).f_namemax)

show("# names")
for name in ["ünïcödé", "with space", "new\nline", "-dash", "*", "\\back", "a" * 255, "\udcff\udcfe raw"]:
    (folder / name).write_text("named")
    show(ascii(name), name in os.listdir(folder), (folder / name).read_text(), os.unlink(folder / name))
show(attempt(open, folder / ("a" * 256), "w"), attempt(open, folder / "/".join(["a" * 200] * 30), "w"))
show(os.listdir(os.fsencode(folder))[:0], sorted(os.listdir(os.fsencode(folder)))[0])

show("# large and sparse")
large = folder / "large"
with open(large, "wb") as sparse:
    sparse.seek(5 << 30)
    sparse.write(b"end")
show(large.stat().st_size, large.stat().st_blocks < 1000)
with open(large, "rb") as sparse:
    sparse.seek(-3, os.SEEK_END)
    show(sparse.read(), sparse.seek(1 << 33), sparse.read())
with open(large, "r+b") as sparse:
    sparse.truncate((1 << 32) + 7)
show(large.stat().st_size, large.unlink())

show("# maps, locks, temporary files")
(folder / "mapped").write_bytes(b"0123456789" * 1000)
with open(folder / "mapped", "rb") as mapped, mmap.mmap(mapped.fileno(), 0, access=mmap.ACCESS_READ) as memory:
    show(memory[9990:], memory.find(b"789", 5000))
with open(folder / "mapped", "r+b") as mapped, mmap.mmap(mapped.fileno(), 0, access=mmap.ACCESS_COPY) as memory:
    memory[:3] = b"abc"
show((folder / "mapped").read_bytes()[:5])
with open(folder / "lock", "w") as one, open(folder / "lock", "w") as other:
    fcntl.flock(one, fcntl.LOCK_EX)
    show(attempt(fcntl.flock, other, fcntl.LOCK_EX | fcntl.LOCK_NB), fcntl.flock(one, fcntl.LOCK_UN))
    show(fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB), fcntl.flock(one, fcntl.LOCK_SH | fcntl.LOCK_NB))
    show(fcntl.lockf(one, fcntl.LOCK_EX | fcntl.LOCK_NB, 5, 10), fcntl.lockf(one, fcntl.LOCK_UN))
with tempfile.TemporaryDirectory(dir=folder) as place, tempfile.NamedTemporaryFile(dir=place) as temporary:
    show(temporary.write(b"x"), kind(temporary.name)[0], os.path.dirname(temporary.name) == place)
with tempfile.TemporaryFile(dir=folder) as unnamed:
    show(unnamed.write(b"abc"), unnamed.seek(0), unnamed.read())

show("# from a directory's descriptor, and the current directory")
os.chdir(folder)
show(Path.cwd() == folder, Path("hard").exists(), os.path.samefile(".", folder))
os.makedirs("a/b")
os.chdir("a/b")
show(os.getcwd() == str(folder / "a/b"), os.listdir("../.."[:2]))
os.chdir("../..")
shutil.rmtree("a")
for name in sorted(os.listdir(".")):
    shutil.rmtree(name) if os.path.isdir(name) and not os.path.islink(name) else os.unlink(name)
show(os.listdir("."))
