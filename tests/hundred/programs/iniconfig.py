"""iniconfig: sections, values over several lines, comments, and mistakes."""

import tempfile

import iniconfig

TEXT = """# comment
[one]
a = 1
list =
    x
    y  # not a comment
b: text # a comment
[two]
"""
with tempfile.NamedTemporaryFile("w", suffix=".ini") as file:
    file.write(TEXT)
    file.flush()
    config = iniconfig.IniConfig(file.name)
print([section.name for section in config], config["one"]["a"], config.get("one", "list").split("\n"), "two" in config)
print(config.get("one", "a", convert=int), config.get("one", "no", default="d"), config.lineof("one", "b"), list(config["one"].items()))
for text in ("a = 1", "[x]\na = 1\na = 2", "[x]\n  more", "[x]\n[x]"):
    try:
        iniconfig.IniConfig("x.ini", text)
    except iniconfig.ParseError as error:
        print(error)
