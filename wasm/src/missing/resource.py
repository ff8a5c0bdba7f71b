"""The limits of the one process there is, which it cannot change, and what it has used."""
import errno
import os
import time

error = OSError

RLIM_INFINITY = -1
RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS, RLIMIT_NPROC, RLIMIT_NOFILE = range(8)
RLIMIT_OFILE = RLIMIT_NOFILE
RLIMIT_MEMLOCK, RLIMIT_AS = 8, 9
RLIMIT_SIGPENDING, RLIMIT_MSGQUEUE, RLIMIT_NICE, RLIMIT_RTPRIO, RLIMIT_RTTIME = range(11, 16)
RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD = 0, -1, 1

# Of 10, locks, Python has no name.
_LIMITS = dict.fromkeys([*range(10), *range(11, 16)], (RLIM_INFINITY, RLIM_INFINITY))
_LIMITS[RLIMIT_CORE] = _LIMITS[RLIMIT_NICE] = _LIMITS[RLIMIT_RTPRIO] = 0, 0
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


def prlimit(pid, resource, limits=None, /):
    if pid not in (0, os.getpid()):
        raise ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH))
    before = getrlimit(resource)
    if limits is not None:
        setrlimit(resource, limits)
    return before


def getrusage(who, /):
    if who not in (RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD):
        raise ValueError("invalid who parameter")
    used = 0.0 if who == RUSAGE_CHILDREN else time.process_time()
    return struct_rusage((used, 0.0) + (0,) * 14)


def getpagesize():
    return 65536
