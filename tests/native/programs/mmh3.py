# [tool.pyapp] native = ["mmh3"]
import mmh3

print(mmh3.hash("foo"), mmh3.hash64("foo"), mmh3.hash_bytes(b"x" * 100).hex(), mmh3.mmh3_x64_128(b"abc").digest().hex())
