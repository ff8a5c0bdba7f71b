"""idna: names to their ASCII form and back, rules that reject names, and the mapping of UTS 46."""

import idna

for name in ("königsgäßchen.example", "пример.испытание", "例え.テスト", "ecole.example"):
    packed = idna.encode(name)
    print(packed, idna.decode(packed))
print(idna.encode("Königsgäßchen", uts46=True), idna.uts46_remap("A\u00ADB"))
for name in ("-a.b", "a\u200db", "\u0661a", "x" * 64, "a..b", "☃.net"):
    try:
        print(idna.encode(name))
    except idna.IDNAError as error:
        print(type(error).__name__, error)
import idna.codec  # noqa: E402, F401

print("faß".encode("idna2008"), b"xn--fa-hia".decode("idna2008"))
