"""What may only be read: no call changes it, whatever way leads there."""

# ---- Opening ----
attempt("opened for writing", "write(READ + '/file.txt')", "EROFS", READING)
attempt("opened for appending", "write(READ + '/file.txt', 'ab')", "EROFS", READING)
attempt("opened for both", "write(READ + '/file.txt', 'r+b')", "EROFS", READING)
attempt("opened to be cut, for reading", "opened(READ + '/file.txt', os.O_RDONLY | os.O_TRUNC)", "EROFS", READING)
attempt("opened to be cut, for writing", "opened(READ + '/file.txt', os.O_WRONLY | os.O_TRUNC)", "EROFS", READING)
attempt("opened to be cut and made", "opened(READ + '/file.txt', os.O_CREAT | os.O_TRUNC)", "EROFS", READING)
attempt("opened to be cut, not followed", "opened(READ + '/file.txt', os.O_NOFOLLOW | os.O_TRUNC)", "EROFS", READING)
attempt("opened to be appended to, for reading", "os.write(opened(READ + '/file.txt', os.O_APPEND), b'x')", "EBADF", READING)
attempt("made", "write(READ + '/made')", "EROFS", READING)
attempt("made, for reading", "opened(READ + '/made', os.O_RDONLY | os.O_CREAT)", "EROFS", READING)
attempt("made, exclusively", "write(READ + '/made', 'xb')", "EROFS", READING)
attempt("made with a mode", "os.open(READ + '/made', os.O_CREAT | os.O_WRONLY, 0o600)", "EROFS", READING)
attempt("made anew", "write(READ + '/file.txt', 'xb')", "EEXIST", READING)
attempt("a folder opened for writing", "opened(READ + '/sub', os.O_WRONLY)", "EISDIR EROFS", READING)
attempt("a pipe with a name opened for writing", "opened(READ + '/fifo', os.O_WRONLY | os.O_NONBLOCK)", "EROFS", READING)
attempt("a socket with a name opened", "opened(READ + '/socket', os.O_RDWR)", "EROFS ENXIO", READING)

# ---- Changing names ----
attempt("a folder made in it", "os.mkdir(READ + '/made')", "EROFS", READING)
attempt("folders made in it", "os.makedirs(READ + '/made/deep')", "EROFS", READING)
attempt("a folder in it taken away", "os.rmdir(READ + '/empty')", "EROFS", READING)
attempt("a file in it taken away", "os.unlink(READ + '/file.txt')", "EROFS", READING)
attempt("a link in it taken away", "os.unlink(READ + '/dangling')", "EROFS", READING)
attempt("a tree in it taken away", "shutil.rmtree(READ + '/sub')", "EROFS", READING)
attempt("it itself taken away", "shutil.rmtree(READ)", "EROFS", READING)
attempt("it itself taken away, when empty", "os.rmdir(READ)", "EROFS EBUSY", READING)
attempt("a link made in it", "os.symlink('file.txt', READ + '/made')", "EROFS", READING)
attempt("a second name in it", "os.link(READ + '/file.txt', READ + '/made')", "EROFS", READING)
attempt("a second name in memory", "os.link(READ + '/file.txt', f'/tmp/second-{count}')", "EXDEV", READING)
attempt("a second name of a file of memory", "write('/tmp/m'); os.link('/tmp/m', READ + '/made')", "EXDEV EROFS", READING)
attempt("renamed in it", "os.rename(READ + '/file.txt', READ + '/made')", "EROFS", READING)
attempt("renamed in it to itself", "os.rename(READ + '/file.txt', READ + '/file.txt')", "EROFS", READING)
attempt("renamed over another", "os.replace(READ + '/file.txt', READ + '/other.txt')", "EROFS", READING)
attempt("a folder renamed", "os.rename(READ + '/sub', READ + '/made')", "EROFS", READING)
attempt("moved to memory", "os.rename(READ + '/file.txt', '/tmp/moved')", "EXDEV EROFS", READING)
attempt("moved to memory by shutil", "shutil.move(READ + '/file.txt', f'/tmp/moved-{count}')", "EROFS", READING)
attempt("moved in from memory", "write('/tmp/m'); os.rename('/tmp/m', READ + '/made')", "EXDEV EROFS", READING)
attempt("moved out to what may be written", "os.rename(READ + '/file.txt', WRITE + '/stolen')", "EROFS", ["write"])
attempt("a folder moved out to what may be written", "os.rename(READ + '/sub', WRITE + '/stolen')", "EROFS", ["write"])
attempt("moved in from what may be written", "write(new); os.rename(new, READ + '/made')", "EROFS", ["write"])
attempt("replaced from what may be written", "write(new); os.replace(new, READ + '/file.txt')", "EROFS", ["write"])
attempt("replaced by a folder", "os.rename(make(new), READ + '/empty')", "EROFS", ["write"])
attempt("a second name where one may write", "os.link(READ + '/file.txt', new); write(new)", "EROFS", ["write"])
attempt("a second name of what one may write", "write(new); os.link(new, READ + '/made')", "EROFS", ["write"])
attempt("a second name of a link in it",
    "os.link(READ + '/in_file', new, follow_symlinks=False)", "EROFS NotImplementedError", ["write"])
attempt("the second name of a second name", "os.link(READ + '/twin.txt', new)", "EROFS", ["write"])

# ---- Changing what it is ----
attempt("cut", "os.truncate(READ + '/file.txt', 0)", "EROFS", READING)
attempt("cut to what it is", "os.truncate(READ + '/file.txt', 6)", "EROFS", READING)
attempt("the times of a file", "os.utime(READ + '/file.txt', (1, 1))", "EROFS", READING)
attempt("the times of a file, now", "os.utime(READ + '/file.txt')", "EROFS", READING)
attempt("the times of a folder", "os.utime(READ, (1, 1))", "EROFS", READING)
attempt("the times of a link", "os.utime(READ + '/dangling', (1, 1), follow_symlinks=False)", "EROFS", READING)
attempt("the times of a link's target", "os.utime(READ + '/in_file', (1, 1))", "EROFS", READING)
attempt("the mode of a file", "os.chmod(READ + '/file.txt', 0o777)", "EROFS", READING)
attempt("the mode that a file has already",
    "os.chmod(READ + '/file.txt', os.stat(READ + '/file.txt').st_mode)", "EROFS", READING)
attempt("the mode of a folder", "os.chmod(READ, 0o777)", "EROFS", READING)
attempt("the mode of a link's target", "os.chmod(READ + '/in_file', 0o777)", "EROFS", READING)
attempt("the set-user-id bit", "os.chmod(READ + '/file.txt', 0o4755)", "EROFS", READING)
attempt("the mode copied", "shutil.copymode('/vfs/pyapp.json', READ + '/file.txt')", "EROFS", READING)
attempt("all that a file is copied", "shutil.copystat('/vfs/pyapp.json', READ + '/file.txt')", "EROFS", READING)
attempt("the owner", "os.chown(READ + '/file.txt', os.getuid(), os.getgid())", "EROFS", READING)
attempt("touched", "pathlib.Path(READ, 'file.txt').touch()", "EROFS", READING)

# ---- Through a descriptor that reads ----
attempt("written to", "os.write(opened(READ + '/file.txt'), b'x')", "EBADF", READING)
attempt("written to at an offset", "os.pwrite(opened(READ + '/file.txt'), b'x', 0)", "EBADF", READING)
attempt("written to at the end", "fd = opened(READ + '/file.txt'); os.lseek(fd, 0, 2); os.write(fd, b'x')", "EBADF", READING)
attempt("no bytes written", "os.write(opened(READ + '/file.txt'), b'')", "EBADF", READING)
attempt("written to by a copy", "os.write(os.dup(opened(READ + '/file.txt')), b'x')", "EBADF", READING)
attempt("cut by its descriptor", "os.ftruncate(opened(READ + '/file.txt'), 0)", "EBADF EINVAL", READING)
attempt("the times by its descriptor", "os.utime(opened(READ + '/file.txt'), (1, 1))", "EROFS", READING)
attempt("the mode by its descriptor", "os.chmod(opened(READ + '/file.txt'), 0o777)", "EROFS", READING)
attempt("the mode by a folder's descriptor", "os.fchmod(opened(READ), 0o777)", "EROFS", READING)
attempt("the times by a folder's descriptor", "os.utime(opened(READ), (1, 1))", "EROFS", READING)
attempt("the owner by its descriptor", "os.chown(opened(READ + '/file.txt'), -1, -1)", "EROFS", READING)
attempt("made to write by its flags",
    "fd = opened(READ + '/file.txt'); fcntl.fcntl(fd, fcntl.F_SETFL, os.O_RDWR); os.write(fd, b'x')", "EBADF", READING)
attempt("made to append by its flags",
    "fd = opened(READ + '/file.txt'); fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND); os.write(fd, b'x')", "EBADF", READING)
attempt("opened once more by its number",
    "opened(f\"/dev/fd/{opened(READ + '/file.txt')}\", os.O_RDWR)", "EACCES EROFS", READING)
attempt("cut by its number",
    "opened(f\"/dev/fd/{opened(READ + '/file.txt')}\", os.O_TRUNC); read(READ + '/file.txt')",
    r"EACCES EROFS =b'plain\n'", READING)
attempt("written to as a file object", "os.fdopen(opened(READ + '/file.txt'), 'wb', 0).write(b'x')", "EBADF", READING)
attempt("locked for writing", "fcntl.lockf(opened(READ + '/file.txt'), fcntl.LOCK_EX | fcntl.LOCK_NB)", "EBADF", READING)
attempt("mapped to be written", "import mmap; mmap.mmap(opened(READ + '/file.txt'), 6)[0:1]", "EACCES EBADF", READING)
attempt("mapped as a copy, and written",
    "import mmap; m = mmap.mmap(opened(READ + '/file.txt'), 6, access=mmap.ACCESS_COPY); m[0:5] = b'CHANG'; m.flush(); "
    "read(READ + '/file.txt')",
    r"=b'plain\n'", READING)
attempt("flushed to the disk", "os.fsync(opened(READ + '/file.txt'))", "=None", READING)

# ---- By the descriptor of a folder ----
attempt("opened for writing in a folder", "os.open('file.txt', os.O_WRONLY, dir_fd=opened(READ))", "EROFS", READING)
attempt("made in a folder", "os.open('made', os.O_WRONLY | os.O_CREAT, dir_fd=opened(READ))", "EROFS", READING)
attempt("a folder made in a folder", "os.mkdir('made', dir_fd=opened(READ))", "EROFS", READING)
attempt("taken away in a folder", "os.unlink('file.txt', dir_fd=opened(READ))", "EROFS", READING)
attempt("a folder taken away in a folder", "os.rmdir('empty', dir_fd=opened(READ))", "EROFS", READING)
attempt("renamed in a folder",
    "fd = opened(READ); os.rename('file.txt', 'made', src_dir_fd=fd, dst_dir_fd=fd)", "EROFS", READING)
attempt("a link made in a folder", "os.symlink('x', 'made', dir_fd=opened(READ))", "EROFS", READING)
attempt("the mode in a folder", "os.chmod('file.txt', 0o777, dir_fd=opened(READ))", "EROFS", READING)
attempt("the times in a folder", "os.utime('file.txt', (1, 1), dir_fd=opened(READ))", "EROFS", READING)
attempt("made where one is", "os.chdir(READ); write('made')", "EROFS", READING)
attempt("overwritten where one is", "os.chdir(READ + '/sub'); write('../file.txt')", "EROFS", READING)
attempt("the mode of where one is", "os.chdir(READ); os.chmod('.', 0o777)", "EROFS", READING)
attempt("the mode of where one is, by its number", "os.chdir(READ); os.fchmod(8192, 0o777)", "EROFS", READING)
attempt("the times of where one is, by its number", "os.chdir(READ); os.utime(8192, (1, 1))", "EROFS", READING)

# ---- By another way ----
attempt("a way with dots", "write(READ + '/./sub/../file.txt')", "EROFS", READING)
attempt("a way with slashes", "write(READ + '//file.txt')", "EROFS", READING)
attempt("a way through a link in it", "write(READ + '/in_folder/inner.txt')", "EROFS", READING)
attempt("a way through a link to a file in it", "write(READ + '/in_file')", "EROFS", READING)
attempt("a way through a link in memory",
    "os.symlink(READ, f'/tmp/r{count}'); write(f'/tmp/r{count}/file.txt')", "EROFS", READING)
attempt("a way through what may be written", "write(WRITE + '/../readable/file.txt')", "EROFS", ["write"])
attempt("a way through a link of one's own", "os.symlink('../readable/file.txt', new); write(new)", "EROFS", ["write"])
attempt("a way through a link to the folder", "os.symlink(READ, new); os.unlink(new + '/file.txt')", "EROFS", ["write"])
attempt("a folder of one's own that has its name",
    "os.mkdir(make(new) + '/readable'); os.chdir(new); write('../../readable/file.txt')", "EROFS", ["write"])
attempt("what could be written when nothing was denied", "write(HERE + '/writable/file.txt')", "EROFS", ["read"])

# ---- By what a library does ----
attempt("a temporary file in it", "tempfile.mkstemp(dir=READ)", "EROFS", READING)
attempt("a database in it changed",
    "sqlite3.connect(READ + '/data.db').execute('create table t (x)')", "OperationalError", READING)
attempt("a database in it made",
    "sqlite3.connect(READ + '/made.db').execute('create table t (x)')", "OperationalError", READING)
attempt("a database in it, its journal",
    "sqlite3.connect(READ + '/data.db').execute('pragma journal_mode=wal').fetchall()",
    "OperationalError =[('delete',)]", READING)
attempt("a database in it, its head",
    "sqlite3.connect(READ + '/data.db').execute('pragma user_version = 5')", "OperationalError", READING)
attempt("bytecode in it", "import py_compile; py_compile.compile(READ + '/module_inside.py', doraise=True)", "EROFS", READING)
attempt("a module imported from it",
    "sys.path.insert(0, READ); import module_inside; os.path.exists(READ + '/__pycache__')", "=False", READING)
attempt("an archive in it added to", "import zipfile; zipfile.ZipFile(READ + '/file.txt', 'a')", "EROFS", READING)
attempt("a shelf in it", "import shelve; shelve.open(READ + '/shelf')", "EROFS error OperationalError", READING)
attempt("the archive of the app", "write('/vfs/pyapp.json')", "EROFS")
attempt("the standard library", "write('/vfs/usr/local/lib/python3.13/os.pyc')", "EROFS")
attempt("the standard library's place", "os.rename('/vfs', '/tmp/vfs')", "EACCES EBUSY EXDEV EROFS")
