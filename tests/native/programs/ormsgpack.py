# [tool.pyapp] native = ["ormsgpack"]
import ormsgpack

packed = ormsgpack.packb({"a": [1, -2, 3.5, None], "ü": b"bytes"})
print(packed, ormsgpack.unpackb(packed))
