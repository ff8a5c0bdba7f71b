"""virtualenv, as far as it starts no program: its version, what it brings along, activation scripts."""

import contextlib
import io
from importlib.metadata import entry_points

from virtualenv.activation import BashActivator
from virtualenv.run import cli_run
from virtualenv.seed.wheels.embed import get_embed_wheel

wheel = get_embed_wheel("pip", "3.13")
print(wheel.distribution, wheel.path.is_file(), wheel.path.suffix)
activators = {point.name for point in entry_points(group="virtualenv.activate")}
print(sorted(activators)[:2])
print(list(BashActivator(type("Options", (), {"prompt": "me"})()).templates()))
with contextlib.redirect_stdout(io.StringIO()) as said:
    try:
        cli_run(["--version"])
    except SystemExit as stop:
        print(stop.code)
print(said.getvalue().split()[:2])
