"""What an app imports at its start, and what those imports do that would not happen again in a run that resumes.

    python3 -I -c FINDINGS.PY+AUDIT.PY REPORT WANTED

WANTED is JSON: {"entry": …, "program": NAME, "later": [[LINE, COLUMN]…], "include": [MODULE…], "exclude": [MODULE…]}.

Run by the build inside the finished bundle, on an interpreter that is thrown away; the text of findings.py stands in front of
this. It imports what a start of the app imports, and what is to be included, and writes to REPORT, as JSON: `modules`, the
names to import for a snapshot, in order, without those that import an excluded module; `included`, those of them that only
`include` has brought; and `findings`.

An entry without a function is run as __main__: its own code does not run here, only what it imports does, without those
imports that stand at a place in `later`.
"""

REPORT = sys.argv[1]

# Modules whose import has begun, in order.
begun = {}
# Excluded modules that something wanted to import.
reached = set()


class Excluded(BaseException):
    """Not an ImportError: a library that could do without the module must not take that way for good."""


class Witness:
    """Asked first for every module: keeps the order in which imports begin, and refuses those that are excluded.

    (sys.modules has the order in which they end.)
    """

    @staticmethod
    def find_spec(name, path=None, target=None):
        begun.setdefault(name)
        for excluded in WANTED["exclude"]:
            if name == excluded or name.startswith(excluded + "."):
                reached.add(excluded)
                raise Excluded(name)


def main_module(module):
    """The module whose code runs as __main__, found as runpy finds it; its parent packages are imported."""
    spec = importlib.util.find_spec(module)
    if spec is not None and spec.submodule_search_locations is not None:
        module += ".__main__"
        spec = importlib.util.find_spec(module)
    return spec, module


def is_later(positions):
    return [positions.lineno, positions.col_offset] in WANTED["later"]


def imports_of(code, package):
    """The imports at the top level of a module's code: (arguments of __import__, whether its failure is foreseen).

    It is where the program would catch it, and where a condition decides whether it is reached at all.
    """
    bytecode = dis.Bytecode(code)
    guarded = [range(entry.start, entry.end) for entry in bytecode.exception_entries]
    guarded += [
        range(instruction.offset, instruction.jump_target)
        for instruction in bytecode if instruction.jump_target is not None
    ]
    constants = []
    for instruction in bytecode:
        if instruction.opname == "LOAD_CONST":
            constants.append(instruction.argval)
        elif instruction.opname == "IMPORT_NAME" and not is_later(instruction.positions):
            level, names = constants[-2:]
            scope = {"__package__": package, "__name__": "__main__"}
            is_guarded = any(instruction.offset in offsets for offsets in guarded)
            yield (instruction.argval, scope, None, names or (), level), is_guarded


def attempt(action, foreseen=False):
    """Does one import. What it raises is a finding; if the program itself foresees it, it is the result."""
    try:
        return action()
    except Excluded:
        return None
    except BaseException as error:
        if foreseen and isinstance(error, Exception):
            return error
        tell(error)
        return None


def tell(error):
    module, place = "?", ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_name == "<module>" and frame.f_globals is not globals():
            module, place = frame.f_globals.get("__name__", "?"), f" ({frame.f_code.co_filename}:{line})"
    text = traceback.format_exception_only(error)[-1].strip()
    find("failed", module, text + place)


def include(name):
    """Imports what `snapshot-include` names."""
    try:
        __import__(name)
    except ModuleNotFoundError as error:
        if f"{name}.".startswith(f"{error.name}."):
            find("missing", name)
        else:
            raise


def follow(entry):
    module, colon, _ = entry.partition(":")
    if colon:
        attempt(lambda: __import__(module))
        return
    found = attempt(lambda: main_module(module))
    if found is None or found[0] is None:
        return
    spec, name = found
    get_code = getattr(spec.loader, "get_code", None)
    code = get_code(name) if get_code else None
    lost = False
    for arguments, foreseen in imports_of(code, name.rpartition(".")[0]) if code else ():
        # Once one has failed, it is not known which way the program takes.
        lost = isinstance(attempt(lambda: __import__(*arguments), foreseen or lost), Exception) or lost


def exists(module):
    """Whether there is such a module, found without importing its parents."""
    path, spec = None, None
    for at, character in enumerate(module + "."):
        if character == ".":
            spec = importlib.machinery.PathFinder.find_spec(module[:at], path)
            path = spec.submodule_search_locations if spec else []
    return spec is not None


def written():
    """Files and directories that are not the system's."""
    paths = set()
    for folder, folders, files in os.walk("/"):
        if folder == "/":
            folders.remove("vfs")
        elif folder == "/dev":
            folders[:], files = ["shm"], []
        paths.update(os.path.join(folder, name) for name in files + folders)
    return paths


WRITTEN = written()


def left_behind():
    """What was printed, files that stay open, and what was written."""
    for module, data in printed.items():
        lines = data.decode("utf-8", "replace").strip().splitlines()
        if lines:
            find("output", module, lines[0][:80])
    known = set()
    for thing in gc.get_objects():
        # By its type: a weak proxy passes on even the question for its class, and what it stood for may be gone.
        if issubclass(type(thing), io.FileIO) and not thing.closed and thing.fileno() > 2:
            known.add(thing.fileno())
            find("open", touched.get(thing.name, "?"), str(thing.name))
    note_owners()
    found = open_descriptors()
    for descriptor in sorted(found - DESCRIPTORS - known):
        find("open", owners[descriptor], f"descriptor {descriptor}")
    if DESCRIPTORS - found:
        find("detached", "?")
    for path in sorted(written() - WRITTEN):
        find("written", touched.get(path, touched.get(os.path.basename(path), "?")), path)
    if os.getcwd() != "/":
        find("chdir", touched.get(os.getcwd(), "?"), os.getcwd())


def main():
    # What this script needs is not what the app imports: the app gets its own.
    for name in set(sys.modules) - BASE:
        del sys.modules[name]
    sys.argv = Arguments([WANTED["program"]])
    streams = sys.stdin, sys.stdout, sys.stderr
    recorders = [recorder(descriptor) for descriptor in range(3)]
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__ = recorders
    sys.meta_path.insert(0, Witness)
    sys.addaudithook(hear)
    time.__class__ = Clock
    watch()
    follow(WANTED["entry"])
    at_start = set(begun)
    for name in WANTED["include"]:
        attempt(lambda: include(name))
    look_away()
    sys.meta_path.remove(Witness)
    sys.stdin, sys.stdout, sys.stderr = streams
    left_behind()
    find_names(begun)
    for name in WANTED["exclude"]:
        # Where one exclusion has cut an import short, nobody knows what else it would have reached.
        if name not in reached and not (reached and exists(name)):
            find("unreached", name)
    # A module that a failed package has left behind could not be imported by its name.
    modules = [
        name for name in begun if isinstance(sys.modules.get(name), type(sys)) and all(
            name[:at] in sys.modules for at, character in enumerate(name) if character == "."
        )
    ]
    included = [name for name in modules if name not in at_start]
    with open(REPORT, "w", encoding="utf-8") as file:
        json.dump({"modules": modules, "included": included, "findings": findings}, file)


main()
