# [tool.pyapp] native = ["pyyaml"]
import io
import yaml
from yaml import _yaml

print(yaml.__with_libyaml__, _yaml.__name__, yaml.CLoader.__mro__[1].__name__, yaml.CDumper.__mro__[1].__name__)
text = """
%YAML 1.1
---
name: &who "Ada\\u00e9"
also: *who
list: [1, 0x10, 2.5, ~, yes, 2024-02-29, !!binary aGVsbG8=]
nested: {a: {b: [c, {d: e}]}}
folded: >
  two
  lines
literal: |
  kept
   as is
merged:
  <<: &base {x: 1, y: 2}
  y: 3
set: !!set {one, two}
...
---
second document
"""
for document in yaml.load_all(text, Loader=yaml.CSafeLoader):
    print(document if isinstance(document, str) else {k: v for k, v in document.items() if k != "set"})
documents = list(yaml.load_all(text, Loader=yaml.CLoader))
print(sorted(documents[0]["set"]), documents == list(yaml.load_all(text, Loader=yaml.Loader)))

data = {"b": [1, None, True, 1.5, "x: y", "é", b"\0\1"], "a": {"deep": [[], {}]}, "long": "word " * 30}
out = yaml.dump(data, Dumper=yaml.CDumper, allow_unicode=True, default_flow_style=False)
print(out, end="")
print(yaml.load(out, Loader=yaml.CLoader) == data)
print(yaml.dump([{"a": 1}, [2, 3]], Dumper=yaml.CSafeDumper, default_flow_style=True, explicit_start=True, canonical=True))
shared = ["same"]
print(yaml.dump([shared, shared], Dumper=yaml.CDumper), end="")
print(yaml.dump("ü", Dumper=yaml.CDumper, encoding="utf-16-le"))

for event in yaml.parse("- !t &a {k: v}\n- *a\n", Loader=yaml.CLoader):
    print(event)
print([type(token).__name__ for token in yaml.scan("a: [b]", Loader=yaml.CLoader)])
print(yaml.serialize(yaml.compose("{a: [1, 2]}", Loader=yaml.CLoader), Dumper=yaml.CDumper), end="")

for wrong in ["a: [1, 2", "a: b: c", "*nobody", "- a\n b", "\t- x", "!!python/object:os.system {}", "a: \x01"]:
    try:
        print(yaml.load(wrong, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        print(type(error).__name__, str(error).replace("\n", " / "))


class Point(yaml.YAMLObject):
    yaml_tag, yaml_loader, yaml_dumper = "!point", yaml.CSafeLoader, yaml.CSafeDumper

    def __init__(self, x, y):
        self.x, self.y = x, y


print(yaml.dump(Point(1, 2), Dumper=yaml.CSafeDumper), end="")
point = yaml.load(io.StringIO("!point {x: 3, y: 4}"), Loader=yaml.CSafeLoader)
print(type(point).__name__, point.x, point.y)
big = yaml.dump([{"n": n, "t": str(n) * 3} for n in range(3000)], Dumper=yaml.CSafeDumper)
print(len(big), sum(item["n"] for item in yaml.load(io.BytesIO(big.encode()), Loader=yaml.CSafeLoader)))


class Reader:
    def read(self, size):
        raise OSError("no more")


try:
    yaml.load(Reader(), Loader=yaml.CLoader)
except OSError as error:
    print(error)
