# [tool.pyapp] native = ["msgpack"]
import datetime

import msgpack
from msgpack import _cmsgpack

value = {"a": [1, -2, 2**40, 1.5, None, True], "b": b"bytes", "c": {"d": "é" * 40}, "e": list(range(300))}
packed = msgpack.packb(value)
print(len(packed), packed[:20], msgpack.unpackb(packed) == value, msgpack.Packer is _cmsgpack.Packer)
when = datetime.datetime(2026, 11, 27, 12, tzinfo=datetime.timezone.utc)
print(msgpack.unpackb(msgpack.packb(when, datetime=True), timestamp=3))
unpacker = msgpack.Unpacker()
for piece in (packed[:10], packed[10:], b"\x01"):
    unpacker.feed(piece)
print([type(item).__name__ for item in unpacker])
try:
    msgpack.unpackb(b"\xc1")
except msgpack.exceptions.FormatError as error:
    print("FormatError", error)
try:
    msgpack.packb(2**70)
except OverflowError as error:
    print("OverflowError", error)
