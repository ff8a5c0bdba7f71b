"""pyyaml: loading, dumping, tags of one's own, anchors, several documents, and its mistakes."""

import datetime
import io
import re
from collections import OrderedDict
from importlib.metadata import version

import yaml

TEXT = """\
%YAML 1.1
---
string: plain
quoted: "tab\\t\\u00fc"
numbers: [1, -2.5, 1e3, 0x1F, 0o17, 1_000, .inf, -.inf]
truths: {yes: no, on: off, 'true': "true", nothing: ~}
date: 2026-01-02
time: 2026-01-02T03:04:05.678+02:00
literal: |
  two
   lines
folded: >-
  folded
  into one

  paragraph
base: &base {a: 1, b: [x, y]}
merged:
  <<: *base
  b: changed
binary: !!binary aGVsbG8=
set: !!set {one, two}
pairs: !!omap [a: 1, b: 2]
again: *base
? long key
: value
"""


class Money(yaml.YAMLObject):
    yaml_tag = "!money"
    yaml_loader = yaml.SafeLoader
    yaml_dumper = yaml.SafeDumper

    def __init__(self, amount, currency):
        self.amount, self.currency = amount, currency

    @classmethod
    def from_yaml(cls, loader, node):
        amount, currency = loader.construct_scalar(node).split()
        return cls(float(amount), currency)

    @classmethod
    def to_yaml(cls, dumper, data):
        return dumper.represent_scalar(cls.yaml_tag, f"{data.amount} {data.currency}")


class Indented(yaml.SafeDumper):
    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


Indented.add_representer(OrderedDict, lambda dumper, data: dumper.represent_dict(data.items()))
yaml.add_implicit_resolver("!version", re.compile(r"^v\d+\.\d+$"), ["v"], yaml.SafeLoader)
yaml.add_constructor("!version", lambda loader, node: tuple(map(int, node.value[1:].split("."))), yaml.SafeLoader)


def main():
    print("pyyaml", version("pyyaml"))
    document = yaml.safe_load(TEXT)
    for key, value in document.items():
        print(repr(key), repr(value if not isinstance(value, set) else sorted(value)))
    print(document["again"] is document["base"])
    shared = [1, 2]
    data = {
        "b": shared,
        "a": shared,
        "text": "line one\nline two\n",
        "ünï": "ü",
        "number": "12",
        "empty": [{}, [], "", None],
        "when": datetime.datetime(2026, 1, 2, 3, 4, 5),
        "day": datetime.date(2026, 1, 2),
        "float": [1e20, 0.1, float("nan")],
        "bytes": b"\x00\xff",
        "tuple": (1, 2),
        "money": Money(1.5, "EUR"),
        "long": "word " * 30,
    }
    print(yaml.safe_dump({key: list(value) if key == "tuple" else value for key, value in data.items()}, allow_unicode=True))
    print(yaml.dump({"tuple": (1, {2}), "class": OrderedDict, "complex": 1j}, default_flow_style=None))
    print(yaml.dump([OrderedDict(z=1, a=[1, 2])], Dumper=Indented, default_style='"', explicit_start=True, width=20))
    print(yaml.safe_load("price: !money 3.5 USD")["price"].__dict__, yaml.safe_load("v3.13"))
    print(list(yaml.safe_load_all("a: 1\n---\n- b\n...\n---\n")), yaml.safe_dump_all([1, "x"], explicit_start=True))
    round_trip = yaml.safe_load(yaml.safe_dump(document["merged"]))
    print(round_trip == document["merged"], yaml.__with_libyaml__, yaml.full_load("!!python/tuple [1, 2]"))
    print([type(event).__name__ for event in yaml.parse("a: [1]")], yaml.compose("a: 1").value[0][0].start_mark.column)
    print([token.id for token in yaml.scan("- &x 1\n- *x")], yaml.safe_load(io.BytesIO("ü: 1".encode("utf-16"))))
    for wrong in [
        "a: [1, 2",
        "a: b: c",
        "\tx: 1",
        "*nowhere",
        "!!python/object/apply:os.system [ls]",
        "a: 'open",
        "x: \x01",
        "{a: 1}}",
    ]:
        try:
            print(yaml.safe_load(wrong))
        except yaml.YAMLError as error:
            print(f"{type(error).__name__}: {' '.join(str(error).split())}")
