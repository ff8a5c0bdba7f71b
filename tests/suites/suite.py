"""Runs the tests in a folder, and prints what came of them as one line of JSON: `suite.py FOLDER [ARGUMENT ...]`."""

import collections
import json
import os
import sys
import traceback

import pytest


class Results:
    def __init__(self):
        self.counts = collections.Counter()
        self.failed = {}

    def pytest_runtest_logreport(self, report):
        name = report.nodeid
        expected = hasattr(report, "wasxfail")
        if report.failed:
            self.fail(name, report)
        elif report.skipped:
            self.counts["xfailed" if expected else "skipped"] += 1
        elif report.when == "call":
            self.counts["xpassed" if expected else "passed"] += 1

    def pytest_collectreport(self, report):
        if report.failed:
            self.fail(report.nodeid, report)
        elif report.skipped:
            self.counts["skipped"] += 1

    def fail(self, name, report):
        if name not in self.failed:
            self.counts["failed"] += 1
            lines = [line[1:].strip() for line in report.longreprtext.splitlines() if line.startswith("E ")]
            self.failed[name] = (lines or report.longreprtext.strip().splitlines() or ["no reason"])[0][:160]


def extensions():
    """The extensions that were imported, without those of the standard library."""
    files = {name: getattr(module, "__file__", None) or "" for name, module in list(sys.modules.items())}
    return sorted(name for name, file in files.items() if file.endswith(".so") and "lib-dynload" not in file)


def main():
    folder, *arguments = sys.argv[1:]
    os.chdir(folder)
    # As `python -m pytest` does.
    sys.path.insert(0, folder)
    out, results = os.dup(1), Results()
    quiet = ["-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-o", "addopts=", "--continue-on-collection-errors", "-W", "ignore::pytest.PytestCollectionWarning"]
    try:
        status = int(pytest.main([*quiet, f"--rootdir={folder}", *arguments], plugins=[results]))
    except BaseException:
        traceback.print_exc()
        status = -1
    said = {"status": status, "extensions": extensions(), "counts": dict(sorted(results.counts.items())), "failed": results.failed}
    os.write(out, ("\nRESULTS " + json.dumps(said) + "\n").encode())


if __name__ == "__main__":
    main()
