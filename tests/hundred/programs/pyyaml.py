"""pyyaml: loading, dumping, tags of one's own, several documents, and its mistakes."""

import yaml

TEXT = """
base: &b {a: 1, l: [x, 'y', 1.5, true, ~]}
more: {<<: *b, a: 2}
date: 2026-01-02
text: |
  two
  lines
bytes: !!binary aGVsbG8=
"""


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


class Loader(yaml.SafeLoader):
    pass


Loader.add_constructor("!p", lambda loader, node: Point(*loader.construct_sequence(node)))
data = yaml.safe_load(TEXT)
print(data["more"], data["date"], repr(data["text"]), data["bytes"])
print(yaml.load("!p [1, 2]", Loader).y, list(yaml.safe_load_all("a\n---\nb\n")))
print(yaml.safe_dump({"z": [1, {"k": None}], "a": "yes", "ü": "x\ny"}, allow_unicode=True))
print(yaml.dump([Point(1, 2)], sort_keys=False, default_flow_style=True), [str(t) for t in yaml.scan("[a]")][:3])
for text in ("a: [1", "!none x", "a: b: c", "\t- x"):
    try:
        yaml.safe_load(text)
    except yaml.YAMLError as error:
        print(type(error).__name__, str(error).splitlines()[0])
