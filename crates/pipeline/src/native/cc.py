"""The compiler as the builds of extensions call it: `cc.py cc|c++ ARGUMENTS`.

They were written for compilers of the machine that they run on. What is for that machine goes: its headers, its processors, its
linker's options. What links a shared library links an extension: a WebAssembly module that the executable's linker takes.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ZIG = str(HERE / "compiler/ziglang/zig")
INCLUDE = str(HERE / "include")
# Options of another machine, and what has no meaning for a module: debug information, stack protectors, threads.
DROPPED = re.compile(r"-(g\d?|ggdb\d?|gdwarf.*|march=.*|mtune=.*|mcpu=.*|m(no-)?(sse|avx|fma|popcnt|bmi|f16c|lzcnt|aes)[\w.=-]*|m32|m64"
                     r"|mfpmath=.*|pthread|fPIC|fpic|fPIE|fpie|pie|no-pie|fstack-protector.*|fstack-clash-protection|fcf-protection.*"
                     r"|fvisibility=.*|D_FORTIFY_SOURCE.*|Wp,.*|Wdate-time|fno-plt|flto.*|fuse-linker-plugin|fuse-ld=.*"
                     r"|static-libgcc|static-libstdc\+\+|rdynamic|s|-target=.*)")
CXX_SOURCES = (".cc", ".cpp", ".cxx", ".C", ".c++")
SOURCES = (".c", ".S", ".s", *CXX_SOURCES)
# What the interpreter has, or what its libraries are to an extension.
KNOWN = {"c", "m", "pthread", "dl", "rt", "util", "stdc++", "c++", "c++abi", "gcc", "gcc_s", "atomic"}
# Options of GNU ld that wasm-ld has, too.
KEPT = {"--whole-archive", "--no-whole-archive"}


def is_other_python(folder):
    """Whether headers for another Python lie in a folder, or those of this machine."""
    path = os.path.realpath(folder)
    return path != INCLUDE and (os.path.exists(os.path.join(path, "Python.h")) or path in ("/usr/include", "/usr/local/include"))


def kept(arguments):
    """The arguments without what is for this machine."""
    rest, result = iter(arguments), []
    for argument in rest:
        if argument in ("-arch", "-isysroot", "-Xlinker"):
            next(rest, None)
        elif argument in ("-I", "-isystem", "-idirafter"):
            folder = next(rest, "")
            result += [] if is_other_python(folder) else [argument, folder]
        elif argument.startswith("-I"):
            result += [] if is_other_python(argument[2:]) else [argument]
        elif not DROPPED.fullmatch(argument):
            result.append(argument)
    return result


def compile_flags(is_source=True):
    flags = (HERE / "flags.txt").read_text(encoding="utf-8").split("\n")
    # No folder of this machine gets into what is compiled.
    work = os.environ.get("PYAPP_BUILD", os.getcwd())
    flags += ["-fPIC", "-fvisibility=hidden", "-fno-sanitize=undefined", "-g0", f"-ffile-prefix-map={work}=/build",
              f"-ffile-prefix-map={HERE}=/toolchain"]
    return [*flags, "-include", f"{INCLUDE}/posix.h", f"-I{INCLUDE}"] if is_source else flags


def run(command):
    return subprocess.run(command, check=False).returncode


def expanded(arguments):
    """The arguments, with those in files that are named as `@file`."""
    for argument in arguments:
        if argument.startswith("@") and os.path.isfile(argument[1:]):
            with open(argument[1:], encoding="utf-8") as file:
                yield from expanded(file.read().split())
        else:
            yield argument


def library(name, folders):
    """The archive of a library that is linked by its name; None if the interpreter has what is in it."""
    for folder in folders:
        path = os.path.join(folder, f"lib{name}.a")
        if os.path.isfile(path) and not path.startswith(("/usr/lib", "/lib", "/usr/local/lib")):
            return path
    if name in KNOWN or name.startswith("python"):
        return None
    sys.exit(f"cc: expected lib{name}.a for this platform, found none in {', '.join(folders) or 'no folder'}; "
             "extensions cannot use libraries of this machine")


def as_own(line):
    """The declaration of a variable that each thread has of its own, as one of the section whose copies the host keeps."""
    line = re.sub(r"\bthread_local(\([a-z]+\))? ", "", line.group(0))
    return re.sub(r"(, (?:comdat|align)\b|$)", r', section "pyapp_own"\1', line, count=1)


def compile_cxx(arguments):
    """Compiles C++ by way of the compiler's own language, in which all variables of threads can be told, and with them what says
    whether they have been made. (In C a macro of posix.h does that.)"""
    output, source, rest, given = None, None, [], iter(arguments)
    for argument in given:
        if argument == "-o":
            output = next(given)
        elif argument in ("-MQ", "-MT"):
            next(given)
        elif argument == "-MF":
            # Which headers a file includes is asked for the next build, and there is none; the compiler writes either that or code.
            pathlib.Path(next(given)).write_text("", encoding="utf-8")
        elif argument not in ("-c", "-MD", "-MMD", "-MP"):
            source = argument if argument.endswith(SOURCES) else source
            rest.append(argument)
    output = output or os.path.splitext(os.path.basename(source))[0] + ".o"
    with tempfile.TemporaryDirectory() as folder:
        text, own = os.path.join(folder, "first.ll"), os.path.join(folder, "own.ll")
        # C++ has no word `restrict`, which stands in headers of C.
        status = run([ZIG, "c++", *compile_flags(), "-Drestrict=__restrict", *rest, "-S", "-emit-llvm", "-o", text,
                      "-Wno-unused-command-line-argument"])
        if status != 0:
            return status
        with open(text, encoding="utf-8", errors="surrogateescape") as file:
            code = file.read()
        code = re.sub(r'^@(?:"[^"]*"|\S+) = [^"\n]*\bthread_local\b.*$', as_own, code, flags=re.MULTILINE)
        code = re.sub(r"(?:\w+ )?call [^\n@]*@llvm\.threadlocal\.address\.p0\(ptr [^@\n]*(@[\w.$\"-]+)\)", r"getelementptr i8, ptr \1, i32 0",
                      code)
        with open(own, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(code)
        levels = [argument for argument in arguments if argument.startswith("-O")]
        return run([ZIG, "c++", *compile_flags(is_source=False), *levels, "-Wno-unused-command-line-argument", "-Xclang", "-disable-llvm-passes",
                    "-c", own, "-o", output])


def compile_source(language, arguments):
    # Some builds have one compiler for both.
    if "-c" in arguments and (language == "c++" or any(argument.endswith(CXX_SOURCES) for argument in arguments)):
        return compile_cxx(arguments)
    return run([ZIG, language, *compile_flags(), *arguments])


def extension(inputs, exports, output):
    """Links an extension from what has been compiled."""
    lib = HERE / "lib"
    # What is not used of these is left out.
    runtime = [str(lib / name) for name in ("own.o", "random.o", "cxx.o", "libc++.a", "libc++abi.a", "libcompiler_rt.a")]
    offered = [f"--export-if-defined={name}" for name in (*exports, "pyapp_own_range")]
    return run([ZIG, "wasm-ld", "-shared", "--experimental-pic", "--unresolved-symbols=import-dynamic", "-Bsymbolic", "--no-export-dynamic",
                *offered, "--gc-sections", "-s", "-O2", *inputs, *runtime, "-o", output])


def parted(arguments):
    """What is made, the folders of libraries, their names, and all other arguments."""
    output, folders, names, others, rest = "a.out", [], [], [], iter(arguments)
    for argument in rest:
        if argument == "-o":
            output = next(rest)
        elif argument in ("-L", "-l"):
            (folders if argument == "-L" else names).append(next(rest))
        elif argument.startswith("-L"):
            folders.append(argument[2:])
        elif argument.startswith("-l"):
            names.append(argument[2:])
        else:
            others.append(argument)
    return output, folders, names, others


def link(language, arguments):
    """Links an extension; compiles first what are sources."""
    output, folders, names, others = parted(arguments)
    inputs, sources, flags = [], [], []
    for argument in others:
        if argument.startswith("-Wl,"):
            inputs += [option for option in argument.split(",")[1:] if option in KEPT]
        elif argument.endswith(SOURCES):
            sources.append(argument)
        elif argument.endswith((".o", ".a", ".obj", ".lo")):
            inputs.append(argument)
        elif argument.startswith(("-I", "-D", "-U", "-O", "-std", "-f", "-W")):
            flags.append(argument)
    inputs += filter(None, (library(name, folders) for name in names))
    # Python finds an extension by this function, which has the module's name: with other letters than ASCII, in punycode.
    module = os.path.basename(output).split(".")[0]
    prefix, suffix = ("PyInit_", module) if module.isascii() else ("PyInitU_", module.encode("punycode").decode().replace("-", "_"))
    with tempfile.TemporaryDirectory() as folder:
        for number, source in enumerate(sources):
            compiled = os.path.join(folder, f"{number}.o")
            status = compile_source(language, [*flags, "-c", source, "-o", compiled])
            if status != 0:
                return status
            inputs.append(compiled)
        return extension(inputs, [prefix + suffix], output)


def main():
    language, *arguments = sys.argv[1:]
    if "-shared" in arguments or "-bundle" in arguments:
        return link(language, kept(expanded(arguments)))
    return compile_source(language, kept(arguments))


if __name__ == "__main__":
    sys.exit(main())
