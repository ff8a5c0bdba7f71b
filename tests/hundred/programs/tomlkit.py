"""tomlkit: a document changed with its comments and layout kept, made anew, and mistakes."""

import tomlkit
from tomlkit.exceptions import TOMLKitError

TEXT = """# head
[tool]  # a tool
name = "x"   # name
list = [
    1, # one
    2,
]

[[many]]
n = 1
"""
doc = tomlkit.parse(TEXT)
print(tomlkit.dumps(doc) == TEXT)
doc["tool"]["name"] = "ü"
doc["tool"]["list"].append(3)
doc["tool"]["new"] = {"a": True}
doc["many"].append({"n": 2})
del doc["many"][0]
print(doc.as_string())
made = tomlkit.document()
made.add(tomlkit.comment("made"))
made.add("t", tomlkit.inline_table().append("k", 1.5))
made.add(tomlkit.nl())
made.add("when", tomlkit.date("2026-01-02"))
print(made.as_string(), made.unwrap(), tomlkit.item("x\ny").as_string())
for text in ("a = 1\na = 2", "a = ", "[", "a = 'x"):
    try:
        tomlkit.parse(text)
    except TOMLKitError as error:
        print(type(error).__name__, error)
