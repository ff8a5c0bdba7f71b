raise ImportError("ctypes calls machine code of the host, which the sandbox keeps out; use a module in Python, or one that is built into the interpreter", name=__name__)
