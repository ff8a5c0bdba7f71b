"""Makes expected.txt: which modules of the standard library's index can be imported, natively and here.

    python3.13 tests/imports/record.py SOURCE PYAPP > tests/imports/expected.txt

SOURCE is CPython's source, unpacked: its documentation names the modules. PYAPP is the executable. The Python that runs this
is what is compared with.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("import_all.py")


def documented(source):
    """What the index of modules lists, of all systems; some pages are about modules that are gone."""
    names = set()
    for page in Path(source, "Doc/library").glob("*.rst"):
        names.update(re.findall(r"^\.\. module:: +([\w.]+)", page.read_text("utf-8"), re.MULTILINE))
    return sorted(names)


def imports(command, names, **environment):
    done = subprocess.run(
        command, input="\n".join(names), capture_output=True, text=True, check=True, env=os.environ | environment
    )
    return dict(line.split("\t") for line in done.stdout.splitlines())


def main():
    source, pyapp = sys.argv[1:]
    names = documented(source)
    native = imports([sys.executable, str(SCRIPT)], names)
    here = imports([pyapp, "-c", SCRIPT.read_text()], names, PYAPP_INTERPRETER="1")
    print("# module, native CPython 3.13 on Linux, here; made by record.py")
    for name in names:
        print(name, native[name], here[name], sep="\t")


main()
