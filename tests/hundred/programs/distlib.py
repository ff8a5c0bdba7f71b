"""distlib: versions, metadata, wheels, scripts, databases of what is installed, markers."""

import tempfile
import zipfile
from pathlib import Path

from distlib.database import DistributionPath
from distlib.markers import interpret
from distlib.metadata import Metadata
from distlib.scripts import ScriptMaker
from distlib.util import get_export_entry, parse_requirement
from distlib.version import NormalizedVersion, SemanticVersion, get_scheme
from distlib.wheel import Wheel

print(NormalizedVersion("1.0rc1") < NormalizedVersion("1.0"), SemanticVersion("1.2.3") < SemanticVersion("1.10.0"))
print(get_scheme("default").matcher("box (>=1.0, <2)").match("1.5"), parse_requirement("a[x] (>= 1)").constraints)
print(interpret("python_version >= '3' and os_name == 'posix'"), get_export_entry("box = a.b:main [x]"))
folder = Path(tempfile.mkdtemp())
info = folder / "lib/box-1.0.dist-info"
info.mkdir(parents=True)
(info / "METADATA").write_text("Metadata-Version: 2.1\nName: box\nVersion: 1.0\nRequires-Dist: a\n")
(info / "RECORD").write_text("")
(info / "INSTALLER").write_text("x")
found = DistributionPath([str(folder / "lib")]).get_distribution("box")
print(found.name, found.version, sorted(found.run_requires), Metadata(str(info / "METADATA")).name_and_version)
with zipfile.ZipFile(folder / "box-1.0-py3-none-any.whl", "w") as file:
    file.writestr("box.py", "")
wheel = Wheel(str(folder / "box-1.0-py3-none-any.whl"))
print(wheel.name, wheel.version, list(wheel.tags))
maker = ScriptMaker(None, str(folder))
maker.executable, maker.variants = "/usr/bin/python", {""}
print([Path(path).name for path in maker.make("box = a.b:main")], (folder / "box").read_text().splitlines()[0])
