# [tool.pyapp] native = ["regex"]
import regex

print(regex.findall(r"\p{Lu}\p{Ll}+", "Ärger Übung in Wien"), regex.fullmatch(r"(?:cats|dog){e<=1}", "cat"))
print(regex.sub(r"(?P<a>\w+) (?P<b>\w+)", r"\g<b> \g<a>", "one two"), regex.split(r"(?V1)(?=b)", "abab"))
match = regex.match(r"(?:(\w)\s?)+", "a b c")
print(match.captures(1), match.spans(1), regex.search(r"(?<=\d{2})x", "12x").start())
print(regex.findall(r"\X", "e\u0301a"), regex.findall(r"(?i)straße", "STRASSE straße"))
print(regex.match(r"(?<p>\((?:[^()]|(?&p))*\))", "(a(b)c)d").group(), regex.compile("a", regex.I).flags & regex.I > 0)
