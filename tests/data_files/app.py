"""Data files of a package, copied in every way that the standard library has. Prints "done"."""
import io
import os
import shutil
import sqlite3
import stat
import tarfile
import tempfile
import zipfile
from pathlib import Path

DATA = Path(__file__).parent / "data"


def mode(path):
    return stat.filemode(os.stat(path).st_mode)


def main():
    assert mode(DATA) == mode(DATA / "deep") == "drwxr-xr-x"
    assert mode(DATA / "log.txt") == mode(DATA / "private.key") == "-rw-r--r--"
    assert mode(DATA / "run.sh") == "-rwxr-xr-x"
    assert mode(DATA.parent / "__init__.pyc") == "-rw-r--r--"
    assert os.access(DATA / "run.sh", os.X_OK) and not os.access(DATA / "log.txt", os.X_OK)
    assert not os.access(DATA / "log.txt", os.W_OK) and not os.access(DATA, os.W_OK)

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for number, copy in enumerate((shutil.copy, shutil.copy2)):
            to = copy(DATA / "log.txt", folder / f"log{number}")
            with open(to, "a") as file:
                file.write("second\n")
            assert Path(to).read_text() == "first\nsecond\n"
            assert mode(copy(DATA / "run.sh", folder / f"run{number}")) == "-rwxr-xr-x"
        (folder / "empty").touch(0o600)
        shutil.copystat(DATA / "log.txt", folder / "empty")
        assert mode(folder / "empty") == "-rw-r--r--"
        tree = shutil.copytree(DATA, folder / "tree")
        with open(tree / "log.txt", "a") as file:
            file.write("second\n")
        (tree / "deep/er/new").write_text("new")
        assert mode(tree / "run.sh") == "-rwxr-xr-x" and mode(tree / "deep") == "drwxr-xr-x"
        shutil.rmtree(tree)

        # A copy of a database takes an insert.
        shutil.copy(DATA / "seed.db", folder)
        with sqlite3.connect(folder / "seed.db") as database:
            database.execute("insert into t values (2)")
            assert database.execute("select x from t order by x").fetchall() == [(1,), (2,)]
        database.close()

        # Archives carry the modes, too.
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.add(DATA, "data")
        with tarfile.open(fileobj=io.BytesIO(packed.getvalue())) as archive:
            modes = {member.name: member.mode for member in archive}
            archive.extractall(folder / "untarred", filter="data")
        assert modes["data"] == 0o755 and modes["data/log.txt"] == 0o644 and modes["data/run.sh"] == 0o755
        (folder / "untarred/data/log.txt").write_text("changed")
        with zipfile.ZipFile(folder / "zip", "w") as archive:
            archive.write(DATA / "run.sh", "run.sh")
            assert archive.getinfo("run.sh").external_attr >> 16 == 0o100755
    print("done")
