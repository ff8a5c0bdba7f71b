"""Runs one file of CPython's own tests with its own runner, regrtest, and writes down how each case ended.

    python3 -u ~/driver.py NAME RESOURCES REPORT

NAME is a module below `test`, RESOURCES what regrtest's option -u takes, REPORT the file to write: JSON, with

    state    PASSED FAILED SKIPPED ENV_CHANGED DID_NOT_RUN UNCAUGHT_EXC
    reason   why the whole file was skipped, or what nobody caught
    seconds  how long it took
    cases    [id, "passed" | "failed" | "skipped", detail] for each that was started, and for each class or module that
             was skipped or failed as a whole

A case that failed in a subtest has failed; one that skipped a subtest, and failed in none, counts as skipped. An
expected failure has passed, an unexpected success has failed. Each case is announced on stderr before it runs, so that
whoever reads along knows where a process came to its end.
"""
import json
import os
import re
import sys

# In front of the id of the case that begins, on stderr.
ANNOUNCEMENT = "\x1ecase "
# The longest detail that is kept.
LONGEST = 400

# What pyapp's own errors say about what the sandbox does not have. A test that ends with one of them needs it, and is skipped
# as upstream skips it on WASI, only case by case and not file by file.
NOT_HAD = (
    # Of sockets: Unix's, CAN's, Bluetooth's and others.
    "Address family not supported by protocol",
    "Socket type not supported",
    "the sandbox starts no processes",
    # How multiprocessing tells the former of a server that starts processes.
    "forkserver start method not available",
    "the limits of the sandbox cannot be changed",
    "no display; the sandbox has none",
    "curses needs a terminal of its own",
    "the sandbox loads no machine code",
    "the sandbox calls no machine code",
    "the sandbox calls no functions of the interpreter",
    "cannot import name 'pythonapi' from 'ctypes'",
    "out of pty devices",
    "No module named '_testcapi'",
)
# Files whose conditions on WASI hold here, too: about locales, of which there are C, POSIX and C.UTF-8;
# about paths, which are UTF-8; about files of the build that are not in an installation.
WASI_HOLDS = ("test__locale", "test_locale", "test_posixpath", "test_re", "test_strptime", "test_sysconfig")
# Files that are about other processes, from the first line to the last: what they are about is not there.
ABOUT_WHAT_IS_NOT_THERE = {"test_multiprocessing": "_multiprocessing"}
# Files that look at internals through a module which is built for tests only, and would not even begin without it.
WANTS_INTERNALS = ("test_class", "test_compile", "test_getpath")


def lift_skips(name):
    """Called first: has tests run that skip themselves on WASI, for reasons that do not hold here."""
    import shutil
    from test import support
    from test.support import threading_helper

    # It goes by the name of the platform.
    threading_helper.can_start_thread = True
    if name == "test_largefile":
        # How much room the disk has must not decide whether it copies gigabytes.
        shutil.disk_usage = lambda path: shutil._ntuple_diskusage(0, 0, 0)
    support.is_wasi = name in WASI_HOLDS
    support.has_socket_support = True
    if name == "test_ftplib":
        # It asks for processes, and starts none.
        support.has_subprocess_support = True
    for beginning, module in ABOUT_WHAT_IS_NOT_THERE.items():
        if name.removeprefix("test.").startswith(beginning):
            sys.modules[module] = None
    if name in WANTS_INTERNALS:
        sys.modules["_testinternalcapi"] = StandIn("_testinternalcapi")


def give_up_with_threads():
    """Has a case end when a thread of it ends with what the sandbox does not have: it may wait for that thread for ever."""
    import signal
    import threading
    import unittest

    def skip(number, frame):
        raise unittest.SkipTest(missing[-1])

    def hook(arguments):
        if text := not_had(arguments.exc_value):
            missing.append(text)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR2)
        else:
            former(arguments)

    missing = []
    if threading.excepthook.__name__ != hook.__name__:
        former = threading.excepthook
        threading.excepthook = hook
        signal.signal(signal.SIGUSR2, skip)


class StandIn(type(sys)):
    """A module that is not there: who calls something of it is skipped."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self.skip

    def skip(self, *arguments, **keywords):
        import unittest
        raise unittest.SkipTest(f"needs {self.__name__}, which is built for tests only")


def not_had(error):
    """What of NOT_HAD an exception says, or one that led to it."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        said = text_of(error)
        for text in NOT_HAD:
            if text in said:
                return text
        error = error.__cause__ or error.__context__
    return None


def tidy(text):
    """The text on one line, without what differs from run to run."""
    text = re.sub(r"\b0x[0-9a-fA-F]{4,}\b", "0x...", str(text))
    text = re.sub(r"test_python_(worker_)?\d+", "test_python_N", text)
    text = "".join(char if char.isprintable() else " " for char in text)
    text = " ".join(text.encode("utf-8", "backslashreplace").decode().split())
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


def text_of(error):
    """What an exception says, even if it fails to: some tests raise such."""
    try:
        return str(error)
    except Exception:
        return "<its text cannot be had>"


def described(error):
    """The last line of an exception as tracebacks show it."""
    lines = [line for line in text_of(error).splitlines() if line.strip()]
    name = type(error).__name__
    return tidy(f"{name}: {lines[0]}" if lines else name)


def id_of(test):
    """The id of a case; ": " ends an id where the results are listed, so none holds it."""
    name = test.id() if callable(getattr(test, "id", None)) else str(test)
    return tidy(name).replace(": ", ":")


def make_recorder(base, cases):
    """A subclass of regrtest's own result class that notes in `cases` how each case ended."""

    class Recorder(base):
        # Tests of unittest and of regrtest make results of their own; only the first is that of the file.
        first = None

        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, **keywords)
            if Recorder.first is None:
                Recorder.first = self
            self._case = None

        def startTest(self, test):
            super().startTest(test)
            if self is Recorder.first:
                if "signal" not in id_of(test):
                    give_up_with_threads()
                self._case = [id_of(test), "passed", ""]
                cases.append(self._case)
                announce(self._case[0])

        def stopTest(self, test):
            super().stopTest(test)
            self._case = None

        def _note(self, test, outcome, detail):
            if self is not Recorder.first:
                return
            case = self._case
            if case is None:
                # A class or a module as a whole: it was never started.
                cases.append([id_of(test), outcome, tidy(detail)])
            elif case[1] != "failed":
                # The first failure stays.
                case[1:] = [outcome, tidy(detail)]

        def addError(self, test, err):
            if missing := not_had(err[1]):
                self.addSkip(test, missing)
            else:
                super().addError(test, err)
                self._note(test, "failed", described(err[1]))

        def addFailure(self, test, err):
            if missing := not_had(err[1]):
                self.addSkip(test, missing)
            else:
                super().addFailure(test, err)
                self._note(test, "failed", described(err[1]))

        def addSubTest(self, test, subtest, err):
            if err is not None and (missing := not_had(err[1])):
                self.addSkip(test, missing)
                return
            super().addSubTest(test, subtest, err)
            if err is not None:
                self._note(test, "failed", f"{subtest._subDescription()} {described(err[1])}")

        def addSkip(self, test, reason):
            super().addSkip(test, reason)
            self._note(test, "skipped", reason)

        def addUnexpectedSuccess(self, test):
            super().addUnexpectedSuccess(test)
            self._note(test, "failed", "unexpected success")

    return Recorder


def announce(case):
    try:
        os.write(2, f"\n{ANNOUNCEMENT}{case}\n".encode())
    except OSError:
        # A test may have closed or replaced the descriptor; the report still tells.
        pass


def run(name, resources, report):
    """Runs the file through regrtest's own main, which ends by raising SystemExit."""
    import unittest
    from test import support
    from test.libregrtest import main, single, testresult
    from test.libregrtest.cmdline import _parse_args

    testresult.RegressionTestResult = make_recorder(testresult.RegressionTestResult, report["cases"])
    load_run_test = single._load_run_test

    def load_run_test_and_note(result, runtests):
        try:
            return load_run_test(result, runtests)
        except unittest.SkipTest as error:
            report["reason"] = tidy(error)
            raise
        except (support.TestFailed, support.TestDidNotRun):
            raise
        except BaseException as error:
            missing = not_had(error)
            report["reason"] = missing or described(error)
            report["not_had"] = missing is not None
            raise

    single._load_run_test = load_run_test_and_note

    class Runner(main.Regrtest):
        def run_test(self, *arguments):
            result = super().run_test(*arguments)
            state = "SKIPPED" if result.state == "RESOURCE_DENIED" or report.pop("not_had", False) else result.state
            report.update(state=state, seconds=round(result.duration, 2))
            return result

    # One process, one seed: the same run each time, as far as tests ask `random`.
    arguments = ["--single-process", "--randseed=1", "-u", resources, name]
    Runner(_parse_args(arguments)).main()


def main():
    name, resources, path = sys.argv[1:]
    # Tests look at the arguments, and some parse them.
    del sys.argv[1:]
    lift_skips(name)
    report = {"state": "UNCAUGHT_EXC", "reason": "", "seconds": 0, "cases": []}
    # Held from before the tests run, which replace much and do not always put it back.
    dump, open_file, write, close = json.dumps, os.open, os.write, os.close
    try:
        run(name, resources, report)
    except SystemExit:
        raise
    except BaseException as error:
        report["reason"] = described(error)
        raise
    finally:
        data = dump(report).encode()
        descriptor = open_file(path, os.O_WRONLY | os.O_CREAT)
        while data:
            data = data[write(descriptor, data):]
        close(descriptor)


if __name__ == "__main__":
    main()
