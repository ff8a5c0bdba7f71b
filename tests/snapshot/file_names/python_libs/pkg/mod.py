import inspect
import logging
import sys
import warnings


def where():
    return sys._getframe()


def warn(**options):
    warnings.warn("careful", **options)


def log(**options):
    logging.getLogger().error("text", **options)


def stack():
    return inspect.stack()


def caller_is_elsewhere():
    return sys._getframe(1).f_code.co_filename != __file__ and sys._getframe().f_code.co_filename == __file__


def fail():
    1 / 0
