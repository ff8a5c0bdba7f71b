# [tool.pyapp] native = ["brotli"]
import brotli

data = b"hello hello hello " * 1000
packed = brotli.compress(data, quality=9)
print(len(packed) < 60, brotli.decompress(packed) == data, brotli.__version__)
try:
    brotli.decompress(b"nonsense")
except brotli.error as error:
    print(error)
