"""The linker as rustc calls it for extensions in Rust: `rust.py ARGUMENTS`.

rustc links programs. What is for those goes: the C library, which the interpreter has, the stack, the entry. And it takes this
platform for one without threads: what each thread should have of its own are variables like others. Here threads of Python call
extensions, so these variables go where those of C go.
"""
import os
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import cc

# What the standard library calls such a variable, in every crate.
OWN = b"__RUST_STD_INTERNAL_VAL"
OWN_SECTION = b"pyapp_own"
ARCHIVE, MODULE = b"!<arch>\n", b"\0asm\1\0\0\0"
# Of a header in an archive.
HEADER, SIZE = 60, slice(48, 58)
# The kinds of a custom section, and of the part of `linking` that names the segments of data.
CUSTOM, SEGMENTS = 0, 5
ARCHIVES = (".rlib", ".a")
# A library for what does not happen here.
UNWINDING = "unwind"


def number(data, at):
    """A number in LEB128, and where it ends."""
    result = shift = 0
    while True:
        byte = data[at]
        result |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return result, at


def leb(value):
    result = bytearray()
    while value >= 0x80:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(result + bytes([value]))


def text(data):
    return leb(len(data)) + data


def renamed(part):
    """The names of segments, where those of threads' variables are given their section."""
    count, at = number(part, 0)
    result = leb(count)
    for _ in range(count):
        length, start = number(part, at)
        name = part[start:start + length]
        _, end = number(part, start + length)
        _, end = number(part, end)
        result += text(OWN_SECTION if OWN in name else name) + part[start + length:end]
        at = end
    return result


def with_own(module):
    """An object file, changed so."""
    result, at = MODULE, len(MODULE)
    while at < len(module):
        kind, (length, start) = module[at], number(module, at + 1)
        content = module[start:start + length]
        if kind == CUSTOM:
            named, behind = number(content, 0)
            if content[behind:behind + named] == b"linking":
                content = content[:behind + named] + linking(content[behind + named:])
        result += bytes([kind]) + text(content)
        at = start + length
    return result


def linking(content):
    _, at = number(content, 0)
    result = content[:at]
    while at < len(content):
        kind, (length, start) = content[at], number(content, at + 1)
        part = content[start:start + length]
        result += bytes([kind]) + text(renamed(part) if kind == SEGMENTS else part)
        at = start + length
    return result


def objects(path):
    """The object files in a file, which is one or an archive of them."""
    data = pathlib.Path(path).read_bytes()
    if not data.startswith(ARCHIVE):
        yield data
        return
    at = len(ARCHIVE)
    while at < len(data):
        size = int(data[at:at + HEADER][SIZE])
        yield data[at + HEADER:at + HEADER + size]
        at += HEADER + size + size % 2


def in_place(path, folder):
    """What is linked for a file: itself, or its object files as an archive's, changed."""
    if OWN not in pathlib.Path(path).read_bytes():
        return [path]
    changed = []
    # An archive of Rust has its crate's metadata among the object files.
    for module in filter(lambda module: module.startswith(MODULE), objects(path)):
        changed.append(os.path.join(folder, f"{os.path.basename(path)}.{len(changed)}.o"))
        pathlib.Path(changed[-1]).write_bytes(with_own(module))
    return ["--start-lib", *changed, "--end-lib"] if path.endswith(ARCHIVES) else changed


def is_linked(argument):
    """Whether it is a file of code, and no start of a program."""
    return argument.endswith((".o", *ARCHIVES)) and not os.path.basename(argument).startswith("crt1")


def main():
    output, folders, names, others = cc.parted(cc.expanded(sys.argv[1:]))
    exports, inputs, rest = [], [], iter(others)
    for argument in rest:
        if argument == "--export":
            exports.append(next(rest))
        elif argument.startswith("--export="):
            exports.append(argument.partition("=")[2])
        elif argument in cc.KEPT or is_linked(argument):
            inputs.append(argument)
    # The C library that Rust brings along is another one than the interpreter's.
    folders = [folder for folder in folders if os.path.basename(folder) != "self-contained"]
    inputs += filter(None, (cc.library(name, folders) for name in names if name != UNWINDING))
    with tempfile.TemporaryDirectory() as folder:
        linked = [part for path in inputs for part in ([path] if path in cc.KEPT else in_place(path, folder))]
        return cc.extension(linked, [name for name in exports if name.startswith("PyInit")], output)


if __name__ == "__main__":
    sys.exit(main())
