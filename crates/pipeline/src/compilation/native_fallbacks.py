"""Which native modules their packages can do without; run by the build inside its CPython.

    python3 native_fallbacks.py FOLDER '["pkg._native", ...]'

FOLDER holds the sources of the libraries; nothing of them runs. Prints, as JSON, those of the modules that the package
itself expects to be missing: it imports them where it would catch an ImportError, or under a condition of its own; or the
modules that import them are imported in such a way. A module that nothing in its package imports is what the app imports,
unless its name is private.
"""
import ast
import json
import os
import sys

TYPING = {"typing", "TYPE_CHECKING"}
# Conditions of nothing else say where the package runs, not whether it has the module.
PLATFORM = TYPING | {"sys", "version_info", "platform", "implementation", "os", "name"}
CAUGHT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


class Package:
    """The sources of one top-level package or module."""

    def __init__(self, folder, name):
        self.sources, self.parsed = {}, {}
        if os.path.isfile(os.path.join(folder, name + ".py")):
            self.add(os.path.join(folder, name + ".py"), name, is_package=False)
        for place, folders, files in os.walk(os.path.join(folder, name)):
            dotted = os.path.relpath(place, folder).replace(os.sep, ".")
            for file in sorted(files):
                stem, ending = os.path.splitext(file)
                if ending == ".py":
                    is_package = stem == "__init__"
                    self.add(os.path.join(place, file), dotted if is_package else f"{dotted}.{stem}", is_package)

    def add(self, path, module, is_package):
        with open(path, encoding="utf-8", errors="replace") as file:
            self.sources[module] = file.read(), is_package

    def importers(self, module):
        """Who imports `module`, and in which way; only sources that mention its name are parsed."""
        for importer, (text, _) in self.sources.items():
            if module.rpartition(".")[2] in text and importer != module:
                for modules, way in self.imports_of(importer):
                    if module in modules:
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

    def can_do_without(self, module, asked=()):
        ways = [(importer, way) for importer, way in self.importers(module) if way != "deferred"]
        return bool(ways) and module not in asked and all(
            way == "guarded" or self.can_do_without(importer, (*asked, module)) for importer, way in ways
        )

    def dispensable(self, natives):
        found = [module for module in natives if self.can_do_without(module)]
        # Beside such modules, one for the package's own tests.
        found += [
            module for module in natives
            if found and module.rpartition(".")[2].startswith("_") and not any(self.importers(module))
        ]
        return found


def imports(statements, way):
    """The import statements in `statements`, and how each is reached: open, guarded, or deferred to a function's call."""
    for node in statements:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, way
        elif isinstance(node, (ast.Try, ast.TryStar)):
            yield from imports(node.body, "guarded" if any(map(takes_another_way, node.handlers)) else way)
            for handler in node.handlers:
                yield from imports(handler.body, way)
            yield from imports(node.orelse + node.finalbody, way)
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
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        parts = importer.split(".")
        parts = parts[:len(parts) - node.level + is_package]
        base = ".".join(parts + ([base] if base else []))
    return [base] + [f"{base}.{alias.name}" for alias in node.names]


def main():
    folder, modules = sys.argv[1], json.loads(sys.argv[2])
    found = []
    for name in sorted({module.partition(".")[0] for module in modules}):
        found += Package(folder, name).dispensable([module for module in modules if f"{module}.".startswith(f"{name}.")])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
