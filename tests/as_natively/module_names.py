"""Prints each public name of the modules that need a system elsewhere: module, name, and what it is. Numbers are left out where
each system has its own."""
import importlib
import types

MODULES = """_curses _curses_panel _interpqueues _interpreters _multiprocessing _posixshmem _ssl _tkinter ctypes ctypes.util ctypes.wintypes mmap
    multiprocessing.shared_memory multiprocessing.sharedctypes multiprocessing.synchronize readline resource ssl"""
OWN_NUMBERS = """ALLOCATIONGRANULARITY DEFAULT_MODE OPENSSL_VERSION_NUMBER PAGESIZE RTLD_GLOBAL RTLD_LOCAL SOCK_STREAM SOL_SOCKET
    SO_TYPE""".split()
# Of one processor, of newer systems, or what calls machine code.
NOT_EVERYWHERE = "MADV_SOFT_OFFLINE", "MAP_32BIT", "pythonapi"


def kind(name, value):
    if isinstance(value, type):
        return "type"
    if isinstance(value, int):
        return "int" if name in OWN_NUMBERS else f"int {int(value)}"
    return "function" if callable(value) else type(value).__name__


for module in MODULES.split():
    found = vars(importlib.import_module(module))
    for name in sorted(found):
        if not (name.startswith("_") or name in NOT_EVERYWHERE or isinstance(found[name], types.ModuleType)):
            print(module, name, kind(name, found[name]), sep="\t")
