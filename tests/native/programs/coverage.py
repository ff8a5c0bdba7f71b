# [tool.pyapp] native = ["coverage"]
import os
import tempfile

import coverage
from coverage import tracer

SOURCE = "def few(number):\n    if number > 2:\n        return 'many'\n    return 'few'\n\nfew(1)\n"

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "work.py")
    with open(path, "w") as file:
        file.write(SOURCE)
    found = coverage.Coverage(data_file=None, config_file=False, branch=True)
    found.set_option("run:core", "ctrace")
    with found.collect():
        exec(compile(SOURCE, path, "exec"), {})
    data = found.get_data()
    [measured] = [name for name in data.measured_files() if name.endswith("work.py")]
    print(data.has_arcs(), sorted(data.lines(measured)), found.analysis2(measured)[3], tracer.CTracer.__name__)
