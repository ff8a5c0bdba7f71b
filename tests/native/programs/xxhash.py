# [tool.pyapp] native = ["xxhash"]
import xxhash

print(xxhash.xxh32(b"abc").hexdigest(), xxhash.xxh64(b"abc", seed=7).hexdigest(), xxhash.xxh3_128_hexdigest(b"x" * 1000))
state = xxhash.xxh3_64()
for _ in range(100):
    state.update(b"piece")
print(state.intdigest(), state.copy().hexdigest())
