# [tool.pyapp] native = ["lz4"]
import lz4.block
import lz4.frame

data = bytes(range(256)) * 100
packed = lz4.frame.compress(data, compression_level=9)
print(lz4.frame.decompress(packed) == data, len(packed) < 1000, lz4.block.decompress(lz4.block.compress(data)) == data)
try:
    lz4.frame.decompress(packed[:40] + b"x" * 40)
except RuntimeError as error:
    print("RuntimeError", str(error).split(":")[0])
