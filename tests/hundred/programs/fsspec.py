"""fsspec: files in memory and on disk, inside a zip file, through caches and chains; globbing and mapping."""

import tempfile
import zipfile

import fsspec

memory = fsspec.filesystem("memory")
memory.pipe({"/a/x.txt": b"one", "/a/b/y.txt": b"two\nlines\n"})
print(memory.find("/a"), memory.glob("/a/**/*.txt"), memory.cat("/a/x.txt"), memory.info("/a/x.txt")["size"])
with fsspec.open("memory://a/b/y.txt", "rt") as file:
    print(file.readlines())
folder = tempfile.mkdtemp()
local = fsspec.filesystem("file")
local.mkdirs(f"{folder}/d")
memory.get("/a", f"{folder}/d", recursive=True)
print(sorted(path.removeprefix(folder) for path in local.find(folder)))
with zipfile.ZipFile(f"{folder}/z.zip", "w") as file:
    file.writestr("in.txt", "inside")
with fsspec.open(f"simplecache::zip://in.txt::file://{folder}/z.zip") as file:
    print(file.read())
mapping = fsspec.get_mapper("memory://m")
mapping["k/1"] = b"v"
print(list(mapping), mapping["k/1"])
with fsspec.open("memory://c.gz", "wt", compression="infer") as file:
    file.write("packed")
print(memory.cat("/c.gz")[:2], fsspec.open("memory://c.gz", compression="gzip").open().read())
print(sorted(fsspec.available_protocols())[:4])
