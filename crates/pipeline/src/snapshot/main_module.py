"""Which imports of a module that runs as __main__ can be made before it runs; run by the build inside the finished bundle.

    python3 -I main_module.py FILE SOURCE

SOURCE holds the module's source, FILE is where its code lies in the bundle. Nothing of the module runs. What it does between
two imports may decide what the second one finds or does (`sys.path.insert`, `gevent.monkey.patch_all()`), and so may a
condition. Such an import is left to the run. Prints, as JSON:

  later      [line, column] of each import that is left to the run
  change     the first statement that later imports may depend on, as [line, text], if imports come after it; or null
  idle       lines that change sys.path so that nothing else is found, and those that do not run
  missing    imports behind a change, or behind one of sys.path that adds nothing, that nothing can satisfy: [line, module, whether all changes are known]
"""
import ast
import importlib.machinery
import json
import operator
import os
import posixpath
import sys
from pathlib import PurePosixPath

# Calls that change nothing for an import: they make objects, look or tell.
HARMLESS_MODULES = {
    "argparse", "collections", "contextlib", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools",
    "itertools", "json", "math", "operator", "pathlib", "platform", "re", "string", "textwrap", "time", "types", "typing",
    "uuid",
}
HARMLESS = {
    "abs", "bool", "bytes", "dict", "float", "format", "frozenset", "getattr", "hasattr", "int", "isinstance", "len", "list",
    "max", "min", "object", "print", "range", "repr", "set", "sorted", "str", "sum", "tuple", "type", "zip", "exit", "quit",
    "sys.exit", "os.getcwd", "os.getenv", "os.environ.get", "os.fspath", "importlib.metadata.version", "logging.getLogger",
    "SystemExit", "ImportError", "RuntimeError",
}
# Of strings and paths.
HARMLESS_METHODS = {
    "absolute", "endswith", "exists", "format", "is_dir", "is_file", "join", "joinpath", "lower", "partition", "replace",
    "resolve", "rpartition", "rsplit", "split", "startswith", "strip", "upper", "with_name", "with_suffix",
}
KNOWN_CALLS = {
    "str": str, "os.fspath": str, "pathlib.Path": PurePosixPath, "pathlib.PurePath": PurePosixPath,
    "os.path.abspath": lambda path: posixpath.normpath(posixpath.join("/", path)),
    "os.path.realpath": lambda path: posixpath.normpath(posixpath.join("/", path)),
    **{f"os.path.{name}": getattr(posixpath, name) for name in ("basename", "dirname", "join", "normpath")},
}
KNOWN_METHODS = {
    str: {"endswith", "lower", "partition", "replace", "rpartition", "rsplit", "split", "startswith", "strip"},
    PurePosixPath: {"as_posix", "joinpath", "with_name"},
}
PATH_ATTRIBUTES = {"name", "parent", "parents", "stem"}
FACTS = {
    "TYPE_CHECKING": False, "typing.TYPE_CHECKING": False, "sys.version_info": sys.version_info, "sys.platform": sys.platform,
    "os.name": os.name, "os.sep": os.sep, "os.path.sep": os.sep, "os.pardir": os.pardir, "os.curdir": os.curdir,
}
COMPARISONS = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.In: lambda item, things: item in things, ast.NotIn: lambda item, things: item not in things,
}


class Unknown(Exception):
    """What is not known before the run."""


class Module:
    def __init__(self, file):
        # What names are bound to: dotted names of what is imported, and values.
        self.imported = {}
        self.values = {"__file__": file, "__name__": "__main__"}
        # sys.path at this point of the module, as far as it is known.
        self.paths = list(sys.path)
        self.is_known = True
        self.has_edits = False
        self.change = None
        self.later, self.missing, self.idle = [], [], []
        self.has_imports_after = False

    # Statements, in the order of a run.

    def run(self, statements, foreseen=False):
        """Whether all imports find something; their failure is `foreseen` where the module would catch it."""
        found = True
        for node in statements:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                found = self.make(node, foreseen) and found
            elif isinstance(node, ast.If):
                self.branch(node, foreseen)
            elif isinstance(node, (ast.Try, ast.TryStar)):
                handlers = [inner for handler in node.handlers for inner in handler.body]
                is_found = self.run(node.body, foreseen or bool(handlers))
                (self.skip if is_found else self.run)(handlers)
                self.run(node.orelse + node.finalbody, foreseen)
            elif isinstance(node, ast.With):
                managers = [item.context_expr for item in node.items]
                names = [self.name_of(manager.func) for manager in managers if isinstance(manager, ast.Call)]
                self.look(managers, node)
                self.run(node.body, foreseen or "contextlib.suppress" in names)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self.forget([node])
            elif not (isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign)) and self.edit(node)):
                self.look([node], node)
                self.bind(node)
        return found

    def branch(self, node, foreseen):
        try:
            is_taken = bool(self.value(node.test))
        except Unknown:
            # One of the two runs.
            self.look([node], node)
            self.skip(node.body + node.orelse)
            return
        self.run(node.body if is_taken else node.orelse, foreseen)
        left = node.orelse if is_taken else node.body
        self.skip(left)
        for statement in left:
            self.idle += range(statement.lineno, statement.end_lineno + 1)

    def skip(self, statements):
        """Leaves what is imported here to the run."""
        self.forget(statements)
        for node in statements:
            for inner in ast.walk(node):
                if isinstance(inner, (ast.Import, ast.ImportFrom)):
                    self.later.append([inner.lineno, inner.col_offset])

    def look(self, nodes, statement):
        """Notes a statement that may change what later imports find or do; leaves imports within it to the run."""
        if any(self.has_effect(node) for node in nodes):
            self.note(statement)
            self.is_known = False
        if isinstance(statement, (ast.For, ast.AsyncFor, ast.While, ast.Match)):
            self.skip([statement])

    def note(self, statement):
        if self.change is None:
            self.change = statement

    def bind(self, node):
        self.forget([node])
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                self.values[node.targets[0].id] = self.value(node.value)
            except Unknown:
                pass

    def forget(self, statements):
        for node in statements:
            for inner in ast.walk(node):
                is_stored = isinstance(getattr(inner, "ctx", None), ast.Store)
                name = getattr(inner, "id" if is_stored else "name", None)
                self.values.pop(name, None)
                self.imported.pop(name, None)

    # Imports.

    def make(self, node, foreseen):
        tops = []
        for alias in node.names:
            top = alias.name.partition(".")[0]
            if isinstance(node, ast.Import):
                tops.append(top)
                self.imported[alias.asname or top] = alias.name if alias.asname else top
            elif not node.level:
                tops = [node.module.partition(".")[0]]
                self.imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        missing = [top for top in tops if top not in sys.modules and not self.find(top)]
        if self.change is not None:
            self.has_imports_after = True
            self.later.append([node.lineno, node.col_offset])
        if not foreseen and (self.has_edits or self.change is not None):
            self.missing += [[node.lineno, top, self.is_known] for top in missing]
        return not missing

    def find(self, top):
        return top in sys.builtin_module_names or importlib.machinery.PathFinder.find_spec(top, self.paths)

    # sys.path.

    def edit(self, node):
        """Does what a statement does to sys.path, if that is what it does."""
        try:
            after = self.edited(node)
        except (Unknown, TypeError, ValueError):
            self.has_edits = True
            self.note(node)
            self.is_known = False
            return True
        if after is None:
            return False
        self.has_edits = True
        if owners(after) != owners(self.paths):
            self.note(node)
        else:
            self.idle += range(node.lineno, node.end_lineno + 1)
        self.paths = after
        return True

    def edited(self, node):
        """sys.path after a statement; None if it does something else."""
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            arguments = node.value.args
            name = self.name_of(node.value.func)
            if name == "sys.path.insert" and len(arguments) == 2:
                after = list(self.paths)
                after.insert(self.value(arguments[0]), str(self.value(arguments[1])))
                return after
            if name in ("sys.path.append", "site.addsitedir") and len(arguments) == 1:
                return self.paths + [str(self.value(arguments[0]))]
            if name == "sys.path.extend" and len(arguments) == 1:
                return self.paths + self.strings(arguments[0])
        elif isinstance(node, ast.AugAssign) and self.name_of(node.target) == "sys.path":
            return self.paths + self.strings(node.value)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if self.name_of(target) == "sys.path":
                return self.strings(node.value)
            if isinstance(target, ast.Subscript) and self.name_of(target.value) == "sys.path":
                after = list(self.paths)
                after[self.value(target.slice)] = self.strings(node.value)
                return after
        return None

    def strings(self, node):
        found = self.value(node)
        if not isinstance(found, (list, tuple)):
            raise Unknown
        return [str(item) for item in found]

    # Expressions.

    def name_of(self, node):
        """The dotted name of what an expression refers to, through what the module has imported; None if it is none."""
        if isinstance(node, ast.Name):
            return self.imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            inner = self.name_of(node.value)
            return f"{inner}.{node.attr}" if inner else None
        return None

    def value(self, node):
        try:
            return self.value_of(node)
        except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
            raise Unknown from error

    def value_of(self, node):
        name = self.name_of(node)
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name) and node.id in self.values:
            return self.values[node.id]
        if name in FACTS:
            return FACTS[name]
        if name == "sys.path":
            return list(self.paths)
        if isinstance(node, ast.Attribute):
            inner = self.value_of(node.value)
            if isinstance(inner, PurePosixPath) and node.attr in PATH_ATTRIBUTES:
                return getattr(inner, node.attr)
        if isinstance(node, ast.Subscript):
            return self.value_of(node.value)[self.value_of(node.slice)]
        if isinstance(node, ast.Slice):
            return slice(*(part and self.value_of(part) for part in (node.lower, node.upper, node.step)))
        if isinstance(node, (ast.Tuple, ast.List)):
            return (list if isinstance(node, ast.List) else tuple)(map(self.value_of, node.elts))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
            inner = self.value_of(node.operand)
            return not inner if isinstance(node.op, ast.Not) else -inner
        if isinstance(node, ast.BoolOp):
            ends = (lambda inner: not inner) if isinstance(node.op, ast.And) else bool
            for part in node.values:
                inner = self.value_of(part)
                if ends(inner):
                    break
            return inner
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
            return COMPARISONS[type(node.ops[0])](self.value_of(node.left), self.value_of(node.comparators[0]))
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Div)):
            left, right = self.value_of(node.left), self.value_of(node.right)
            return left + right if isinstance(node.op, ast.Add) else left / right
        if isinstance(node, ast.JoinedStr):
            return "".join(str(self.value_of(part)) for part in node.values)
        if isinstance(node, ast.FormattedValue) and node.format_spec is None and node.conversion == -1:
            return self.value_of(node.value)
        if isinstance(node, ast.Call) and not node.keywords:
            if name := self.name_of(node.func):
                if name in KNOWN_CALLS:
                    return KNOWN_CALLS[name](*map(self.value_of, node.args))
            if isinstance(node.func, ast.Attribute):
                inner, method = self.value_of(node.func.value), node.func.attr
                if isinstance(inner, PurePosixPath) and method in ("absolute", "resolve"):
                    return PurePosixPath(posixpath.normpath("/" / inner))
                if method in KNOWN_METHODS.get(type(inner), ()):
                    return getattr(inner, method)(*map(self.value_of, node.args))
        raise Unknown

    def has_effect(self, node):
        """Whether running this may change what an import finds or does."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            return False
        if isinstance(node, ast.Call):
            name = self.name_of(node.func) or ""
            is_harmless = (
                name in HARMLESS or name in KNOWN_CALLS or name.startswith("os.path.")
                or name.partition(".")[0] in HARMLESS_MODULES
                or (isinstance(node.func, ast.Attribute) and node.func.attr in HARMLESS_METHODS)
            )
            if not is_harmless:
                return True
        if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            base = node
            while isinstance(base, (ast.Attribute, ast.Subscript)):
                base = base.value
            # What the module itself has made is nobody else's.
            if not isinstance(base, ast.Name) or base.id in self.imported:
                return True
        return any(map(self.has_effect, ast.iter_child_nodes(node)))


def owners(paths):
    """Which entry of sys.path each top-level name comes from."""
    found = {}
    for path in paths:
        try:
            names = os.listdir(path)
        except OSError:
            continue
        for name in names:
            found.setdefault(name.partition(".")[0], path)
    return found


def main():
    with open(sys.argv[2], "rb") as file:
        statements = ast.parse(file.read()).body
    module = Module(sys.argv[1])
    module.run(statements)
    change = None
    if module.change is not None and module.has_imports_after:
        text = " ".join(ast.unparse(module.change).split("\n")[0].split())
        change = [module.change.lineno, text]
    print(json.dumps({"later": module.later, "change": change, "idle": module.idle, "missing": module.missing}))


if __name__ == "__main__":
    main()
