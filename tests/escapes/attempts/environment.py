"""The environment, and what a run is started with: a run may narrow what the build has granted, and never widen it."""

# ---- What a program sees, and what it can make of it ----
attempt("variables of pyapp's", "[name for name in os.environ if name.startswith('PYAPP_')]", "=[]")
attempt("a variable of pyapp's by its name", "os.environ.get('PYAPP_HIDDEN'), os.getenv('PYAPP_DENY')", "=(None, None)")
attempt("the user's home", "os.environ['HOME'], os.path.expanduser('~')", "=('/home/pyapp', '/home/pyapp')")
attempt("the user's home by its files", "os.listdir(pathlib.Path.home())", "=[]")
attempt("the user's home by the list of users",
    "import pwd; read(pwd.getpwuid(os.getuid()).pw_dir + '/home.txt')", "ENOENT ModuleNotFoundError KeyError")
attempt("another home", "os.environ['HOME'] = BASE + '/home'; read(os.path.expanduser('~/home.txt'))", "ENOENT")
attempt("another user's home", "read(os.path.expanduser('~root/.bashrc'))", "ENOENT")
attempt("a wish to be denied nothing", "os.environ['PYAPP_DENY'] = ''; read(SECRET)", "ENOENT")
attempt("a wish for all", "os.putenv('PYAPP_ALLOW', 'all'); read(SECRET)", "ENOENT")
attempt("a time zone that is the secret",
    "os.environ['TZ'] = ':' + SECRET; time.tzset(); 'CANARY' in repr(time.tzname)", "=False")
attempt("a time zone that leads up",
    "os.environ['TZ'] = ':../../..' + SECRET; time.tzset(); 'CANARY' in repr(time.tzname)", "=False")
attempt("a time zone behind a link",
    "os.environ['TZ'] = ANY + '/out_absolute'; time.tzset(); 'CANARY' in repr(time.tzname)", "=False")
attempt("a zone of zoneinfo's that leads up",
    "import zoneinfo; zoneinfo.ZoneInfo('../../../..' + SECRET)", "ValueError ZoneInfoNotFoundError ModuleNotFoundError")
attempt("a zone of zoneinfo's, absolute", "import zoneinfo; zoneinfo.ZoneInfo(SECRET)", "ValueError")
attempt("zones from elsewhere",
    "import zoneinfo; zoneinfo.reset_tzpath([BASE]); zoneinfo.ZoneInfo('secret.txt')", "ZoneInfoNotFoundError", fresh=True)
attempt("modules from elsewhere", "sys.path.append(OUTSIDE); import module_outside", "ModuleNotFoundError")

# ---- What a run is started with ----
outside = "read(SECRET)"
attempt("denied: nothing", outside, "ENOENT", env={"PYAPP_DENY": ""})
attempt("denied: blanks and commas", outside, "ENOENT", env={"PYAPP_DENY": " , ,"})
attempt("denied: none", outside, "125", env={"PYAPP_DENY": "none"})
attempt("denied: a word taken back", outside, "125", env={"PYAPP_DENY": "all,-read"})
attempt("denied: not", outside, "125", env={"PYAPP_DENY": "!read"})
attempt("denied: in capitals", outside, "125", env={"PYAPP_DENY": "ALL"})
attempt("denied: with a value", outside, "125", env={"PYAPP_DENY": "read=/"})
attempt("denied: on two lines", outside, "125", env={"PYAPP_DENY": "all\nread"})
attempt("denied: all, twice", "os.path.exists(HERE)", "=False", env={"PYAPP_DENY": "all,all"})
attempt("allowed, in a variable", outside, "ENOENT", env={"PYAPP_ALLOW": "all", "PYAPP_READ": "/", "PYAPP_WRITE": "/"})
attempt("permissions, in a variable", outside, "ENOENT", env={"PYAPP_PERMISSIONS": '{"read": ["/"]}'})
attempt("another entry, in a variable", outside, "ENOENT", env={"PYAPP_ENTRY": "os:listdir", "PYAPP_OPTIMIZE": "9"})
attempt("another home, in a variable", "read(os.path.expanduser('~/secret.txt'))", "ENOENT", env={"HOME": "{BASE}"})
attempt("the root as the home", outside, "ENOENT", env={"HOME": "/"})
attempt("another folder, in a variable", "read('inner.txt')", "ENOENT", env={"PWD": "{BASE}/outside"})
attempt("folders of the user's, in variables",
    outside, "ENOENT", env={"TMPDIR": "/", "XDG_CONFIG_HOME": "/", "XDG_DATA_HOME": "/"})
attempt("modules, in a variable", "import module_outside", "ModuleNotFoundError", env={"PYTHONPATH": "{BASE}/outside"})
attempt("a place for bytecode, in a variable",
    "import wave; os.path.exists(BASE + '/outside/vfs')", "=False", env={"PYTHONPYCACHEPREFIX": "{BASE}/outside"})
attempt("zones, in a variable",
    "import zoneinfo; zoneinfo.ZoneInfo('secret.txt')", "ZoneInfoNotFoundError", env={"PYTHONTZPATH": "{BASE}"})
attempt("a zone, in a variable", "'CANARY' in repr(time.tzname)", "=False", env={"TZ": ":{BASE}/secret.txt"})
attempt("an audit by a link that the app may have made",
    outside, "125", ["write"], env={"PYAPP_AUDIT": "{BASE}/here/writable/dangling"})
attempt("an audit into what is granted", outside, "ENOENT", ["write"], env={"PYAPP_AUDIT": "{BASE}/here/writable/audit"})

# ---- What arguments name, and nothing else ----
with_neighbour = "[os.path.exists(path) for path in (NEIGHBOUR, SECRET, '/etc/passwd')]"
nothing = "=[False, False, False]"
attempt("named: the root", with_neighbour, nothing, ARGUMENTS, arguments=["/"])
attempt("named: the root with slashes", with_neighbour, nothing, ARGUMENTS, arguments=["///"])
attempt("named: the root with dots", with_neighbour, nothing, ARGUMENTS, arguments=["/../."])
attempt("named: the root from here", with_neighbour, nothing, ARGUMENTS, arguments=["../" * 99])
attempt("named: the root behind a link", with_neighbour, nothing, ARGUMENTS, arguments=["to_root"])
attempt("named: the root behind a link, slash", with_neighbour, nothing, ARGUMENTS, arguments=["--folder=to_root/"])
attempt("named: the root of the process", with_neighbour, nothing, ARGUMENTS, arguments=["/proc/self/root"])
attempt("named: a file of the process", "read('/proc/self/environ')", "ENOENT", ARGUMENTS, arguments=["/proc/self/environ"])
attempt("named: a file of the process behind a link",
    "read(HERE + '/to_proc/environ')", "ENOENT", ARGUMENTS, arguments=["to_proc/environ"])
attempt("named: a device behind a link", "opened('to_dev/zero')", "ENOENT", ARGUMENTS, arguments=["to_dev/zero"])
attempt("named: nothing", with_neighbour, nothing, ARGUMENTS, arguments=["", "=", "--file=", "-"])
attempt("named: stars", with_neighbour, nothing, ARGUMENTS, arguments=["*", "neighbour.*", "{neighbour,x}.txt"])
attempt("named: behind the second sign", with_neighbour, nothing, ARGUMENTS, arguments=["a=b=neighbour.txt"])
attempt("named: in a word",
    with_neighbour, nothing, ARGUMENTS, arguments=["-fneighbour.txt", "x:neighbour.txt", "neighbour.txt,x"])
attempt("named: in a URL", with_neighbour, nothing, ARGUMENTS, arguments=["file://{BASE}/secret.txt"])
attempt("named: with the user's home",
    "os.path.exists(BASE + '/home/home.txt')", "=False", ARGUMENTS, arguments=["~/home.txt", "$HOME/home.txt"])
attempt("named: another one in that folder", with_neighbour, nothing, ARGUMENTS, arguments=["named/file.txt"])
attempt("named: a file, and from there",
    "read('given.txt/../neighbour.txt')", "ENOENT ENOTDIR", ARGUMENTS, arguments=["given.txt"])
attempt("named: up from behind a link", with_neighbour, nothing, ARGUMENTS, arguments=["to_outside/../neighbour.txt"])
attempt("named: up from what is not there", with_neighbour, nothing, ARGUMENTS, arguments=["missing/../neighbour.txt"])
attempt("named: up from a file", with_neighbour, nothing, ARGUMENTS, arguments=["given.txt/../neighbour.txt"])
attempt("named: a link in a loop", with_neighbour, nothing, ARGUMENTS, arguments=["named/loop", "named/loop_a/x"])
attempt("named: a link to what is to be made", "write('to_made')", "ENOENT EACCES EROFS", ARGUMENTS, arguments=["to_made"])
attempt("named: below a link to what is to be made",
    "write('to_made/x')", "ENOENT EACCES EROFS", ARGUMENTS, arguments=["to_made/x"])
attempt("named: below a file", "write('given.txt/x')", "ENOENT ENOTDIR EROFS", ARGUMENTS, arguments=["given.txt/x"])
attempt("named: a link that the app may have made",
    "read(SECRET)", "ENOENT", ["write"], env={"PYAPP_DENY": ""}, arguments=["writable/out_absolute"])
attempt("named: below a link that the app may have made",
    "os.path.exists(OUTSIDE)", "=False", ["write"], env={"PYAPP_DENY": ""}, arguments=["writable/out_folder/inner.txt"])
attempt("named: the current folder, its mode", "os.chmod('.', 0o777)", "EROFS", ["arguments-read"], arguments=["."])
attempt("named: the current folder, its mode by its number",
    "os.fchmod(8192, 0o777)", "EROFS", ["arguments-read"], arguments=["."])
attempt("named: the current folder, its mode by a request",
    "ask('chmod/8192/777')", "EROFS", ["arguments-read"], arguments=["."])
attempt("named: the current folder, its times by its number",
    "os.utime(8192, (1, 1))", "EROFS", ["arguments-read"], arguments=["."])
attempt("named: the current folder, made in by its number",
    "os.mkdir('made', dir_fd=8192)", "EROFS", ["arguments-read"], arguments=["."])
attempt("named: four thousand files", "read(SECRET)", "ENOENT", ARGUMENTS, arguments=["given.txt"] * 4000)
