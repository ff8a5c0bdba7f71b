"""What may be written: nothing outside comes in, nothing inside goes out, and the place itself stays where it is."""

# ---- In, out and over ----
attempt("moved out", "write(new); os.rename(new, HERE + '/moved')", "EXDEV EACCES", WRITING)
attempt("moved out by a name that leads up", "write(new); os.rename(new, WRITE + '/../moved')", "EXDEV EACCES", WRITING)
attempt("moved out over the neighbour", "write(new); os.replace(new, NEIGHBOUR)", "EXDEV EACCES ENOENT", WRITING)
attempt("moved out by shutil", "write(new); shutil.move(new, HERE + '/moved')", "EACCES", WRITING)
attempt("a folder moved out", "os.rename(make(new), HERE + '/moved')", "EXDEV EACCES", WRITING)
attempt("the neighbour moved in", "os.rename(NEIGHBOUR, new)", "ENOENT EXDEV", WRITING)
attempt("the secret moved in", "os.rename(WRITE + '/../../secret.txt', new)", "ENOENT EXDEV", WRITING)
attempt("a folder moved in", "os.rename(OUTSIDE, new)", "ENOENT EXDEV", WRITING)
attempt("a second name of the neighbour", "os.link(NEIGHBOUR, new)", "ENOENT EXDEV", WRITING)
attempt("a second name of the secret, relative", "os.link(WRITE + '/../../secret.txt', new)", "ENOENT EXDEV", WRITING)
attempt("a second name outside", "write(new); os.link(new, HERE + '/second')", "EXDEV EACCES", WRITING)
attempt("the neighbour copied in", "shutil.copy(NEIGHBOUR, new)", "ENOENT", WRITING)
attempt("a file of one's own moved to memory", "write(new); os.rename(new, '/tmp/moved')", "EXDEV", WRITING)
attempt("moved over the archive", "write(new); os.rename(new, '/vfs/pyapp.json')", "EXDEV EROFS", WRITING)
attempt("moved over a device", "write(new); os.rename(new, '/dev/null')", "EXDEV EACCES", WRITING)
attempt("moved over a request", "write(new); os.rename(new, '/dev/pyapp/pipe')", "EXDEV ENOENT", WRITING)
attempt("a folder moved into itself", "os.rename(make(new), new + '/inside')", "EINVAL", WRITING)

# ---- The place itself ----
attempt("the place moved", "os.rename(WRITE, HERE + '/moved')", "EBUSY EXDEV EACCES", WRITING)
attempt("the place moved into itself", "os.rename(WRITE, WRITE + '/moved')", "EBUSY EINVAL", WRITING)
attempt("the place taken away", "os.rmdir(WRITE)", "EBUSY", WRITING)
attempt("the place unlinked", "os.unlink(WRITE)", "EISDIR EPERM EBUSY", WRITING)
attempt("the place replaced by a file", "write(new); os.rename(new, WRITE)", "EBUSY EISDIR", WRITING)
attempt("the place replaced by a folder", "os.rename(make(new), WRITE)", "EBUSY", WRITING)
attempt("the place replaced by a link", "os.symlink(OUTSIDE, WRITE)", "EEXIST", WRITING)
attempt("the place as a dot, taken away", "os.rmdir(WRITE + '/.')", "EINVAL EBUSY", WRITING)
attempt("the place as a dot, moved", "os.rename(WRITE + '/.', WRITE + '/x')", "EBUSY EINVAL", WRITING)
attempt("the place from within, moved", "os.chdir(WRITE); os.rename('.', '../moved')", "EBUSY EXDEV EACCES EINVAL", WRITING)
attempt("the folder above, taken away", "os.rmdir(WRITE + '/..')", "EINVAL ENOTEMPTY EBUSY EACCES EPERM", WRITING)
attempt("the folder above, moved", "os.rename(WRITE + '/..', new)", "EBUSY EXDEV", WRITING)
attempt("the folder above, replaced", "os.rename(make(new), WRITE + '/..')", "EBUSY EXDEV", WRITING)
attempt("the folder above, its mode", "os.chmod(WRITE + '/..', 0o777)", "EPERM EACCES EROFS", WRITING)
attempt("the folder above, its times", "os.utime(WRITE + '/..', (1, 1))", "EPERM EACCES EROFS", WRITING)
attempt("the folder above, by its descriptor", "os.fchmod(opened(WRITE + '/..'), 0o777)", "EPERM EACCES EROFS", WRITING)
attempt("the folder above, made in", "os.mkdir('made', dir_fd=opened(WRITE + '/..'))", "EACCES", WRITING)
attempt("the folder above, a link in it", "os.symlink('/', WRITE + '/../made')", "EACCES", WRITING)

# ---- What an argument has named stays what it is: else the next run would be granted what a link in its place leads to ----
named = ["arguments-write"]
attempt("a link in place of what is to be made", "os.symlink(SECRET, HERE + '/made.out')", "EPERM EROFS EACCES", named)
attempt("a link in its place, relative", "os.symlink('neighbour.txt', 'made.out')", "EPERM EROFS EACCES", named)
attempt("a link to nowhere in its place", "os.symlink('nowhere', 'made.out')", "EPERM EROFS EACCES", named)
attempt("a link moved into its place",
    "os.symlink(SECRET, new); os.rename(new, HERE + '/made.out')", "EPERM EROFS EACCES EXDEV", named)
attempt("a second name of a link in its place",
    "os.symlink(SECRET, new); os.link(new, HERE + '/made.out', follow_symlinks=False)",
    "EPERM EROFS EACCES EXDEV NotImplementedError", named)
attempt("a link in place of what is there",
    "os.unlink('given.txt'); os.symlink(SECRET, 'given.txt')", "EPERM EROFS EACCES", named, fresh=True)
attempt("a link over what is there", "os.symlink(SECRET, new); os.replace(new, 'given.txt')", "EPERM EROFS EACCES EXDEV", named)

# ---- Folders that move while they are open ----
attempt("up from a folder that was moved up",
    "os.makedirs(new + '/a/b'); fd = opened(new + '/a/b'); os.rename(new + '/a/b', new + 'b'); "
    "os.open('../../neighbour.txt', 0, dir_fd=fd)",
    "ENOENT", WRITING)
attempt("up from where one is, moved up",
    "os.makedirs(new + '/a/b/c'); os.chdir(new + '/a/b/c'); os.rename(new + '/a/b/c', new + 'c'); read('../../neighbour.txt')",
    "ENOENT", WRITING)
attempt("made up from where one is, moved up",
    "os.makedirs(new + '/a/b/c'); os.chdir(new + '/a/b/c'); os.rename(new + '/a', new + 'a'); write('../../../../made')",
    "EACCES ENOENT", WRITING)
attempt("up from where one is, taken away",
    "os.chdir(make(new)); os.rmdir(new); read('../../neighbour.txt')", "ENOENT", WRITING)
attempt("where one is, taken away", "os.chdir(make(new)); os.rmdir(new); os.getcwd()", "ENOENT", WRITING)
attempt("made where one was", "os.chdir(make(new)); os.rmdir(new); write('made')", "ENOENT", WRITING)
attempt("a link where one was",
    "os.chdir(make(new)); os.rmdir(new); os.symlink(OUTSIDE, new); read('inner.txt')", "ENOENT", WRITING)
attempt("up from a folder whose place a link took",
    "os.makedirs(new + '/d'); fd = opened(new + '/d'); os.rename(new, new + 'x'); os.symlink(OUTSIDE, new); "
    "os.open('../inner.txt', 0, dir_fd=fd)",
    "ENOENT", WRITING)
attempt("a folder's own number, and a link in its place",
    "fd = opened(make(new)); os.rmdir(new); os.symlink(OUTSIDE, new); os.open('inner.txt', 0, dir_fd=fd)", "ENOENT", WRITING)

# ---- What has no name for it ----
attempt("a device", "os.mknod(new, 0o20666, os.makedev(1, 1))", "AttributeError ENOSYS EPERM", WRITING)
attempt("a pipe with a name", "os.mkfifo(new)", "AttributeError ENOSYS EPERM", WRITING)
attempt("another owner", "write(new); os.chown(new, 0, 0)", "EPERM", WRITING)
attempt("a file without a name", "os.open(WRITE, os.O_TMPFILE | os.O_RDWR)", "AttributeError EISDIR EINVAL", WRITING)
attempt("a mode with more bits than there are",
    "write(new); os.chmod(new, 0o777777); oct(os.stat(new).st_mode & 0o7777)", "='0o1777'", WRITING)
attempt("a program that runs as its owner", "write(new); os.chmod(new, 0o4755); oct(os.stat(new).st_mode & 0o7777)", "='0o755'", WRITING)
attempt("a program that runs as its group", "write(new); os.chmod(new, 0o2755); oct(os.stat(new).st_mode & 0o7777)", "='0o755'", WRITING)
attempt("a program that is made to run as its owner",
    "os.close(os.open(new, os.O_CREAT, 0o6755)); oct(os.stat(new).st_mode & 0o7777)", "='0o755'", WRITING)

# ---- Deep trees ----
down = "os.chdir(make(new)); os.makedirs('/'.join('d' * 100)); [os.chdir('d') for _ in range(100)]; "
attempt("up a hundred folders, and three more", down + "read('../' * 103 + 'neighbour.txt')", "ENOENT", WRITING)
attempt("up a hundred folders, one at a time",
    down + "[os.chdir('..') for _ in range(102)]; read('neighbour.txt')", "ENOENT", WRITING)
attempt("ten thousand folders",
    "os.chdir(make(new)); [(os.mkdir('d'), os.chdir('d')) for _ in range(10_000)]; read('../' * 1000 + 'neighbour.txt')",
    "ENOENT ENAMETOOLONG", WRITING, fresh=True)
attempt("long names, as deep as it goes",
    "fd = opened(make(new)); n = 'n' * 255\nfor _ in range(3000): os.mkdir(n, dir_fd=fd); fd = os.open(n, 0, dir_fd=fd)\nNone",
    "ENAMETOOLONG EMFILE", WRITING, fresh=True)
attempt("ten thousand files in a folder",
    "os.chdir(make(new)); [os.close(os.open(f'{i}', os.O_CREAT)) for i in range(10_000)]; len(os.listdir('.'))",
    "=10000", WRITING, fresh=True)
