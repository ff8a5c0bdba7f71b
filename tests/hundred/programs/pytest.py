"""pytest: collects and runs a file of tests with fixtures, parameters, marks and what fails."""

import tempfile
from pathlib import Path

import pytest

TESTS = '''
import pytest

@pytest.fixture(params=[1, 2])
def number(request):
    yield request.param

def test_number(number, tmp_path, monkeypatch, capsys):
    (tmp_path / "a").write_text("x")
    monkeypatch.setenv("A", "b")
    print("said")
    assert capsys.readouterr().out == "said\\n"
    assert number < 2

@pytest.mark.parametrize("a, b", [(1, 1), ("x", "y")])
def test_same(a, b):
    assert a == b, "other"

@pytest.mark.skip(reason="no")
def test_skipped(): ...

@pytest.mark.xfail(raises=ZeroDivisionError)
def test_expected(): 1 / 0

def test_raises():
    with pytest.raises(ValueError, match="bad") as caught:
        raise ValueError("so bad")
    assert caught.value.args
    assert pytest.approx(0.3) == 0.1 + 0.2
'''


class Reports:
    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.skipped:
            print(report.nodeid.partition("::")[2], report.outcome, hasattr(report, "wasxfail"))
            if report.failed:
                print(next(line for line in report.longreprtext.splitlines() if line.startswith("E")))


folder = Path(tempfile.mkdtemp())
(folder / "test_it.py").write_text(TESTS)
options = ["-p", "no:terminal", "-p", "no:cacheprovider", "--capture=sys", f"--rootdir={folder}"]
print(pytest.main([*options, str(folder)], plugins=[Reports()]))
print(pytest.main([*options, str(folder), "-k", "raises"], plugins=[Reports()]))
