"""The project's commands: the one runs by whose name the executable is called. The build has filled this in."""

import os
import sys

# IMPORTS
COMMANDS = {
    # COMMANDS
}
DEFAULT = None  # DEFAULT


def main():
    name = os.path.basename(sys.argv[0])
    command = COMMANDS.get(name, DEFAULT)
    if command is None and sys.argv[1:2] and sys.argv[1] in COMMANDS:
        del sys.argv[0]
        command = COMMANDS[sys.argv[0]]
    if command is None:
        names = ", ".join(COMMANDS)
        found = repr(sys.argv[1]) if sys.argv[1:] else "nothing"
        print(
            f"{name}: expected one of the commands {names} as the first argument, found {found}; name one, or call this by "
            f"the name of one (ln -s {name} {next(iter(COMMANDS))})",
            file=sys.stderr,
        )
        return 2
    return command()
