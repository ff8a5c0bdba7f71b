"""packaging: versions, specifiers, requirements, markers, tags, metadata."""

from packaging.markers import Marker, default_environment
from packaging.metadata import Metadata
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import compatible_tags, parse_tag
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

print([str(v) for v in sorted(map(Version, ["1.10", "1.9", "1.0rc1", "1.0.post1", "1.0.dev3", "1!0.1", "1.0+b.2"]))])
version = Version("1.2.3a4.dev5+local")
print(version.release, version.pre, version.dev, version.local, version.is_prerelease, version.base_version)
spec = SpecifierSet(">=1.2,!=1.3.*,<2")
print([text for text in ("1.1", "1.2.5", "1.3.1", "1.9", "2.0a1") if text in spec], spec)
requirement = Requirement("Foo_Bar[b,a]>=1; python_version >= '3.8' and extra == 'x'")
print(requirement, sorted(requirement.extras), requirement.marker.evaluate({"extra": "x"}))
print(Marker("implementation_name == 'cpython'").evaluate(), default_environment()["python_version"])
print(canonicalize_name("A.B_c"), parse_wheel_filename("a_b-1.0-py3-none-any.whl")[:2], parse_sdist_filename("a-1.tar.gz"))
print(sorted(map(str, parse_tag("cp313.py3-abi3.none-any"))), str(list(compatible_tags((3, 13), "x", ["y"]))[0]))
print(Metadata.from_email("Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: b>1\n").requires_dist)
for kind, text in ((Version, "1.x"), (Requirement, "a b"), (Requirement, "a>=1;")):
    try:
        kind(text)
    except (InvalidVersion, InvalidRequirement) as error:
        print(str(error).splitlines()[0])
