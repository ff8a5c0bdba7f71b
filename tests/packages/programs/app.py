"""The entry: runs the program that the first argument names, as its own command would."""

import importlib
import sys


def main():
    program = importlib.import_module(sys.argv.pop(1))
    return program.main()
