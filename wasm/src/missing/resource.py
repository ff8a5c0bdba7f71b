"""The limits of the one process there is, which it cannot change, and what it has used."""
import errno
import os
import time

error = OSError

RLIM_INFINITY = -1
RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS, RLIMIT_NPROC, RLIMIT_NOFILE = range(8)
RLIMIT_MEMLOCK, RLIMIT_AS = 8, 9
RUSAGE_SELF, RUSAGE_CHILDREN = 0, -1

_LIMITS = dict.fromkeys(range(10), (RLIM_INFINITY, RLIM_INFINITY))
_LIMITS[RLIMIT_CORE] = 0, 0
_LIMITS[RLIMIT_NPROC] = 1, 1
_LIMITS[RLIMIT_NOFILE] = (os.sysconf("SC_OPEN_MAX"),) * 2


class struct_rusage(tuple):
    """ru_utime and ru_stime, seconds; what is not known is 0."""

    __slots__ = ()
    n_fields = n_sequence_fields = 16


for _index, _name in enumerate((
    "utime", "stime", "maxrss", "ixrss", "idrss", "isrss", "minflt", "majflt", "nswap", "inblock", "oublock", "msgsnd", "msgrcv",
    "nsignals", "nvcsw", "nivcsw",
)):
    setattr(struct_rusage, f"ru_{_name}", property(lambda self, index=_index: self[index]))


def getrlimit(resource, /):
    try:
        return _LIMITS[resource]
    except KeyError:
        raise ValueError("invalid resource specified") from None


def setrlimit(resource, limits, /):
    soft, hard = limits
    if getrlimit(resource) != (soft, hard):
        raise OSError(errno.EPERM, "the limits of the sandbox cannot be changed from inside")


def getrusage(who, /):
    if who not in (RUSAGE_SELF, RUSAGE_CHILDREN):
        raise ValueError("invalid who parameter")
    used = time.process_time() if who == RUSAGE_SELF else 0.0
    return struct_rusage((used, 0.0) + (0,) * 14)


def getpagesize():
    return 65536
