"""Which modules the first calls of an app import, besides those that are in its snapshot anyway.

    python3 -I -S -c reached.py '{"entry": ENTRY, "imported": [MODULE...], "exclude": [MODULE...]}'

Run by the build inside the finished bundle. It reads code and runs none of it. From the entry it follows, three calls deep,
what is always done: nothing behind a condition, in a loop or in an exception handler. It prints, as JSON: `include`, the
modules that are imported on this way, and `modules`, how many modules that would add to the snapshot.

What code alone does not tell is left out, such as calls of methods and of what another call has returned.
"""
import sys

BASE = set(sys.modules)

import dis
import functools
import importlib.machinery
import importlib.util
import inspect
import json

DEPTH = 3
# How many modules may hand a name on to the next.
HOPS = 8

sys.path.append("/vfs/usr/local/lib/python3.13/site-packages")
WANTED = json.loads(sys.argv[1])

imported = BASE | set(WANTED["imported"])
include = []
seen = set()


@functools.cache
def find(module):
    """The module's spec, without importing its parent packages; None if there is none, or it is part of the interpreter."""
    parent = module.rpartition(".")[0]
    if not parent:
        return importlib.machinery.PathFinder.find_spec(module)
    outer = find(parent)
    if outer is None or outer.submodule_search_locations is None:
        return None
    try:
        return importlib.machinery.PathFinder.find_spec(module, list(outer.submodule_search_locations))
    except KeyError:
        # A namespace package in another one asks sys.modules for that.
        return None


def code_of(module):
    spec = find(module)
    get_code = getattr(spec and spec.loader, "get_code", None)
    return get_code(module) if get_code else None


def package_of(module):
    is_package = find(module).submodule_search_locations is not None
    return module if is_package else module.rpartition(".")[0]


def steps(code, package, as_main=False):
    """What the code always does, in order; `as_main`: what is below `if __name__ == "__main__"`, too. Each is one of

        ("import", module, names)                imports the module, and takes these names from it
        ("bind", name, module, attribute)        gives a name to the module, or to an attribute of it
        ("call", path)                           calls what a name stands for, or an attribute of that
    """
    # Handlers are the last that the compiler puts into the code.
    end = min((entry.target for entry in dis.Bytecode(code).exception_entries), default=len(code.co_code))
    until = 0
    constants, previous = [None, None], ""
    module, names, bound, path = "", (), None, ""
    for instruction in dis.get_instructions(code):
        offset, operation, value = instruction.offset, instruction.opname, instruction.argval
        is_certain = until <= offset < end
        asks_for_main = as_main and previous == "COMPARE_OP" and constants[1] == "__main__"
        previous = operation
        if instruction.jump_target is not None and not asks_for_main:
            until = max(until, instruction.jump_target)
        if not is_certain:
            continue
        if operation == "LOAD_CONST":
            constants = [constants[1], value]
        elif operation == "IMPORT_NAME":
            level, names = constants[0], constants[1] or ()
            module = importlib.util.resolve_name("." * level + value, package) if level else value
            bound = (module, None) if names else (module.partition(".")[0], None)
            yield "import", module, names
        elif operation == "IMPORT_FROM" and names:
            bound = module, value
        elif operation == "IMPORT_FROM" and bound:
            # `import a.b as c`
            bound = f"{bound[0]}.{value}", None
        elif operation.startswith("STORE_") and bound:
            yield "bind", value[0] if isinstance(value, tuple) else value, *bound
            bound = None
        if operation.startswith("LOAD_ATTR") and path:
            path = f"{path}.{value}"
        elif operation in ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FAST", "STORE_FAST_LOAD_FAST", "LOAD_FAST_LOAD_FAST"):
            path = value[1] if isinstance(value, tuple) else value
        elif operation != "PUSH_NULL":
            path = ""
        # What is loaded together with a null, or in front of one, is going to be called.
        is_callee = operation == "PUSH_NULL" or (operation in ("LOAD_GLOBAL", "LOAD_ATTR") and instruction.arg & 1)
        if is_callee and path:
            yield "call", path


@functools.cache
def contents(module):
    """The functions of a module's top level, and the names that it imports: to code, and to module and attribute."""
    code = code_of(module)
    if code is None:
        return {}, {}
    inner = [constant for constant in code.co_consts if inspect.iscode(constant)]
    functions = {code.co_name: code for code in inner if code.co_flags & inspect.CO_NEWLOCALS}
    imports = {step[1]: step[2:] for step in steps(code, package_of(module)) if step[0] == "bind"}
    return functions, imports


def look_up(module, name, hops=HOPS):
    """What a name stands for in a module: another module's name, a function as (code, its module), or None."""
    functions, imports = contents(module)
    if name in functions:
        return functions[name], module
    if name in imports and hops:
        origin, attribute = imports[name]
        return origin if attribute is None else look_up(origin, attribute, hops - 1)
    submodule = f"{module}.{name}"
    return submodule if find(submodule) else None


def resolve(path, names, module):
    head, *attributes = path.split(".")
    thing = names[head] if head in names else look_up(module, head)
    for attribute in attributes:
        thing = look_up(thing, attribute) if isinstance(thing, str) else None
    return thing


def loaded_by(module, names):
    """The modules that one import statement imports, if they are there and not excluded."""
    chain = module.split(".")
    candidates = [".".join(chain[:depth]) for depth in range(1, len(chain) + 1)] + [f"{module}.{name}" for name in names]
    for candidate in candidates:
        is_excluded = any(f"{candidate}.".startswith(f"{excluded}.") for excluded in WANTED["exclude"])
        if not is_excluded and candidate not in imported and find(candidate):
            yield candidate


def load(module, names=()):
    """Adds what an import imports, with all that this imports in turn."""
    due = [(module, names)]
    while due:
        for name in loaded_by(*due.pop()):
            imported.add(name)
            code = code_of(name)
            due += [rest for kind, *rest in steps(code, package_of(name)) if kind == "import"] if code else []


def follow(code, module, depth, as_main=False):
    if code in seen:
        return
    seen.add(code)
    names = {}
    for kind, first, *rest in steps(code, package_of(module), as_main):
        if kind == "import":
            # The last of a package and its modules brings the others along.
            found = list(loaded_by(first, rest[0]))
            inner = [name for name in found if name.rpartition(".")[0] == first]
            include.extend(inner or found[-1:])
            load(first, rest[0])
        elif kind == "bind":
            origin, attribute = rest
            names[first] = origin if attribute is None else look_up(origin, attribute)
        elif depth:
            thing = resolve(first, names, module)
            if isinstance(thing, tuple):
                follow(*thing, depth - 1)


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
    print(json.dumps({"include": include, "modules": len(imported) - len(BASE | set(WANTED["imported"]))}))


main()
