"""charset-normalizer: encodings of bytes, of files, and what it says of them."""

import tempfile

from charset_normalizer import detect, from_bytes, from_path, is_binary

TEXT = "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 8
for encoding in ("utf-8", "cp1251", "utf-16"):
    best = from_bytes(TEXT.encode(encoding)).best()
    print(encoding, best.encoding, best.bom, str(best) == TEXT, best.alphabets[:2], best.output()[:4])
print(detect("Où est passé l'été dernier, déjà oublié ? ".encode("latin-1") * 5)["encoding"])
with tempfile.NamedTemporaryFile(suffix=".txt") as file:
    file.write("東京は日本の首都です。".encode("shift_jis") * 10)
    file.flush()
    best = from_path(file.name).best()
    print(best.could_be_from_charset, best.language, str(best)[:4])
print(is_binary(bytes(range(256)) * 4), from_bytes(b"").best().encoding)
