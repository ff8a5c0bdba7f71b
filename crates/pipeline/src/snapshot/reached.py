"""Which modules the first calls of an app import, besides those that are in its snapshot anyway.

    python3 -I -c READING.PY+REACHED.PY WANTED

WANTED is JSON: {"entry": ENTRY, "imported": [MODULE…], "included": [MODULE…], "include": [MODULE…], "exclude": [MODULE…],
"later": [[LINE, COLUMN]…], "idle": [LINE…]}. `included` are those of `imported` that only `include` has brought; `later` and
`idle` are what main_module.py says of a module that runs as __main__.

Run by the build inside the finished bundle; the text of reading.py stands in front of this. From the entry it follows, three
calls deep, what is always done: nothing behind a condition, in a loop or in an exception handler. It prints, as JSON:
`include`, the modules that are imported on this way; `modules`, how many modules that would add to the snapshot; and `other`,
for imports behind a change of what they find that the snapshot has from before: the place of the import, its module, where
another one is, and which of the modules to include brought it.

Nothing behind such a change (of `sys.path`, say) is in `include`, as it would be found without it. What code alone does not
tell is left out, such as calls of methods and of what another call has returned.
"""

DEPTH = 3
# How deep calls are searched for changes.
SEARCH_DEPTH = 6
# What decides which modules are found, but for a look whether something is in it, and what changes that by being called.
FINDING = (
    "sys.path", "sys.meta_path", "sys.path_hooks", "sys.path_importer_cache", "site.addsitedir", "site.addsitepackages",
    "site.main", "os.chdir", "os.fchdir", "contextlib.chdir", "runpy.run_path",
)
# What most programs only look at.
MODULES = "sys.modules"
SETTERS = tuple(f"{MODULES}.{name}" for name in ("clear", "pop", "popitem", "setdefault", "update"))

imported = BASE | set(WANTED["imported"])
include = []
seen = set()
# Modules that are only included, and not yet imported on the way.
included = set(WANTED["included"])
# Whether what imports find may have changed; whether an import was left to the run for another reason.
has_changed = is_left = False
# Modules imported behind a change that the snapshot has from before, to the place of the import.
behind = {}


def candidates(module, names):
    chain = module.split(".")
    return [".".join(chain[:depth]) for depth in range(1, len(chain) + 1)] + [f"{module}.{name}" for name in names]


def is_excluded(module):
    return any(f"{module}.".startswith(f"{excluded}.") for excluded in WANTED["exclude"])


def loaded_by(module, names, known, exclude=True):
    """The modules that one import statement imports, if they are there, not excluded and not known."""
    found = [each for each in candidates(module, names) if each not in known and find(each)]
    return [each for each in found if not (exclude and is_excluded(each))]


@functools.cache
def imports_of(module):
    code = code_of(module)
    found = steps(code, package_of(module)) if code else ()
    return [tuple(rest) for _, _, always, kind, *rest in found if always and kind == "import"]


def load(module, names, known, exclude=True):
    """Adds to `known` what an import imports, with all that this imports in turn; returns what it has added."""
    due, added = [(module, tuple(names))], []
    while due:
        for name in loaded_by(*due.pop(), known, exclude):
            known.add(name)
            added.append(name)
            due += imports_of(name)
    return added


# Changes of what imports find.


def full_name(path, bound, module):
    """A path with the name of the module that its first part comes from."""
    head, dot, rest = path.partition(".")
    for _ in range(HOPS):
        origin, attribute = (bound if head in bound else contents(module)[2]).get(head, (None, None))
        if origin is None:
            return path
        if attribute is None:
            return f"{origin}{dot}{rest}"
        path = f"{origin}.{attribute}{dot}{rest}"
        bound, module, head = {}, origin, attribute
    return path


def is_own(module):
    spec = find(module)
    return bool(spec and (spec.origin or "").startswith(SITE_PACKAGES))


class Changes:
    """Looks at the steps of one code for what changes the imports behind them."""

    def __init__(self, module, idle=(), with_functions=True):
        self.module, self.idle, self.with_functions = module, idle, with_functions
        # What imports have given names to: to what `look_up` finds, and to module and attribute.
        self.names, self.bound = {}, {}
        self.modules_line = None

    def bind(self, always, name, origin, attribute):
        self.bound[name] = origin, attribute
        if always:
            self.names[name] = origin if attribute is None else look_up(origin, attribute)

    def made_by(self, step, depth=SEARCH_DEPTH):
        line, _, _, kind, first, *rest = step
        if line in self.idle or not depth:
            return False
        if kind == "use":
            path = full_name(first, self.bound, self.module)
            if path == MODULES:
                self.modules_line = line
            is_look = rest[0] == "CONTAINS_OP"
            return path in SETTERS or (not is_look and any(f"{path}.".startswith(f"{name}.") for name in FINDING))
        if kind == "item":
            return self.modules_line == line
        if kind == "call":
            return any(changes(*each, depth - 1) for each in self.called(first))
        if kind == "import":
            loaded = load(first, rest[0], set(imported), False)
            return any(changes(code_of(each), each, depth - 1, False) for each in loaded)
        if kind == "code" and (self.with_functions or not is_function(first)):
            return changes(first, self.module, depth - 1, self.with_functions)
        return False

    def called(self, path):
        """What a call may run, as code with its module: a function, a class, or all of the module that made the object."""
        thing = resolve(path, self.names, self.module)
        if isinstance(thing, tuple):
            return [thing]
        name = path.partition(".")[0]
        module = self.module
        if name in self.bound or name in contents(module)[2]:
            module, name = owner(full_name(path, self.bound, module))
        for _ in range(HOPS):
            functions, classes, imports = contents(module) if module else ({}, {}, {})
            if name in functions or name in classes:
                return [(functions.get(name) or classes[name], module)]
            if imports.get(name, (None, None))[1] is None:
                break
            module, name = imports[name]
        if not module or name not in names_of(module):
            return []
        return [(inner, module) for inner in code_of(module).co_consts if inspect.iscode(inner)]


def owner(path):
    """A path as the module at its beginning and the name behind it."""
    parts = path.split(".")
    for depth in range(len(parts) - 1, 0, -1):
        if find(".".join(parts[:depth])):
            return ".".join(parts[:depth]), parts[depth]
    return None, ""


def is_function(code):
    return bool(code.co_flags & inspect.CO_NEWLOCALS)


@functools.cache
def changes(code, module, depth, with_functions=True):
    """Whether running code may change what imports find, as far as it can be seen; not looked for in the standard library.

    Functions that a module or a class makes are looked at where they are called, or here `with_functions`.
    """
    if code is None or not is_own(module):
        return False
    search = Changes(module, with_functions=with_functions)
    for step in steps(code, package_of(module)):
        always, kind = step[2:4]
        if kind == "bind":
            search.bind(always, *step[4:])
        # What a module imports is searched with it.
        elif (is_function(code) or kind != "import" or not always) and search.made_by(step, depth):
            return True
    return False


# The way from the entry.


def follow(code, module, depth, as_main=False):
    global has_changed, is_left
    if code in seen:
        return
    seen.add(code)
    search = Changes(module, WANTED["idle"] if as_main else (), with_functions=not as_main)
    for step in steps(code, package_of(module), as_main):
        line, column, always, kind, first, *rest = step
        if kind == "bind":
            search.bind(always, first, *rest)
        elif kind == "import":
            is_left = is_left or (as_main and always and [line, column] in WANTED["later"])
            if has_changed:
                miss(first, rest[0], f"{module}:{line}")
            elif always and not is_left:
                add(first, rest[0])
            is_here = always and not is_left and not any(map(is_excluded, load(first, rest[0], set(imported), False)))
            has_changed = has_changed or (not is_here and search.made_by(step))
        elif kind == "call" and always and depth and isinstance(thing := resolve(first, search.names, module), tuple):
            # What it changes, it changes on the way.
            follow(*thing, depth - 1)
        elif is_own(module):
            has_changed = has_changed or search.made_by(step)


def add(module, names):
    # The last of a package and its modules brings the others along.
    found = loaded_by(module, names, imported)
    inner = [name for name in found if name.rpartition(".")[0] == module]
    include.extend(inner or found[-1:])
    load(module, names, imported)
    # Found here without any change.
    included.difference_update(load(module, names, BASE.copy()))


def miss(module, names, place):
    """Notes what the snapshot has from before the change."""
    for name in load(module, names, BASE.copy()):
        if name in included:
            behind.setdefault(name, place)


def others():
    """Modules behind a change of whose name there is another one: place, module, the folder of that, who has brought it."""
    tops = {name.partition(".")[0] for name in behind}
    folders = {}
    for folder, inner, files in os.walk(SITE_PACKAGES) if tops else ():
        if folder != SITE_PACKAGES:
            for name in tops.intersection(inner) | tops.intersection(file.partition(".")[0] for file in files):
                folders.setdefault(name, os.path.relpath(folder, SITE_PACKAGES))
    found = []
    for name, place in behind.items():
        if folder := folders.get(name.partition(".")[0]):
            by = [each for each in WANTED["include"] if name in load(each, (), BASE.copy())]
            found.append([place, name, folder, by])
    return found


def main():
    module, colon, function = WANTED["entry"].partition(":")
    if colon:
        thing = resolve(function, {}, module)
        if isinstance(thing, tuple):
            follow(*thing, DEPTH)
    else:
        if find(module).submodule_search_locations is not None:
            module += ".__main__"
        follow(code_of(module), module, DEPTH, as_main=True)
    added = len(imported) - len(BASE | set(WANTED["imported"]))
    print(json.dumps({"include": include, "modules": added, "other": others()}))


main()
