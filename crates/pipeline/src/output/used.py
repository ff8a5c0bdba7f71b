"""Which files of the standard library nothing in a bundle reaches.

    python3 -I -S -c USED.PY STDLIB LIBRARIES WANTED

WANTED is JSON: {"entries": [MODULE…], "imported": [MODULE…], "include": [MODULE…], "scripts": [TEXT…]}: modules that start, others
that the project names, those to keep with all that is in them, and programs of the build that run in the finished bundle. Run by the
build in the very CPython, which reads the bytecode in both folders and runs none of it. Prints, as JSON, paths below STDLIB, and which modules these are; and what of `include`
there is not.

All that lies in LIBRARIES is reached, and so is what a module that is reached imports anywhere, in functions too. A text that names
a module inside a package counts as an import of it, in a library and in what imports by name. Not followed is what the standard
library does only when a module of it runs as a program, and what the tables below name.
"""
import contextlib
import dis
import json
import marshal
import os
import sys
import types
from opcode import opmap

# A .pyc file begins with the magic number, flags, and what tells of its source.
HEADER = 16
EXTENDED_ARG, IMPORT_NAME, LOAD_CONST = (opmap[name] for name in ("EXTENDED_ARG", "IMPORT_NAME", "LOAD_CONST"))

# What C code imports whatever an app does (CPython's Objects/, Parser/, Python/, Modules/main.c, timemodule.c; pyapp.c), and the
# codecs.
ALWAYS = (
    "_pyapp", "_pyapp_environ", "_pylong", "_strptime", "copyreg", "encodings*", "io", "linecache", "runpy", "site", "struct",
    "traceback", "typing", "warnings",
)
# What modules import by names that they put together, C modules (Modules/*.c) among them. With a star, all whose names begin so.
BY_NAME = {
    "_asyncio": ("asyncio",),
    "_decimal": ("_pydecimal", "collections.abc", "numbers"),
    "_elementtree": ("copy", "xml.etree.ElementPath"),
    "_json": ("json.decoder",),
    "_pickle": ("_compat_pickle", "codecs", "copyreg", "functools"),
    "_sqlite3": ("functools", "sqlite3.dump"),
    "_sre": ("re",),
    "_zoneinfo": ("pickle", "weakref", "zoneinfo._common", "zoneinfo._tzpath"),
    "array": ("collections.abc", "copyreg"),
    "sysconfig": ("_sysconfigdata*",),
    "zoneinfo": ("tzdata*",),
}
# What a module imports and does without, or does not come to here.
DISPENSABLE = {
    # `help()`, and the prompt.
    "_sitebuiltins": ("pydoc",),
    "site": ("_pyrepl", "readline", "rlcompleter"),
    # In place of the C module, which is there.
    "datetime": ("_pydatetime",),
    # CPython's own tests call that.
    "multiprocessing.util": ("test",),
    # A hint, made of it if it is there.
    "warnings": ("tracemalloc",),
}
# Functions that modules of the standard library run when they are programs.
PROGRAMS = {"_main", "_test", "_test_generator", "main", "test"}
# Methods of importlib that import much for what few ask for: they count where a library names them.
RARE = {"find_distributions", "invalidate_caches"}
# What has texts that name modules, and imports others.
NAMES_ONLY = {"_pyapp"}
# Who names one of these may import what a text of one word names.
IMPORTERS = {"__import__", "find_spec", "import_module", "resolve_name", "run_module"}


def files_below(folder, without=()):
    """Paths below a folder, sorted, without some of the folders in it."""
    found = []
    for at, folders, names in os.walk(folder):
        if at == folder:
            folders[:] = [name for name in folders if name not in without]
        found += (os.path.relpath(os.path.join(at, name), folder) for name in names)
    return sorted(found)


def module_of(path):
    """The module that a file is the bytecode of, or None."""
    stem, ending = os.path.splitext(path)
    return stem.removesuffix("/__init__").replace("/", ".") if ending == ".pyc" else None


STDLIB, LIBRARIES = sys.argv[1:3]
WANTED = json.loads(sys.argv[3])
PATHS = files_below(STDLIB, ("site-packages",))
MODULES = {module_of(path): path for path in PATHS if module_of(path)}

reached = set()
# Modules that are reached but not yet read.
due = []
# Modules that run as programs.
programs = {f"{entry}{end}" for entry in WANTED["entries"] for end in ("", ".__main__")}
# What the code of libraries names.
named = set()


def reach(module):
    """Adds a module, and the packages that it is in; with a star, all whose names begin so."""
    if module.endswith("*"):
        for name in MODULES:
            if name.startswith(module[:-1]):
                reach(name)
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        name = ".".join(parts[:depth])
        if name not in reached and (name in MODULES or name in BY_NAME):
            reached.add(name)
            due.append(name)


def all_in(module):
    """The names of a module and of all that is in it."""
    return [name for name in MODULES if f"{name}.".startswith(f"{module}.")]


def load(folder, path):
    with open(os.path.join(folder, path), "rb") as file:
        return marshal.loads(file.read()[HEADER:])


def idle(code):
    """The offsets of what a module's code does only when it runs as a program."""
    if "__main__" not in code.co_consts:
        return []
    found, steps = [], list(dis.get_instructions(code))
    for name, constant, comparison, jump in zip(steps, steps[1:], steps[2:], steps[3:]):
        tests = name.argval, constant.argval, comparison.argval
        if tests == ("__name__", "__main__", "==") and jump.jump_target is not None:
            found.append(range(jump.offset, jump.jump_target))
    return found


def imports_of(code):
    """The import statements of a code, without those of what is inside it: offset, level, module, names."""
    operations = code.co_code[::2]
    extended, constants = 0, (0, ())
    for index in range(len(operations) if IMPORT_NAME in operations else 0):
        operation, argument = operations[index], code.co_code[2 * index + 1] | extended
        extended = argument << 8 if operation == EXTENDED_ARG else 0
        if operation == LOAD_CONST:
            constants = constants[1], code.co_consts[argument]
        elif operation == IMPORT_NAME:
            yield 2 * index, constants[0], code.co_names[argument], constants[1] or ()


def names_in(code):
    """What a code, and what is inside it, names."""
    return {*code.co_names}.union(*(names_in(each) for each in code.co_consts if isinstance(each, types.CodeType)))


def texts_in(constant):
    """The texts in a constant, which may be a tuple or a set of some."""
    if isinstance(constant, str):
        yield constant
    elif isinstance(constant, (tuple, frozenset)):
        for each in constant:
            yield from texts_in(each)


def reach_text(text, imports_by_name, is_library):
    """Reaches a module that a text names, if whoever has it may import it."""
    if not text.replace(".", "_").isidentifier():
        return
    is_inner = ".".join(text.split(".")[:2]) in INNER
    # Two of three are enough.
    if is_inner + is_library + imports_by_name >= 2:
        reach(text)


def read(code, module, package, follows, imports_by_name):
    """Reaches what a code imports, and what is inside it: of a module of the standard library, or of a library's if `module` is
    None. `follows` says of a function whether it counts."""
    skipped = [] if follows is every else idle(code)
    for offset, level, name, names in imports_of(code):
        if level and module is None:
            # It finds libraries only.
            continue
        if level:
            base = package.split(".")
            name = ".".join([*base[: len(base) - level + 1], *filter(None, [name])])
        if not any(offset in offsets for offsets in skipped):
            for each in (name, *(f"{name}.{each}" for each in names)):
                if each.partition(".")[0] not in DISPENSABLE.get(module, ()):
                    reach(each)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType) and follows(constant.co_name):
            read(constant, module, package, follows, imports_by_name)
        for text in texts_in(constant):
            reach_text(text, imports_by_name, module is None)


def every(function):
    return True


def in_use(function):
    return function not in PROGRAMS and (function not in RARE or function in named)


def read_program(code):
    """Reads code that is not the standard library's."""
    names = names_in(code)
    named.update(names)
    read(code, None, "", every, not IMPORTERS.isdisjoint(names))


def read_modules():
    while due:
        module = due.pop()
        for name in BY_NAME.get(module, ()):
            reach(name)
        if module in MODULES:
            code = load(STDLIB, MODULES[module])
            package = module if MODULES[module].endswith("/__init__.pyc") else module.rpartition(".")[0]
            follows = every if module in programs else in_use
            imports_by_name = module not in NAMES_ONLY and not IMPORTERS.isdisjoint(names_in(code))
            read(code, module, package, follows, imports_by_name)


def is_kept(path):
    """A module that is reached; another file, if the package is that it lies in."""
    module = module_of(path)
    if module:
        return module in reached
    package = path.replace("/", ".")
    while package:
        package = package.rpartition(".")[0]
        if package in MODULES:
            return package in reached
    return True


INNER = {name for name in MODULES if name.count(".") == 1}
for name in (*sys.modules, *ALWAYS, *programs, *WANTED["imported"]):
    reach(name)
for name in WANTED["include"]:
    for each in all_in(name):
        programs.add(each)
        reach(each)
for script in WANTED["scripts"]:
    read_program(compile(script, "<script>", "exec"))
for path in files_below(LIBRARIES):
    if module_of(path):
        read_program(load(LIBRARIES, path))
    elif path.endswith(".pth") and "/" not in path:
        # `site` runs the lines that begin so, and says itself what is wrong with one.
        with open(os.path.join(LIBRARIES, path), encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith(("import ", "import\t")):
                    with contextlib.suppress(SyntaxError, ValueError):
                        read_program(compile(line, path, "exec"))
if not named.isdisjoint({"breakpoint", "breakpointhook"}):
    reach("pdb")
read_modules()
left = [path for path in PATHS if not is_kept(path)]
print(json.dumps({
    "paths": left,
    "modules": [module_of(path) for path in left if module_of(path)],
    "unknown": [name for name in WANTED["include"] if not all_in(name)],
}))
