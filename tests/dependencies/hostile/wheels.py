"""Makes the wheels and sdists of hostile.rs. What is to be made stands behind this text, and is run in the folder where it goes."""

import copy, io, os, stat, tarfile, zipfile

INFO = "odd-1.0.dist-info/"
HEAD = b"Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n"


def wheel(more={}, without=(), links={}, name="odd", same=()):
    """A wheel with a command of its name, and with these entries. `same` are further names of its module, without a byte of their own."""
    info = INFO.replace("odd", name)
    entries = {entry: text if isinstance(text, bytes) else text.encode() for entry, text in more.items()}
    entries.setdefault(f"{name}.py", b"def main(): print('odd')")
    entries.setdefault(info + "METADATA", HEAD.replace(b"odd", name.encode()))
    entries.setdefault(info + "WHEEL", b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    entries.setdefault(info + "entry_points.txt", f"[console_scripts]\n{name} = {name}:main\n".encode())
    entries.setdefault(info + "RECORD", "".join(f"{entry},,\n" for entry in [*entries, info + "RECORD"]).encode())
    for entry in without:
        del entries[entry]
    path = f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for entry, text in entries.items():
            file.writestr(entry, text)
        for entry, target in links.items():
            link = zipfile.ZipInfo(entry)
            link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
            file.writestr(link, target)
        for entry in same:
            again = copy.copy(file.getinfo(f"{name}.py"))
            again.filename = entry
            file.filelist.append(again)
    return path


def patch(path, old, new):
    """Replaces bytes, also in names, as no library would write them."""
    assert len(old) == len(new)
    text = open(path, "rb").read()
    assert old in text
    open(path, "wb").write(text.replace(old, new))


def sdist(more={}, links={}):
    """An sdist that its own backend builds."""
    with tarfile.open("odd-1.0.tar.gz", "w:gz", compresslevel=1) as file:
        for entry, text in more.items():
            info = tarfile.TarInfo(f"odd-1.0/{entry}")
            info.size = len(text)
            file.addfile(info, io.BytesIO(text.encode()))
        for entry, target in links.items():
            info = tarfile.TarInfo(f"odd-1.0/{entry}")
            info.type, info.linkname = tarfile.SYMTYPE, target
            file.addfile(info)


