"""importlib_metadata: versions, requirements, files and entry points of what is installed, and of a folder."""

import importlib_metadata as m
import tempfile
from pathlib import Path

print(m.version("zipp"), m.metadata("importlib-metadata")["Name"], "importlib_metadata" in m.packages_distributions())
print(any(file.match("importlib_metadata/__init__.*") for file in m.files("importlib-metadata") or []))
try:
    m.version("none")
except m.PackageNotFoundError as error:
    print(error)
folder = Path(tempfile.mkdtemp())
info = folder / "box-1.5.dist-info"
info.mkdir()
(info / "METADATA").write_text("Metadata-Version: 2.1\nName: Box\nVersion: 1.5\nRequires-Dist: a>1; extra == 'x'\nProvides-Extra: x\n")
(info / "entry_points.txt").write_text("[console_scripts]\nbox = box.cli:main [x]\n[plugs]\na = b\n")
(distribution,) = m.distributions(path=[str(folder)])
print(distribution.name, distribution.version, distribution.requires, distribution.metadata.json["provides_extra"])
points = distribution.entry_points
print(points.groups == {"console_scripts", "plugs"}, points.select(group="plugs")["a"].value, points["box"].attr, points["box"].extras)
