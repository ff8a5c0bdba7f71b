"""Links in what is granted that lead out, and links that a program makes: what a link says is walked in the guest's tree."""

# ---- Links that are there ----
attempt("a link to the secret, absolute", "read(ANY + '/out_absolute')", "ENOENT")
attempt("a link to the secret, relative", "read(ANY + '/out_relative')", "ENOENT")
attempt("a chain of links to the secret", "read(ANY + '/out_chain')", "ENOENT")
attempt("a link to the neighbour", "read(ANY + '/out_neighbour')", "ENOENT")
attempt("a link to a folder", "read(ANY + '/out_folder/inner.txt')", "ENOENT")
attempt("a link to a folder, relative", "read(ANY + '/out_folder_relative/inner.txt')", "ENOENT")
attempt("what a folder behind a link has", "os.listdir(ANY + '/out_folder')", "ENOENT")
attempt("up from behind a link", "read(ANY + '/out_folder/../secret.txt')", "ENOENT")
attempt("up from behind a link that stays inside", "read(ANY + '/in_folder/../../neighbour.txt')", "ENOENT")
attempt("a link to the root", "read(ANY + '/root' + SECRET)", "ENOENT")
attempt("what a link to the root shows", "'etc' in os.listdir(ANY + '/root')", "ENOENT =False")
attempt("a link up", "read(ANY + '/up/neighbour.txt')", "ENOENT")
attempt("a link up, twice", "read(ANY + '/up_twice/secret.txt')", "ENOENT")
attempt("links up, one behind the other", "read(ANY + '/up/../secret.txt')", "ENOENT")
attempt("a link to a file of the system's", "read(ANY + '/passwd')", "ENOENT")
attempt("a link to itself", "read(ANY + '/loop')", "ENOENT ELOOP")
attempt("two links to each other", "read(ANY + '/loop_a')", "ENOENT ELOOP")
attempt("a link with itself in the middle", "read(ANY + '/loop_in/../../neighbour.txt')", "ENOENT ELOOP")
attempt("a link to the process's root", "read(ANY + '/proc_root' + SECRET)", "ENOENT")
attempt("a link to the process's folder", "read(ANY + '/proc_cwd/neighbour.txt')", "ENOENT")
attempt("a link to the process's descriptors", "os.listdir(ANY + '/proc_fd')", "ENOENT")
attempt("a link to the process's memory", "read(ANY + '/proc_mem')", "ENOENT")
attempt("a link to the process's environment", "read(ANY + '/proc_environ')", "ENOENT")
attempt("what is behind a link", "os.stat(ANY + '/out_absolute')", "ENOENT")
attempt("the real path behind a chain", "os.path.realpath(ANY + '/out_chain', strict=True)", "ENOENT")
attempt("a folder behind a link as the current one", "os.chdir(ANY + '/out_folder')", "ENOENT")
attempt("a link seen from a descriptor", "os.open('out_folder/inner.txt', os.O_RDONLY, dir_fd=opened(ANY))", "ENOENT")
attempt("a link to outside, opened not to be followed", "opened(ANY + '/out_absolute', os.O_NOFOLLOW)", "ENOENT ELOOP")
attempt("a link opened to be searched", "opened(ANY + '/out_folder', os.O_DIRECTORY | os.O_NOFOLLOW)", "ENOENT ELOOP ENOTDIR")
attempt("a tree copied with what its links lead to", "shutil.copytree(RACE, f'/tmp/copied-{count}')", "ENOENT Error")

# ---- Slashes behind them ----
attempt("a link to the secret, slash", "read(ANY + '/out_absolute/')", "ENOENT")
attempt("a link to a folder, slash", "os.listdir(ANY + '/out_folder/')", "ENOENT")
attempt("a link to a folder, slash and dot", "os.listdir(ANY + '/out_folder/.')", "ENOENT")
attempt("what a link with a slash is", "os.lstat(ANY + '/out_folder/')", "ENOENT")
attempt("what a link with two slashes is", "os.lstat(ANY + '/out_folder//')", "ENOENT")
attempt("the text of a link with a slash", "os.readlink(ANY + '/out_folder/')", "ENOENT")
attempt("a link with a slash, not followed", "opened(ANY + '/out_folder/', os.O_DIRECTORY | os.O_NOFOLLOW)", "ENOENT ENOTDIR")
attempt("the times behind a slash", "os.utime(ANY + '/out_folder/', (1, 1), follow_symlinks=False)", "ENOENT")
attempt("the mode behind a slash", "os.chmod(ANY + '/out_folder/', 0o777)", "ENOENT")
attempt("a link with a slash taken away", "os.unlink(ANY + '/out_folder/')", "ENOENT ENOTDIR EROFS")
attempt("a folder behind a slash taken away", "os.rmdir(ANY + '/out_empty/')", "ENOENT ENOTDIR EROFS")
attempt("a folder behind a slash moved", "os.rename(ANY + '/out_empty/', ANY + '/moved')", "ENOENT ENOTDIR EROFS")
attempt("a folder moved over one behind a slash", "os.rename(make(new), WRITE + '/out_empty/')", "ENOTDIR EEXIST", WRITING)
attempt("a folder made where a link leads nowhere", "os.mkdir(ANY + '/dangling/')", "ENOENT EEXIST EROFS")
attempt("a file made where a link leads nowhere, slash", "write(ANY + '/dangling/')", "ENOENT EISDIR EROFS")
attempt("a link made where a link leads nowhere", "os.symlink('x', ANY + '/dangling/')", "ENOENT EEXIST ENOTDIR EROFS")
attempt("a second name behind a slash", "os.link(ANY + '/out_absolute/', new)", "ENOENT ENOTDIR EXDEV", WRITING)

# ---- Changing what is behind them ----
attempt("the secret overwritten behind a link", "write(ANY + '/out_absolute')", "ENOENT EACCES")
attempt("the neighbour overwritten behind a link", "write(ANY + '/out_neighbour')", "ENOENT EACCES")
attempt("the secret appended to behind a link", "write(ANY + '/out_chain', 'ab')", "ENOENT EACCES")
attempt("the secret cut behind a link", "os.truncate(ANY + '/out_relative', 0)", "ENOENT EACCES")
attempt("the secret cut by opening", "opened(ANY + '/out_absolute', os.O_RDONLY | os.O_TRUNC)", "ENOENT EACCES")
attempt("a file made behind a link", "write(ANY + '/out_folder/made')", "ENOENT EACCES")
attempt("a file made where a link leads nowhere", "write(ANY + '/dangling')", "ENOENT EACCES")
attempt("a file made there, relative", "write(ANY + '/dangling_relative')", "ENOENT EACCES")
attempt("a file made there, exclusively", "write(ANY + '/dangling', 'xb')", "ENOENT EEXIST")
attempt("a file made there, not followed", "opened(ANY + '/dangling', os.O_CREAT | os.O_NOFOLLOW)", "ENOENT ELOOP EEXIST")
attempt("a file made there with a mode", "os.open(ANY + '/dangling', os.O_CREAT | os.O_WRONLY, 0o600)", "ENOENT EACCES")
attempt("a folder made behind a link", "os.mkdir(ANY + '/out_folder/made')", "ENOENT EACCES")
attempt("a file taken away behind a link", "os.unlink(ANY + '/out_folder/inner.txt')", "ENOENT EACCES")
attempt("a folder taken away behind a link", "os.rmdir(ANY + '/out_folder/empty')", "ENOENT EACCES")
attempt("a tree taken away behind a link", "shutil.rmtree(ANY + '/out_folder')", "ENOENT EACCES OSError")
attempt("a file moved behind a link", "os.rename(ANY + '/out_folder/inner.txt', ANY + '/moved')", "ENOENT EACCES EXDEV EROFS")
attempt("a file moved to behind a link", "write(new); os.rename(new, WRITE + '/out_folder/x')", "ENOENT EACCES EXDEV", WRITING)
attempt("the mode behind a link", "os.chmod(ANY + '/out_absolute', 0o777)", "ENOENT")
attempt("the times behind a link", "os.utime(ANY + '/out_absolute', (1, 1))", "ENOENT")
attempt("the owner behind a link", "os.chown(ANY + '/out_absolute', 0, 0)", "ENOENT")
attempt("a second name for what is behind a link",
    "os.link(ANY + '/out_absolute', ANY + '/second'); read(ANY + '/second')", "ENOENT EROFS")
attempt("the other name of a file outside, changed", "write(READ + '/twin.txt')", "EROFS", READING)
attempt("the other name of a file outside, cut", "os.truncate(READ + '/twin.txt', 0)", "EROFS", READING)
attempt("one more name of a file outside", "os.link(READ + '/twin.txt', ANY + '/third')", "EROFS", READING)

# ---- Links that a program makes ----
attempt("a link of one's own", "os.symlink(SECRET, new); read(new)", "ENOENT", WRITING)
attempt("a link of one's own, relative", "os.symlink('../../secret.txt', new); read(new)", "ENOENT", WRITING)
attempt("a link of one's own, changed through", "os.symlink(NEIGHBOUR, new); write(new)", "ENOENT EACCES", WRITING)
attempt("a link of one's own to a folder", "os.symlink(OUTSIDE, new); write(new + '/made')", "ENOENT EACCES", WRITING)
attempt("a link of one's own to what is to be made", "os.symlink(HERE + '/made', new); write(new)", "ENOENT EACCES", WRITING)
attempt("a link of one's own, second name",
    "os.link(WRITE + '/out_absolute', new, follow_symlinks=False); read(new)",
    "ENOENT ENOTSUP EOPNOTSUPP NotImplementedError", WRITING)
attempt("a link to a link of one's own",
    "os.symlink(SECRET, new); os.symlink(new, new + 'b'); read(new + 'b')", "ENOENT", WRITING)
attempt("a link of one's own to the process's root",
    "os.symlink('/proc/self/root', new); read(new + SECRET)", "ENOENT", WRITING)
attempt("a link to a descriptor",
    "os.symlink(f'/dev/fd/{opened(ANY)}', new); read(new + '/../neighbour.txt')", "ENOENT ENOTDIR", WRITING)
attempt("a link to a descriptor of the host's", "os.symlink('/proc/self/fd/3', new); os.listdir(new)", "ENOENT", WRITING)
attempt("a link that climbs once its folder is moved",
    "os.makedirs(new + '/a/b'); os.symlink('../../../neighbour.txt', new + '/a/b/l'); "
    "os.rename(new + '/a/b', new + '/b'); read(new + '/b/l')",
    "ENOENT", WRITING)
attempt("a link that is moved up",
    "os.mkdir(new); os.symlink('../neighbour.txt', new + '/l'); os.rename(new + '/l', new + 'l'); read(new + 'l')",
    "ENOENT", WRITING)
attempt("forty-one links in a row",
    "[os.symlink(f'{new}-{i + 1}', f'{new}-{i}') for i in range(41)]; read(new + '-0')", "ELOOP", WRITING)
attempt("links that grow",
    "os.symlink('l/' * 1000 + '../../neighbour.txt', os.path.join(make(new), 'l')); read(new + '/l')",
    "ELOOP ENAMETOOLONG", WRITING)
attempt("a link of 4,096 bytes", "os.symlink('/' * 4096 + SECRET, new)", "ENAMETOOLONG", WRITING)
attempt("a link of no bytes", "os.symlink('', new)", "ENOENT", WRITING)
attempt("a link with a NUL", "os.symlink(SECRET + '\\0x', new)", "ValueError", WRITING)
attempt("a link in memory", "os.symlink(SECRET, f'/tmp/l{count}'); read(f'/tmp/l{count}')", "ENOENT")
attempt("a link in memory, relative", "os.symlink('..' + SECRET, f'/tmp/l{count}'); read(f'/tmp/l{count}')", "ENOENT")
attempt("a link in memory to above a grant",
    "os.symlink(ANY + '/..', f'/tmp/l{count}'); read(f'/tmp/l{count}/neighbour.txt')", "ENOENT")
attempt("a link in memory, changed through",
    "os.symlink(NEIGHBOUR, f'/tmp/l{count}'); write(f'/tmp/l{count}')", "ENOENT EACCES")
attempt("a link in memory to a grant, and up",
    "os.symlink(ANY, f'/tmp/l{count}'); read(f'/tmp/l{count}/../neighbour.txt')", "ENOENT")
attempt("the times of what a link leads to, by its own name",
    "os.utime(WRITE + '/out_absolute', (1, 1), follow_symlinks=False); os.stat(SECRET)", "ENOENT", WRITING)
attempt("a tree taken away with its links",
    "os.symlink(OUTSIDE, make(new) + '/l'); shutil.rmtree(new); os.path.exists(OUTSIDE)", "=False", WRITING)

# ---- Archives that lead out ----
def linked(name, target, kind=tarfile.SYMTYPE):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def filed(name):
    return tarfile.TarInfo(name)


def unpack(*members):
    """Unpacks an archive with these members, as one that trusts them does."""
    with tarfile.open("/tmp/members.tar", "w") as archive:
        for member in members:
            archive.addfile(member)
    with tarfile.open("/tmp/members.tar") as archive:
        archive.extractall(make(f"{WRITE}/unpacked-{count}"), filter="fully_trusted")


attempt("a tar file with a link and a file behind it",
    "unpack(linked('l', OUTSIDE), filed('l/made'))", "ENOENT EACCES FileExistsError EEXIST", WRITING)
attempt("a tar file with a name that leads up", "unpack(filed('../../made'))", "ENOENT EACCES", WRITING)
attempt("a tar file with an absolute name", "unpack(filed(OUTSIDE + '/made'))", "ENOENT EACCES EEXIST", WRITING)
attempt("a tar file with a second name of a file outside",
    "unpack(linked('l', SECRET, tarfile.LNKTYPE))", "ENOENT KeyError", WRITING)
attempt("a zip file with a name that leads up",
    "import zipfile; z = zipfile.ZipFile('/tmp/z.zip', 'w'); z.writestr('../../made', ''); z.extractall(new); "
    "os.path.exists(BASE + '/made')",
    "=False", WRITING)
