"""Calls all that is written in C with junk, and has the collector take it apart. No call may end the process.

    cat values.py instances.py excluded.py calls.py | python3 -            the last line names what is being called
    cat values.py instances.py excluded.py calls.py | python3 - NAME       only what has this name, and each call of it
"""
import copy
import gc
import re
import warnings


class Sink:
    """Standard output and error of what is called."""

    encoding, errors = "utf-8", "strict"

    def write(self, text):
        return len(text)

    def flush(self):
        pass


# Calls may close any descriptor that junk can name.
OUTPUT = 77
os.dup2(1, OUTPUT)
sys.stdout = sys.stderr = Sink()
warnings.simplefilter("ignore")
os.mkdir("/tmp/work")
os.chdir("/tmp/work")

CHOSEN = sys.argv[1:]
# Names of what has been left out.
excluded = set()
KINDS = list(JUNK)
ARGUMENTS = [[]]
ARGUMENTS += [[kind] for kind in KINDS]
ARGUMENTS += [[kind, KINDS[at * 7 % len(KINDS)]] for at, kind in enumerate(KINDS[::2])]
ARGUMENTS += [[KINDS[(at * 11 + more * 5) % len(KINDS)] for more in range(3)] for at in range(8)]
ARGUMENTS += [[KINDS[(at * 13 + more * 9) % len(KINDS)] for more in range(4)] for at in range(4)]
ARGUMENTS += [[kind] * count for kind in ("5", "'text'", "b'bytes'") for count in (2, 3, 4)]
# For what is called in many ways.
FEW = ARGUMENTS[::4]


def say(text):
    os.write(OUTPUT, text.encode("utf-8", "backslashreplace") + b"\n")


def is_chosen(name):
    """Tells what comes, and whether it is to be done."""
    module = name.partition(".")[0]
    if name in EXCLUDED or module in EXCLUDED:
        excluded.add(name if name in EXCLUDED else module)
        return False
    if CHOSEN and name not in CHOSEN:
        return False
    restore()
    say(name)
    return True


def restore():
    """Takes back what calls may have set."""
    sys.setrecursionlimit(1000)
    sys.settrace(None)
    sys.setprofile(None)
    sys.set_asyncgen_hooks(None, None)
    sys.set_coroutine_origin_tracking_depth(0)
    gc.disable()
    gc.set_debug(0)
    os.chdir("/tmp/work")


def attempt(what, action, *arguments):
    if CHOSEN:
        say(f"    {what}")
    try:
        return action(*arguments)
    except BaseException:
        return None


def junk(labels):
    return [JUNK[label]() for label in labels]


def call(name, function, arguments=ARGUMENTS):
    """Calls with arguments by position and by keyword."""
    if not is_chosen(name):
        return
    for labels in arguments:
        attempt(f"({', '.join(labels)})", lambda: function()(*junk(labels)))
    signature = attempt("__text_signature__", lambda: function().__text_signature__) or ""
    keywords = re.findall(r"(?<=[(,] )\w+|(?<=\()\w+", signature)
    for at, kind in enumerate(KINDS[::8]):
        given = dict(zip(keywords[at % 3:], KINDS[at * 8:] + KINDS)) or {"junk": kind}
        attempt(given, lambda: function()(**{name: JUNK[label]() for name, label in given.items()}))


def visit_module(name, module):
    for key, value in list(vars(module).items()):
        if isinstance(value, type(len)):
            call(f"{name}.{key}", lambda: value)


CALLABLE = (type(str.join), type(str.__len__), type(vars(dict)["fromkeys"]), staticmethod, type(len))
DATA = (types.GetSetDescriptorType, types.MemberDescriptorType)


def all_types():
    """All types, in the order in which they are found."""
    found = {object: None}
    for kind in found.copy():
        found.update(dict.fromkeys(type.__subclasses__(kind)))
    pending = list(found)
    while pending:
        for kind in type.__subclasses__(pending.pop()):
            if kind not in found:
                found[kind] = None
                pending.append(kind)
    return list(found)


def written_in_c(kind):
    """The names of what a type has that is written in C."""
    # Only classes that are written in Python have a first line, and only those that namedtuple() makes have defaults.
    if "__firstlineno__" in vars(kind) or "_field_defaults" in vars(kind):
        return {}
    members = {key: value for key, value in vars(kind).items() if isinstance(value, CALLABLE + DATA)}
    return {key: value for key, value in members.items() if key not in ("__dict__", "__weakref__") or kind is type}


def makers(kind, ready):
    """Functions that make an instance of `kind`: those at hand, one without __init__, and what junk makes."""
    found = dict(ready.get(kind, {}))
    new = attempt("__new__", kind.__new__, kind)
    if type(new) is kind:
        found["__new__"] = lambda: kind.__new__(kind)
    for labels in ARGUMENTS:
        if len(found) > 2:
            break
        if type(attempt(f"({', '.join(labels)})", lambda: kind(*junk(labels)))) is kind:
            found[f"({', '.join(labels)})"] = lambda labels=labels: kind(*junk(labels))
    return found


def visit_type(kind, ready):
    name = f"{kind.__module__}.{kind.__qualname__}"
    members = written_in_c(kind)
    if not members or CHOSEN and not any(chosen.startswith(name) for chosen in CHOSEN):
        return
    if not is_chosen(name) and not CHOSEN:
        return
    call(name, lambda: kind)
    found = makers(kind, ready)
    if not found and name not in WITHOUT_INSTANCE:
        raise AssertionError(f"{name}: no instance; INSTANCES needs one")
    for key, descriptor in members.items():
        if isinstance(descriptor, DATA):
            data(f"{name}.{key}", descriptor, found)
            continue
        call(f"{name}.{key}", lambda: descriptor.__get__(None, kind), FEW)
        for at, make in enumerate(found.values()):
            call(f"{name}.{key}", lambda: descriptor.__get__(make(), kind), FEW if at else ARGUMENTS)
    if f"use {name}" in EXCLUDED:
        excluded.add(f"use {name}")
        return
    for how, make in found.items():
        use(f"{name} {how}", make)
    derived = attempt("subclass", lambda: type(kind)("derived", (kind,), {}))
    if derived is not None:
        for how, make in makers(derived, {}).items():
            use(f"{name} derived {how}", make)


def data(name, descriptor, found):
    if not is_chosen(name):
        return
    for how, make in found.items():
        attempt(f"{how} get", lambda: descriptor.__get__(make(), None))
        attempt(f"{how} delete", lambda: descriptor.__delete__(make()))
        for kind in KINDS:
            attempt(f"{how} set {kind}", lambda: descriptor.__set__(make(), JUNK[kind]()))


BINARY = [
    operator.add, operator.sub, operator.mul, operator.matmul, operator.truediv, operator.floordiv, operator.mod, divmod,
    operator.and_, operator.or_, operator.xor, operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge,
    operator.iadd, operator.isub, operator.imul, operator.iand, operator.ior, operator.ixor, operator.imod, operator.itruediv,
    operator.getitem, operator.delitem, isinstance, issubclass, getattr, delattr, format,
]
UNARY = [
    repr, str, hash, bool, len, abs, iter, next, reversed, int, float, complex, bytes, memoryview, operator.index, operator.neg,
    operator.pos, operator.invert, round, dir, vars, callable, copy.copy, copy.deepcopy, sys.getsizeof, weakref.ref,
    weakref.proxy, aiter, anext, gc.get_referents, gc.is_tracked, operator.length_hint, os.fspath,
]


def use(name, make):
    """What any object may be asked for, and then its end: alone, and in a cycle that the collector finds."""
    if not is_chosen(name):
        return
    for function in UNARY:
        attempt(function, lambda: function(make()))
    for at, kind in enumerate(KINDS):
        for function in BINARY[at % 16::16]:
            attempt(f"{function} {kind}", lambda: function(make(), JUNK[kind]()))
            attempt(f"{function} {kind} reversed", lambda: function(JUNK[kind](), make()))
        attempt(f"setitem {kind}", lambda: operator.setitem(make(), JUNK[kind](), 1))
        attempt(f"setattr {kind}", lambda: setattr(make(), "text", JUNK[kind]()))
        attempt(f"call {kind}", lambda: make()(JUNK[kind]()))
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        attempt(f"pickle {protocol}", lambda: pickle.loads(pickle.dumps(make(), protocol)))
    thing = attempt("make", make)
    attempt("setattr itself", lambda: setattr(thing, "itself", thing))
    holder = Plain()
    holder.thing, holder.itself = thing, holder
    watcher = attempt("weakref", weakref.ref, thing)
    del thing, holder, watcher
    gc.collect()


def main():
    modules = {name: __import__(name) for name in sys.builtin_module_names}
    modules["sys.monitoring"] = sys.monitoring
    ready = {}
    for line in filter(None, INSTANCES.splitlines()):
        make = eval(f"lambda: {line}")
        kind, *bases = type(make()).__mro__
        ready.setdefault(kind, {})[line] = make
        for base in bases[:-1]:
            if len(ready.setdefault(base, {})) < 2:
                ready[base][line] = make
    kinds = all_types()
    gc.collect()
    gc.freeze()
    for name, module in modules.items():
        visit_module(name, module)
    for kind in kinds:
        visit_type(kind, ready)
    restore()
    if not CHOSEN and excluded != set(EXCLUDED):
        raise AssertionError(f"EXCLUDED: nothing has the name {set(EXCLUDED) - excluded}; remove it")


try:
    main()
except BaseException:
    say(traceback.format_exc())
    sys.exit(1)
say("done")
