#!/usr/bin/env python3
"""Compile a Python library to bytecode with py_compile, without its sources.

    python3 compile_library.py python_libs/mylib compiled_libs/mylib

pyapp serves libraries from memory to a CPython compiled to WebAssembly; this
makes what it serves. By hand it runs under any CPython >= 3.8, in the build
inside the WASM CPython. Only the version that compiled ("magic" in
MANIFEST.txt) can load the result.

SOURCE is a folder or one single .py file, OUTPUT always a folder: a copy of
SOURCE where each a/b.py became a/b.pyc; for the single file demo.py it holds
demo.pyc. Also in it, MANIFEST.txt: four header lines, then for each file,
sorted by path, `sha256-of-source size-of-output bytecode|data path`.

All other files and empty folders are carried along (contents only: no times,
no permissions). Not carried, at any depth:
  - files ending in .pyc .pyo .pyi .pyw (in any case)
  - __pycache__ .git .hg .svn .bzr CVS .gitignore .gitattributes .gitmodules
    .hgignore .hgtags .idea .vscode .mypy_cache .pytest_cache .ruff_cache
    .DS_Store Thumbs.db
  - what editors leave: *~ #*# .#* .*.swp .*.swo .*.swn
  - what --exclude names: the exact path relative to SOURCE, written with `/`
    (no patterns); a folder with all below it. Paths that do not exist are fine.
Symbolic links that stay inside SOURCE become copies of what they point to.

Sources are kept only where a program may want them, with --data-sources and
--keep-source: see "source_rule". Such an a/b.py stays, and its bytecode lies
where Python looks for it first, in a/__pycache__: nothing is imported from the
source. For each a line `kept RULE: path` is printed.

Refused by name: what does not compile (`path:line: reason`, line 1 where the
compiler names none); links that leave SOURCE, loop or lead nowhere; special
files; native code, which WebAssembly cannot load; names that are not UTF-8 or
contain a line break, or that are the same where case does not count (with
--case-sensitive it does); a MANIFEST.txt in SOURCE. One run reports them all
and leaves OUTPUT as it was. OUTPUT is replaced only if it is empty or an
earlier result. Warnings of the compiler are for the library's authors and not
shown.

The same source, prefix, optimisation level and CPython (>= 3.11) give the same
bytes; older ones write set constants in the order of their hashes.

Exit status: 0 done, 1 something was refused (on stderr), 2 wrong usage.
"""

import hashlib
import importlib.util
import marshal
import os
import stat
import sys
import warnings
from collections import namedtuple

SITE_PACKAGES = "/vfs/usr/local/lib/python3.13/site-packages"
MANIFEST = "MANIFEST.txt"
CACHE = "__pycache__"
HEADER_SIZE = 16  # of a .pyc: magic number, flags, hash of the source (PEP 552)
MANIFEST_FORMAT = "pyapp-bytecode"  # then a blank and the version of the format

NOT_CARRIED_NAMES = frozenset(
    "__pycache__ .git .hg .svn .bzr CVS .gitignore .gitattributes .gitmodules .hgignore .hgtags"
    " .idea .vscode .mypy_cache .pytest_cache .ruff_cache .DS_Store Thumbs.db".split())
NATIVE_ENDINGS = (".so", ".pyd", ".dylib")
NATIVE_MAGIC = (b"\x7fELF", b"MZ", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",  # Linux, Windows,
                b"\xca\xfe\xba\xbe", b"\0asm")                                # macOS, WebAssembly
NOT_CARRIED_ENDINGS = (".pyc", ".pyo", ".pyi", ".pyw")
# In folders of these names programs look for sources, or copy them: they are no more than data
# for whoever runs them.
SOURCE_FOLDERS = frozenset(
    "test tests template templates skeleton skeletons scaffold scaffolds scaffolding boilerplate"
    " cookiecutter fixtures".split())
REMEDY = "change or exclude it"  # ends the refusal of an entry: --exclude, or the key of a build

# Paths are relative to source and output, with "/"; kind is bytecode, data or folder.
Entry = namedtuple("Entry", "output_path kind source_path file")
Result = namedtuple("Result", "output_path kind content source_sha256")
# What is done with sources: patterns of those that are kept, whether rules keep others, which
# need not compile, where bytecode of the same sources may lie, and whether others are left out
# that do not compile.
Options = namedtuple("Options", "prefix optimize keep data_sources lenient known skip")
Summary = namedtuple("Summary", "modules data_files size")


class Refused(Exception):
    """The output is as it was; `problems` holds one line for each reason."""

    def __init__(self, problems):
        super().__init__("\n".join(problems))
        self.problems = problems


class DoesNotCompile(Refused):
    """Refused for what stands in a source."""


def compile_tree(source, output, *, prefix=None, optimize=0, exclude=(), case_sensitive=False,
                 known=None, keep_source=(), data_sources=False, skip=False,
                 tell=lambda line: None):
    """Compile `source` into the folder `output`; return a Summary or raise Refused."""
    prefix = default_prefix(source) if prefix is None else prefix.rstrip("/")
    lenient = recorded(source) if data_sources else frozenset()
    options = Options(prefix, optimize, tuple(keep_source), data_sources, lenient, known, skip)
    entries, problems = list_source(source, exclude, str if case_sensitive else folded)
    problems += place_problems(source, output)
    problems += pattern_problems(entries, options.keep)
    try:
        results = make_results(entries, options, problems, tell)
    except OSError as error:
        problems.append(f"expected a temporary folder to compile in, found none that "
                        f"takes the result: {error}")
    if problems:
        raise Refused(problems)
    try:
        replace_folder(output, results, manifest_text(results, optimize))
    except OSError as error:
        raise Refused([f"{shown(output)}: cannot be written: {error}"]) from error
    kinds = [result.kind for result in results]
    size = sum(len(result.content) for result in results)
    return Summary(kinds.count("bytecode"), kinds.count("data"), size)


def default_prefix(source):
    """A package lies in a folder of its own name, a single module beside the others."""
    if os.path.isfile(source):
        return SITE_PACKAGES
    return f"{SITE_PACKAGES}/{os.path.basename(os.path.abspath(source))}"


def shown(text):
    """The text on one line, what cannot be printed written as backslash escapes."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode()
                   for char in text)


def list_source(source, exclude, key_of):
    """Return the entries to carry, folders before their contents, and the problems.

    Names are the same where the output will lie if `key_of` makes them so.
    """
    entries, problems = [], []
    if os.path.isdir(source):
        root = os.path.realpath(source)
        excluded = {os.path.normpath(path).replace(os.sep, "/") for path in exclude}
        walk(source, "", root, [root], excluded, key_of, entries, problems)
    elif os.path.isfile(source) and is_module(source):
        name = os.path.basename(source)
        entries.append(make_entry(name, source))
        problems += [f"{shown(source)}: {reason}" for reason in name_problems(name)]
    else:
        found = "something else" if os.path.lexists(source) else "nothing"
        problems.append(f"{shown(source)}: expected a folder or a .py file, found {found}; "
                        "give the library to compile")
    return entries, problems


def walk(folder, relative, root, ancestors, excluded, key_of, entries, problems):
    """Add what lies in `folder`; `relative` is its path from the source, "" or "x/y/"."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        problems.append(f"{shown(folder)}: cannot be listed: {error.strerror}")
        return
    taken = {} if relative else {key_of(MANIFEST): "the list this program writes"}
    for name in names:
        path = os.path.join(folder, name)
        if relative + name in excluded or is_left_out(name, path):
            continue
        entry = make_entry(relative + name, path)
        reasons = name_problems(name)
        key = key_of(entry.output_path[len(relative):])
        if key in taken:
            where = "" if key_of is str else " where case does not count"
            reasons.append(f"its output has the same name as {taken[key]}{where}; "
                           "rename or exclude one of them")
        taken.setdefault(key, "that of " + shown(name))
        obstacle = kind_problem(path, root, ancestors)
        if obstacle:
            reasons.append(obstacle)
        else:
            entries.append(entry)
            if entry.kind == "folder":
                walk(path, relative + name + "/", root, ancestors + [os.path.realpath(path)],
                     excluded, key_of, entries, problems)
        problems += [f"{shown(path)}: {reason}" for reason in reasons]


def make_entry(relative, path):
    if os.path.isdir(path):
        return Entry(relative, "folder", relative, path)
    if is_module(path):
        return Entry(relative[:-len(".py")] + ".pyc", "bytecode", relative, path)
    return Entry(relative, "data", relative, path)


def is_module(path):
    # In any case: a source must not slip through as data because it ends in .PY.
    return path.lower().endswith(".py")


def is_left_out(name, path):
    """Whether this is one of the entries that the module docstring lists as not carried."""
    return (name in NOT_CARRIED_NAMES
            or name.endswith("~") or name.startswith(".#")
            or (name.startswith("#") and name.endswith("#"))
            or (name.startswith(".") and name.endswith((".swp", ".swo", ".swn")))
            or (name.lower().endswith(NOT_CARRIED_ENDINGS) and not os.path.isdir(path)))


def name_problems(name):
    """Reasons why MANIFEST.txt or another disk cannot hold this name."""
    problems = []
    if name.encode("utf-8", "replace").decode() != name:
        problems.append(f"its name is not UTF-8; {REMEDY}")
    if name.splitlines() != [name]:
        problems.append(f"its name contains a line break; {REMEDY}")
    return problems


def kind_problem(path, root, ancestors):
    """The reason why this is neither a file nor a folder of the source, or None."""
    try:
        if os.path.islink(path):
            target = os.path.realpath(path)
            if not is_within(target, root):
                return f"this link leads out of the source to {shown(target)}; {REMEDY}"
            if target in ancestors:
                return f"this link loops back to {shown(target)}; {REMEDY}"
        mode = os.stat(path).st_mode
    except OSError as error:
        return f"cannot be followed: {error.strerror}; {REMEDY}"
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        return f"expected a file or a folder, found a special file; {REMEDY}"
    return None


def is_within(path, folder):
    return (path + os.sep).startswith(folder.rstrip(os.sep) + os.sep)


def folded(name):
    """The name as seen by a disk that ignores case and Unicode composition."""
    if name.isascii():
        return name.lower()
    import unicodedata  # seldom needed, and not in every small CPython
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def make_results(entries, options, problems, tell):
    """Make what the output holds, all of it before anything is written there; add the problems."""
    import tempfile  # slow to import, as is py_compile
    results, caches = [], set()
    with tempfile.TemporaryDirectory() as scratch:
        for entry in entries:
            try:
                made = make_result(entry, options, scratch, tell)
            except Refused as refused:
                problems += refused.problems
                continue
            for result in made:
                cache = os.path.dirname(result.output_path)
                if os.path.basename(cache) == CACHE and cache not in caches:
                    caches.add(cache)
                    results.append(Result(cache, "folder", b"", ""))
                results.append(result)
    return results


def make_result(entry, options, scratch, tell):
    """Read one entry and make what the output holds in its place: mostly one file."""
    if entry.kind == "folder":
        return [Result(entry.output_path, entry.kind, b"", "")]
    try:
        with open(entry.file, "rb") as file:
            source = file.read()
    except OSError as error:
        raise Refused([f"{shown(entry.file)}: cannot be read: {error.strerror}"]) from error
    sha256 = hashlib.sha256(source).hexdigest()
    if entry.kind == "data":
        if is_native(entry.output_path, source):
            raise Refused([f"{shown(entry.file)}: expected Python or data, found native code, which "
                           f"WebAssembly cannot load; {REMEDY}"])
        return [Result(entry.output_path, entry.kind, source, sha256)]
    rule = source_rule(entry, options)
    try:
        content = bytecode(entry, source, options, scratch)
    except DoesNotCompile:
        if options.skip:
            return []
        if rule is None and entry.source_path not in options.lenient:
            raise
        tell(f"kept does not compile: {shown(entry.source_path)}")
        return [Result(entry.source_path, "data", source, sha256)]
    if rule is None:
        return [Result(entry.output_path, entry.kind, content, sha256)]
    tell(f"kept {rule}: {shown(entry.source_path)}")
    folder, _, name = entry.output_path.rpartition("/")
    optimization = f".opt-{options.optimize}" if options.optimize else ""
    cached = f"{CACHE}/{name[:-len('.pyc')]}.{sys.implementation.cache_tag}{optimization}.pyc"
    return [Result(entry.source_path, "data", source, sha256),
            Result(f"{folder}/{cached}" if folder else cached, entry.kind, content, sha256)]


def bytecode(entry, source, options, scratch):
    """Return the bytes of the .pyc of a module."""
    content = known_bytecode(options.known, entry.output_path, source)
    if content is None:
        content = compile_module(entry.file, f"{options.prefix}/{entry.source_path}",
                                 options.optimize, scratch)
    # py_compile has read the source once more, and the manifest names what was compiled.
    if content[8:HEADER_SIZE] != importlib.util.source_hash(source):
        raise Refused([f"{shown(entry.file)}: expected the same source twice, found that it "
                       "changed meanwhile; run again"])
    return content


def source_rule(entry, options):
    """Why the source of a module is kept beside its bytecode, in a few words; None if it is not."""
    *folders, _ = entry.source_path.split("/")
    if any(matches(entry.source_path, pattern) for pattern in options.keep):
        return "asked for"
    if not options.data_sources:
        return None
    # (A module itself may have any name: import_module("0001_first") works.)
    if not all(folder.isidentifier() for folder in folders):
        return "in a folder that is no package"
    if not SOURCE_FOLDERS.isdisjoint(folders):
        return "in a folder of tests or templates"
    # Alembic lists its revisions, and runs them by their paths.
    above = os.path.dirname(os.path.dirname(entry.file))
    if folders[-1:] == ["versions"] and os.path.isfile(os.path.join(above, "env.py")):
        return "a revision of a database"
    return None


def matches(path, pattern):
    """Whether a pattern names a path or a folder above it; `*` stands for any characters of a name."""
    import fnmatch
    parts, wanted = path.split("/"), pattern.rstrip("/").split("/")
    return len(wanted) <= len(parts) and all(map(fnmatch.fnmatchcase, parts, wanted))


def pattern_problems(entries, keep):
    modules = [entry.source_path for entry in entries if entry.kind == "bytecode"]
    return [f"keep-source: expected a module or a folder of modules, found none for {shown(pattern)}; "
            "correct or remove it" for pattern in keep if not any(matches(path, pattern) for path in modules)]


def recorded(source):
    """The files of distributions: what does not compile there is not the user's to correct."""
    import csv
    files = set()
    for name in os.listdir(source) if os.path.isdir(source) else ():
        record = os.path.join(source, name, "RECORD")
        if name.endswith(".dist-info") and os.path.isfile(record):
            with open(record, encoding="utf-8", errors="replace", newline="") as file:
                files.update(row[0] for row in csv.reader(file) if row)
    return files


def known_bytecode(known, path, source):
    """The bytecode of this source in the folder `known`, or None."""
    if known is None:
        return None
    try:
        with open(os.path.join(known, path), "rb") as file:
            content = file.read()
    except OSError:
        return None
    is_of_source = content[8:HEADER_SIZE] == importlib.util.source_hash(source)
    return content if is_of_source and content.startswith(importlib.util.MAGIC_NUMBER) else None


def is_native(path, content):
    # Only what Python or a loader would look for: programs and data may begin alike.
    name = path.rpartition("/")[2]
    is_named = name.endswith(NATIVE_ENDINGS) or ".so." in name
    return is_named and content.startswith(NATIVE_MAGIC) and not is_extension(content)


def is_extension(content):
    # A WebAssembly module that can be linked: its first section says so.
    return content.startswith(b"\0asm\1\0\0\0\0") and b"\x08dylink.0" in content[:32]


def compile_module(path, virtual_path, optimize, scratch):
    """Return the bytes of the .pyc for the source at `path`; `scratch` is an empty folder."""
    import py_compile
    # Identified by the hash of the source, never compared with it (PEP 552). So no time
    # gets in, and nobody looks for the source that is not there.
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    place = os.path.join(scratch, "module.pyc")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            py_compile.compile(path, place, virtual_path, doraise=True, optimize=optimize,
                               invalidation_mode=mode)
        with open(place, "rb") as file:
            header, bytecode = file.read(HEADER_SIZE), file.read()
        os.remove(place)  # some disks take long to write one file over another
        return header + reproducible_dump(marshal.loads(bytecode))
    except OSError:  # of the scratch folder: what the compiler raises comes as a PyCompileError
        raise
    # Codecs and compiler raise much besides SyntaxError: ValueError, LookupError,
    # RecursionError, MemoryError. Whatever it is, this module has no bytecode.
    except Exception as caught:
        error = caught.exc_value if isinstance(caught, py_compile.PyCompileError) else caught
        line = getattr(error, "lineno", None) or 1
        reason = shown(f"{type(error).__name__}: {getattr(error, 'msg', None) or error}")
        raise DoesNotCompile([f"{shown(path)}:{line}: {reason}"]) from error


def reproducible_dump(code):
    """Marshal `code` to bytes that do not depend on the state of this process.

    Those that py_compile writes do: marshal tells shared objects by identity and
    reference count, and these vary: CPython 3.13 keeps the name "A.B" of a nested
    class in one object or in two, depending on whether any module with an "A.B"
    is loaded. Version 2 of the format has no references; what is read back from
    it shares interned strings only, which version 4 then writes once each.
    """
    return marshal.dumps(marshal.loads(marshal.dumps(code, 2)))


def manifest_text(results, optimize):
    lines = [f"{MANIFEST_FORMAT} 1", f"python {sys.version.split()[0]}",
             f"magic {importlib.util.MAGIC_NUMBER.hex()}", f"optimize {optimize}"]
    lines += [f"{result.source_sha256} {len(result.content)} {result.kind} {result.output_path}"
              for result in sorted(results) if result.kind != "folder"]
    return "\n".join(lines) + "\n"


def place_problems(source, output):
    """Reasons why this output folder must not be written or replaced."""
    start, place = os.path.realpath(source), os.path.realpath(output)
    if is_within(place, start) or is_within(start, place):
        return [f"{shown(output)}: expected an output folder apart from the source, found one "
                "that is, holds or lies in the source; give another"]
    if os.path.lexists(place) and not is_replaceable(place):
        return [f"{shown(output)}: expected no folder, an empty one or an earlier result (with "
                f"its {MANIFEST}), found something else; give another or remove it yourself"]
    return []


def is_replaceable(folder):
    try:
        if not os.listdir(folder):
            return True
        with open(os.path.join(folder, MANIFEST), "rb") as file:
            return file.readline(100).startswith(MANIFEST_FORMAT.encode() + b" ")
    except OSError:
        return False


def replace_folder(output, results, manifest):
    """Write the results aside, then swap them in; on any failure the old folder stays."""
    output = os.path.realpath(output)  # if it is a link, the link stays
    work = make_work_folder(output)
    fresh, earlier = os.path.join(work, "new"), os.path.join(work, "old")
    try:
        write_folder(fresh, results, manifest)
        if os.path.isdir(output):
            os.rename(output, earlier)
        os.rename(fresh, output)
    finally:  # also on KeyboardInterrupt
        if os.path.isdir(earlier) and not os.path.isdir(output):
            os.rename(earlier, output)
        remove_tree(work)


def make_work_folder(output):
    """Make a new folder beside `output`: renaming works only within one disk."""
    parent, name = os.path.split(output)
    os.makedirs(parent, exist_ok=True)
    work = os.path.join(parent, f".{name}.compiling")
    while os.path.lexists(work):  # of another run
        work += "-"
    os.mkdir(work)
    return work


def write_folder(folder, results, manifest):
    os.mkdir(folder)
    for result in results + [Result(MANIFEST, "data", manifest.encode(), "")]:
        path = os.path.join(folder, result.output_path)
        if result.kind == "folder":
            os.mkdir(path)
        else:
            with open(path, "wb") as file:
                file.write(result.content)


def remove_tree(folder):
    # Not shutil.rmtree: importing shutil takes long in the WASM guest.
    for parent, folders, files in os.walk(folder, topdown=False):
        for path in [os.path.join(parent, name) for name in files + folders]:
            if os.path.isdir(path) and not os.path.islink(path):
                os.rmdir(path)
            else:
                os.remove(path)
    os.rmdir(folder)


def main(argv):
    import argparse  # slow to import, and of no use to those who call compile_tree
    parser = argparse.ArgumentParser(prog="compile_library.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", metavar="SOURCE", help="folder or single .py file")
    parser.add_argument("output", metavar="OUTPUT", help="folder to write or replace")
    parser.add_argument("-O", "--optimize", type=int, choices=(0, 1, 2), default=0,
                        help="1: no asserts, 2: no docstrings either (default: 0)")
    parser.add_argument("--prefix", metavar="PATH", help=(
        "the folder where tracebacks say that the sources lie (default: "
        f"{SITE_PACKAGES}/<name of SOURCE>; for a single file without the name)"))
    parser.add_argument("--exclude", metavar="REL", action="append", default=[],
                        help="path relative to SOURCE to leave out; may be repeated")
    parser.add_argument("--known", metavar="FOLDER", help=(
        "an earlier result with the same prefix, level and CPython: bytecode of sources that "
        "have not changed is taken from there"))
    parser.add_argument("--skip", action="store_true", help=(
        "leave out modules that do not compile, instead of refusing them"))
    parser.add_argument("--keep-source", metavar="PATTERN", action="append", default=[], help=(
        "keep the sources that this path relative to SOURCE names, with `*` for any characters of "
        "a name; of a folder all; may be repeated"))
    parser.add_argument("--data-sources", action="store_true", help=(
        "keep sources that are data for others: see source_rule in this program"))
    parser.add_argument("--case-sensitive", action="store_true", help=(
        "OUTPUT lies where names that differ in case or composition only are two names"))
    options = parser.parse_args(argv)
    if not options.source or not options.output:
        parser.error("SOURCE and OUTPUT must not be empty")
    try:
        summary = compile_tree(options.source, options.output, prefix=options.prefix,
                               optimize=options.optimize, exclude=options.exclude,
                               case_sensitive=options.case_sensitive, known=options.known,
                               keep_source=options.keep_source, skip=options.skip,
                               data_sources=options.data_sources, tell=print)
    except Refused as refused:
        for problem in refused.problems:
            print(problem, file=sys.stderr)
        print(f"nothing was written; problems found: {len(refused.problems)}", file=sys.stderr)
        return 1
    print(f"{shown(options.output)}: {summary.modules} modules, {summary.data_files} data files, "
          f"{summary.size} bytes, for CPython {sys.version.split()[0]}")
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # an odd path must not end the run
    sys.exit(main(sys.argv[1:]))
