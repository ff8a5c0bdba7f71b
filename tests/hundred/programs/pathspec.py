"""pathspec: patterns as of .gitignore, files of a folder that they match, and mistakes."""

import tempfile
from pathlib import Path

from pathspec import GitIgnoreSpec, PathSpec

spec = GitIgnoreSpec.from_lines(["# no", "*.pyc", "/build/", "docs/**/*.txt", "!docs/keep.txt", "a[0-9]?.md", "\\!x"])
for path in ("a.pyc", "x/b.pyc", "build/x", "x/build/y", "docs/a/b.txt", "docs/keep.txt", "a1z.md", "!x", "a.py"):
    print(path, spec.match_file(path))
folder = Path(tempfile.mkdtemp())
for name in ("a.pyc", "b.py", "build/c", "docs/d/e.txt"):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).touch()
print(sorted(spec.match_tree_files(folder)), sorted(spec.match_tree_files(folder, negate=True)))
both = PathSpec.from_lines("gitignore", ["*.a"]) + PathSpec.from_lines("gitignore", ["*.b"])
print(len(both), list(both.match_files(["x.a", "x.b", "x.c"])), both.check_file("x.b").include, spec == spec)
for wrong in (lambda: PathSpec.from_lines("none", []), lambda: GitIgnoreSpec.from_lines(["!"])):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)
