"""The hash of text, as far as 32 bits go."""
import sys

print(sys.hash_info.algorithm, sys.hash_info.seed_bits)
for text in ["a", "text", "ä", "日本語", "🎉", "x" * 1000, b"bytes", b"\0" * 9, bytearray(b"view").hex()]:
    value = hash(text) & 0xFFFFFFFF
    # -1 tells C of an error: who finds it takes -2. Here that happens to the lower half, and does not to these.
    print(ascii(text)[:20], value)
