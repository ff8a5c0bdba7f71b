# [tool.pyapp] native = ["websockets"]
from websockets import frames, speedups

print(speedups.apply_mask(b"hello world, twice", b"\x01\x02\x03\x04"), frames.apply_mask is speedups.apply_mask)
print(frames.Frame(frames.Opcode.TEXT, b"hi").serialize(mask=False))
