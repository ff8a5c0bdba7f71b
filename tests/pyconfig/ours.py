"""Prints what this Python's pyconfig.h defines, as NAME=VALUE, sorted. Names come on stdin: what any pyconfig.h may define.
A name without a value is not defined."""
import sys
import sysconfig

variables = sysconfig.get_config_vars()
for name in sys.stdin.read().split():
    print(f"{name}={variables.get(name, 0) or ''}")
