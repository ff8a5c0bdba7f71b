"""zipp: paths inside a zip file."""

import io
import zipfile

import zipp

file = zipfile.ZipFile(io.BytesIO(), "w")
for name in ("a.txt", "b/c.txt", "b/d/e.py"):
    file.writestr(name, name.upper())
file.filename = "x.zip"
root = zipp.Path(file)
print(sorted(path.name for path in root.iterdir()), (root / "b").is_dir(), (root / "b" / "d").exists())
print((root / "b" / "c.txt").read_text(), (root / "b/d/e.py").suffix, root.joinpath("b", "c.txt").parent)
print(sorted(str(path) for path in root.glob("**/*.py")), (root / "none").exists(), str(root / "a.txt"))
with (root / "a.txt").open("rb") as stream:
    print(stream.read())
