"""Compares a bill of materials on stdin with the official schema of CycloneDX 1.6: `python3 validate.py FOLDER`.

The folder has what validator.txt pins.
"""

import json
import sys
from pathlib import Path

folder = Path(sys.argv[1])
sys.path.insert(0, str(folder))
import fastjsonschema  # noqa: E402

SCHEMAS = folder / "cyclonedx/schema/_res"


def load(url):
    """The schemas refer to one another by addresses; the files lie in one folder."""
    return json.loads((SCHEMAS / url.rpartition("/")[2]).read_text())


schema = load("bom-1.6.SNAPSHOT.schema.json")
bom = json.load(sys.stdin)
# Formats of which fastjsonschema knows nothing.
formats = {"iri-reference": lambda text: " " not in text and "\\" not in text, "idn-email": lambda text: "@" in text}
try:
    fastjsonschema.compile(schema, handlers={"http": load, "https": load}, formats=formats)(bom)
except fastjsonschema.JsonSchemaException as error:
    sys.exit(f"expected CycloneDX 1.6, found: {error.message}")
# What a schema cannot say: references lead somewhere, and each is one component's.
refs = [bom["metadata"]["component"]["bom-ref"]] + [component["bom-ref"] for component in bom["components"]]
if len(set(refs)) != len(refs):
    sys.exit("expected each bom-ref once")
for dependency in bom["dependencies"]:
    for ref in [dependency["ref"], *dependency["dependsOn"]]:
        if ref not in refs:
            sys.exit(f"expected a component {ref}, found none")
print(f"{len(refs)} components")
