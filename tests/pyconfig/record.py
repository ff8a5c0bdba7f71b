"""Makes native.txt: what CPython's pyconfig.h may define (its template says that), as it is natively.

    python3.13 tests/pyconfig/record.py SOURCE > tests/pyconfig/native.txt

SOURCE is the source of the CPython that the recipe builds, unpacked.
"""
import re
import sys
import sysconfig
from pathlib import Path

template = Path(sys.argv[1], "pyconfig.h.in").read_text()
variables = sysconfig.get_config_vars()
for name in sorted(set(re.findall(r"^ *# *(?:undef|define) +(\w+)", template, re.MULTILINE))):
    print(f"{name}={variables.get(name, 0) or ''}")
