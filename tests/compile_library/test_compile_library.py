"""Tests of compile_library.py: python3 tests/compile_library/test_compile_library.py"""

import contextlib
import errno
import hashlib
import importlib.util
import io
import marshal
import os
import socket
import subprocess
import sys
import tempfile
import types
import unittest
from unittest import mock

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SCRIPT = os.path.join(ROOT, "compile_library.py")
LIBRARIES = os.path.join(ROOT, "python_libs")
sys.path.insert(0, ROOT)
sys.dont_write_bytecode = True  # no __pycache__ in the repository

import compile_library  # noqa: E402  (found through the path set above)

SITE = "/vfs/usr/local/lib/python3.13/site-packages"

# What is known to have made bytecode vary: sets (hash order), attributes set
# on self (3.13 before rc3), nested classes, constants and names used twice.
TRICKY = '''
"""A docstring."""
import os.path
WORDS = ("spam and eggs", "eggs", 1e100, 10 ** 30, 123456789012345, b"bytes", "é", "spam and eggs")
def choose(x, *rest, key=None, **more):
    def inner(y):
        return [x + z for z in y if z in {"a", "b", "some words", "é", None, 1, 2.5, b"x", (1, "t")}]
    return inner, lambda: x in {"r", "q", "p", "o"} or x in {"a", "b", "c"}
class Outer:
    def __init__(self):
        self.zebra = self.apple = self.mango = 1
        self.kiwi = "spam and eggs"
    class Meta:
        """Nested."""
        def method(self):
            self.left, self.right = 123456789012345, 1e100
            return __class__, os.path, "spam and eggs"
'''


def run(*arguments, flags=(), **environment):
    """Run compile_library.py as a user does; return status, stdout, stderr."""
    done = subprocess.run([sys.executable, "-B", "-S", *flags, SCRIPT, *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=dict(os.environ, PYTHONIOENCODING="utf-8", **environment))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def python(code, path):
    """Run code under this interpreter with `path` as module path."""
    done = subprocess.run([sys.executable, "-B", "-S", *code], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=dict(os.environ, PYTHONPATH=path,
                                                           PYTHONIOENCODING="utf-8"))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def write(folder, files):
    """Write {path: content}; a path ending in "/" is an empty folder."""
    for path, content in files.items():
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if not path.endswith("/"):
            with open(path, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode())


def read(folder):
    """The inverse of write: all files, and the folders that are empty."""
    found = {}
    for parent, folders, files in os.walk(folder):
        relative = os.path.relpath(parent, folder).replace(os.sep, "/")
        relative = "" if relative == "." else relative + "/"
        if relative and not folders and not files:
            found[relative] = ""
        for name in files:
            with open(os.path.join(parent, name), "rb") as file:
                found[relative + name] = file.read()
    return found


def code_of(pyc):
    return marshal.loads(pyc[16:])


def all_codes(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from all_codes(constant)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = os.path.realpath(folder.name)
        self.source = os.path.join(self.top, "in", "mylib")
        self.output = os.path.join(self.top, "out", "mylib")
        os.makedirs(self.source)

    def compile(self, files=None, **options):
        """Write the files into the source, compile it, return what the output holds."""
        write(self.source, files or {})
        self.summary = compile_library.compile_tree(self.source, self.output, **options)
        return read(self.output)

    def refuse(self, files=None, source=None, output=None, **options):
        """Like compile, but expect a refusal that changes nothing; return the problems."""
        write(self.source, files or {})
        before = self.snapshot()
        with self.assertRaises(compile_library.Refused) as caught:
            compile_library.compile_tree(source or self.source, output or self.output, **options)
        self.assertEqual(self.snapshot(), before)
        for problem in caught.exception.problems:
            self.assertTrue(problem.isprintable(), repr(problem))
        return caught.exception.problems

    def snapshot(self):
        """All paths below the test's folder with their inodes and times: was anything touched?"""
        found = {}
        for parent, folders, files in os.walk(self.top):
            for path in [os.path.join(parent, name) for name in folders + files]:
                status = os.lstat(path)
                found[path] = (status.st_ino, status.st_size, status.st_mtime_ns)
        return found

    def earlier_output(self):
        """Have an output of an earlier run lie at its place."""
        earlier = os.path.join(self.top, "in", "earlier")
        write(earlier, {"old.py": "", "old.txt": "old"})
        compile_library.compile_tree(earlier, self.output)

    def symlink(self, target, *path):
        link = os.path.join(self.source, *path)
        os.makedirs(os.path.dirname(link), exist_ok=True)
        try:
            os.symlink(target, link)
        except (OSError, NotImplementedError) as error:
            self.skipTest(f"cannot make symbolic links here: {error}")

    def odd_file(self, path):
        """Write a file with a name that some file systems cannot hold."""
        try:
            write(self.source, {path: ""})
            names = os.listdir(os.path.dirname(os.path.join(self.source, path)))
        except (OSError, UnicodeError) as error:
            self.skipTest(f"the file system cannot hold the name {path!r}: {error}")
        if os.path.basename(path) not in names:
            self.skipTest(f"the file system changes the name {path!r}")

    def assertOne(self, problems, *parts):
        """There is exactly one problem and it says all these things."""
        self.assertEqual(len(problems), 1, problems)
        for part in parts:
            self.assertIn(part, problems[0])


class Contents(Case):
    def test_each_source_becomes_bytecode_beside_where_it_was(self):
        found = self.compile({"__init__.py": "", "pkg/mod.py": "x = 1", "pkg/deep/__main__.py": ""})
        self.assertEqual(sorted(found), ["MANIFEST.txt", "__init__.pyc", "pkg/deep/__main__.pyc",
                                         "pkg/mod.pyc"])

    def test_source_ending_in_any_case_is_compiled(self):
        self.assertEqual(sorted(self.compile({"a.PY": "x = 1", "b.Py": ""})),
                         ["MANIFEST.txt", "a.pyc", "b.pyc"])

    def test_data_is_carried_byte_for_byte(self):
        data = {"py.typed": b"", "data/all.bin": bytes(range(256)) * 3, "lines.txt": b"a\r\nb\n\rc",
                "é/ünï.txt": "ü".encode(), "a b/c d": b"blank", ".hidden": b"h", "empty/": "",
                "deep/MANIFEST.txt": b"not at the root", "x.py.txt": b"x = (", "a/b/c/": ""}
        found = self.compile(data)
        del found["MANIFEST.txt"]
        self.assertEqual(found, data)

    def test_what_the_docstring_says_is_not_carried(self):
        dropped = ["a.pyc", "a.PYC", "a.pyo", "a.pyi", "w.pyw", "__pycache__/a.cpython-313.pyc",
                   "__pycache__/data", ".git/HEAD", ".hg/x", ".svn/x", ".bzr/x", "CVS/Root",
                   ".gitignore", ".gitattributes", ".gitmodules", ".hgignore", ".hgtags",
                   ".idea/x", ".vscode/x", ".mypy_cache/x", ".pytest_cache/x", ".ruff_cache/x",
                   ".DS_Store", "Thumbs.db", "a.py~", "#a.py#", ".a.py.swp", ".a.swo", ".a.swn"]
        files = {path: "not python" for path in dropped}
        files.update({"sub/" + path: "not python" for path in dropped})
        files.update({"kept.txt": "", "sub/kept.txt": ""})
        self.symlink("nobody@nowhere", ".#a.py")  # the lock of an editor
        self.assertEqual(sorted(self.compile(files)),
                         ["MANIFEST.txt", "kept.txt", "sub/kept.txt"])

    def test_excluded_paths_are_exact(self):
        files = {"test/a.py": "(", "test/b.txt": "", "keep/test/a.py": "", "keep/drop.py": "(",
                 "tests/a.py": "", "keep/x.txt": "", "x.txt": ""}
        found = self.compile(files, exclude=["test", "keep/drop.py", "./x.txt", "absent/", "t*"])
        self.assertEqual(sorted(found), ["MANIFEST.txt", "keep/test/a.pyc", "keep/x.txt",
                                         "tests/a.pyc"])

    def test_what_is_known_is_taken_where_the_source_is_the_same(self):
        earlier = os.path.join(self.top, "earlier")
        write(self.source, {"a.py": "x = 1", "b.py": "x = 1", "c.py": "x = 1", "sub/d.py": "x = 1", "new.py": ""})
        compile_library.compile_tree(self.source, earlier)
        known = read(earlier)
        other = marshal.dumps(compile("x = 2", "", "exec"))
        write(earlier, {path: known[path][:16] + other for path in ("a.pyc", "b.pyc", "sub/d.pyc")})
        write(earlier, {"c.pyc": b"\0\0\0\0" + known["c.pyc"][4:16] + other})
        os.remove(os.path.join(earlier, "new.pyc"))
        found = self.compile({"b.py": "x = 3"}, known=earlier)
        values = {}
        for path in ("a", "b", "c", "sub/d"):
            names = {}
            exec(code_of(found[path + ".pyc"]), names)
            values[path] = names["x"]
        self.assertEqual(values, {"a": 2, "b": 3, "c": 1, "sub/d": 2})
        self.assertIn("new.pyc", found)

    def test_sources_are_kept_where_programs_look_for_them(self):
        told = []
        files = {"pkg/__init__.py": "", "pkg/a.py": "x = 1", "pkg/tests/test_a.py": "y = 2",
                 "pkg/tests/broken.py": "(", "pkg/0001_first.py": "", "pkg/my-app/plugin.py": "z = 3", "pkg/{{name}}/main.py": "{{ code }} x",
                 "db/env.py": "", "db/versions/abc_first.py": "", "asked/for/it.py": "", "asked/b.py": "",
                 "dist/old.py": "print 1", "dist-1.dist-info/RECORD": "dist/old.py,,\n"}
        found = self.compile(files, data_sources=True, keep_source=["asked/f*"], tell=told.append, optimize=1)
        cached = "{}/__pycache__/{}." + sys.implementation.cache_tag + ".opt-1.pyc"
        kept = [("pkg/tests", "test_a"), ("pkg/my-app", "plugin"), ("db/versions", "abc_first"), ("asked/for", "it")]
        expected = {f"{folder}/{name}.py" for folder, name in kept} | {cached.format(*each) for each in kept}
        expected |= {"pkg/tests/broken.py", "pkg/{{name}}/main.py", "dist/old.py", "dist-1.dist-info/RECORD",
                     "pkg/__init__.pyc", "pkg/a.pyc", "pkg/0001_first.pyc", "db/env.pyc", "asked/b.pyc", "MANIFEST.txt"}
        self.assertEqual(set(found), expected)
        self.assertEqual(found["pkg/my-app/plugin.py"], b"z = 3")
        code = code_of(found[cached.format("pkg/my-app", "plugin")])
        self.assertEqual(code.co_filename, SITE + "/mylib/pkg/my-app/plugin.py")
        self.assertEqual(sorted(told), [
            "kept a revision of a database: db/versions/abc_first.py", "kept asked for: asked/for/it.py",
            "kept does not compile: dist/old.py",
            "kept does not compile: pkg/tests/broken.py", "kept does not compile: pkg/{{name}}/main.py",
            "kept in a folder of tests or templates: pkg/tests/test_a.py",
            "kept in a folder that is no package: pkg/my-app/plugin.py"])
        self.refuse({"pkg/wrong.py": "("}, data_sources=True)
        problems = self.refuse(keep_source=["pkg/none"], exclude=["pkg/wrong.py", "dist", "pkg/tests", "pkg/{{name}}"])
        self.assertEqual(problems, ["keep-source: expected a module or a folder of modules, found none for pkg/none; "
                                    "correct or remove it"])

    def test_what_does_not_compile_is_left_out_on_request(self):
        self.assertEqual(sorted(self.compile({"a.py": "(", "b.py": ""}, skip=True)), ["MANIFEST.txt", "b.pyc"])

    def test_single_file(self):
        write(self.source, {"demo.py": "def f(): pass"})
        summary = compile_library.compile_tree(os.path.join(self.source, "demo.py"), self.output)
        found = read(self.output)
        self.assertEqual(sorted(found), ["MANIFEST.txt", "demo.pyc"])
        self.assertEqual({code.co_filename for code in all_codes(code_of(found["demo.pyc"]))},
                         {SITE + "/demo.py"})
        self.assertEqual(summary, (1, 0, len(found["demo.pyc"])))

    def test_summary_counts(self):
        found = self.compile({"a.py": "", "b.py": "", "c.txt": "123", "d/": ""})
        size = len(found["a.pyc"]) + len(found["b.pyc"]) + 3
        self.assertEqual((self.summary.modules, self.summary.data_files, self.summary.size),
                         (2, 1, size))

    def test_manifest(self):
        source = "x = 1\n".encode()
        found = self.compile({"z.py": source, "a b.txt": b"data", "Z/y.py": source,
                              "Z-.txt": b"data"}, optimize=2)
        data, code = (hashlib.sha256(content).hexdigest() for content in (b"data", source))
        self.assertEqual(found["MANIFEST.txt"].decode().split("\n"), [
            "pyapp-bytecode 1",
            f"python {sys.version.split()[0]}",
            f"magic {importlib.util.MAGIC_NUMBER.hex()}",
            "optimize 2",
            f"{data} 4 data Z-.txt",  # before the "/" of the next
            f"{code} {len(found['Z/y.pyc'])} bytecode Z/y.pyc",
            f"{data} 4 data a b.txt",
            f"{code} {len(found['z.pyc'])} bytecode z.pyc",
            ""])


class Bytecode(Case):
    def test_header_is_hash_based_and_unchecked(self):
        source = "x = 1\n".encode()
        pyc = self.compile({"a.py": source})["a.pyc"]
        self.assertEqual(pyc[:16], importlib.util.MAGIC_NUMBER + b"\1\0\0\0"
                         + importlib.util.source_hash(source))

    def test_default_prefix_and_own_prefix(self):
        for options, prefix in (({}, SITE + "/mylib"), ({"prefix": "/p/q/"}, "/p/q")):
            found = self.compile({"pkg/mod.py": TRICKY}, **options)
            names = {code.co_filename for code in all_codes(code_of(found["pkg/mod.pyc"]))}
            self.assertEqual(names, {prefix + "/pkg/mod.py"})

    def test_default_prefix_takes_the_real_name_of_the_folder(self):
        for source in (self.source + os.sep, os.path.join(self.source, "..", "mylib", ".")):
            self.assertEqual(compile_library.default_prefix(source), SITE + "/mylib")

    def test_optimisation_levels(self):
        source = '"""doc"""\nassert False\nx = __debug__\n'
        seen = []
        for level in (0, 1, 2):
            space = {}
            code = code_of(self.compile({"a.py": source}, optimize=level)["a.pyc"])
            with contextlib.suppress(AssertionError):
                exec(code, space)
            seen.append((space.get("__doc__"), space.get("x", "assertion failed")))
        self.assertEqual(seen, [("doc", "assertion failed"), ("doc", False), (None, False)])

    def test_flags_of_the_host_change_nothing(self):
        write(self.source, {"a.py": '"""doc"""\nassert x, 1 is 1\n"\\d"'})
        expected = self.compile()
        for flags in (["-OO"], ["-W", "error"], ["-bb"]):
            self.assertEqual(run(self.source, self.output, flags=flags)[2], "")
            self.assertEqual(read(self.output), expected)

    def test_sources_are_decoded_as_python_does(self):
        found = self.compile({"a.py": "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"),
                              "b.py": b"\xef\xbb\xbfx = '\xc3\xa9'\r\n"})
        for name in ("a.pyc", "b.pyc"):
            space = {}
            exec(code_of(found[name]), space)
            self.assertEqual(space["x"], "é")

    def test_future_statements_of_the_compiler_itself_are_not_inherited(self):
        # compile() would pass on those of the module it is called in.
        with open(SCRIPT, encoding="utf-8") as file:
            source = file.read().replace('import hashlib\n',
                                         'from __future__ import annotations\nimport hashlib\n', 1)
        space = {"__name__": "variant"}
        exec(compile(source, "variant", "exec", dont_inherit=True), space)
        write(self.source, {"a.py": "x: int = 1"})
        path = os.path.join(self.source, "a.py")
        self.assertEqual(space["compile_module"](path, "a.py", 0, self.top),
                         compile_library.compile_module(path, "a.py", 0, self.top))

    def test_warnings_of_the_library_are_silent(self):
        write(self.source, {"a.py": 'x = "\\d"\ny = 1 is 1\n'})
        for flags in ([], ["-W", "always"], ["-W", "error"]):
            status, _, errors = run(self.source, self.output, flags=flags)
            self.assertEqual((status, errors), (0, ""))


@unittest.skipIf(sys.version_info < (3, 11), "CPython < 3.11 marshals sets in hash order")
class Reproducible(Case):
    def setUp(self):
        super().setUp()
        write(self.source, {"__init__.py": TRICKY, "pkg/mod.py": TRICKY, "z.py": TRICKY + "x = 1",
                            "pkg/data.txt": "data"})

    def test_hash_seed_and_place_do_not_matter(self):
        results = []
        for seed in ("0", "1", "2", "77", "random"):
            source = os.path.join(self.top, "place " + seed, "mylib")
            output = os.path.join(self.top, "other " + seed)
            write(source, read(self.source))
            self.assertEqual(run(source, output, PYTHONHASHSEED=seed)[0], 0)
            results.append(read(output))
        self.assertEqual(len(results[0]), 5)
        for result in results[1:]:
            self.assertEqual(result, results[0])

    def test_modules_compiled_alone_or_before_do_not_matter(self):
        together = self.compile()
        for name in ("z.py", "__init__.py"):
            alone = os.path.join(self.top, "alone")
            compile_library.compile_tree(os.path.join(self.source, name), alone,
                                         prefix=SITE + "/mylib")
            self.assertEqual(read(alone)[name + "c"], together[name + "c"])

    def test_what_the_process_has_loaded_does_not_matter(self):
        write(self.top, {"a.py": TRICKY})
        source = os.path.join(self.top, "a.py")
        script = ("import sys; sys.path.insert(0, %r); import compile_library; %s;"
                  "sys.stdout.buffer.write(compile_library.compile_module(%r, 'a.py', 0, %r))")
        loaded = ("import argparse; keep = compile(%r, 'b.py', 'exec'); exec(keep);"
                  "keep = [sys.intern(s) for s in ('spam and eggs', 'some words', 'Outer.Meta')]"
                  % TRICKY)
        results = [subprocess.run([sys.executable, "-B", "-c", script % (ROOT, state, source, self.top)],
                                  check=True, stdout=subprocess.PIPE).stdout
                   for state in ("pass", loaded)]
        self.assertGreater(len(results[0]), 1000)
        self.assertEqual(*results)

    def test_a_second_round_changes_nothing(self):
        for name, content in self.compile().items():
            if name.endswith(".pyc"):
                self.assertEqual(compile_library.reproducible_dump(code_of(content)), content[16:])


class Refusals(Case):
    BROKEN = {
        "a/syntax.py": ("x = 1\ny = (\n", "SyntaxError"),
        "b_null.py": ("x = 1\0", "null byte"),
        "c_utf8.py": (b"x = 1\ny = '\xff'\n", "SyntaxError"),
        "d_codec.py": ("# coding: no-such-codec\n", "no-such-codec"),
        "e_ascii.py": (b"# coding: ascii\nx = '\xe9'\n", "SyntaxError"),
        "f_indent.py": ("if 1:\n  x\n y\n", "IndentationError"),
        "g_deep.py": ("x = " + "-" * 20000 + "1", "Error"),
        "h_return.py": ("\n\n\nreturn 1\n", "'return' outside function"),
        "i_codec.py": ("# coding: hex\nx", "Error"),
    }

    def test_all_modules_that_do_not_compile_are_reported_in_one_run(self):
        problems = self.refuse({path: source for path, (source, _) in self.BROKEN.items()})
        self.assertEqual(len(problems), len(self.BROKEN))
        for problem, (path, (_, reason)) in zip(problems, sorted(self.BROKEN.items())):
            self.assertRegex(problem, "^%s:[1-9][0-9]*: " % os.path.join(self.source, path))
            self.assertIn(reason, problem)
        self.assertTrue(problems[7].startswith(os.path.join(self.source, "h_return.py:4: ")))

    def test_modules_names_and_places_are_reported_in_one_run(self):
        self.symlink(self.top, "link")
        problems = self.refuse({"a.py": "(", "sub/b.py": "(", "MANIFEST.txt": ""},
                               output=os.path.join(self.source, "sub"))
        text = "\n".join(problems)
        self.assertEqual(len(problems), 5, text)
        for part in ("a.py:1:", "b.py:1:", "leads out", "MANIFEST.txt", "apart from the source"):
            self.assertIn(part, text)

    def test_failure_leaves_an_earlier_output_as_it_was(self):
        self.earlier_output()
        self.refuse({"good.py": "", "bad.py": "("})  # compares all of the test's folder
        self.assertIn("old.pyc", read(self.output))

    def test_failure_makes_no_output_nor_its_parents(self):
        self.refuse({"bad.py": "("}, output=os.path.join(self.top, "new", "folder"))
        self.assertEqual(os.listdir(self.top), ["in"])

    def test_unreadable_file(self):
        def failing_open(path, *rest):
            if str(path).endswith("secret.txt"):
                raise PermissionError(errno.EACCES, "Permission denied")
            return open(path, *rest)
        with mock.patch.object(compile_library, "open", failing_open, create=True):
            problems = self.refuse({"secret.txt": ""})
        self.assertOne(problems, "secret.txt: cannot be read: Permission denied")

    def test_a_source_that_changes_while_it_is_compiled(self):
        def changing_open(path, *rest):
            if str(path).endswith(".py"):
                return io.BytesIO(b"x = 1")  # what py_compile does not get to see
            return open(path, *rest)
        with mock.patch.object(compile_library, "open", changing_open, create=True):
            problems = self.refuse({"a.py": "x = 2"})
        self.assertOne(problems, "a.py: expected the same source twice, found that it changed meanwhile; run again")
        self.assertEqual(sorted(self.compile()), ["MANIFEST.txt", "a.pyc"])

    def test_no_temporary_folder(self):
        full = OSError(errno.ENOSPC, "No space left on device")
        with mock.patch.object(tempfile, "mkdtemp", side_effect=full):
            problems = self.refuse({"a.py": "x = 1"})
        self.assertOne(problems, "expected a temporary folder to compile in, found", "No space")

    def test_unlistable_folder(self):
        def failing_listdir(path, listdir=os.listdir):
            if str(path).endswith("secret"):
                raise PermissionError(errno.EACCES, "Permission denied")
            return listdir(path)
        with mock.patch.object(os, "listdir", failing_listdir):
            problems = self.refuse({"secret/x.py": ""})
        self.assertOne(problems, "secret: cannot be listed: Permission denied")

    def test_missing_source(self):
        self.assertOne(self.refuse(source=os.path.join(self.top, "none")), "none: expected",
                       "found nothing")

    def test_source_that_is_no_module(self):
        write(self.source, {"a.txt": ""})
        self.assertOne(self.refuse(source=os.path.join(self.source, "a.txt")),
                       "a.txt: expected a folder or a .py file, found something else")

    def test_manifest_of_the_source_itself(self):
        self.assertOne(self.refuse({"MANIFEST.txt": ""}), "MANIFEST.txt: its output",
                       "the list this program writes")
        self.assertEqual(list(self.compile(exclude=["MANIFEST.txt"])), ["MANIFEST.txt"])

    def test_manifest_in_another_case(self):
        self.assertOne(self.refuse({"manifest.TXT": ""}), "manifest.TXT")

    NATIVE = {"x.cpython-313-x86_64-linux-gnu.so": b"\x7fELF\2\1\1", "y.pyd": b"MZ\x90\0",
              "libz.so.1.3": b"\x7fELF\2\1\1", "libw.dylib": b"\xcf\xfa\xed\xfe",
              "v.so": b"\xca\xfe\xba\xbe", "u.abi3.so": b"\0asm\1\0\0\0"}

    def test_native_code(self):
        problems = self.refuse(self.NATIVE)
        self.assertEqual(len(problems), len(self.NATIVE))
        for name in self.NATIVE:
            self.assertTrue(any(f"{os.path.join(self.source, name)}: expected Python or data, found native code"
                                in problem for problem in problems), problems)
        # The way out that it names.
        self.assertEqual(list(self.compile(exclude=list(self.NATIVE))), ["MANIFEST.txt"])

    def test_what_only_looks_like_native_code(self):
        files = {"ld.so": b"/* GNU ld script */", "cli.exe": b"MZ\x90\0", "bin/tool": b"\x7fELF\2\1\1",
                 "Main.class": b"\xca\xfe\xba\xbe", "module.wasm": b"\0asm"}
        self.assertEqual(len(self.compile(files)), len(files) + 1)

    def test_special_files(self):
        if not hasattr(os, "mkfifo"):
            self.skipTest("no named pipes here")
        os.mkfifo(os.path.join(self.source, "pipe.py"))
        self.assertOne(self.refuse(), "pipe.py: expected a file or a folder, found a special file")

    def test_sockets(self):
        if not hasattr(socket, "AF_UNIX"):
            self.skipTest("no Unix sockets here")
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as listener:
            listener.bind(os.path.join(self.source, "sock"))
            self.assertOne(self.refuse(), "sock: expected a file or a folder")


class Names(Case):
    def test_a_disk_that_tells_case_apart(self):
        # The executable's does; two files that become one are refused all the same.
        names = ["Data.txt", "data.txt", "Foo.py", "foo.py", "Pkg/a", "pkg/b", "stra\u00dfe", "STRASSE"]
        for name in names:
            self.odd_file(name)
        self.need_names(names)
        self.assertEqual(len(self.compile(case_sensitive=True)), len(names) + 1)
        self.assertEqual(run("--case-sensitive", self.source, self.output)[0], 0)
        status, _, errors = run(self.source, self.output)
        self.assertEqual((status, errors.count("where case does not count; rename or exclude one")), (1, 4))
        write(self.source, {"foo.pyc/x": ""})
        self.assertOne(self.refuse(case_sensitive=True), "foo.pyc: its output has the same name as that of foo.py; rename")

    def test_each_way_out_of_names_that_are_the_same(self):
        self.odd_file("Data.txt")
        self.odd_file("data.txt")
        self.need_two_names("case")
        self.assertEqual(len(self.compile(exclude=["data.txt"])), 2)
        os.rename(os.path.join(self.source, "data.txt"), os.path.join(self.source, "other.txt"))
        self.assertEqual(len(self.compile()), 3)

    def test_not_utf8(self):
        name = "bad" + os.fsdecode(b"\xff") + ".py"
        self.odd_file("sub/" + name)
        self.assertOne(self.refuse(), "bad\\udcff.py: its name is not UTF-8")
        status, _, errors = run(self.source, self.output)
        self.assertEqual((status, errors.count("bad\\udcff.py")), (1, 1))
        status, _, errors = run(os.path.join(self.source, "sub", name), self.output)
        self.assertEqual((status, errors.count("bad\\udcff.py")), (1, 1))

    def test_folder_that_is_not_utf8_is_still_searched(self):
        self.odd_file("d" + os.fsdecode(b"\xff") + "/x")
        write(self.source, {"d" + os.fsdecode(b"\xff") + "/bad.py": "("})
        self.assertEqual(len(self.refuse()), 2)

    def test_line_breaks(self):
        for number, char in enumerate("\n\r\v\f\x1c\x85\u2028"):
            self.odd_file(f"a{number}{char}b")
        problems = self.refuse()
        self.assertEqual(len(problems), 7)
        self.assertIn("a0\\nb: its name contains a line break", problems[0])

    def need_two_names(self, ignored):
        if len(os.listdir(self.source)) < 2:
            self.skipTest(f"the file system ignores {ignored}")

    def need_names(self, names):
        found = read(self.source)
        if len(found) < len(names):
            self.skipTest(f"the file system keeps only {sorted(found)}")

    def test_names_that_differ_in_case(self):
        self.odd_file("Data.txt")
        self.odd_file("data.txt")
        self.need_two_names("case")
        self.assertOne(self.refuse(), "data.txt: its output", "that of Data.txt")

    def test_folders_that_differ_in_case(self):
        self.odd_file("Pkg/a")
        self.odd_file("pkg/b")
        self.need_two_names("case")
        self.assertOne(self.refuse(), "pkg: its output", "that of Pkg")

    def test_letters_that_only_casefold_knows(self):
        self.odd_file("straße")
        self.odd_file("STRASSE")
        self.assertOne(self.refuse(), "straße: its output", "that of STRASSE")

    def test_composed_and_decomposed_letters(self):
        self.odd_file("e\u0301.txt")
        self.odd_file("\u00e9.txt")
        self.need_two_names("composition")
        self.assertOne(self.refuse(), "\u00e9.txt: its output")

    def test_module_and_folder_that_get_one_name(self):
        self.assertOne(self.refuse({"mod.py": "", "mod.pyc/data.txt": ""}), "mod.pyc: its output",
                       "that of mod.py")

    def test_modules_that_get_one_name(self):
        self.odd_file("mod.PY")
        self.odd_file("mod.py")
        self.need_two_names("case")
        self.assertOne(self.refuse(), "mod.py: its output")

    def test_equal_names_in_different_folders_are_fine(self):
        self.assertEqual(len(self.compile({"a/x.py": "", "b/X.py": "", "x.py": ""})), 4)


class Links(Case):
    def test_links_inside_are_carried_as_copies(self):
        write(self.source, {"real/mod.py": "x = 1", "real/data.txt": "data"})
        self.symlink("real", "folder")
        self.symlink(os.path.join("real", "data.txt"), "file.txt")
        self.symlink(os.path.join(self.source, "real", "mod.py"), "absolute.py")
        found = self.compile()
        self.assertEqual(sorted(found), ["MANIFEST.txt", "absolute.pyc", "file.txt",
                                         "folder/data.txt", "folder/mod.pyc", "real/data.txt",
                                         "real/mod.pyc"])
        self.assertEqual(found["file.txt"], b"data")
        self.assertFalse(os.path.islink(os.path.join(self.output, "folder")))
        self.assertFalse(os.path.islink(os.path.join(self.output, "file.txt")))
        self.assertEqual(code_of(found["folder/mod.pyc"]).co_filename,
                         SITE + "/mylib/folder/mod.py")

    def test_links_that_lead_outside(self):
        outside = os.path.join(self.top, "in", "mylib-2")  # the beginning is that of the source
        write(outside, {"mod.py": "("})
        self.symlink(os.path.join(outside, "mod.py"), "a.py")
        self.symlink(os.path.join("..", "..", "mylib-2"), "sub", "b")
        self.symlink(os.path.join(outside, "nothing"), "c")
        problems = self.refuse()
        self.assertEqual(len(problems), 3, problems)
        for problem, name in zip(problems, ("a.py", "c", os.path.join("sub", "b"))):
            self.assertIn(f"{name}: this link leads out of the source to {outside}", problem)

    def test_links_that_loop(self):
        write(self.source, {"a/x": "", "b/x": ""})
        self.symlink(os.pardir, "a", "up")
        self.symlink(os.path.join("..", "b"), "a", "over")
        self.symlink(os.path.join("..", "a"), "b", "over")
        self.symlink(".", "self")
        looping = [problem.split(": this link loops back to ")[0] for problem in self.refuse()]
        self.assertEqual(looping, [os.path.join(self.source, path) for path in (
            "a/over/over", "a/up", "b/over/over", "b/over/up", "self")])

    def test_links_that_lead_nowhere(self):
        self.symlink("absent", "a.txt")
        self.symlink("b", "b")
        problems = self.refuse()
        self.assertEqual(len(problems), 2, problems)
        self.assertIn("a.txt: cannot be followed", problems[0])
        self.assertIn("b: cannot be followed", problems[1])

    def test_excluded_links_do_not_matter(self):
        self.symlink(self.top, "out")
        self.assertEqual(list(self.compile(exclude=["out"])), ["MANIFEST.txt"])

    def test_source_given_as_a_link(self):
        write(self.source, {"a.py": ""})
        self.symlink(self.source, os.pardir, "alias")
        alias = os.path.join(self.top, "in", "alias")
        compile_library.compile_tree(alias, self.output)
        self.assertEqual(code_of(read(self.output)["a.pyc"]).co_filename, SITE + "/alias/a.py")

    def test_output_given_as_a_link_keeps_the_link(self):
        self.earlier_output()
        self.symlink(self.output, os.pardir, "alias")
        alias = os.path.join(self.top, "in", "alias")
        write(self.source, {"a.py": ""})
        compile_library.compile_tree(self.source, alias)
        self.assertTrue(os.path.islink(alias))
        self.assertEqual(sorted(read(self.output)), ["MANIFEST.txt", "a.pyc"])


class Output(Case):
    def test_earlier_output_is_replaced_whole(self):
        self.earlier_output()
        self.assertEqual(sorted(self.compile({"a.py": ""})), ["MANIFEST.txt", "a.pyc"])
        self.assertEqual(os.listdir(os.path.dirname(self.output)), ["mylib"])

    def test_links_in_an_earlier_output_are_removed_not_followed(self):
        self.earlier_output()
        write(self.source, {"sub/a.py": ""})
        self.symlink(os.path.join(self.source, "sub"), self.output, "link")
        self.compile()
        self.assertEqual(list(read(self.source)), ["sub/a.py"])

    def test_empty_folder_is_replaced(self):
        os.makedirs(self.output)
        self.assertEqual(len(self.compile({"a.py": ""})), 2)

    def test_folder_of_something_else_is_kept(self):
        for files in ({"thesis.txt": "years of work"}, {"MANIFEST.txt": "include *.txt\n"},
                      {"MANIFEST.txt": "pyapp-bytecodes\n"}, {"MANIFEST.txt/": ""}):
            output = tempfile.mkdtemp(dir=self.top)
            write(output, files)
            self.assertOne(self.refuse(output=output), output + ": expected no folder")

    def test_file_in_the_place_of_the_output_is_kept(self):
        write(self.top, {"file": "mine"})
        self.assertOne(self.refuse(output=os.path.join(self.top, "file")), "expected no folder")

    def test_output_in_source_and_source_in_output(self):
        write(self.source, {"a.py": ""})
        for output in (self.source, os.path.join(self.source, "out"), os.path.dirname(self.source),
                       os.path.join(self.source, "..", "mylib"), self.top):
            self.assertOne(self.refuse(output=output), "apart from the source")
        self.assertOne(self.refuse(source=os.path.join(self.source, "a.py"), output=self.source),
                       "apart from the source")
        # Asked only, not tried: who breaks this check must not lose a disk.
        self.assertOne(compile_library.place_problems(self.source, os.sep), "apart from")

    def test_the_ways_out_of_a_place_that_is_refused(self):
        write(self.source, {"a.py": ""})
        mine = os.path.join(self.top, "mine")
        write(mine, {"thesis.txt": "years of work"})
        self.assertOne(self.refuse(output=mine), "give another or remove it yourself")
        self.assertEqual(len(self.compile()), 2)  # another
        os.remove(os.path.join(mine, "thesis.txt"))
        compile_library.compile_tree(self.source, mine)
        self.assertOne(self.refuse(output=os.path.join(self.source, "out")), "; give another")
        self.assertOne(self.refuse(source=os.path.join(self.top, "none")), "give the library to compile")

    def test_neighbours_with_a_common_beginning_are_fine(self):
        self.output = self.source + "-compiled"
        self.assertEqual(len(self.compile({"a.py": ""})), 2)

    def test_single_file_may_be_compiled_beside_itself(self):
        write(self.source, {"a.py": ""})
        output = os.path.join(self.source, "compiled")
        compile_library.compile_tree(os.path.join(self.source, "a.py"), output)
        self.assertEqual(sorted(read(output)), ["MANIFEST.txt", "a.pyc"])

    def test_a_work_folder_left_by_a_killed_run_is_no_obstacle(self):
        leftover = os.path.join(self.top, "out", ".mylib.compiling")
        write(leftover, {"new/x": "x"})
        self.assertEqual(len(self.compile({"a.py": ""})), 2)
        self.assertEqual(read(leftover), {"new/x": b"x"})

    def interrupt(self, name, number, error):
        """Compile over an earlier output; call `number` of os.`name` raises. All stays.

        The first three calls of mkdir make the folder to compile in and look for it and for
        that of the output.
        """
        self.earlier_output()
        write(self.source, {"a.py": "", "sub/b.txt": ""})
        before, calls, original = read(self.output), [], getattr(os, name)

        def failing(*arguments):
            calls.append(arguments)
            if len(calls) == number:
                raise error
            return original(*arguments)
        expected = type(error) if not isinstance(error, OSError) else compile_library.Refused
        with mock.patch.object(os, name, failing), self.assertRaises(expected) as caught:
            compile_library.compile_tree(self.source, self.output)
        self.assertGreaterEqual(len(calls), number)
        self.assertEqual(read(self.output), before)
        self.assertEqual(os.listdir(os.path.dirname(self.output)), ["mylib"])
        return caught.exception

    def test_failures_while_writing_and_swapping(self):
        full = OSError(errno.ENOSPC, "No space left on device")
        for name, number in (("mkdir", 4), ("mkdir", 5), ("rename", 1), ("rename", 2)):
            with self.subTest(name=name, number=number):
                refused = self.interrupt(name, number, full)
                self.assertOne(refused.problems, "mylib: cannot be written", "No space left")

    def test_interruption_while_writing_and_swapping(self):
        for name, number in (("mkdir", 4), ("mkdir", 5), ("rename", 1), ("rename", 2)):
            with self.subTest(name=name, number=number):
                self.interrupt(name, number, KeyboardInterrupt())

    def test_failure_without_an_earlier_output(self):
        write(self.source, {"a.py": ""})
        with mock.patch.object(os, "rename", side_effect=KeyboardInterrupt), \
                self.assertRaises(KeyboardInterrupt):
            compile_library.compile_tree(self.source, self.output)
        self.assertEqual(os.listdir(os.path.dirname(self.output)), [])


class CommandLine(Case):
    def test_by_hand(self):
        write(self.source, {"a.py": "", "b.txt": "12"})
        status, printed, errors = run(self.source, self.output)
        self.assertEqual((status, errors), (0, ""))
        size = len(read(self.output)["a.pyc"]) + 2
        self.assertEqual(printed, f"{self.output}: 1 modules, 1 data files, {size} bytes, "
                                  f"for CPython {sys.version.split()[0]}\n")

    def test_options(self):
        write(self.source, {"a.py": '"""doc"""', "b.py": "(", "c/d.py": "("})
        status, _, errors = run("--optimize", "2", "--prefix", "/p", "--exclude", "b.py",
                                "--exclude", "c/", self.source, self.output)
        self.assertEqual((status, errors), (0, ""))
        found = read(self.output)
        self.assertEqual(sorted(found), ["MANIFEST.txt", "a.pyc"])
        self.assertEqual(code_of(found["a.pyc"]).co_filename, "/p/a.py")
        self.assertNotIn("doc", code_of(found["a.pyc"]).co_consts)

    def test_refusal(self):
        write(self.source, {"a.py": "(", "b.py": "x = 1\n)"})
        status, printed, errors = run(self.source, self.output)
        self.assertEqual((status, printed), (1, ""))
        lines = errors.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertTrue(lines[0].startswith(os.path.join(self.source, "a.py:1: SyntaxError: ")))
        self.assertTrue(lines[1].startswith(os.path.join(self.source, "b.py:2: SyntaxError: ")))
        self.assertEqual(lines[2], "nothing was written; problems found: 2")
        self.assertFalse(os.path.exists(self.output))

    def test_wrong_usage(self):
        for arguments in ([], [self.source], [self.source, self.output, "more"], ["", self.output],
                          [self.source, ""], [self.source, self.output, "--optimize", "3"]):
            with self.subTest(arguments=arguments), self.assertRaises(SystemExit) as caught, \
                    contextlib.redirect_stderr(io.StringIO()):
                compile_library.main(arguments)
            self.assertEqual(caught.exception.code, 2)

    def test_help_tells_the_statuses(self):
        printed = io.StringIO()
        with self.assertRaises(SystemExit) as caught, contextlib.redirect_stdout(printed):
            compile_library.main(["--help"])
        self.assertEqual(caught.exception.code, 0)
        self.assertIn("Exit status: 0 done, 1 something was refused (on stderr), 2 wrong usage",
                      printed.getvalue())

    def test_summary_of_an_output_that_the_terminal_cannot_show(self):
        write(self.source, {"a.py": ""})
        done = subprocess.run([sys.executable, "-B", "-S", SCRIPT, self.source,
                               os.path.join(self.top, "é")], stdout=subprocess.PIPE,
                              env=dict(os.environ, PYTHONIOENCODING="ascii"))
        self.assertEqual((done.returncode, done.stdout.count(b"\\xe9: 1 modules")), (0, 1))

    def test_slow_modules_are_not_imported(self):
        script = "import sys; sys.path.insert(0, %r); import compile_library; print(*sys.modules)"
        _, printed, _ = python(["-c", script % ROOT], "")
        loaded = set(printed.split())
        self.assertIn("compile_library", loaded)
        slow = {"argparse", "re", "json", "typing", "pathlib", "dataclasses", "shutil", "tempfile",
                "subprocess", "unicodedata"}
        if sys.version_info < (3, 11):  # there importlib.util itself imports some of them
            slow -= {"re", "typing"}
        self.assertEqual(loaded & slow, set())


class Import(Case):
    def compile_demo(self):
        output = os.path.join(self.top, "compiled")
        compile_library.compile_tree(os.path.join(LIBRARIES, "mylib"),
                                     os.path.join(output, "mylib"))
        compile_library.compile_tree(os.path.join(LIBRARIES, "demo_bytecode.py"),
                                     os.path.join(output, "demo"))
        self.assertFalse([path for path in read(output) if path.endswith(".py")])
        return output + os.pathsep + os.path.join(output, "demo")

    def test_demo_runs_from_bytecode(self):
        with open(os.path.join(ROOT, "tests", "demo", "expected.txt"), encoding="utf-8") as file:
            expected = file.read()
        status, printed, errors = python(["-m", "demo_bytecode"], self.compile_demo())
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(printed.replace("\r\n", "\n"), expected)

    def test_demo_names_the_check_that_fails(self):
        path = self.compile_demo()
        script = ("import mylib, runpy; mylib.power = lambda a, b: 7;"
                  "runpy.run_module('demo_bytecode', run_name='__main__')")
        status, _, errors = python(["-c", script], path)
        self.assertEqual((status, errors),
                         (1, "demo_bytecode: power(2, 10): expected 1024, found 7\n"))

    def test_traceback_names_the_virtual_path(self):
        path = self.compile_demo()
        status, _, errors = python(["-c", "import mylib; mylib.factorial(-1)"], path)
        self.assertEqual(status, 1)
        self.assertRegex(errors, 'File "%s/mylib/math_utils.py", line [0-9]+, in factorial' % SITE)
        self.assertIn("ValueError: factorial expects a number of at least 0, found -1", errors)

    def test_library_is_loaded_without_sources(self):
        script = "import mylib.math_utils as m; print(type(m.__loader__).__name__, m.__file__)"
        _, printed, _ = python(["-c", script], self.compile_demo())
        self.assertEqual(printed.split(), ["SourcelessFileLoader", os.path.join(
            self.top, "compiled", "mylib", "math_utils.pyc")])

    def test_tricky_module_runs_the_same(self):
        source = os.path.join(self.top, "tricky.py")
        write(self.top, {"tricky.py": TRICKY})
        compile_library.compile_tree(source, self.output)
        script = ("import tricky as t; inner, other = t.choose('x'); print(inner('abz'), other(),"
                  "t.WORDS, t.Outer().kiwi, t.Outer.Meta.__qualname__, t.Outer.Meta.__doc__,"
                  "t.Outer.Meta().method()[2], t.__doc__)")
        from_source, from_bytecode = (python(["-c", script], path)
                                      for path in (self.top, self.output))
        self.assertEqual(from_source[0], 0, from_source[2])
        self.assertEqual(from_bytecode, from_source)


if __name__ == "__main__":
    unittest.main()
