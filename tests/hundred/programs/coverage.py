"""coverage: lines and branches of a program that is measured, reports as text, JSON and XML, and files of data combined."""

import io
import json
import os
import runpy
import tempfile

import coverage

os.chdir(os.path.realpath(tempfile.mkdtemp()))
with open("prog.py", "w") as file:
    file.write("def f(x):\n    if x > 1:\n        return 'big'\n    return 'small'\n\n\ndef g():  # pragma: no cover\n    pass\n\n\nprint(f(5))\n")
for number in (1, 2):
    measured = coverage.Coverage(data_file=f".coverage.{number}", branch=True, include=["prog.py"], config_file=False)
    # Its tracer in C is not everywhere.
    measured.set_option("run:disable_warnings", ["no-ctracer"])
    measured.start()
    runpy.run_path("prog.py")
    measured.stop()
    measured.save()
whole = coverage.Coverage(data_file=".coverage", branch=True, config_file=False)
whole.combine()
whole.save()
said = io.StringIO()
print(whole.report(file=said, show_missing=True))
print(said.getvalue())
whole.json_report(outfile="out.json")
with open("out.json") as file:
    print(json.load(file)["files"]["prog.py"]["missing_branches"])
whole.xml_report(outfile="out.xml")
print("branch-rate" in open("out.xml").read(), sorted(os.listdir()))
try:
    coverage.Coverage(data_file="none", config_file=False).report()
except coverage.CoverageException as error:
    print(error)
