"""Writes what native CPython 3.13 says to the program here, for file_names.rs:

    python3.13 tests/snapshot/file_names/record.py > tests/snapshot/file_names/expected.txt
"""
import pathlib
import shutil
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    libraries = pathlib.Path(folder).resolve() / "python_libs"
    shutil.copytree(pathlib.Path(__file__).with_name("python_libs"), libraries)
    sys.path.insert(0, str(libraries))
    sys.dont_write_bytecode = False
    import app
    app.main()
