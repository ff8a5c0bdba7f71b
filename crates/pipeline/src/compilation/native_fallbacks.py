"""Which native modules the libraries can do without; run by the build inside its CPython.

    python3 native_fallbacks.py FOLDER '["pkg._native", ...]'

FOLDER holds the sources of the libraries; nothing of them runs. Prints, as JSON, those of the modules that are expected to be
missing: whoever imports one would catch the ImportError, or does it under a condition of its own, or is itself imported in
such a way only. A module that nothing imports is one that somebody finds by its name.
"""
import ast
import json
import os
import sys

TYPING = {"typing", "TYPE_CHECKING"}
# Conditions of nothing else say where the package runs, not whether it has the module.
PLATFORM = TYPING | {"sys", "version_info", "platform", "implementation", "os", "name"}
CAUGHT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


class Libraries:
    """The sources of all libraries."""

    def __init__(self, folder):
        # Module to text, and whether it is a package.
        self.sources, self.parsed = {}, {}
        for place, folders, files in os.walk(folder):
            # Tests are nobody's way to a module.
            folders[:] = [name for name in folders if name not in ("tests", "test", "__pycache__")]
            package = "" if place == folder else os.path.relpath(place, folder).replace(os.sep, ".")
            for file in sorted(files):
                stem, ending = os.path.splitext(file)
                if ending == ".py":
                    module = package if stem == "__init__" else f"{package}.{stem}".lstrip(".")
                    with open(os.path.join(place, file), encoding="utf-8", errors="replace") as source:
                        self.sources[module] = source.read(), stem == "__init__"

    def importers(self, module):
        """Who imports `module`, and in which way; only sources that mention its name are parsed."""
        # Below a package, everything imports it.
        inside = f"{module}." if self.sources.get(module, ("", False))[1] else None
        for importer, (text, _) in self.sources.items():
            is_outside = importer != module and not (inside and importer.startswith(inside))
            if is_outside and module.rpartition(".")[2] in text:
                for modules, way in self.imports_of(importer):
                    if module in modules and way != "deferred":
                        yield importer, way

    def imports_of(self, importer):
        if importer not in self.parsed:
            text, is_package = self.sources[importer]
            try:
                statements = ast.parse(text).body
            except (SyntaxError, ValueError, RecursionError):
                statements = []  # the compiler tells
            self.parsed[importer] = [
                (imported(node, importer, is_package), way) for node, way in imports(statements, "open")
            ]
        return self.parsed[importer]

    def can_do_without(self, module):
        needing, is_guarded = [module], False
        for each in needing:
            ways = list(self.importers(each))
            if not ways:
                return False
            is_guarded = is_guarded or any(way == "guarded" for _, way in ways)
            needing += {importer for importer, way in ways if way == "open"}.difference(needing)
        return is_guarded

    def dispensable(self, natives):
        found = [module for module in natives if self.can_do_without(module)]
        # A private one that nothing imports is for tests, if its package can do without the others.
        packages = {module.partition(".")[0] for module in found}
        found += [
            module for module in natives
            if module.partition(".")[0] in packages and module.rpartition(".")[2].startswith("_")
            and not any(self.importers(module))
        ]
        return found


def imports(statements, way):
    """The import statements in `statements`, and how each is reached: open, guarded, or deferred to a function's call."""
    for node in statements:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, way
        elif isinstance(node, (ast.Try, ast.TryStar)):
            # What is in `else` runs if all of `try` has worked.
            inner = "guarded" if any(map(takes_another_way, node.handlers)) else way
            yield from imports(node.body + node.orelse, inner)
            for handler in node.handlers:
                yield from imports(handler.body, way)
            yield from imports(node.finalbody, way)
        elif isinstance(node, ast.If):
            names = names_in(node.test)
            inner = way if names <= PLATFORM else "guarded"
            if not names <= TYPING:
                yield from imports(node.body, inner)
            yield from imports(node.orelse, inner)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from imports(node.body, "deferred")
        elif isinstance(node, (ast.With, ast.ClassDef, ast.For, ast.While)):
            is_suppressed = isinstance(node, ast.With) and "suppress" in ast.dump(node.items[0])
            yield from imports(node.body, "guarded" if is_suppressed else way)


def names_in(expression):
    parts = (getattr(part, "attr", getattr(part, "id", None)) for part in ast.walk(expression))
    return {part for part in parts if part}


def takes_another_way(handler):
    """Whether an `except` takes an ImportError and does not end with an error itself."""
    names = names_in(handler.type) if handler.type else CAUGHT
    return bool(names & CAUGHT) and not any(isinstance(node, ast.Raise) for node in handler.body)


def imported(node, importer, is_package):
    """The modules that a statement may import."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    else:
        base = node.module or ""
        if node.level:
            parts = importer.split(".")
            parts = parts[:len(parts) - node.level + is_package]
            base = ".".join(parts + ([base] if base else []))
        names = [f"{base}.{alias.name}" for alias in node.names]
    # With the packages above.
    parts = [name.split(".") for name in names]
    return {".".join(name[:depth + 1]) for name in parts for depth in range(len(name))}


def main():
    folder, modules = sys.argv[1], json.loads(sys.argv[2])
    print(json.dumps(Libraries(folder).dispensable(modules)))


if __name__ == "__main__":
    main()
