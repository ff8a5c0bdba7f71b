"""dotenv: files of variables, with quotes and references, read, set and taken out."""

import io
import os
import tempfile

from dotenv import dotenv_values, find_dotenv, get_key, load_dotenv, set_key, unset_key

TEXT = """# comment
export A=1
B="two\\nlines" # more
C='single $A'
D=${A}/${B:-x}/${NONE:-default}
E
F=
ü=ö
"""
print(dict(dotenv_values(stream=io.StringIO(TEXT))))
path = os.path.join(tempfile.mkdtemp(), ".env")
with open(path, "w") as file:
    file.write(TEXT)
os.environ["A"] = "before"
print(load_dotenv(path), os.environ["A"], os.environ["D"], load_dotenv(path, override=True), os.environ["A"])
print(set_key(path, "A", "new's"), get_key(path, "A"), unset_key(path, "C"), "C" in dotenv_values(path))
os.chdir(os.path.dirname(path))
print(find_dotenv(usecwd=True) == os.path.realpath(path), open(path).read().splitlines()[:2])
