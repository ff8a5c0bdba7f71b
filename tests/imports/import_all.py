"""Imports each module named on stdin, and prints one line for each: its name, a tab, and `ok` or why it cannot be imported."""
import importlib
import io
import sys

names = sys.stdin.read().split()
out = sys.stdout
for name in names:
    # Some say something when they are imported: `import this`.
    sys.stdout = io.StringIO()
    try:
        importlib.import_module(name)
        result = "ok"
    except BaseException as error:
        result = str(error).splitlines()[0]
    finally:
        sys.stdout = out
    print(name, result, sep="\t")
