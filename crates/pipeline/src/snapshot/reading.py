"""Reads the code of modules in a bundle and runs none of it: the first half of the program whose other half is reached.py."""
import sys

BASE = set(sys.modules)

import dis
import functools
import importlib.machinery
import importlib.util
import inspect
import json
import os

SITE_PACKAGES = "/vfs/usr/local/lib/python3.13/site-packages"
# How many modules may hand a name on to the next.
HOPS = 8

WANTED = json.loads(sys.argv[1])


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


@functools.cache
def code_of(module):
    spec = find(module)
    get_code = getattr(spec and spec.loader, "get_code", None)
    return get_code(module) if get_code else None


def package_of(module):
    is_package = find(module).submodule_search_locations is not None
    return module if is_package else module.rpartition(".")[0]


LOADS = (
    "LOAD_NAME", "LOAD_GLOBAL", "LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_DEREF", "STORE_FAST_LOAD_FAST", "LOAD_FAST_LOAD_FAST",
)


@functools.cache
def steps(code, package, as_main=False):
    return list(read(code, package, as_main))


def read(code, package, as_main):
    """What the code does, in order, each step as (line, column, whether it is always done, kind, …):

        "import", module, names                imports the module, and takes these names from it
        "bind", name, module, attribute        gives a name to the module, or to an attribute of it
        "use", path, next operation            looks at what a name stands for, or at an attribute of that, or sets it
        "call", path                           calls that
        "item", None                           sets or deletes an item of something
        "code", code                           makes a function or a class

    Always done is nothing behind a condition, in a loop or in an exception handler; but with `as_main`, what is below
    `if __name__ == "__main__"`.
    """
    # Handlers are the last that the compiler puts into the code.
    end = min((entry.target for entry in dis.Bytecode(code).exception_entries), default=len(code.co_code))
    until = 0
    constants, previous = [None, None], ""
    module, names, bound, path = "", (), None, ""
    for instruction in dis.get_instructions(code):
        offset, operation, value = instruction.offset, instruction.opname, instruction.argval
        step = instruction.positions.lineno, instruction.positions.col_offset, until <= offset < end
        asks_for_main = as_main and previous == "COMPARE_OP" and constants[1] == "__main__"
        previous = operation
        if instruction.jump_target is not None and not asks_for_main:
            until = max(until, instruction.jump_target)
        if operation == "LOAD_CONST":
            constants = [constants[1], value]
            if inspect.iscode(value):
                yield *step, "code", value
        elif operation == "IMPORT_NAME":
            level, names = constants[0], constants[1] or ()
            module = importlib.util.resolve_name("." * level + value, package) if level else value
            bound = (module, None) if names else (module.partition(".")[0], None)
            yield *step, "import", module, names
        elif operation == "IMPORT_FROM" and names:
            bound = module, value
        elif operation == "IMPORT_FROM" and bound:
            # `import a.b as c`
            bound = f"{bound[0]}.{value}", None
        elif operation.startswith("STORE_") and bound:
            yield *step, "bind", value[0] if isinstance(value, tuple) else value, *bound
            bound = None
        elif operation in ("STORE_SUBSCR", "DELETE_SUBSCR"):
            yield *step, "item", None
        if operation.startswith("LOAD_ATTR") and path:
            path = f"{path}.{value}"
        else:
            if path and operation not in ("PUSH_NULL", "COPY"):
                set_here = f".{value}" if operation in ("STORE_ATTR", "DELETE_ATTR") else ""
                yield *step, "use", path + set_here, operation
                path = ""
            if operation in LOADS:
                path = value[1] if isinstance(value, tuple) else value
        # What is loaded together with a null, or in front of one, is going to be called.
        is_callee = operation == "PUSH_NULL" or (operation in ("LOAD_GLOBAL", "LOAD_ATTR") and instruction.arg & 1)
        if is_callee and path:
            yield *step, "call", path


@functools.cache
def names_of(module):
    """The names that a module's top level gives to something."""
    code = code_of(module)
    return {each.argval for each in dis.get_instructions(code) if each.opname == "STORE_NAME"} if code else set()


@functools.cache
def contents(module):
    """The functions and the classes of a module's top level, as code, and the names that it imports: module and attribute."""
    code = code_of(module)
    if code is None:
        return {}, {}, {}
    inner = [constant for constant in code.co_consts if inspect.iscode(constant)]
    functions = {code.co_name: code for code in inner if code.co_flags & inspect.CO_NEWLOCALS}
    classes = {code.co_name: code for code in inner if not code.co_flags & inspect.CO_NEWLOCALS}
    found = steps(code, package_of(module))
    imports = {step[0]: step[1:] for _, _, always, kind, *step in found if always and kind == "bind"}
    return functions, classes, imports


def look_up(module, name, hops=HOPS):
    """What a name stands for in a module: another module's name, a function as (code, its module), or None."""
    functions, _, imports = contents(module)
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
