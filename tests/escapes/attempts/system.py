"""The machine behind: its processes, devices and kernel, other programs, the network, and the host's own memory."""

# ---- /proc, /sys and /dev of the machine ----
attempt("the process's environment", "read('/proc/self/environ')", "ENOENT")
attempt("the process's memory", "read('/proc/self/mem')", "ENOENT")
attempt("the process's memory, written to", "write('/proc/self/mem', 'r+b')", "ENOENT EACCES")
attempt("the process's map of memory", "read('/proc/self/maps')", "ENOENT")
attempt("the process's program", "read('/proc/self/exe')", "ENOENT")
attempt("the process's arguments", "read('/proc/self/cmdline')", "ENOENT")
attempt("the process's root", "read('/proc/self/root' + SECRET)", "ENOENT")
attempt("the process's folder", "read('/proc/self/cwd/neighbour.txt')", "ENOENT")
attempt("the process's descriptors", "os.listdir('/proc/self/fd')", "ENOENT")
attempt("a folder behind the process's descriptors",
    "opened(ANY if MODE != 'none' else '/tmp'); [fd for fd in range(32) if os.path.exists(f'/proc/self/fd/{fd}/..')]",
    "=[]")
attempt("the thread's root", "read('/proc/thread-self/root' + SECRET)", "ENOENT")
attempt("the first process's root", "read('/proc/1/root' + SECRET)", "ENOENT")
attempt("the process above", "read(f'/proc/{os.getppid()}/environ')", "ENOENT")
attempt("the process's weight when memory runs out", "write('/proc/self/oom_score_adj')", "ENOENT EACCES")
attempt("what runs when a program crashes", "write('/proc/sys/kernel/core_pattern')", "ENOENT EACCES")
attempt("all processes", "os.listdir('/proc')", "ENOENT")
attempt("the kernel's settings", "os.listdir('/sys/kernel')", "ENOENT")
attempt("the machine's memory", "opened('/dev/mem', os.O_RDWR)", "ENOENT EACCES")
# Those of crates/host/src/layout.rs.
attempt("the machine's devices",
    "sorted(os.listdir('/dev'))",
    "=['fd', 'full', 'null', 'random', 'shm', 'stderr', 'stdin', 'stdout', 'tty', 'urandom', 'zero']")
attempt("a terminal that is not there", "opened('/dev/tty', os.O_RDWR)", "ENXIO")
attempt("a device put among devices", "write('/dev/made')", "EACCES")
attempt("the machine's own shared memory", "os.listdir('/dev/shm')", "=[]")
attempt("the machine's users", "read('/etc/shadow')", "ENOENT")
attempt("the machine's names", "read('/etc/passwd')", "ENOENT")
attempt("the machine's certificates", "os.listdir('/etc/ssl')", "ENOENT")
attempt("the machine's sockets", "os.listdir('/run')", "ENOENT")
attempt("the machine's programs", "os.listdir('/usr/bin')", "ENOENT")
attempt("the machine's caches", "os.listdir('/var/cache')", "ENOENT")
attempt("a file of the system's made", "write('/etc/made')", "ENOENT EACCES")
attempt("a program of the system's made", "write('/usr/bin/made')", "ENOENT EACCES")
attempt("the app's own program", "read(PROGRAM)", "ENOENT")
attempt("the app's own program, written to", "write(PROGRAM, 'r+b')", "ENOENT EACCES")

# ---- Other programs ----
refused = "AttributeError ENOSYS ENOTSUP EOPNOTSUPP ENOENT ENOEXEC EPERM OSError"
attempt("a shell", "os.system('cat ' + SECRET)", refused)
attempt("a program", "import subprocess; subprocess.run(['/bin/cat', SECRET], capture_output=True).stdout", refused)
attempt("a program with a pipe", "os.popen('cat ' + SECRET).read()", refused)
attempt("a program in its place", "os.execv('/bin/cat', ['cat', SECRET])", refused)
attempt("a second process", "os.fork()", refused)
attempt("a process spawned", "os.posix_spawn('/bin/cat', ['cat', SECRET], {})", refused)
attempt("another process ended", "os.kill(os.getppid(), 9)", "AttributeError ENOSYS ESRCH EPERM")
attempt("the first process asked for", "os.kill(1, 0)", "AttributeError ENOSYS ESRCH EPERM")
attempt("another root", "os.chroot(OUTSIDE)", refused)
attempt("another user", "os.setuid(0)", refused)
attempt("a library of the machine's", "import ctypes; ctypes.CDLL('libc.so.6').getpid()", refused)

# ---- The network ----
# What the sandbox itself answers: all else depends on the machine, on which a hole would lead to an error, too.
attempt("a connection", "import socket; socket.create_connection(('127.0.0.1', 1), 1)", "EACCES")
attempt("a server", "import socket; socket.create_server(('127.0.0.1', 0))", "EACCES")
attempt("a socket by its name", "import socket; socket.socket(1).connect(ANY + '/socket')", "EAFNOSUPPORT")
attempt("a socket made by its name", "import socket; socket.socket(1).bind(HERE + '/made')", "EAFNOSUPPORT")
attempt("a name looked up", "import socket; socket.getaddrinfo('example.org', 80)", "EACCES")

# ---- The host's own stack and memory: the guest may end, with an error or a trap, and the host says so ----
attempt("a stack without end",
    "sys.setrecursionlimit(10**9); x = []\nfor _ in range(10**6): x = [x]\nlen(repr(x))",
    "RecursionError MemoryError 134", fresh=True)
attempt("a syntax tree without end",
    "compile('(' * 10**6, '', 'eval')", "SyntaxError MemoryError RecursionError 134", fresh=True)
attempt("a pattern without end", "import re; re.compile('(' * 10**5 + ')' * 10**5)", "RecursionError 134", fresh=True)
attempt("memory at once", "bytearray(2**32)", "MemoryError OverflowError", fresh=True)
attempt("an end in the middle", "os.abort()", "134", fresh=True)
attempt("a signal",
    "import signal; signal.raise_signal(signal.SIGSEGV)", "-11", fresh=True)
attempt("memory outside",
    "import ctypes; ctypes.memset(2**32 - 8, 0, 64)",
    "134 TypeError AttributeError ENOSYS OSError NotImplementedError", fresh=True)
attempt("memory at nothing",
    "import ctypes; ctypes.string_at(2**32 - 1, 100)",
    "134 TypeError AttributeError ENOSYS OSError NotImplementedError", fresh=True)
