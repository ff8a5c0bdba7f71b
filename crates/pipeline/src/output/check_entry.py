"""Whether the entry that the project names is there; run by the build inside the finished bundle.

    python3 check_entry.py MODULE [FUNCTION | --script]

Finds the module as the import system will, without running it: a parent package has to be imported to be searched, so
only top-level names are found that way and the rest is looked up by hand. Exit status 0 and nothing said, or 1 and one
line that says what was expected and found.
"""
import importlib.machinery
import sys

SITE_PACKAGES = "/vfs/usr/local/lib/python3.13/site-packages"


def find(module):
    """The module's spec, without importing its parent packages; None if there is none."""
    # What site would do, without running what it runs (*.pth, sitecustomize): nothing of a library may run here.
    path = sys.path + [SITE_PACKAGES]
    name = ""
    spec = None
    for part in module.split("."):
        name = f"{name}.{part}" if name else part
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None and "." not in name and name in sys.builtin_module_names:
            spec = importlib.machinery.BuiltinImporter.find_spec(name)
        if spec is None:
            return None
        path = spec.submodule_search_locations or []
    return spec


def defined_names(code):
    """Names that a module's code may bind at its top level; None if it may bind any (`from x import *`)."""
    import dis
    names = set()
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("STORE_NAME", "STORE_GLOBAL"):
            names.add(instruction.argval)
        elif instruction.opname == "CALL_INTRINSIC_1" and instruction.argrepr == "INTRINSIC_IMPORT_STAR":
            return None
    return names


def problem(module, function):
    if function == "--script":
        # It would be found in place of the script.
        if module in sys.stdlib_module_names or importlib.machinery.PathFinder.find_spec(module, sys.path):
            return f"expected a script, found {module}, which is a module of the standard library; rename the script"
        function = None
    spec = find(module)
    if spec is None:
        return f"expected a module {module}, found none in the libraries or the standard library"
    is_package = spec.submodule_search_locations is not None
    if function is None:
        if is_package and find(module + ".__main__") is None:
            return f"expected a module to run, found a package {module} without __main__"
        return None
    get_code = getattr(spec.loader, "get_code", None)
    code = get_code(module) if get_code else None
    names = defined_names(code) if code else None
    name = function.split(".")[0]
    # A module with its own __getattr__ may have any name.
    if names is None or name in names or "__getattr__" in names:
        return None
    return f"expected {name} in module {module}, found no such name"


if __name__ == "__main__":
    found = problem(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
    if found:
        print(found)
    sys.exit(found is not None)
