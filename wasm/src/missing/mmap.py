raise ImportError("mmap needs memory that is shared with files, which WebAssembly does not have; use open() and read()", name=__name__)
