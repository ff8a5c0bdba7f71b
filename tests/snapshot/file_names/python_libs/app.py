"""Prints what programs find out about files of modules, with SITE for the folder of the libraries."""
import importlib.util
import inspect
import io
import logging
import modulefinder
import os
import pkgutil
import runpy
import sys
import traceback
import warnings

import pkg
import pkg.mod

SITE = os.path.dirname(__file__)


def say(what, *values):
    print(what, *(str(value).replace(SITE, "SITE") for value in values))


def facts(module):
    spec = module.__spec__
    say(module.__name__, module.__file__, spec.origin, spec.loader.get_filename(module.__name__), module)
    say("  found", importlib.util.find_spec(module.__name__).origin, getattr(module, "__path__", None))
    say("  cached", module.__cached__ == spec.cached, os.path.isfile(spec.cached), spec.cached.endswith(".pyc"))
    say("  inspect", inspect.getsourcefile(module), inspect.getfile(module), inspect.getmodule(module.where().f_code).__name__)
    say("  frame", module.where().f_code.co_filename, module.where().f_code.co_filename == module.__file__)


def callers():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pkg.mod.warn(stacklevel=2)
        pkg.mod.warn(skip_file_prefixes=(os.path.dirname(pkg.__file__),))
    say("warnings", *(f"{warning.filename}:{warning.lineno}" for warning in caught))
    stream = io.StringIO()
    logging.basicConfig(stream=stream, format="%(pathname)s %(module)s %(funcName)s")
    pkg.mod.log(stacklevel=1)
    pkg.mod.log(stacklevel=2)
    say("logging", stream.getvalue().split("\n"))
    say("stack", *(os.path.basename(frame.filename) for frame in pkg.mod.stack()[:2]), pkg.mod.caller_is_elsewhere())


def loaded_again():
    spec = importlib.util.spec_from_file_location("again", pkg.mod.__file__)
    again = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(again)
    say("again", again.__file__, again.where().f_code.co_filename, spec.loader.name)
    say("reload", importlib.reload(pkg.mod).__file__)
    say("run_module", runpy.run_module("pkg.other")["__file__"])
    finder = modulefinder.ModuleFinder([SITE])
    finder.import_hook("pkg.mod")
    say("modulefinder", sorted(name for name in finder.modules if name.startswith("pkg")))


def errors():
    try:
        from pkg.mod import nothing
    except ImportError as error:
        say("error", error, error.path)
    try:
        pkg.mod.fail()
    except ZeroDivisionError as error:
        lines = traceback.format_exception(error)
        say("traceback", *(line.split("\n")[0] for line in lines if line.startswith("  File")))


def main():
    for module in pkg, pkg.mod, sys.modules["app"]:
        facts(module)
    say("resources", pkg.resources().joinpath("data.txt").read_text(), pkgutil.get_data("pkg", "data.txt"))
    callers()
    loaded_again()
    errors()


def where():
    return sys._getframe()
