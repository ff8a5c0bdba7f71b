"""Attempts that are made over and over while another process moves things about: see `race.rs`.

    inside   swap/ (a folder) with swap_out (a link to BASE/outside), flip (a file) with flip_out (a link to the secret), and
             moved/ (a folder) with a folder outside; flicker comes and goes
    grant    the granted folder itself with a link to BASE/outside
"""
inner = r"b'inner\n'"
fine = r"b'plain\n'"

race("read in a folder", "read(RACE + '/swap/inner.txt')", inner)
race("read in what was the link", "read(RACE + '/swap_out/inner.txt')", inner)
race("read a file", "read(RACE + '/flip')", fine)
race("read what was the link", "read(RACE + '/flip_out')", fine)
race("read a file, not followed", "os.read(opened(RACE + '/flip', os.O_NOFOLLOW), 99)", fine)
race("read deep in a folder", "read(RACE + '/swap/sub/deep.txt')", inner)
race("read down and up", "read(RACE + '/swap/sub/../inner.txt')", inner)
race("read up and on", "read(RACE + '/swap/../../file.txt')", fine)
race("read up from a link", "read(RACE + '/swap/../secret.txt')", "")
race("what it is", "os.stat(RACE + '/swap/inner.txt').st_size", "6")
race("what a folder has", "'outside.txt' in os.listdir(RACE + '/swap')", "False")
race("what a folder's walk finds", "[f for d, _, fs in os.walk(RACE + '/swap') for f in fs if f == 'outside.txt']", "[]")
race("a folder's descriptor",
    "fd = opened(RACE + '/swap', os.O_DIRECTORY); os.read(os.open('inner.txt', 0, dir_fd=fd), 99)", inner)
race("a folder's descriptor, and up", "fd = opened(RACE + '/swap'); os.read(os.open('../../file.txt', 0, dir_fd=fd), 99)", fine)
race("the current folder", "os.chdir(RACE + '/swap'); read('inner.txt')", inner)
race("the current folder, and up", "os.chdir(RACE + '/swap/sub'); read('../inner.txt')", inner)
race("the current folder's path", "os.chdir(RACE + '/swap'); 'outside' in os.getcwd()", "False")
race("a folder that is moved out, and up", "os.chdir(RACE + '/moved/sub'); read('../../beside.txt')", inner)
race("a folder that is moved out, and its path", "os.chdir(RACE + '/moved/sub'); 'away' in os.getcwd()", "False")
race("a folder that is moved out, by its descriptor",
    "fd = opened(RACE + '/moved/sub'); os.read(os.open('../../beside.txt', 0, dir_fd=fd), 99)", inner)
race("a folder that is moved out, a step at a time",
    "fd = opened(RACE + '/moved/sub'); up = os.open('..', 0, dir_fd=fd); up = os.open('..', 0, dir_fd=up); "
    "'secret.txt' in os.listdir(up)",
    "False")
race("a folder that is moved out, far up",
    "os.chdir(RACE + '/moved/sub'); [os.chdir('..') for _ in range(3)]; read('secret.txt')", "")

race("made for reading where it comes and goes",
    "os.read(os.open(READ + '/race/flicker', os.O_RDONLY | os.O_CREAT, 0o666), 99)", fine, READING)
race("made not to be followed where it comes and goes",
    "os.read(os.open(READ + '/race/flicker', os.O_NOFOLLOW | os.O_CREAT, 0o666), 99)", fine, READING)

race("written in a folder", "write(RACE + '/swap/written.txt')", "None", WRITING)
race("overwritten in a folder", "write(RACE + '/swap/victim.txt')", "None", WRITING)
race("overwritten", "write(RACE + '/flip'); os.truncate(RACE + '/flip', 0)", "None", WRITING)
race("made anew",
    "opened(RACE + '/swap/anew.txt', os.O_CREAT | os.O_EXCL) > 0; os.unlink(RACE + '/swap/anew.txt')", "None", WRITING)
race("cut", "os.truncate(RACE + '/swap/victim.txt', 0)", "None", WRITING)
race("a folder made", "os.mkdir(RACE + '/swap/folder'); os.rmdir(RACE + '/swap/folder')", "None", WRITING)
race("a link made", "os.symlink('x', RACE + '/swap/link'); os.unlink(RACE + '/swap/link')", "None", WRITING)
race("a second name made",
    "os.link(RACE + '/swap/inner.txt', RACE + '/swap/second'); os.unlink(RACE + '/swap/second')", "None", WRITING)
race("a second name of what a link took",
    "os.link(RACE + '/flip', RACE + '/second'); os.unlink(RACE + '/second')", "None", WRITING)
race("taken away", "os.unlink(RACE + '/swap/outside.txt')", "", WRITING)
race("an empty folder taken away", "os.rmdir(RACE + '/swap/empty')", "", WRITING)
race("a tree taken away", "shutil.rmtree(RACE + '/swap/tree')", "", WRITING)
race("moved in", "write(RACE + '/in'); os.rename(RACE + '/in', RACE + '/swap/moved_in')", "None", WRITING)
race("moved over", "write(RACE + '/in'); os.replace(RACE + '/in', RACE + '/swap/victim.txt')", "None", WRITING)
race("moved out", "os.rename(RACE + '/swap/outside.txt', RACE + '/stolen'); read(RACE + '/stolen')", "", WRITING)
race("the mode", "os.chmod(RACE + '/swap/victim.txt', 0o640)", "None", WRITING)
race("the mode of a file", "os.chmod(RACE + '/flip', 0o640)", "None", WRITING)
race("the times", "os.utime(RACE + '/swap/victim.txt', (1, 1))", "None", WRITING)
race("the times of a file", "os.utime(RACE + '/flip', (1, 1))", "None", WRITING)
race("made where a folder is moved out", "os.chdir(RACE + '/moved/sub'); write('../../made.txt')", "None", WRITING)

race("the grant, read", "read(ANY + '/inner.txt')", "", swaps="grant")
race("the grant, up", "read(ANY + '/../secret.txt')", "", swaps="grant")
race("the grant, listed", "'outside.txt' in os.listdir(ANY)", "False", swaps="grant")
race("the grant, as the current folder", "os.chdir(ANY); 'outside.txt' in os.listdir('.')", "False", swaps="grant")
race("the grant, written", "write(ANY + '/outside.txt')", "None", WRITING, swaps="grant")
race("the grant, taken away from", "os.unlink(ANY + '/victim.txt')", "", WRITING, swaps="grant")
race("the grant, its mode", "os.chmod(ANY, 0o755)", "None", WRITING, swaps="grant")
